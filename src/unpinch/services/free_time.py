"""Reads what decides when sessions can start, for listing and for accepting alike: one reading, one rule."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from django.db.models import Q

from unpinch.records.models import (
    LONGEST_UNIT_MINUTES,
    Appointment,
    Closure,
    Location,
    Room,
    Service,
    Status,
    TimeOff,
    WorkingHours,
)
from unpinch.scheduling.availability import (
    Openings,
    Question,
    RoomTime,
    TherapistTime,
    Unit,
    WeeklyHours,
    openings,
)
from unpinch.scheduling.calendar import Interval, day_span

_Rows: TypeAlias = dict[int, list[Interval]]
_Hours: TypeAlias = dict[int, dict[int, list[WeeklyHours]]]
_STAFF_AHEAD = timedelta(days=3 * 365)
_LONGEST_UNIT = timedelta(minutes=LONGEST_UNIT_MINUTES)


@dataclass(frozen=True, slots=True)
class Named:
    """A therapist or place by key, code and name."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class AtLocation:
    """The openings at one place."""

    location: Named
    zone: ZoneInfo
    openings: Openings


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. ``first_day`` to ``last_day`` are local days; with ``at`` only that very start counts.

    ``ignore`` are appointments whose time counts as free: those that are to be moved. ``any_notice`` leaves the
    notice out, for staff: anything from now on. ``any_start`` leaves the practice's grid out: any minute.
    """

    service: Service
    first_day: date
    last_day: date
    location_code: str | None = None
    therapist_code: str | None = None
    at: datetime | None = None
    ignore: frozenset[int] = frozenset()
    any_notice: bool = False
    any_start: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The openings at every place that fits, and the therapists that occur in them."""

    places: tuple[AtLocation, ...]
    therapists: dict[int, Named]


def unit_of(service: Service) -> Unit:
    """What one session of a service takes."""
    return Unit(service.turnover_before_minutes, service.minutes, service.turnover_after_minutes)


def find(wanted: Wanted, now: datetime) -> Found:
    """Every opening, in seven queries whatever the number of therapists, rooms and days."""
    service = wanted.service
    places = _locations(wanted)
    windows = {place.pk: window for place in places if (window := _window(wanted, place, now)) is not None}
    if not windows:
        return Found((), {})
    start = min(window.start for window in windows.values()) - _LONGEST_UNIT
    end = max(window.end for window in windows.values()) + _LONGEST_UNIT
    reach = Interval(start, end)
    therapists, hours = _therapists(wanted, list(windows))
    rooms = _rooms(service, list(windows))
    busy, taken = _appointments(wanted, reach, now)
    for therapist, away in _time_off(service.practice_id, reach).items():
        busy[therapist] += away
    closed = _closures(service.practice_id, reach)
    found = []
    for place in (place for place in places if place.pk in windows):
        zone = ZoneInfo(place.time_zone)
        question = Question(
            zone=zone,
            within=windows[place.pk],
            grid=1 if wanted.any_start else service.practice.grid_minutes,
            unit=unit_of(service),
            therapists=tuple(
                TherapistTime(key, tuple(rows), tuple(busy[key])) for key, rows in hours[place.pk].items()
            ),
            rooms=tuple(RoomTime(key, tuple(taken[key])) for key in rooms[place.pk]),
            closed=tuple((first, last) for where, first, last in closed if where in {None, place.pk}),
        )
        found.append(AtLocation(Named(place.pk, place.code, place.name), zone, openings(question)))
    return Found(tuple(found), therapists)


def notice(service: Service, now: datetime) -> Interval:
    """When a session may start, as far as notice goes."""
    return Interval(
        now + timedelta(minutes=service.notice_min_minutes), now + timedelta(days=service.notice_max_days)
    )


def _window(wanted: Wanted, place: Location, now: datetime) -> Interval | None:
    allowed = notice(wanted.service, now)
    if wanted.any_notice:
        allowed = Interval(now, max(allowed.end, now + _STAFF_AHEAD))
    span = day_span(wanted.first_day, wanted.last_day, ZoneInfo(place.time_zone))
    if wanted.at is not None:
        span = Interval(max(span.start, wanted.at), min(span.end, wanted.at + timedelta(minutes=1)))
    window = Interval(max(span.start, allowed.start), min(span.end, allowed.end))
    return window if window.start < window.end else None


def _locations(wanted: Wanted) -> list[Location]:
    rows = Location.objects.filter(practice_id=wanted.service.practice_id, is_active=True).order_by(
        "name", "pk"
    )
    return list(rows if wanted.location_code is None else rows.filter(code=wanted.location_code))


def _therapists(wanted: Wanted, places: list[int]) -> tuple[dict[int, Named], _Hours]:
    """Who has the skill and works at these places, and when."""
    rows = WorkingHours.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=wanted.last_day + timedelta(days=1)),
        Q(valid_to__isnull=True) | Q(valid_to__gte=wanted.first_day - timedelta(days=2)),
        practice_id=wanted.service.practice_id,
        location_id__in=places,
        therapist__is_active=True,
        # Without a region: skills for one region alone are matched when a plan says the region.
        therapist__skills__skill=wanted.service.skill,
        therapist__skills__region="",
    )
    if wanted.therapist_code is not None:
        rows = rows.filter(therapist__code=wanted.therapist_code)
    therapists: dict[int, Named] = {}
    hours: _Hours = defaultdict(lambda: defaultdict(list))
    for row in rows.select_related("therapist").order_by("therapist__position", "therapist_id", "pk"):
        worker = row.therapist
        therapists[worker.pk] = Named(worker.pk, worker.code, worker.name)
        hours[row.location_id][worker.pk].append(
            WeeklyHours(row.weekday, row.starts, row.ends, row.valid_from, row.valid_to)
        )
    return therapists, hours


def _rooms(service: Service, places: list[int]) -> dict[int, list[int]]:
    rows = Room.objects.filter(
        practice_id=service.practice_id, location_id__in=places, kind=service.room_kind, is_active=True
    )
    found: dict[int, list[int]] = defaultdict(list)
    for place, room in rows.order_by("pk").values_list("location_id", "pk"):
        found[place].append(room)
    return found


def _appointments(wanted: Wanted, reach: Interval, now: datetime) -> tuple[_Rows, _Rows]:
    """What therapists and rooms are taken for. A hold that has run out takes nothing, released or not yet."""
    rows = Appointment.objects.filter(
        practice_id=wanted.service.practice_id,
        released_at__isnull=True,
        busy_from__gte=reach.start,
        busy_from__lt=reach.end,
    ).values_list(
        "pk",
        "status",
        "hold_expires_at",
        "therapist_id",
        "room_id",
        "shares_room_with__room_id",
        "busy_from",
        "busy_until",
    )
    busy: _Rows = defaultdict(list)
    taken: _Rows = defaultdict(list)
    for key, status, expires, therapist, own_room, shared_room, start, end in rows:
        if key in wanted.ignore or (status == Status.HELD and expires is not None and expires <= now):
            continue
        interval = Interval(start, end)
        busy[therapist].append(interval)
        room = own_room or shared_room
        if room is not None:
            taken[room].append(interval)
    return busy, taken


def _time_off(practice_id: int, reach: Interval) -> _Rows:
    rows = TimeOff.objects.filter(practice_id=practice_id, ends_at__gt=reach.start, starts_at__lt=reach.end)
    found: _Rows = defaultdict(list)
    for therapist, start, end in rows.values_list("therapist_id", "starts_at", "ends_at"):
        found[therapist].append(Interval(start, end))
    return found


def _closures(practice_id: int, reach: Interval) -> list[tuple[int | None, date, date]]:
    day = timedelta(days=1)
    rows = Closure.objects.filter(
        practice_id=practice_id,
        last_day__gte=reach.start.date() - day,
        first_day__lte=reach.end.date() + day,
    )
    return list(rows.values_list("location_id", "first_day", "last_day"))
