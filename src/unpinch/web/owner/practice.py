"""The practice at a glance, what is still missing, and the pages for the practice, its places and rooms."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from unpinch.services import setup_checklist, setup_offers, setup_places, setup_therapists
from unpinch.services.setup_rules import LocationDetails, PracticeDetails, RoomDetails
from unpinch.web.callers import for_owners
from unpinch.web.owner.editing import Page, edit
from unpinch.web.owner.forms import LocationForm, PracticeForm, RoomForm
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller
    from unpinch.services.setup_checklist import Missing

_ADD = {"location": "location-new", "therapist": "therapist-new", "practice": "practice-about"}


@require_safe
@private
@for_owners
def overview(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Everything that is set up, and what is still missing with the way to it."""
    found = setup_checklist.checklist(caller)
    context = {
        "caller": caller,
        "here": "practice",
        "checklist": found,
        "to_do": [(one.what, _where(one)) for one in found.missing],
        "locations": setup_places.locations(caller),
        "services": setup_offers.services(caller),
        "therapists": setup_therapists.therapists(caller),
    }
    return render(request, "web/owner/practice.html", context)


def _where(missing: Missing) -> str:
    """The page on which it is mended."""
    if missing.key is None:
        return reverse(_ADD.get(missing.step, "service-new"))
    to = {"room": "room-new", "hours": "hours", "skill": "therapist", "service": "service"}[missing.step]
    return reverse(to, kwargs={"number": missing.key})


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def about(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Name, phone, terms, grid, holds."""
    page = Page(_("The practice"), "practice", _("Practice"), "practice", _("It is kept."))
    initial = asdict(setup_places.practice_details(caller))
    form = PracticeForm(request.POST if request.method == "POST" else None, initial=initial)
    return edit(
        request,
        caller,
        form,
        page,
        lambda data: setup_places.change_practice(caller, PracticeDetails(**data)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def location_new(request: HttpRequest, caller: Caller) -> HttpResponse:
    """A new place."""
    page = Page(
        _("A new location"),
        "practice",
        _("Practice"),
        "practice",
        _("The location is added. Add its rooms next."),
    )
    zone = setup_places.practice_details(caller).time_zone
    initial = {"time_zone": zone, "is_active": True}
    form = LocationForm(request.POST if request.method == "POST" else None, initial=initial)
    return edit(
        request, caller, form, page, lambda data: setup_places.add_location(caller, LocationDetails(**data))
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def location(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Change a place."""
    found = setup_places.location(caller, number)
    page = Page(found.name, "practice", _("Practice"), "practice", _("The location is kept."), can_hit=True)
    form = LocationForm(request.POST if request.method == "POST" else None, initial=asdict(found))
    return edit(
        request,
        caller,
        form,
        page,
        lambda data: setup_places.change_location(caller, number, LocationDetails(**data)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def room_new(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """A new room at the location ``number``."""
    at = setup_places.location(caller, number)
    title = _("A new room at %(place)s") % {"place": at.name}
    more = {"kinds": setup_places.room_kinds(caller)}
    page = Page(title, "practice", _("Practice"), "practice", _("The room is added."), more=more)
    initial = asdict(RoomDetails(name=""))
    form = RoomForm(request.POST if request.method == "POST" else None, initial=initial)
    return edit(
        request, caller, form, page, lambda data: setup_places.add_room(caller, number, RoomDetails(**data))
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_owners
def room(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Change a room."""
    found = setup_places.room(caller, number)
    more = {"kinds": setup_places.room_kinds(caller)}
    page = Page(
        found.name, "practice", _("Practice"), "practice", _("The room is kept."), can_hit=True, more=more
    )
    form = RoomForm(request.POST if request.method == "POST" else None, initial=asdict(found))
    return edit(
        request,
        caller,
        form,
        page,
        lambda data: setup_places.change_room(caller, number, RoomDetails(**data)),
    )
