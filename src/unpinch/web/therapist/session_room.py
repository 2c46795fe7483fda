"""The therapist's screen in the room: for a glance, and for oiled hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from unpinch.clinical.room import RoomPlan
from unpinch.kernel.errors import InputError
from unpinch.services import session_room
from unpinch.services.outcomes import Refused
from unpinch.web.callers import for_staff
from unpinch.web.private import private
from unpinch.web.session import press_form, recheck_form, room_view

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller


@require_safe
@private
@for_staff
def screen(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """The whole screen."""
    shown = session_room.screen(number, caller)
    context: dict[str, Any] = {"screen": shown, "number": number, "appointment": shown.appointment}
    if isinstance(shown.plan, RoomPlan):
        context["charts"] = room_view.charts(shown.plan, shown.room)
        context["places"] = room_view.places(shown.plan, shown.usual, shown.room)
    if shown.room:
        context |= _now(shown.room)
    return render(request, "web/session/room.html", context)


@require_safe
@private
@for_staff
def now(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """The part of the screen that changes, by itself."""
    found = session_room.of_appointment(number, caller)
    if found is None:
        raise Http404
    context = {"number": number, "places": room_view.places(found.plan, found.usual, found), **_now(found)}
    return render(request, "web/session/_room_now.html", context)


@require_POST
@private
@for_staff
def begin(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Begin the session."""
    outcome = session_room.begin(number, caller)
    if isinstance(outcome, Refused):
        messages.warning(request, outcome.reason)
    return redirect("in-room", number=number)


@require_POST
@private
@for_staff
def press(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """A button of the screen."""
    given = request.POST
    try:
        event = press_form.event_from(
            given.get("kind", ""),
            given.get("region", ""),
            level=given.get("level", ""),
            step=given.get("step", ""),
        )
    except InputError as error:
        messages.warning(request, error.message)
        return redirect("in-room", number=number)
    happened = session_room.press_for(number, event, caller)
    if event.kind == "finish" and not happened.why:
        messages.success(request, _("The session is finished. Write your notes while they are fresh."))
    if event.kind == "halt":
        return redirect("room-recheck", number=number)
    return redirect("in-room", number=number)


@private
@for_staff
def recheck(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Ask the client the short questions, and keep what they say."""
    found = session_room.of_appointment(number, caller)
    if found is None or found.phase != "running" or not found.state.halted:
        return redirect("in-room", number=number)
    page = recheck_form.read(request.POST) if request.method == "POST" else recheck_form.empty()
    if page.said is not None:
        session_room.recheck(found.id, page.said, "therapist")
        return redirect("in-room", number=number)
    context = {"page": page, "number": number, "for_staff": True}
    return render(request, "web/session/recheck.html", context, status=422 if page.error else 200)


def _now(found: session_room.Room) -> dict[str, Any]:
    address = f"{settings.PUBLIC_URL}{reverse('control')}"
    return {
        "room": found,
        "step": room_view.step(found),
        "latest": room_view.latest(found),
        "control": address.partition("://")[2],
        "qr": room_view.qr(f"{address}#{found.code}") if found.code else None,
    }
