"""Booking two who come together, side by side: each on their own answers, both or neither."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from unpinch.kernel.errors import InputError
from unpinch.services import desk, practice
from unpinch.services.group import GroupCommand, GroupTaken, Guest
from unpinch.services.outcomes import Refused
from unpinch.web.asked import asked_day
from unpinch.web.callers import for_desk
from unpinch.web.context import local_now
from unpinch.web.private import private

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller
    from unpinch.services.desk import ClientFound, UsableAnswers

FAULTY = 422
_DAYS, _MOST = 14, 24


@dataclass(frozen=True, slots=True)
class Guests:
    """Who comes, as the address names them, and when. ``ready`` says that both can be booked on their answers."""

    people: tuple[tuple[ClientFound, UsableAnswers | None], ...]
    service: str
    place: str
    day: date

    @property
    def ready(self) -> bool:
        """Whether both are known and have answers that count."""
        return len(self.people) == 2 and all(answers for _client, answers in self.people)


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_desk
def pair(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Find the two, choose a time at which both find a place, book both."""
    guests = _guests(request, caller)
    fault = ""
    if request.method == "POST":
        outcome = _book(request, caller, guests)
        if outcome is None:
            fault = _("Choose both people and a time first.")
        elif isinstance(outcome, str):
            fault = outcome
        else:
            return outcome
    asked = request.GET.get("q", "")
    chosen = [str(client.id) for client, _answers in guests.people]
    context = {
        "caller": caller,
        "here": "book",
        "guests": guests,
        "chosen": chosen,
        "offered": practice.current_practice(),
        "services": desk.services_for_staff(caller),
        "asked": asked,
        "found": [one for one in desk.find_clients(caller, asked) if str(one.id) not in chosen]
        if asked
        else (),
        "starts": desk.pair_starts(caller, guests.service, guests.place, (guests.day, _DAYS))[:_MOST]
        if guests.ready
        else (),
        "key": request.POST.get("key") or str(uuid4()),
        "fault": fault,
    }
    return render(request, "web/desk/pair.html", context, status=FAULTY if fault else 200)


def _guests(request: HttpRequest, caller: Caller) -> Guests:
    given = request.POST if request.method == "POST" else request.GET
    numbers = [int(text) for text in dict.fromkeys(given.getlist("client")) if text.isdecimal()][:2]
    services = [one.code for one in desk.services_for_staff(caller)]
    places = [one.code for one in practice.current_practice().locations]
    service, place = given.get("service", ""), given.get("place", "")
    return Guests(
        tuple((desk.client(caller, number), desk.usable_answers(caller, number)) for number in numbers),
        service if service in services else next(iter(services), ""),
        place if place in places else next(iter(places), ""),
        max(asked_day(given.get("day", "")) or local_now().date(), local_now().date()),
    )


def _book(request: HttpRequest, caller: Caller, guests: Guests) -> HttpResponse | str | None:
    """A redirect when both are booked; otherwise what to say, None when something is missing."""
    try:
        starts = datetime.fromisoformat(request.POST.get("starts", ""))
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        return None
    if not guests.ready or starts.tzinfo is None:
        return None
    people = tuple(
        Guest(answers.key, client.name, client.email, client.phone)
        for client, answers in guests.people
        if answers is not None
    )
    command = GroupCommand(
        caller.practice_id,
        key,
        guests.service,
        guests.place,
        starts,
        people,
        request.POST.get("terms") == "on",
    )
    try:
        outcome = desk.book_pair(caller, command)
    except InputError as error:
        return error.message
    if isinstance(outcome, Refused):
        return outcome.reason
    if isinstance(outcome, GroupTaken):
        return _("This time is not free for both any more. Choose another.")
    messages.success(request, _("Both are booked. The confirmations are on their way by e-mail."))
    day = starts.date().isoformat()
    return redirect(f"{reverse('calendar-staff')}?day={day}")
