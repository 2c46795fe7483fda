"""Finds a therapist and a room for a session and takes them; the database decides who was first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction

from unpinch.records import prepared
from unpinch.records.models import Appointment, Service, Status
from unpinch.services import free_time, freed
from unpinch.services.links import hash_of, token_of
from unpinch.services.outcomes import Refused
from unpinch.services.transactions import GoneError, KeyInUseError, LeaveError

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

_GUARDS = ("therapist_free", "room_free", "client_free")
_EXPIRED = prepared.Prepared(
    lambda: Appointment.objects.filter(
        practice_id=prepared.number("practice"),
        status=Status.HELD,
        hold_expires_at__lte=prepared.moment("now"),
    ).values_list("pk")
)
_OTHERS = prepared.Prepared(
    lambda: Appointment.objects.filter(
        client_id=prepared.number("client"),
        released_at__isnull=True,
        starts_at__lt=prepared.moment("end"),
        ends_at__gt=prepared.moment("start"),
    ).values_list("pk")
)
_BY_KEY = prepared.Prepared(
    lambda: Appointment.objects.filter(
        practice_id=prepared.number("practice"), key=prepared.uuid("key")
    ).values_list("pk", "calendar_uid")
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A place somebody asks for. ``starts`` is aware."""

    location_code: str
    therapist_code: str
    starts: datetime


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a session fits now."""

    location_id: int
    zone: ZoneInfo
    therapist_id: int
    rooms: tuple[int, ...]
    """The free ones, in a fixed order; at least one."""
    rooms_in_all: int


def spot(
    service: Service,
    wish: Wish,
    now: datetime,
    *,
    ignore: frozenset[int] = frozenset(),
    any_notice: bool = False,
) -> Spot | None:
    """The place for exactly this start, by the rule that lists free times; None when it is not free.

    ``ignore`` and ``any_notice`` as in :class:`free_time.Wanted`.
    """
    # A day more on both sides, whatever the clock of the place: ``at`` leaves this one start alone.
    day, around = wish.starts.date(), timedelta(days=1)
    wanted = free_time.Wanted(
        service,
        day - around,
        day + around,
        wish.location_code,
        wish.therapist_code,
        wish.starts,
        ignore,
        any_notice,
    )
    found = free_time.find(wanted, now)
    for at in found.places:
        for therapist in found.therapists:
            if at.openings.has(wish.starts, therapist):
                rooms = at.openings.rooms_at(wish.starts)
                return Spot(at.location.id, at.zone, therapist, rooms, len(at.openings.rooms))
    return None


def need_notice(service: Service, starts: datetime, now: datetime) -> None:
    """LeaveError for a start that is too soon or too far ahead for people who book themselves."""
    allowed = free_time.notice(service, now)
    if not allowed.start <= starts < allowed.end:
        raise LeaveError(
            Refused(
                "notice", "This time is too soon or too far ahead to be booked here. Please choose another."
            )
        )


def need_no_other(
    client_id: int, service: Service, starts: datetime, *, ignore: frozenset[int] = frozenset()
) -> None:
    """LeaveError when the client has another appointment during the session."""
    if has_other(client_id, service, starts, ignore=ignore):
        raise LeaveError(
            Refused(
                "own-appointment",
                "You have another appointment at this time. Please choose another time, or cancel that one first.",
            )
        )


def take(
    service: Service,
    wish: Wish,
    make: Callable[[Spot], Appointment],
    now: datetime,
    *,
    any_notice: bool = False,
) -> Appointment:
    """Take therapist and room for a row, or leave by GoneError, inside a transaction.

    Each round asks the rule that also makes the list of free times. ``make`` drafts the row for a spot.
    """
    rounds = 0
    while (at := spot(service, wish, now, any_notice=any_notice)) is not None:
        row = make(at)
        if insert(row):
            return row
        # Someone took the room a moment ago: look again, there may be another. Each round means one was lost.
        rounds += 1
        if rounds > at.rooms_in_all:
            break
    raise GoneError


def release_expired(practice_id: int, now: datetime) -> int:
    """Give back the places of all holds that have run out, inside a transaction; how many.

    Every door that takes a place calls it first, so a hold that has run out stands in nobody's way even when no
    clockwork runs.
    """
    keys = [key for (key,) in _EXPIRED.rows(practice=practice_id, now=now)]
    if not keys:
        return 0
    expired = Appointment.objects.filter(
        practice_id=practice_id, status=Status.HELD, hold_expires_at__lte=now
    ).order_by("pk")
    # In the order of their keys, so that two who clear up at once do not wait in a circle.
    locked = list(expired.filter(pk__in=keys).select_for_update().values_list("pk", flat=True))
    held = Appointment.objects.filter(pk__in=locked, status=Status.HELD)
    released = held.update(status=Status.EXPIRED, released_at=now)
    if released:
        freed.tell(practice_id, now)
    return released


def has_other(
    client_id: int, service: Service, starts: datetime, *, ignore: frozenset[int] = frozenset()
) -> bool:
    """Whether the client has another appointment during the session."""
    rows = _OTHERS.rows(client=client_id, start=starts, end=starts + timedelta(minutes=service.minutes))
    return any(key not in ignore for (key,) in rows)


def draft(service: Service, at: Spot, starts: datetime, key: UUID, now: datetime) -> Appointment:
    """The row of a session at a spot, still without a client and not saved."""
    row = empty(service, key, now)
    put(row, service, at, starts)
    return row


def empty(service: Service, key: UUID, now: datetime) -> Appointment:
    """The row of a session that has neither a place nor a client yet."""
    uid = uuid4()
    return Appointment(
        practice_id=service.practice_id,
        key=key,
        service=service,
        status=Status.BOOKED,
        price_minor=service.price_minor,
        calendar_uid=uid,
        cancel_token_hash=hash_of(token_of(uid)),
        booked_at=now,
    )


def put(row: Appointment, service: Service, at: Spot, starts: datetime) -> None:
    """Write a spot and a start into a row: the moments, the turnover, and what the clock on the wall shows."""
    unit = free_time.unit_of(service)
    row.therapist_id, row.room_id, row.location_id = at.therapist_id, at.rooms[0], at.location_id
    row.starts_at, row.ends_at = starts, starts + timedelta(minutes=unit.minutes)
    row.busy_from = row.starts_at - timedelta(minutes=unit.before)
    row.busy_until = row.ends_at + timedelta(minutes=unit.after)
    row.local_start = starts.astimezone(at.zone).strftime("%Y-%m-%dT%H:%M")
    row.time_zone = at.zone.key


def is_clash(error: IntegrityError) -> bool:
    """Whether the database refused a row because therapist, room or client are taken."""
    return any(guard in str(error) for guard in _GUARDS)


def insert(row: Appointment) -> bool:
    """Save a new appointment, inside a transaction. False when therapist, room or client were taken meanwhile."""
    if connection.vendor == "postgresql":
        return _insert_unless_taken(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if is_clash(error):
            return False
        raise
    return True


def _insert_unless_taken(row: Appointment) -> bool:
    # A plain INSERT never books twice, but racing ones wait for each other until one is killed as a deadlock:
    # answers take seconds. ON CONFLICT DO NOTHING waits for the first and then gives way.
    Appointment.objects.bulk_create([row], ignore_conflicts=True)
    found = _BY_KEY.row(practice=row.practice_id, key=row.key)
    if found is None:
        return False
    row.pk, uid = found
    if uid != row.calendar_uid:
        raise KeyInUseError
    return True


PLACE_FIELDS = (
    "therapist",
    "room",
    "location",
    "starts_at",
    "ends_at",
    "busy_from",
    "busy_until",
    "local_start",
    "time_zone",
)
"""What :func:`put` writes."""


def update(row: Appointment, *fields: str) -> bool:
    """Save changes of an appointment, inside a transaction. False when therapist, room or client were taken meanwhile."""
    try:
        with transaction.atomic():
            row.save(update_fields=fields)
    except IntegrityError as error:
        if is_clash(error):
            return False
        raise
    return True
