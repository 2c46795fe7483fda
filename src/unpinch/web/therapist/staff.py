"""Who of the practice is looking, and at whose calendar."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse

from unpinch.services import access, practice

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller
    from unpinch.services.practice import TherapistView

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Desk:
    """A therapist's calendar on somebody's screen. ``others`` are the therapists an owner may look at."""

    caller: Caller
    therapist_id: int
    name: str
    others: tuple[TherapistView, ...]
    is_own: bool


def for_callers(
    view: Callable[Concatenate[HttpRequest, Caller, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Ask for a log-in first, and hand the view the person who has logged in."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect(f"{reverse('login')}?{urlencode({'next': request.path})}")
        return view(request, access.caller(request.user.pk), *args, **kwargs)

    return guarded


def desk(request: HttpRequest, caller: Caller) -> Desk:
    """The calendar to show: one's own, or the one an owner asked for. PermissionDenied for all others."""
    if not caller.is_staff:
        raise PermissionDenied
    therapists = practice.current_practice().therapists
    others = therapists if caller.is_owner else ()
    wanted = request.GET.get("therapist", "")
    chosen = next((therapist for therapist in others if str(therapist.id) == wanted), None)
    own = next((therapist for therapist in therapists if therapist.id == caller.therapist_id), None)
    shown = chosen or own or next(iter(others), None)
    if shown is None:
        raise PermissionDenied
    return Desk(caller, shown.id, shown.name, others, is_own=shown == own)
