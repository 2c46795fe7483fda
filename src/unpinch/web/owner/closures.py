"""The pages for days on which the practice is shut, and for public holidays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from unpinch.services import setup_closures, setup_places
from unpinch.services.setup_closures import ClosureDetails
from unpinch.web.asked import asked_day
from unpinch.web.callers import for_owners
from unpinch.web.context import local_now
from unpinch.web.desk.hit import tell_of_hits
from unpinch.web.owner.editing import Page, edit
from unpinch.web.owner.forms import ClosureForm
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def closures(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The closures to come, and a form for another."""
    places = [(place.code, place.name) for place in setup_places.locations(caller) if place.is_active]
    form = ClosureForm(request.POST if request.method == "POST" else None, places=places)
    page = Page(
        _("Closures"),
        "practice",
        _("Practice"),
        "closures",
        _("The closure is kept."),
        "web/owner/closures.html",
        can_hit=True,
        more={"closures": setup_closures.closures(caller, local_now().date())},
    )
    return edit(
        request, caller, form, page, lambda data: setup_closures.add_closure(caller, ClosureDetails(**data))
    )


@require_POST
@private
@for_owners
def closure_remove(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Open again."""
    setup_closures.remove_closure(caller, number)
    messages.success(request, _("The closure is taken back: people can book on these days again."))
    return redirect("closures")


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def public_holidays(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Which public holidays the practice observes, by country or a part of it, a year at a time."""
    asked = request.POST if request.method == "POST" else request.GET
    country = asked.get("country") or setup_places.practice_details(caller).country
    known = setup_closures.countries()
    part = asked.get("part", "")
    if country not in known or part not in known[country]:
        part = ""
    today = local_now().date()
    year = int(asked["year"]) if asked.get("year", "").isdecimal() else today.year
    years = range(today.year, today.year + 3)
    if country not in known or year not in years:
        country, year = (country if country in known else "GB"), today.year
    if request.method == "POST":
        days = [day for text in request.POST.getlist("day") if (day := asked_day(text)) is not None]
        changed = setup_closures.observe(caller, country, part, year, days)
        messages.success(
            request,
            ngettext("It is kept: %(n)s day changed.", "It is kept: %(n)s days changed.", changed)
            % {"n": changed},
        )
        tell_of_hits(request, caller)
        return redirect("closures")
    context = {
        "caller": caller,
        "here": "practice",
        "country": country,
        "countries": sorted(known),
        "part": part,
        "parts": known[country],
        "year": year,
        "years": years,
        "days": setup_closures.public_holidays(caller, country, part, year),
    }
    return render(request, "web/owner/holidays.html", context)
