"""Booking: a service, a free time, who it is for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from unpinch.clinical import knowledge
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.services import availability, booking, contact, practice
from unpinch.services.availability import FreeTime, FreeTimesQuery
from unpinch.services.booking import BookCommand, Booked, Taken
from unpinch.services.outcomes import Refused
from unpinch.web.context import local_now
from unpinch.web.forms import PlainForm
from unpinch.web.private import private
from unpinch.web.public import check, door
from unpinch.web.public.path import Path, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from unpinch.services.practice import PracticeView, ServiceView
    from unpinch.web.public.check import Check

_DAYS = 7
_LOOK_AHEAD = 28
_FAULTY = 422


@dataclass(frozen=True, slots=True)
class Day:
    """The free times of one day; ``value`` of a time is what its button sends."""

    day: date
    times: tuple[Offer, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """One free time with the text that its button sends."""

    free: FreeTime
    value: str
    is_first: bool = False


class DetailsForm(PlainForm):
    """Who the appointment is for. ``time`` is filled when a taken time is replaced by another."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name, so that we know whom to expect.")},
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("We send the confirmation there. It says nothing about your health."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Write your e-mail address, so that we can confirm.")},
    )
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        help_text=_("For the day itself, if something changes."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("Write a telephone number, so that we can reach you on the day.")},
    )
    terms = forms.BooleanField(
        label=_("I agree to the terms of the practice"),
        error_messages={
            "required": _("Tick that you agree to the terms. Without that we cannot keep a time for you.")
        },
    )

    def __init__(self, data: Any = None, *, country: str = "", **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._country = country

    def clean(self) -> dict[str, Any]:
        """The same rules as the service, told beside each field."""
        cleaned: dict[str, Any] = super().clean() or {}
        given = {field: cleaned.get(field, "") for field in ("name", "email", "phone")}
        for field, message in contact.faults(**given, country=self._country).items():
            if field not in self.errors:
                self.add_error(field, message)
        return cleaned


def _standing(request: HttpRequest) -> tuple[Path, Check]:
    kb = knowledge.load()
    said = check.read(request, kb)
    return walk(said.answers, kb), said


@require_safe
@private
def services(request: HttpRequest) -> HttpResponse:
    """Choose what to book."""
    path, said = _standing(request)
    if elsewhere := door.next_page(path, said):
        return redirect(elsewhere)
    return render(request, "web/public/services.html", {"offered": practice.current_practice(), "said": said})


@require_safe
@private
def times(request: HttpRequest, service: str) -> HttpResponse:
    """Free times of a service: the next free week, or the week asked for."""
    path, said = _standing(request)
    if elsewhere := door.next_page(path, said):
        return redirect(elsewhere)
    offered = practice.current_practice()
    wanted = _service_or_404(offered, service)
    therapist, place = request.GET.get("therapist") or None, request.GET.get("place") or None
    today = local_now().date()
    first = _asked_day(request.GET.get("from", ""), today)
    found = _free(offered, service, first or today, _DAYS if first else _LOOK_AHEAD, therapist, place)
    start = first or (found[0].starts.date() if found else today)
    week = [free for free in found if start <= free.starts.date() < start + timedelta(days=_DAYS)]
    context = {
        "offered": offered,
        "service": wanted,
        "days": _by_day(week, start, mark_first=first is None),
        "zone": offered.time_zone,
        "earlier": start - timedelta(days=_DAYS) if start > today else None,
        "later": start + timedelta(days=_DAYS),
        "therapist": therapist or "",
        "place": place or "",
        "any": bool(week),
    }
    return render(request, "web/public/times.html", context)


def _service_or_404(offered: PracticeView, code: str) -> ServiceView:
    for service in offered.services:
        if service.code == code:
            return service
    raise Http404


def _asked_day(text: str, today: date) -> date | None:
    """The first day asked for, not before today; None when none was asked for or it cannot be read."""
    try:
        return max(date.fromisoformat(text), today)
    except ValueError:
        return None


def _free(
    offered: PracticeView, service: str, first: date, days: int, therapist: str | None, place: str | None
) -> tuple[FreeTime, ...]:
    query = FreeTimesQuery(offered.id, service, first, days, place, therapist)
    try:
        return availability.free_times(query)
    except (NotFoundError, InputError):
        return ()


def _by_day(free: Iterable[FreeTime], start: date, *, mark_first: bool) -> tuple[Day, ...]:
    """One entry per day; where several therapists are free at a time, the first stands for all at that place."""
    by_day: dict[date, list[FreeTime]] = {start + timedelta(days=n): [] for n in range(_DAYS)}
    seen: set[tuple[datetime, str]] = set()
    for time in free:
        if (time.starts, time.location_code) not in seen:
            seen.add((time.starts, time.location_code))
            by_day.setdefault(time.starts.date(), []).append(time)
    first = next((times[0] for times in by_day.values() if times), None)
    return tuple(
        Day(
            day,
            tuple(Offer(time, value_of(time), mark_first and time is first) for time in times),
            first in times,
        )
        for day, times in by_day.items()
    )


def value_of(time: FreeTime) -> str:
    """A free time as the text of a button."""
    return f"{time.starts.isoformat()}|{time.location_code}|{time.therapist_code}"


def _choice(text: str) -> dict[str, str] | None:
    """A button's text as a choice; None when it is not one of ours."""
    try:
        starts, location, therapist = text.split("|")
        if datetime.fromisoformat(starts).tzinfo is None:
            return None
    except ValueError:
        return None
    return {"starts": starts, "location": location, "therapist": therapist}


@require_POST
@private
def choose(request: HttpRequest, service: str) -> HttpResponse:
    """Take a time to the next page. From here on the answers are kept by the practice."""
    path, said = _standing(request)
    if elsewhere := door.next_page(path, said):
        return redirect(elsewhere)
    offered = practice.current_practice()
    _service_or_404(offered, service)
    choice = _choice(request.POST.get("time", ""))
    if choice is None:
        return redirect("times", service=service)
    try:
        door.choose(request, path, said, offered.id, {"service": service, **choice})
    except InputError:
        return redirect("doctor")
    return redirect("details")


@require_http_methods(["GET", "HEAD", "POST"])
@private
def details(request: HttpRequest) -> HttpResponse:
    """Who it is for; then book."""
    path, said = _standing(request)
    chosen = door.chosen(request)
    if elsewhere := door.next_page(path, said):
        return redirect(elsewhere)
    if chosen is None or not door.is_current(request, path, said):
        return redirect("book")
    offered = practice.current_practice()
    if request.method != "POST":
        return _details_page(request, chosen, DetailsForm(country=offered.country), offered)
    chosen = {**chosen, **(_choice(request.POST.get("time", "")) or {})}
    form = DetailsForm(request.POST, country=offered.country)
    if not form.is_valid():
        return _details_page(request, chosen, form, offered)
    return _book(request, chosen, form, offered)


def _book(
    request: HttpRequest, chosen: dict[str, Any], form: DetailsForm, offered: PracticeView
) -> HttpResponse:
    command = BookCommand(
        practice_id=offered.id,
        key=UUID(chosen["key"]),
        assessment_key=UUID(chosen["stored"]),
        service_code=chosen["service"],
        location_code=chosen["location"],
        therapist_code=chosen["therapist"],
        starts=datetime.fromisoformat(chosen["starts"]),
        name=form.cleaned_data["name"],
        email=form.cleaned_data["email"],
        phone=form.cleaned_data["phone"],
        agrees_to_terms=form.cleaned_data["terms"],
    )
    try:
        outcome = booking.book(command)
    except InputError as error:
        form.add_error(error.code if error.code in form.fields else None, error.message)
        return _details_page(request, chosen, form, offered)
    match outcome:
        case Booked(token=token):
            return redirect("appointment", token=token)
        case Taken(alternatives=alternatives):
            return _details_page(request, chosen, form, offered, taken=alternatives)
        case Refused(code=code, reason=reason):
            return _details_page(request, chosen, form, offered, refused=(code, reason))


def _details_page(
    request: HttpRequest,
    chosen: dict[str, Any],
    form: DetailsForm,
    offered: PracticeView,
    taken: tuple[FreeTime, ...] | None = None,
    refused: tuple[str, str] | None = None,
) -> HttpResponse:
    by_code = {therapist.code: therapist for therapist in offered.therapists}
    places = {location.code: location for location in offered.locations}
    context = {
        "offered": offered,
        "service": _service_or_404(offered, chosen["service"]),
        "starts": datetime.fromisoformat(chosen["starts"]),
        "time": f"{chosen['starts']}|{chosen['location']}|{chosen['therapist']}",
        "therapist": by_code.get(chosen["therapist"]),
        "place": places.get(chosen["location"]),
        "form": form,
        "is_taken": taken is not None,
        "others": tuple(Offer(time, value_of(time)) for time in taken or ()),
        "refused": refused,
    }
    is_faulty = bool(form.errors) or taken is not None or refused is not None
    return render(request, "web/public/details.html", context, status=_FAULTY if is_faulty else 200)
