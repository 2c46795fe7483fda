"""Booking: a service, a free time, who it is for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from unpinch.clinical import knowledge
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.services import availability, booking, contact, holds, practice
from unpinch.services.availability import FreeTime, FreeTimesQuery
from unpinch.services.booking import BookCommand, Booked, Taken
from unpinch.services.holds import Held, HoldCommand
from unpinch.services.outcomes import Refused
from unpinch.web.context import local_now
from unpinch.web.forms import PlainForm
from unpinch.web.private import private
from unpinch.web.public import check, door
from unpinch.web.public.offers import DAYS, offer_of, read_choice, week_of
from unpinch.web.public.path import Path, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from unpinch.services.practice import LocationView, PracticeView, ServiceView
    from unpinch.web.public.check import Check

_LOOK_AHEAD = 28
_FURTHEST = 366
_FAULTY = 422


class Coded(Protocol):
    """Anything of the practice that goes by a code."""

    @property
    def code(self) -> str:
        """Its code."""


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
    return walk(said.answers, kb, said.told), said


@require_safe
@private
def services(request: HttpRequest) -> HttpResponse:
    """Choose what to book."""
    path, said = _standing(request)
    if elsewhere := door.turned_away(request, path, said):
        return elsewhere
    offered = practice.current_practice()
    context = {"offered": offered, "practice": offered, "said": said}
    return render(request, "web/public/services.html", context)


@require_safe
@private
def times(request: HttpRequest, service: str) -> HttpResponse:
    """Free times of a service: the next free week, or the week asked for."""
    path, said = _standing(request)
    if elsewhere := door.turned_away(request, path, said):
        return elsewhere
    offered = practice.current_practice()
    wanted = _service_or_404(offered, service)
    therapist = _known(request.GET.get("therapist", ""), offered.therapists)
    place = _known(request.GET.get("place", ""), offered.locations)
    today = local_now().date()
    first = _asked_day(request.GET.get("from", ""), today)
    found = _free(offered, service, first or today, DAYS if first else _LOOK_AHEAD, therapist, place)
    start = first or (found[0].starts.date() if found else today)
    context = {
        "offered": offered,
        "practice": offered,  # read once: the frame of the page needs it too
        "service": wanted,
        "week": week_of(found, start),
        "zones": sorted({location.time_zone for location in offered.locations} or {offered.time_zone}),
        "is_next": first is None,
        "earlier": start - timedelta(days=DAYS) if start > today else None,
        "later": start + timedelta(days=DAYS) if (start - today).days < _FURTHEST else None,
        "therapist": therapist or "",
        "place": place or "",
    }
    return render(request, "web/public/times.html", context)


def _service_or_404(offered: PracticeView, code: str) -> ServiceView:
    for service in offered.services:
        if service.code == code:
            return service
    raise Http404


def _asked_day(text: str, today: date) -> date | None:
    """The first day asked for, within the coming year; None when none was asked for or it cannot be read."""
    try:
        return min(max(date.fromisoformat(text), today), today + timedelta(days=_FURTHEST))
    except ValueError:
        return None


def _known(code: str, offered: Iterable[Coded]) -> str | None:
    """The code of a therapist or place if there is one; None, which is any, for all other texts."""
    return code if any(one.code == code for one in offered) else None


def _free(
    offered: PracticeView, service: str, first: date, days: int, therapist: str | None, place: str | None
) -> tuple[FreeTime, ...]:
    query = FreeTimesQuery(offered.id, service, first, days, place, therapist)
    try:
        return availability.free_times(query)
    except (NotFoundError, InputError):
        return ()


def _offered(text: str, offered: PracticeView) -> dict[str, str] | None:
    """The choice that a button sends, if it names a place and a therapist of this practice."""
    choice = read_choice(text)
    if choice is None or _known(choice["location"], offered.locations) is None:
        return None
    return choice if _known(choice["therapist"], offered.therapists) else None


@require_POST
@private
def choose(request: HttpRequest, service: str) -> HttpResponse:
    """Take a time to the next page."""
    path, said = _standing(request)
    if elsewhere := door.turned_away(request, path, said):
        return elsewhere
    offered = practice.current_practice()
    _service_or_404(offered, service)
    choice = _offered(request.POST.get("time", ""), offered)
    if choice is None:
        return redirect("times", service=service)
    kept = _hold(request, path, said, offered, {"service": service, **choice})
    if isinstance(kept, Taken):
        messages.info(request, _("Somebody has just taken this time. Please choose another."))
        return redirect("times", service=service)
    # A time that is refused goes on without a hold: the next page says why, and keeps what was typed.
    hold = {"hold": str(kept.key), "until": kept.expires_at.isoformat()} if isinstance(kept, Held) else {}
    door.choose(request, path, said, {"service": service, **choice, **hold})
    return redirect("details")


def _hold(
    request: HttpRequest, path: Path, said: Check, offered: PracticeView, choice: dict[str, str]
) -> Held | Taken | Refused:
    """Keep the place while the form is filled in; the one kept before is given back."""
    before = (door.chosen(request) or {}).get("hold")
    return holds.hold(
        HoldCommand(
            practice_id=offered.id,
            answers=path.answers,
            service_code=choice["service"],
            location_code=choice["location"],
            therapist_code=choice["therapist"],
            starts=datetime.fromisoformat(choice["starts"]),
            has_agreement=said.agreement is not None,
            replaces=UUID(before) if before else None,
            address=request.META.get("REMOTE_ADDR", ""),
        )
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
def details(request: HttpRequest) -> HttpResponse:
    """Who it is for; then book."""
    path, said = _standing(request)
    chosen = door.chosen(request)
    if elsewhere := door.turned_away(request, path, said):
        return elsewhere
    if chosen is None:
        return redirect("book")
    if not door.is_current(request, path, said):
        messages.info(request, _("Your answers have changed since. Please choose a time again."))
        return redirect("book")
    offered = practice.current_practice()
    if request.method != "POST":
        return _details_page(request, chosen, DetailsForm(country=offered.country), offered)
    chosen = {**chosen, **(_offered(request.POST.get("time", ""), offered) or {})}
    form = DetailsForm(request.POST, country=offered.country)
    if not form.is_valid():
        return _details_page(request, chosen, form, offered)
    try:
        door.keep(request, path, said, offered.id)
    except InputError as error:
        # What was said about the doctor's agreement cannot be: back to where it was said.
        messages.warning(request, error.message)
        return redirect("doctor")
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
        hold=UUID(chosen["hold"]) if chosen.get("hold") else None,
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
        "practice": offered,  # read once: the frame of the page needs it too
        "service": _service_or_404(offered, chosen["service"]),
        "starts": datetime.fromisoformat(chosen["starts"]),
        "time": f"{chosen['starts']}|{chosen['location']}|{chosen['therapist']}",
        "therapist": by_code.get(chosen["therapist"]),
        "place": places.get(chosen["location"]),
        "form": form,
        "is_taken": taken is not None,
        "held_until": None if taken is not None else _held_until(chosen, places.get(chosen["location"])),
        "others": tuple(offer_of(time) for time in taken or ()),
        "refused": refused,
    }
    is_faulty = bool(form.errors) or taken is not None or refused is not None
    return render(request, "web/public/details.html", context, status=_FAULTY if is_faulty else 200)


def _held_until(chosen: dict[str, Any], place: LocationView | None) -> datetime | None:
    """Until when the time is kept, by the clock of the place; None when it is not kept any more."""
    if not chosen.get("until") or place is None:
        return None
    until = datetime.fromisoformat(chosen["until"])
    return until.astimezone(ZoneInfo(place.time_zone)) if until > timezone.now() else None
