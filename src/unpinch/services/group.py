"""Books people who come together, side by side: all of them or none, in one transaction, each through the gate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid5

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError
from unpinch.records.models import Appointment, Room
from unpinch.scheduling.availability import at_least
from unpinch.scheduling.calendar import bits
from unpinch.services import admission, booking, contact, free_time, place
from unpinch.services.appointment import view, with_names
from unpinch.services.availability import bookable_service
from unpinch.services.booking import Booked
from unpinch.services.links import token_of
from unpinch.services.outcomes import Refused
from unpinch.services.transactions import GoneError, LeaveError, lock, once_more_on_deadlock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from unpinch.records.models import Service
    from unpinch.services.contact import Contact

MOST = 4
_ALTERNATIVES = 6
_ALTERNATIVE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Guest:
    """One of the people. Each answers for themselves; ``therapist_code`` is a wish that must be met, or None."""

    assessment_key: UUID
    name: str
    email: str
    phone: str
    therapist_code: str | None = None


@dataclass(frozen=True, slots=True)
class GroupCommand:
    """What the people ask for. ``key`` is made once per form."""

    practice_id: int
    key: UUID
    service_code: str
    location_code: str
    starts: datetime
    guests: tuple[Guest, ...]
    agrees_to_terms: bool


@dataclass(frozen=True, slots=True)
class GroupBooked:
    """All are booked, in the order of the guests."""

    bookings: tuple[Booked, ...]


@dataclass(frozen=True, slots=True)
class GroupTaken:
    """Not all find a place then. ``starts`` are the nearest times at which all do."""

    starts: tuple[datetime, ...]


def book_group(
    command: GroupCommand, *, by: str | None = None, clock: Clock = SYSTEM_CLOCK
) -> GroupBooked | GroupTaken | Refused:
    """Book two to four people at one time: in one room that has places for all, or in a room each.

    The same ``key`` twice gives the same appointments. ``by`` is who stands in the record book; without it each
    client does. InputError for contacts or a time that cannot be used, with
    the number of the guest in the message.
    """
    now = clock.now()
    if command.starts.tzinfo is None:
        raise InputError("The time has no time zone, so nobody knows when it is.", code="starts")
    if not 2 <= len(command.guests) <= MOST:
        raise InputError(
            f"A group of {len(command.guests)} cannot be booked at once; 2 to {MOST} can.", code="guests"
        )
    service = bookable_service(command.practice_id, command.service_code)
    people = [_contact(guest, number, service) for number, guest in enumerate(command.guests, 1)]
    try:
        return once_more_on_deadlock(lambda: _book(command, service, people, by, now))
    except LeaveError as leaving:
        return leaving.refused
    except GoneError:
        return GroupTaken(_nearest(command, service, now))


def group_starts(
    service: Service, first_day: date, days: int, people: int, now: datetime, *, location_code: str
) -> tuple[datetime, ...]:
    """Every start at which so many people find a therapist each and room, the earliest first."""
    last_day = first_day + timedelta(days=days - 1)
    found = free_time.find(free_time.Wanted(service, first_day, last_day, location_code), now)
    wide = _wide_rooms(service, people)
    starts = []
    for at in found.places:
        rooms = at_least(people, at.openings.rooms.values())
        for room, mask in at.openings.rooms.items():
            rooms |= mask if room in wide else 0
        together = rooms & at_least(people, at.openings.starts.values())
        starts += [at.openings.horizon.instant(index).astimezone(at.zone) for index in bits(together)]
    return tuple(sorted(starts))


def _book(
    command: GroupCommand, service: Service, people: Sequence[Contact], by: str | None, now: datetime
) -> GroupBooked:
    with transaction.atomic():
        if before := _before(command, people):
            return before
        admission.need_terms(agrees=command.agrees_to_terms)
        place.need_notice(service, command.starts, now)
        admitted, clients = [], []
        for guest, person in zip(command.guests, people, strict=True):
            times = admission.Times([command.starts], admission.known_client(person, command.practice_id))
            admitted.append(admission.pass_gate(command.practice_id, guest.assessment_key, now, times))
            clients.append(admission.client_of(person, command.practice_id, now).pk)
            admission.claim_answers(admitted[-1].stored, clients[-1])
            place.need_no_other(clients[-1], service, command.starts)
        if len(set(clients)) < len(clients):
            raise LeaveError(
                Refused(
                    "same-person", "These are the same name and address twice. Please give each person's own."
                )
            )
        place.release_expired(command.practice_id, now)
        at, therapists, rooms = _places(command, service, now)
        rows: list[Appointment] = []
        for number, therapist in enumerate(therapists):
            spot = place.Spot(at.location.id, at.zone, therapist, rooms[: number + 1][-1:], 1)
            row = place.draft(service, spot, command.starts, _key(command, number), now)
            row.client_id, row.assessment_id = clients[number], admitted[number].stored.id
            row.group = command.key
            if number and len(rooms) == 1:
                row.room_id, row.shares_room_with = None, rows[0]
            if not place.insert(row):
                raise GoneError
            rows.append(row)
        return GroupBooked(
            tuple(
                booking.confirm(row, let_in, service, by or f"client:{client}", now)
                for row, let_in, client in zip(rows, admitted, clients, strict=True)
            )
        )


def _places(
    command: GroupCommand, service: Service, now: datetime
) -> tuple[free_time.AtLocation, tuple[int, ...], tuple[int, ...]]:
    """A therapist for each, and one wide room or a room for each; GoneError when there are not enough."""
    found = free_time.find(_at(command, service), now)
    lock(found.therapists, [room for at in found.places for room in at.openings.rooms])
    found = free_time.find(_at(command, service), now)
    people = len(command.guests)
    for at in found.places:
        free = [key for key in found.therapists if at.openings.has(command.starts, key)]
        codes = {found.therapists[key].code: key for key in free}
        therapists = _assign([guest.therapist_code for guest in command.guests], codes, free)
        rooms = at.openings.rooms_at(command.starts)
        wide = [room for room in rooms if room in _wide_rooms(service, people)]
        if therapists is not None and wide:
            return at, therapists, (wide[0],)
        if therapists is not None and len(rooms) >= people:
            return at, therapists, rooms[:people]
    raise GoneError


def _assign(
    wishes: Sequence[str | None], codes: dict[str, int], free: Sequence[int]
) -> tuple[int, ...] | None:
    """A therapist for each guest, the wished ones first; None when it cannot be done."""
    wished = [None if code is None else codes.get(code, 0) for code in wishes]
    named = [key for key in wished if key is not None]
    if 0 in named or len(set(named)) < len(named):
        return None
    others = iter([key for key in free if key not in named])
    found = [next(others, 0) if key is None else key for key in wished]
    return None if 0 in found else tuple(found)


def _at(command: GroupCommand, service: Service) -> free_time.Wanted:
    day = command.starts.date()
    around = timedelta(days=1)
    return free_time.Wanted(service, day - around, day + around, command.location_code, at=command.starts)


def _wide_rooms(service: Service, people: int) -> set[int]:
    rooms = Room.objects.filter(practice_id=service.practice_id, kind=service.room_kind, places__gte=people)
    return set(rooms.filter(is_active=True).values_list("pk", flat=True))


def _before(command: GroupCommand, people: Sequence[Contact]) -> GroupBooked | None:
    """What the first press of the button booked; LeaveError when the key was used for something else."""
    rows = list(
        with_names(Appointment.objects)
        .filter(practice_id=command.practice_id, group=command.key, released_at__isnull=True)
        .order_by("pk")
    )
    if not rows:
        return None
    known = [(row.starts_at, row.client.email_key if row.client else "") for row in rows]
    if known != [(command.starts, person.email_key) for person in people]:
        raise LeaveError(
            Refused("key-used", "This form has been sent before. Please start the booking again.")
        )
    return GroupBooked(tuple(Booked(view(row), token_of(row.calendar_uid)) for row in rows))


def _key(command: GroupCommand, number: int) -> UUID:
    return uuid5(command.key, str(number))


def _contact(guest: Guest, number: int, service: Service) -> Contact:
    try:
        return contact.read(
            name=guest.name, email=guest.email, phone=guest.phone, country=service.practice.country
        )
    except InputError as error:
        raise InputError(f"Person {number}: {error.message}", code=error.code) from error


def _nearest(command: GroupCommand, service: Service, now: datetime) -> tuple[datetime, ...]:
    first = command.starts.date() - timedelta(days=1)
    starts = group_starts(
        service,
        first,
        _ALTERNATIVE_DAYS + 2,
        len(command.guests),
        now,
        location_code=command.location_code,
    )
    return tuple(sorted(starts, key=lambda start: abs(start - command.starts))[:_ALTERNATIVES])
