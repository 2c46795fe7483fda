"""The owner sets up the practice, its places and their rooms."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError
from unpinch.records.models import Appointment, Location, Practice, Room, Status
from unpinch.services.setup_rules import (
    LocationDetails,
    PracticeDetails,
    RoomDetails,
    checked_location,
    checked_practice,
    checked_room,
)
from unpinch.services.setup_writing import (
    change,
    free_code,
    need_owner,
    note,
    note_change,
    one,
    practice_of,
)

if TYPE_CHECKING:
    from datetime import datetime

    from unpinch.services.access import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSetup(RoomDetails):
    """A room that is kept."""

    id: int
    code: str
    location_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationSetup(LocationDetails):
    """A place that is kept, with its rooms."""

    id: int
    code: str
    rooms: tuple[RoomSetup, ...]


def practice_details(caller: Caller) -> PracticeDetails:
    """The practice as a whole, for its owner."""
    need_owner(caller)
    return _practice(Practice.objects.get(pk=caller.practice_id))


def change_practice(
    caller: Caller, given: PracticeDetails, *, clock: Clock = SYSTEM_CLOCK
) -> PracticeDetails:
    """Change what the practice says about itself. InputError (code: the field) for what cannot be."""
    wanted = checked_practice(given)
    with transaction.atomic():
        row = practice_of(caller)
        if wanted.currency != row.currency and Appointment.objects.filter(practice=row).exists():
            raise InputError(
                f"Sessions have been booked in {row.currency}, so the currency stays. Set it back.",
                code="currency",
            )
        note_change(caller, "practice", row.pk, change(row, asdict(wanted)), clock.now())
    return wanted


def locations(caller: Caller) -> tuple[LocationSetup, ...]:
    """All places with their rooms, in two queries; closed ones too."""
    need_owner(caller)
    rooms: dict[int, list[RoomSetup]] = {}
    for row in Room.objects.filter(practice_id=caller.practice_id).order_by("name", "pk"):
        rooms.setdefault(row.location_id, []).append(_room(row))
    rows = Location.objects.filter(practice_id=caller.practice_id).order_by("name", "pk")
    return tuple(_location(row, tuple(rooms.get(row.pk, ()))) for row in rows)


def location(caller: Caller, key: int) -> LocationSetup:
    """One place; NotFoundError when the practice has no such."""
    need_owner(caller)
    row = one(Location.objects.all(), caller, key, "location")
    return _location(row, tuple(_room(room) for room in row.rooms.order_by("name", "pk")))


def add_location(caller: Caller, given: LocationDetails, *, clock: Clock = SYSTEM_CLOCK) -> LocationSetup:
    """A new place."""
    with transaction.atomic():
        practice = practice_of(caller)
        wanted = checked_location(given, practice.country)
        code = free_code(wanted.name, Location.objects.filter(practice=practice))
        row = Location.objects.create(practice=practice, code=code, **asdict(wanted))
        note(caller, "location.add", "location", row.pk, clock.now(), code=code)
    return _location(row, ())


def change_location(
    caller: Caller, key: int, given: LocationDetails, *, clock: Clock = SYSTEM_CLOCK
) -> LocationSetup:
    """Change a place. Its clock stays while sessions are booked there: their times were meant by it."""
    now = clock.now()
    with transaction.atomic():
        practice = practice_of(caller)
        wanted = checked_location(given, practice.country)
        row = one(Location.objects.all(), caller, key, "location")
        if wanted.time_zone != row.time_zone and _booked_at(row.pk, now):
            raise InputError(
                f"Sessions are booked here by the clock of {row.time_zone}. Move or cancel them first, "
                "or set the time zone back.",
                code="time_zone",
            )
        note_change(caller, "location", row.pk, change(row, asdict(wanted)), now)
    return location(caller, key)


def room(caller: Caller, key: int) -> RoomSetup:
    """One room; NotFoundError when the practice has no such."""
    need_owner(caller)
    return _room(one(Room.objects.all(), caller, key, "room"))


def add_room(
    caller: Caller, location_id: int, given: RoomDetails, *, clock: Clock = SYSTEM_CLOCK
) -> RoomSetup:
    """A new room at a place."""
    wanted = checked_room(given)
    with transaction.atomic():
        practice = practice_of(caller)
        at = one(Location.objects.all(), caller, location_id, "location")
        code = free_code(wanted.name, at.rooms.all())
        row = Room.objects.create(practice=practice, location=at, code=code, **asdict(wanted))
        note(caller, "room.add", "room", row.pk, clock.now(), code=code)
    return _room(row)


def change_room(caller: Caller, key: int, given: RoomDetails, *, clock: Clock = SYSTEM_CLOCK) -> RoomSetup:
    """Change a room. Sessions that are booked in it stay where they are."""
    wanted = checked_room(given)
    with transaction.atomic():
        practice_of(caller)
        row = one(Room.objects.all(), caller, key, "room")
        note_change(caller, "room", row.pk, change(row, asdict(wanted)), clock.now())
    return _room(row)


def room_kinds(caller: Caller) -> tuple[str, ...]:
    """The kinds of room there are, for the choice of a service."""
    kinds = Room.objects.filter(practice_id=caller.practice_id).values_list("kind", flat=True)
    return tuple(sorted({*kinds, "massage"}))


def _booked_at(location_id: int, now: datetime) -> bool:
    rows = Appointment.objects.filter(location_id=location_id, released_at__isnull=True, starts_at__gt=now)
    return rows.exclude(status=Status.HELD).exists()


def _practice(row: Practice) -> PracticeDetails:
    return PracticeDetails(**{name: getattr(row, name) for name in PracticeDetails.__dataclass_fields__})


def _location(row: Location, rooms: tuple[RoomSetup, ...]) -> LocationSetup:
    kept = {name: getattr(row, name) for name in LocationDetails.__dataclass_fields__}
    return LocationSetup(id=row.pk, code=row.code, rooms=rooms, **kept)


def _room(row: Room) -> RoomSetup:
    kept = {name: getattr(row, name) for name in RoomDetails.__dataclass_fields__}
    return RoomSetup(id=row.pk, code=row.code, location_id=row.location_id, **kept)
