"""What staff may do against a rule, with a reason that is kept (docs/decisions/0032)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Q

from unpinch.kernel.errors import InputError
from unpinch.records.models import Appointment, Location, Room, Therapist
from unpinch.services.outcomes import Refused
from unpinch.services.place import Spot, put
from unpinch.services.transactions import LeaveError

if TYPE_CHECKING:
    from unpinch.records.models import Service
    from unpinch.services.place import Wish

LONGEST_REASON = 300


def read_reason(reason: str) -> str:
    """A reason of one line; empty means that no rule is to be overridden. InputError when it is too long."""
    plain = " ".join(reason.split())
    if len(plain) > LONGEST_REASON:
        raise InputError(
            f"This reason has {len(plain)} characters and we can keep {LONGEST_REASON}. Please shorten it.",
            code="override_reason",
        )
    return plain


def put_anyway(row: Appointment, service: Service, wish: Wish, reason: str) -> None:
    """Write the wished place into a row whatever stands there; marked as an overlap only where there is one.

    LeaveError when the practice has no such therapist or location, or the location no room for the service.
    """
    location = Location.objects.filter(practice_id=service.practice_id, code=wish.location_code).first()
    therapist = Therapist.objects.filter(
        practice_id=service.practice_id, code=wish.therapist_code, is_active=True
    ).first()
    rooms = Room.objects.filter(location=location, kind=service.room_kind, is_active=True).order_by("pk")
    if location is None or therapist is None or not rooms:
        raise LeaveError(
            Refused("no-place", "There is no such therapist, location or room. Please choose another.")
        )
    at = Spot(location.pk, ZoneInfo(location.time_zone), therapist.pk, tuple(room.pk for room in rooms), 1)
    put(row, service, at, wish.starts)
    row.room_id = next((room for room in at.rooms if not _clashes(row, Q(room=room))), at.rooms[0])
    row.may_overlap = _clashes(row, Q(room=row.room_id) | Q(therapist=therapist)) or _has_client_elsewhere(
        row
    )
    row.override_reason = reason


def _clashes(row: Appointment, of: Q) -> bool:
    others = Appointment.objects.filter(
        of,
        practice_id=row.practice_id,
        released_at__isnull=True,
        busy_from__lt=row.busy_until,
        busy_until__gt=row.busy_from,
    )
    return others.exclude(pk=row.pk).exists()


def _has_client_elsewhere(row: Appointment) -> bool:
    if row.client_id is None:
        return False
    others = Appointment.objects.filter(
        client_id=row.client_id,
        released_at__isnull=True,
        starts_at__lt=row.ends_at,
        ends_at__gt=row.starts_at,
    )
    return others.exclude(pk=row.pk).exists()
