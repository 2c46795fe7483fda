"""The calendar as staff see it: days by therapist or by room, with all that takes time. Nothing in it is about health."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from django.db.models import Q

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import (
    Appointment,
    Closure,
    Location,
    Practice,
    Room,
    Status,
    Therapist,
    TimeOff,
    WorkingHours,
)
from unpinch.scheduling.availability import WeeklyHours, working_times
from unpinch.scheduling.calendar import Horizon, Interval, day_span
from unpinch.services import permissions
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from unpinch.services.access import Caller

By = Literal["therapist", "room"]
MOST_DAYS = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarQuery:
    """Which days, by therapist or by room; with ``only`` just the column with this key."""

    first_day: date
    days: int = 1
    by: By = "therapist"
    only: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that takes time in a column: an appointment, a hold, time off. Moments carry the place's zone.

    ``kind`` is ``appointment``, ``hold`` or ``away``; ``id`` is 0 for what cannot be opened.
    """

    kind: str
    id: int
    starts: datetime
    ends: datetime
    busy_from: datetime
    busy_until: datetime
    title: str
    note: str = ""
    status: str = ""
    late_minutes: int = 0
    is_over_another: bool = False
    is_tentative: bool = False
    is_review: bool = False
    therapist_code: str = ""
    location_code: str = ""
    can_be_moved: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A therapist or a room on a day: when work is done there, what takes time, and whether it is shut."""

    key: int
    code: str
    name: str
    open: tuple[Interval, ...]
    entries: tuple[Entry, ...]
    closed: str | None


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One local day of the practice."""

    day: date
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class StaffCalendar:
    """Days with their columns. ``choices`` are all therapists or rooms that this person may look at."""

    days: tuple[CalendarDay, ...]
    choices: tuple[tuple[int, str], ...]
    zone: ZoneInfo
    now: datetime
    grid_minutes: int


@dataclass(frozen=True, slots=True)
class _Place:
    code: str
    name: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class _Row:
    key: int
    code: str
    name: str
    location_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Facts:
    places: dict[int, _Place]
    hours: dict[int, list[tuple[int, WeeklyHours]]]
    closed: list[tuple[int | None, date, date, str]]
    entries: dict[int, list[Entry]]


def calendar(caller: Caller, query: CalendarQuery, *, clock: Clock = SYSTEM_CLOCK) -> StaffCalendar:
    """The calendar for desk and owner, or a therapist's own; in seven queries whatever it holds.

    NotFoundError for who does not work here, and for a column that is not theirs.
    """
    practice = Practice.objects.get(pk=caller.practice_id)
    zone, now = ZoneInfo(practice.time_zone), clock.now()
    rows = _columns(caller, query.by)
    shown = [row for row in rows if query.only in (None, row.key)]
    if query.only is not None and not shown:
        raise NotFoundError("There is no such calendar for you to look at.")
    days = [query.first_day + n * _DAY for n in range(min(max(query.days, 1), MOST_DAYS))]
    span = day_span(days[0], days[-1], zone)
    facts = _facts(caller.practice_id, query.by, [row.key for row in shown], span, zone)
    return StaffCalendar(
        tuple(
            CalendarDay(day, tuple(_column(row, day, query.by, facts, zone) for row in shown)) for day in days
        ),
        tuple((row.key, row.name) for row in rows),
        zone,
        now.astimezone(zone),
        practice.grid_minutes,
    )


def choices(caller: Caller, by: By) -> tuple[tuple[int, str], ...]:
    """All therapists or rooms that this person may look at, in the order of the columns; in one query."""
    return tuple((row.key, row.name) for row in _columns(caller, by))


def _columns(caller: Caller, by: By) -> list[_Row]:
    here = Thing(caller.practice_id)
    if not permissions.can_work_here(caller, here):
        raise NotFoundError("The calendar is for those who work here.")
    sees_all = permissions.can_work_at_desk(caller, here)
    if by == "room":
        if not sees_all:
            raise NotFoundError("Rooms are for the front desk to look at.")
        rooms = Room.objects.filter(practice_id=caller.practice_id, is_active=True)
        found = rooms.order_by("location__name", "name", "pk").values_list(
            "pk", "code", "name", "location_id"
        )
        return [_Row(*row) for row in found]
    people = Therapist.objects.filter(practice_id=caller.practice_id, is_active=True)
    if not sees_all:
        people = people.filter(pk=caller.therapist_id or 0)
    return [_Row(*row) for row in people.order_by("position", "name", "pk").values_list("pk", "code", "name")]


def _facts(practice_id: int, by: By, keys: Sequence[int], span: Interval, zone: ZoneInfo) -> _Facts:
    places = {
        key: _Place(code, name, ZoneInfo(where))
        for key, code, name, where in Location.objects.filter(practice_id=practice_id).values_list(
            "pk", "code", "name", "time_zone"
        )
    }
    reach = Interval(span.start - _DAY, span.end + _DAY)
    entries = _appointments(practice_id, by, keys, span, places)
    hours: dict[int, list[tuple[int, WeeklyHours]]] = defaultdict(list)
    if by == "therapist":
        for key, off in _away(practice_id, keys, reach, zone):
            entries[key].append(off)
        rows = WorkingHours.objects.filter(practice_id=practice_id, therapist_id__in=keys)
        for row in rows:
            week = WeeklyHours(row.weekday, row.starts, row.ends, row.valid_from, row.valid_to)
            hours[row.therapist_id].append((row.location_id, week))
    shut = Closure.objects.filter(
        practice_id=practice_id,
        first_day__lte=span.end.date() + _DAY,
        last_day__gte=span.start.date() - _DAY,
    )
    closed: list[tuple[int | None, date, date, str]] = list(
        shut.values_list("location_id", "first_day", "last_day", "reason")
    )
    return _Facts(places, hours, closed, entries)


def _appointments(
    practice_id: int, by: By, keys: Sequence[int], span: Interval, places: dict[int, _Place]
) -> dict[int, list[Entry]]:
    of = (
        Q(therapist_id__in=keys)
        if by == "therapist"
        else Q(room_id__in=keys) | Q(shares_room_with__room_id__in=keys)
    )
    rows = (
        Appointment.objects.filter(
            of,
            practice_id=practice_id,
            released_at__isnull=True,
            busy_from__gte=span.start - _DAY,  # the index is on it, and no turnover is longer than a day
            busy_from__lt=span.end,
            busy_until__gt=span.start,
        )
        .select_related("client", "service", "therapist", "room", "shares_room_with__room")
        .order_by("busy_from", "pk")
    )
    found: dict[int, list[Entry]] = defaultdict(list)
    for row in rows:
        room = row.room or (row.shares_room_with.room if row.shares_room_with else None)
        key = row.therapist_id if by == "therapist" else getattr(room, "pk", 0)
        found[key].append(_entry(row, by, places[row.location_id], "" if room is None else room.name))
    return found


def _entry(row: Appointment, by: By, place: _Place, room: str) -> Entry:
    is_hold = row.status == Status.HELD
    where = room if by == "therapist" else row.therapist.name
    return Entry(
        kind="hold" if is_hold else "appointment",
        id=0 if is_hold else row.pk,
        starts=row.starts_at.astimezone(place.zone),
        ends=row.ends_at.astimezone(place.zone),
        busy_from=row.busy_from.astimezone(place.zone),
        busy_until=row.busy_until.astimezone(place.zone),
        title="" if row.client is None else row.client.name,
        note=f"{row.service.name}, {where}" if where else row.service.name,
        status=str(row.status),
        late_minutes=row.late_minutes,
        is_over_another=row.may_overlap,
        is_tentative=row.is_tentative,
        is_review=row.is_review,
        therapist_code=row.therapist.code,
        location_code=place.code,
        can_be_moved=row.status == Status.BOOKED,
    )


def _away(
    practice_id: int, keys: Sequence[int], reach: Interval, zone: ZoneInfo
) -> Iterable[tuple[int, Entry]]:
    rows = TimeOff.objects.filter(
        practice_id=practice_id, therapist_id__in=keys, ends_at__gt=reach.start, starts_at__lt=reach.end
    )
    for row in rows:
        start, end = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
        yield row.therapist_id, Entry("away", 0, start, end, start, end, "", row.reason)


def _column(row: _Row, day: date, by: By, facts: _Facts, zone: ZoneInfo) -> Column:
    span = day_span(day, day, zone)
    mine = tuple(
        entry
        for entry in facts.entries.get(row.key, ())
        if entry.busy_from < span.end and entry.busy_until > span.start
    )
    works_at = {place for place, _week in facts.hours.get(row.key, ())}
    at = {row.location_id} if by == "room" else works_at
    shut = [(where, why) for where, first, last, why in facts.closed if first <= day <= last]
    closed = next((why for where, why in shut if where is None or at == {where}), None)
    return Column(row.key, row.code, row.name, _open(row, span, by, facts), mine, closed)


def _open(row: _Row, span: Interval, by: By, facts: _Facts) -> tuple[Interval, ...]:
    """When the therapist works on the day; a room is open all day."""
    if by == "room":
        return (span,)
    horizon = Horizon.covering(span, 5)
    found = []
    for place, week in facts.hours.get(row.key, ()):
        for work in working_times((week,), horizon, facts.places[place].zone):
            start, end = max(work.start, span.start), min(work.end, span.end)
            if start < end:
                found.append(Interval(start, end))
    return tuple(sorted(found, key=lambda interval: interval.start))
