"""The client's control: a few large buttons on their own phone, joined by a short code, without a login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from unpinch.kernel.errors import InputError
from unpinch.services import session_pass, session_room
from unpinch.services.outcomes import Refused
from unpinch.web.private import private
from unpinch.web.session import press_form, recheck_form, room_view

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.session_room import Room

COOKIE = "unpinch_room"
_SALT = "unpinch.room-pass"
_HOURS = 4


@require_http_methods(["GET", "HEAD", "POST"])
@private
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for the code, or let in whoever has it."""
    if request.method != "POST":
        return render(request, "web/session/enter.html", {})
    typed = request.POST.get("code", "")
    outcome = session_pass.enter(typed, request.META.get("REMOTE_ADDR", ""))
    if isinstance(outcome, Refused):
        return render(request, "web/session/enter.html", {"refused": outcome, "typed": typed}, status=422)
    response = redirect("control-now")
    response.set_cookie(
        COOKIE,
        signing.dumps(outcome, salt=_SALT),
        max_age=_HOURS * 60 * 60,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@require_safe
@private
def control(request: HttpRequest) -> HttpResponse:
    """The buttons."""
    found = room_of(request)
    if found is None:
        return redirect("control")
    return render(request, "web/session/control.html", _context(found))


@require_safe
@private
def now(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes, by itself."""
    found = room_of(request)
    if found is None:
        return redirect("control")
    return render(request, "web/session/_control_now.html", _context(found))


@require_POST
@private
def press(request: HttpRequest) -> HttpResponse:
    """A button: less, just right, more, something is wrong, stop."""
    found = room_of(request)
    if found is None:
        return redirect("control")
    kind = request.POST.get("kind", "")
    try:
        event = press_form.event_from(kind, request.POST.get("region", ""))
    except InputError:
        return redirect("control-now")
    if kind in ("less", "same", "more", "halt", "stop"):
        session_room.press(found.id, event, "client")
    return redirect("control-recheck" if kind == "halt" else "control-now")


@require_http_methods(["GET", "HEAD", "POST"])
@private
def recheck(request: HttpRequest) -> HttpResponse:
    """The short questions after something electric, numb or spreading."""
    found = room_of(request)
    if found is None or found.phase != "running" or not found.state.halted:
        return redirect("control-now" if found else "control")
    page = recheck_form.read(request.POST) if request.method == "POST" else recheck_form.empty()
    if page.said is not None:
        session_room.recheck(found.id, page.said, "client")
        return redirect("control-now")
    return render(request, "web/session/recheck.html", {"page": page}, status=422 if page.error else 200)


def room_of(request: HttpRequest) -> Room | None:
    """The session that this browser has joined; None when it has not, or the pass is too old."""
    number = pass_of(request)
    return None if number is None else session_room.by_id(number)


def pass_of(request: HttpRequest) -> int | None:
    """The number of the session that the browser's pass is for."""
    sealed = request.COOKIES.get(COOKIE, "")
    try:
        return int(signing.loads(sealed, salt=_SALT, max_age=_HOURS * 60 * 60))
    except (signing.BadSignature, TypeError, ValueError):
        return None


def _context(found: Room) -> dict[str, Any]:
    shown = room_view.places(found.plan, found.usual, found)
    failed = any(one.event.kind == "recheck" and not one.event.passed for one in found.happened)
    refused = found.happened[-1] if found.happened and found.happened[-1].why == "ceiling" else None
    return {
        "room": found,
        "places": shown,
        "see_doctor": found.phase == "stopped" and failed,
        "at_ceiling": refused.event.region if refused and refused.by == "client" else "",
        "live": reverse("live-control"),
    }
