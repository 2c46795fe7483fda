"""Reads what decides when sessions can start, for listing and for accepting alike: one reading, one rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from unpinch.records.models import LONGEST_UNIT_MINUTES, Service
from unpinch.scheduling.availability import Openings, Question, RoomTime, TherapistTime, Unit, openings
from unpinch.scheduling.calendar import Interval, day_span
from unpinch.services import free_time_facts as facts
from unpinch.services.free_time_facts import Named

__all__ = ["AtLocation", "Found", "Named", "Wanted", "find", "notice", "unit_of"]

_STAFF_AHEAD = timedelta(days=3 * 365)
_LONGEST_UNIT = timedelta(minutes=LONGEST_UNIT_MINUTES)


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
    """Every opening, in six queries whatever the number of therapists, rooms and days."""
    service = wanted.service
    places = []
    for named, zone_name in facts.locations(service.practice_id, wanted.location_code):
        zone = ZoneInfo(zone_name)
        if (window := _window(wanted, zone, now)) is not None:
            places.append((named, zone, window))
    if not places:
        return Found((), {})
    start = min(window.start for _, _, window in places) - _LONGEST_UNIT
    end = max(window.end for _, _, window in places) + _LONGEST_UNIT
    reach = Interval(start, end)
    therapists, hours = facts.therapists(
        service, (wanted.first_day, wanted.last_day), wanted.location_code, wanted.therapist_code
    )
    rooms = facts.rooms(service)
    busy, taken = facts.appointments(service.practice_id, reach, now, wanted.ignore)
    for therapist, away in facts.time_off(service.practice_id, reach).items():
        busy[therapist] += away
    closed = facts.closures(service.practice_id, reach)
    found = []
    for named, zone, window in places:
        question = Question(
            zone=zone,
            within=window,
            grid=1 if wanted.any_start else service.practice.grid_minutes,
            unit=unit_of(service),
            therapists=tuple(
                TherapistTime(key, tuple(rows), tuple(busy[key])) for key, rows in hours[named.id].items()
            ),
            rooms=tuple(RoomTime(key, tuple(taken[key])) for key in rooms[named.id]),
            closed=tuple((first, last) for where, first, last in closed if where in {None, named.id}),
        )
        found.append(AtLocation(named, zone, openings(question)))
    return Found(tuple(found), therapists)


def notice(service: Service, now: datetime) -> Interval:
    """When a session may start, as far as notice goes."""
    return Interval(
        now + timedelta(minutes=service.notice_min_minutes), now + timedelta(days=service.notice_max_days)
    )


def _window(wanted: Wanted, zone: ZoneInfo, now: datetime) -> Interval | None:
    allowed = notice(wanted.service, now)
    if wanted.any_notice:
        allowed = Interval(now, max(allowed.end, now + _STAFF_AHEAD))
    span = day_span(wanted.first_day, wanted.last_day, zone)
    if wanted.at is not None:
        span = Interval(max(span.start, wanted.at), min(span.end, wanted.at + timedelta(minutes=1)))
    window = Interval(max(span.start, allowed.start), min(span.end, allowed.end))
    return window if window.start < window.end else None
