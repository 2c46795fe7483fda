"""Booking for somebody who calls. The gate is the same: their answers decide, old ones or those given on the phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from unpinch.clinical import knowledge
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.scheduling.calendar import moment
from unpinch.services import by_staff, desk, practice
from unpinch.services.alternatives import Taken
from unpinch.services.booking import BookCommand, Booked
from unpinch.services.outcomes import Refused
from unpinch.web.asked import asked_day
from unpinch.web.callers import for_desk
from unpinch.web.context import local_now
from unpinch.web.desk.forms import CallerForm
from unpinch.web.private import private
from unpinch.web.public import check, door
from unpinch.web.public.path import walk

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller
    from unpinch.services.availability import FreeTime
    from unpinch.services.desk import ClientFound, UsableAnswers
    from unpinch.services.practice import PracticeView
    from unpinch.web.public.check import Check
    from unpinch.web.public.path import Path

FAULTY = 422
_SESSION = "calls"
_DAYS, _MOST = 14, 24
_KEPT = ("client", "service", "therapist", "day", "time")


@dataclass(frozen=True, slots=True)
class Call:
    """What is known so far: the address says it, so that going back and reloading lose nothing."""

    client: ClientFound | None
    stored: UsableAnswers | None
    path: Path
    said: Check
    service: str
    therapist: str
    day: date
    time: str

    @property
    def has_fresh(self) -> bool:
        """Whether answers that may be booked on have just been given in this browser."""
        return bool(self.said.answers.values) and door.next_page(self.path, self.said) is None

    @property
    def is_asking(self) -> bool:
        """Whether answers have been begun in this browser that nobody can book on."""
        return bool(self.said.answers.values) and not self.has_fresh


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_desk
def book(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Find the client, see that answers are there, choose a time, book."""
    call = _call(request, caller)
    offered = practice.current_practice()
    if request.method != "POST":
        start = (
            {"name": call.client.name, "email": call.client.email, "phone": call.client.phone}
            if call.client
            else {}
        )
        return _page(request, caller, call, offered, CallerForm(initial=start))
    form = CallerForm(request.POST)
    starts = _starts(request, offered)
    if starts is None:
        form.add_error(None, _("Choose a free time, or write a day and a time."))
    if not (call.has_fresh or call.stored):
        form.add_error(None, _("Go through the questions with the caller first: nobody is booked without."))
    if not form.is_valid() or starts is None:
        return _page(request, caller, call, offered, form)
    return _book(request, caller, call, offered, form, starts)


@require_POST
@private
@for_desk
def questions(request: HttpRequest, caller: Caller) -> HttpResponse:  # noqa: ARG001 - every view takes it
    """Begin the questions afresh for this caller, and remember the way back."""
    request.session[_SESSION] = {name: request.POST.get(name, "")[:80] for name in _KEPT}
    response = redirect("screen", number=1)
    check.forget(response)
    return response


def _call(request: HttpRequest, caller: Caller) -> Call:
    given = request.POST if request.method == "POST" else request.GET
    before = request.session.get(_SESSION, {}) if "back" in request.GET else {}
    value = {name: given.get(name) or before.get(name, "") for name in _KEPT}
    client = desk.client(caller, int(value["client"])) if value["client"].isdecimal() else None
    services = desk.services_for_staff(caller)
    known = {one.code for one in services}
    kb = knowledge.load()
    said = check.read(request, kb)
    return Call(
        client=client,
        stored=desk.usable_answers(caller, client.id) if client else None,
        path=walk(said.answers, kb),
        said=said,
        service=value["service"] if value["service"] in known else next(iter(known), ""),
        therapist=value["therapist"],
        day=max(asked_day(value["day"]) or local_now().date(), local_now().date()),
        time=value["time"],
    )


def _starts(request: HttpRequest, offered: PracticeView) -> tuple[datetime, str, str] | None:
    """Start, location and therapist: a free time of the list, or a day and time that were typed."""

    try:
        if request.POST.get("free"):
            starts, location, therapist = request.POST["free"].split("|")
            found = datetime.fromisoformat(starts)
            return (found, location, therapist) if found.tzinfo else None
        day = asked_day(request.POST.get("own_day", ""))
        clock = time.fromisoformat(request.POST.get("own_time", ""))
    except ValueError:
        return None
    place = next((one for one in offered.locations if one.code == request.POST.get("own_place")), None)
    if day is None or place is None:
        return None
    return moment(day, clock, ZoneInfo(place.time_zone)), place.code, request.POST.get("own_therapist", "")


def _book(
    request: HttpRequest,
    caller: Caller,
    call: Call,
    offered: PracticeView,
    form: CallerForm,
    at: tuple[datetime, str, str],
) -> HttpResponse:
    data = form.cleaned_data
    try:
        key = UUID(request.POST.get("key", ""))
        answers = _answers(request, call, offered)
        command = BookCommand(
            practice_id=offered.id,
            key=key,
            assessment_key=answers,
            service_code=call.service,
            location_code=at[1],
            therapist_code=at[2],
            starts=at[0],
            name=data["name"],
            email=data["email"],
            phone=data["phone"],
            agrees_to_terms=data["terms"],
        )
        outcome = by_staff.book_for(caller, command, override_reason=data["reason"])
    except ValueError:
        return redirect("desk-book")
    except InputError as error:
        form.add_error(error.code if error.code in form.fields else None, error.message)
        return _page(request, caller, call, offered, form)
    match outcome:
        case Booked(appointment=appointment):
            messages.success(request, _("Booked. The confirmation is on its way by e-mail."))
            response = redirect(f"{reverse('calendar-staff')}?day={appointment.starts.date().isoformat()}")
            check.forget(response)
            request.session.pop(_SESSION, None)
            return response
        case Taken(alternatives=others):
            form.add_error(
                None, _("This time is not free. Choose another, or give a reason to book it all the same.")
            )
            return _page(request, caller, call, offered, form, others=others)
        case Refused(reason=reason):
            form.add_error(None, reason)
    return _page(request, caller, call, offered, form)


def _answers(request: HttpRequest, call: Call, offered: PracticeView) -> UUID:
    """The answers to book on; those given just now are kept by this booking."""
    if call.has_fresh and (call.stored is None or request.POST.get("answers") == "fresh"):
        if call.said.asked:
            return UUID(call.said.asked.stored)
        key = UUID(request.POST.get("answers_key", ""))
        return door.keep_under(key, call.path, call.said, offered.id)
    assert call.stored is not None  # looked at before
    return call.stored.key


def _page(
    request: HttpRequest,
    caller: Caller,
    call: Call,
    offered: PracticeView,
    form: CallerForm,
    others: tuple[FreeTime, ...] | None = None,
) -> HttpResponse:
    asked = request.GET.get("q", "")
    try:
        until = call.day + timedelta(days=_DAYS)
        free = (
            desk.free_for_staff(caller, call.service, (call.day, until), call.therapist)
            if call.service
            else ()
        )
    except NotFoundError:
        free = ()
    shown = (
        others
        if others is not None
        else tuple(one for one in free if not call.time or f"{one.starts:%H:%M}" >= call.time)
    )
    context = {
        "caller": caller,
        "here": "book",
        "call": call,
        "offered": offered,
        "services": desk.services_for_staff(caller),
        "asked": asked,
        "clients": desk.find_clients(caller, asked) if asked else (),
        "free": [
            (f"{one.starts.isoformat()}|{one.location_code}|{one.therapist_code}", one)
            for one in shown[:_MOST]
        ],
        "form": form,
        "key": request.POST.get("key") or str(uuid4()),
        "answers_key": request.POST.get("answers_key") or str(uuid4()),
        "sent": request.POST,
    }
    return render(request, "web/desk/book.html", context, status=FAULTY if form.errors else 200)
