"""Who of the practice is looking, and at whose calendar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from unpinch.services import permissions, practice
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from django.http import HttpRequest

    from unpinch.services.access import Caller
    from unpinch.services.practice import TherapistView


@dataclass(frozen=True, slots=True)
class Desk:
    """A therapist's calendar on somebody's screen. ``others`` are the therapists whom desk and owner may look at."""

    caller: Caller
    therapist_id: int
    name: str
    others: tuple[TherapistView, ...]
    is_own: bool


def desk(request: HttpRequest, caller: Caller) -> Desk:
    """The calendar to show: one's own, or the one that desk or owner asked for. PermissionDenied for all others."""
    here = practice.current_practice()
    if not permissions.can_work_here(caller, Thing(here.id)):
        raise PermissionDenied
    therapists = here.therapists
    others = therapists if permissions.can_work_at_desk(caller, Thing(here.id)) else ()
    wanted = request.GET.get("therapist", "")
    chosen = next((therapist for therapist in others if str(therapist.id) == wanted), None)
    own = next((therapist for therapist in therapists if therapist.id == caller.therapist_id), None)
    shown = chosen or own or next(iter(others), None)
    if shown is None:
        raise PermissionDenied
    return Desk(caller, shown.id, shown.name, others, is_own=shown == own)
