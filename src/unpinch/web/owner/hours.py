"""The pages for when a therapist works: the week, single days, time off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from unpinch.kernel.errors import NotFoundError
from unpinch.services import setup_hours, setup_places, setup_therapists
from unpinch.services.setup_hours import AwayDetails, Week
from unpinch.web.asked import asked_day
from unpinch.web.callers import for_owners
from unpinch.web.desk.hit import tell_of_hits
from unpinch.web.owner.choices import WEEKDAYS
from unpinch.web.owner.editing import FAULTY, Page, edit, saved
from unpinch.web.owner.forms import AwayForm, ExtraDayForm
from unpinch.web.owner.week_form import WeekForm, initial, lines_for, monday_to_friday
from unpinch.web.owner.week_picture import picture
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import Promise
    from django.utils.safestring import SafeString

    from unpinch.services.access import Caller
    from unpinch.services.setup_rules import Span


@dataclass(frozen=True, slots=True)
class WeekCard:
    """A week as the page shows it: a picture, and the same in words."""

    week: Week
    picture: SafeString
    lines: tuple[tuple[str | Promise, str], ...]
    query: str


@require_safe
@private
@for_owners
def hours(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """All that decides when a therapist works."""
    found = setup_hours.times_of(caller, number)
    places = _places(caller)
    context = {
        "caller": caller,
        "here": "practice",
        "therapist": setup_therapists.therapist(caller, number),
        "times": found,
        "weeks": [_card(week, places) for week in found.weeks],
        "places": places,
    }
    return render(request, "web/owner/hours.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def week(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """A new week, or another for the one that ``from`` and ``to`` of the address name."""
    therapist = setup_therapists.therapist(caller, number)
    standing = _standing(request, caller, number)
    spans = standing.spans if standing else ()
    # A place that is not in use any more stays a choice for the hours that name it.
    names = {place.code: place.name for place in setup_places.locations(caller)}
    places = [*_places(caller).items()]
    places += [(code, names[code]) for code in {span.location_code for span in spans} - dict(places).keys()]
    if not places:
        messages.warning(request, _("Add a location first: hours are worked somewhere."))
        return redirect("location-new")
    start = {"valid_from": standing.valid_from, "valid_to": standing.valid_to} if standing else {}
    form = WeekForm(
        _sent(request), initial={**start, **initial(spans)}, places=places, lines=lines_for(spans)
    )
    to = reverse("hours", kwargs={"number": number})
    if request.method == "POST" and "copy" not in request.POST and form.is_valid():
        given = Week(
            form.cleaned_data["valid_from"], form.cleaned_data["valid_to"], form.cleaned_data["spans"]
        )
        key = standing.key if standing else None
        if saved(form, lambda: setup_hours.save_week(caller, number, given, instead_of=key)):
            messages.success(request, _("The hours are kept."))
            tell_of_hits(request, caller)
            return redirect(to)
    has_faults = request.method == "POST" and "copy" not in request.POST and bool(form.errors)
    context = {
        "caller": caller,
        "here": "practice",
        "therapist": therapist,
        "form": form,
        "is_new": standing is None,
        "is_first": not setup_hours.times_of(caller, number).weeks,
        "shows_faults": has_faults,
    }
    return render(request, "web/owner/week.html", context, status=FAULTY if has_faults else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def away_new(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Time off."""
    name = setup_therapists.therapist(caller, number).name
    to = reverse("hours", kwargs={"number": number})
    page = Page(
        _("Time off for %(name)s") % {"name": name}, to, name, to, _("The time off is kept."), can_hit=True
    )
    form = AwayForm(request.POST if request.method == "POST" else None)
    return edit(
        request, caller, form, page, lambda data: setup_hours.add_away(caller, number, AwayDetails(**data))
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def day_new(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Work on one day more."""
    name = setup_therapists.therapist(caller, number).name
    to = reverse("hours", kwargs={"number": number})
    page = Page(_("One more day for %(name)s") % {"name": name}, to, name, to, _("The day is kept."))
    form = ExtraDayForm(
        request.POST if request.method == "POST" else None, places=list(_places(caller).items())
    )
    return edit(
        request,
        caller,
        form,
        page,
        lambda data: setup_hours.add_day(
            caller, number, data["day"], (data["starts"], data["ends"]), data["location_code"]
        ),
    )


@require_POST
@private
@for_owners
def away_remove(request: HttpRequest, caller: Caller, number: int, row: int) -> HttpResponse:
    """Take time off back."""
    setup_hours.remove_away(caller, number, row)
    messages.success(request, _("The time off is taken back."))
    return redirect("hours", number=number)


@require_POST
@private
@for_owners
def day_remove(request: HttpRequest, caller: Caller, number: int, row: int) -> HttpResponse:
    """Take a single day back."""
    setup_hours.remove_day(caller, number, row)
    messages.success(request, _("The day is taken back."))
    tell_of_hits(request, caller)
    return redirect("hours", number=number)


def _places(caller: Caller) -> dict[str, str]:
    return {place.code: place.name for place in setup_places.locations(caller) if place.is_active}


def _sent(request: HttpRequest) -> dict[str, str] | None:
    if request.method != "POST":
        return None
    sent = {name: str(value) for name, value in request.POST.items()}
    return monday_to_friday(sent) if "copy" in sent else sent


def _standing(request: HttpRequest, caller: Caller, number: int) -> Week | None:
    """The week that the address names; None for a new one."""
    if "from" not in request.GET:
        return None
    key = (asked_day(request.GET["from"]), asked_day(request.GET.get("to", "")))
    for found in setup_hours.times_of(caller, number).weeks:
        if found.key == key:
            return found
    raise NotFoundError("These hours were changed meanwhile. Look at them again.")


def _card(week: Week, places: dict[str, str]) -> WeekCard:
    lines = tuple(
        (WEEKDAYS[number], ", ".join(_words(span, places) for span in week.spans if span.weekday == number))
        for number in range(7)
        if any(span.weekday == number for span in week.spans)
    )
    first, last = ("" if one is None else one.isoformat() for one in week.key)
    return WeekCard(week, picture(week.spans, places), lines, f"from={first}&to={last}")


def _words(span: Span, places: dict[str, str]) -> str:
    at = f" {places.get(span.location_code, span.location_code)}" if len(places) > 1 else ""
    return f"{span.starts:%H:%M}–{span.ends:%H:%M}{at}"
