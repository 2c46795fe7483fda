"""The practice's own figures, for its owner: who gets better, and how the work goes.

Relief counts only those who agreed to be counted. A figure about fewer than ``FEWEST`` people or sessions is not
given: it would say more about a person than about the practice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from unpinch.clinical import knowledge, progress
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import (
    Appointment,
    Closure,
    Consent,
    Course,
    Location,
    Moment,
    ReliefReading,
    RoomEvent,
    Status,
    TimeOff,
    WaitlistEntry,
    WaitState,
    WorkingHours,
)
from unpinch.scheduling.calendar import Interval, day_span, joined, moment
from unpinch.services import permissions, relief
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.services.access import Caller

FEWEST = 10
"""About fewer people (or sessions) nothing is said."""
_Z = 1.959964
"""For an interval that holds in 95 of 100 cases."""
_YEAR = timedelta(days=365)
_WEEKS = 12
_TOOK_PLACE = (Status.BOOKED, Status.COMPLETED)


@dataclass(frozen=True, slots=True)
class Share:
    """``count`` of ``of``, with Wilson's interval of 95 %; share and interval run from 0 to 1."""

    count: int
    of: int

    @property
    def share(self) -> float:
        """The part of the whole."""
        return self.count / self.of

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return max(0.0, self._centre - self._half)

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return min(1.0, self._centre + self._half)

    @property
    def _centre(self) -> float:
        return (self.share + _Z * _Z / (2 * self.of)) / (1 + _Z * _Z / self.of)

    @property
    def _half(self) -> float:
        spread = self.share * (1 - self.share) / self.of + _Z * _Z / (4 * self.of * self.of)
        return _Z * sqrt(spread) / (1 + _Z * _Z / self.of)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure. ``share`` is None where it is about too few; ``beside`` is what is known without treatment.

    ``is_sample`` says that chance had a part in it; what is a full count has no range.
    """

    code: str
    name: str
    share: Share | None
    beside: float | None = None
    beside_week: int | None = None
    is_sample: bool = True


@dataclass(frozen=True, slots=True)
class Results:
    """All figures as of a moment. ``counted`` is how many courses agreed to be counted and have told twice."""

    counted: int
    by_condition: tuple[Line, ...]
    by_session: tuple[Line, ...]
    work: tuple[Line, ...]


def for_owner(caller: Caller, now: datetime) -> Results:
    """The figures of the owner's practice."""
    if not permissions.can_run_practice(caller, Thing(caller.practice_id)):
        raise NotFoundError("The results are for the owner of the practice.")
    return results(caller.practice_id, now)


def results(practice_id: int, now: datetime) -> Results:
    """Work the figures out, with a number of queries that does not grow."""
    kb = knowledge.load()
    agreed = _agreed(practice_id)
    courses = _courses(practice_id, agreed, kb)
    return Results(
        len(courses),
        _by_condition(courses, kb),
        _by_session(courses),
        (*_work(practice_id, now), *_in_the_room(practice_id, agreed, now), _used(practice_id, now)),
    )


@dataclass(frozen=True, slots=True)
class _Course:
    condition: str
    told: tuple[tuple[int, bool], ...]
    """After how many sessions, and whether it was better then."""


def _agreed(practice_id: int) -> set[int]:
    """The clients who agreed to be counted and have not taken it back."""
    rows = Consent.objects.filter(practice_id=practice_id, purpose="statistics", withdrawn_at__isnull=True)
    pairs = rows.values_list("client_id", "assessment__client_id")
    return {client for pair in pairs for client in pair if client is not None}


def _courses(practice_id: int, agreed: set[int], kb: Knowledge) -> list[_Course]:
    sessions: dict[int, list[datetime]] = defaultdict(list)
    held = Appointment.objects.filter(practice_id=practice_id, course__isnull=False, status__in=_TOOK_PLACE)
    for course_id, starts in held.values_list("course_id", "starts_at"):
        if course_id is not None:
            sessions[course_id].append(starts)
    readings: dict[int, list[ReliefReading]] = defaultdict(list)
    for row in ReliefReading.objects.filter(practice_id=practice_id).order_by("said_at", "pk"):
        if row.client_id in agreed:
            readings[row.course_id].append(row)
    found = []
    for course in Course.objects.filter(practice_id=practice_id).only("pk", "plan"):
        told = readings.get(course.pk, [])
        if len(told) < 2 or told[0].moment != Moment.START:
            continue
        condition = course.plan.get("condition", "") if isinstance(course.plan, dict) else ""
        found.append(_Course(condition, _told(told, sessions[course.pk], kb)))
    return found


def _told(
    readings: list[ReliefReading], sessions: list[datetime], kb: Knowledge
) -> tuple[tuple[int, bool], ...]:
    start = relief.reading_of(readings[0])
    return tuple(
        (
            sum(at <= row.said_at for at in sessions),
            progress.change_between(start, relief.reading_of(row), kb).outcome == "better",
        )
        for row in readings[1:]
    )


def _by_condition(courses: list[_Course], kb: Knowledge) -> tuple[Line, ...]:
    last: dict[str, list[bool]] = defaultdict(list)
    for course in courses:
        last[course.condition].append(course.told[-1][1])
    lines = []
    for code, better in sorted(last.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        known = kb.conditions.get(code)
        week, share = _untreated(code, kb)
        lines.append(Line(code, known.plain_name if known else "other", _share(better), share, week))
    return tuple(lines)


def _untreated(condition: str, kb: Knowledge) -> tuple[int | None, float | None]:
    """How many are better without treatment, at the week known that is nearest to the end of a course."""
    for row in kb.natural_history:
        if row.condition == condition:
            for week in (6, 12, 4, 26, 52):
                share = getattr(row, f"share_better_{week}w")
                if share is not None:
                    return week, share / 100
    return None, None


def _by_session(courses: list[_Course]) -> tuple[Line, ...]:
    """Who was better after so many sessions; each course counts once per number, by what was said last."""
    found: dict[int, list[bool]] = defaultdict(list)
    for course in courses:
        for number, better in dict(course.told).items():
            found[number].append(better)
    return tuple(
        Line(f"after-{number}", str(number), _share(found[number])) for number in sorted(found) if number > 0
    )


def _share(hits: list[bool]) -> Share | None:
    return _of(sum(hits), len(hits))


def _of(count: int, of: int) -> Share | None:
    return Share(count, of) if of >= FEWEST else None


def _work(practice_id: int, now: datetime) -> tuple[Line, ...]:
    rows = Appointment.objects.filter(practice_id=practice_id, starts_at__gt=now - _YEAR, starts_at__lte=now)
    missed = rows.aggregate(
        came=Count("pk", filter=Q(status__in=_TOOK_PLACE)),
        missed=Count("pk", filter=Q(status=Status.NO_SHOW)),
    )
    waits = WaitlistEntry.objects.filter(practice_id=practice_id, created_at__gt=now - _YEAR).aggregate(
        all=Count("pk"), booked=Count("pk", filter=Q(state=WaitState.BOOKED))
    )
    return (
        Line("no-show", "did not come", _of(missed["missed"], missed["missed"] + missed["came"])),
        Line("waitlist-booked", "got a place from the waiting list", _of(waits["booked"], waits["all"])),
    )


def _in_the_room(practice_id: int, agreed: set[int], now: datetime) -> tuple[Line, ...]:
    """In how many sessions a client asked for less, and in how many a region was halted."""
    rows = RoomEvent.objects.filter(
        practice_id=practice_id, at__gt=now - _YEAR, session__appointment__client__in=agreed
    )
    asked: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows.order_by("pk"):
        asked[row.session_id][str(row.what.get("kind"))] += 1
    sessions = list(asked.values())
    return (
        Line("asked-for-less", "asked for less pressure", _share([one["less"] > 0 for one in sessions])),
        Line(
            "halted",
            "had a place stopped: electric, numb or spreading",
            _share([one["halt"] > 0 for one in sessions]),
        ),
    )


def _used(practice_id: int, now: datetime) -> Line:
    """Hours booked of hours worked, in the last twelve weeks."""
    since = now - timedelta(weeks=_WEEKS)
    rows = Appointment.objects.filter(
        practice_id=practice_id, starts_at__gte=since, starts_at__lt=now, released_at__isnull=True
    ).exclude(status=Status.HELD)
    booked = sum(
        (until - start).total_seconds() / 60 for start, until in rows.values_list("busy_from", "busy_until")
    )
    offered = _offered(practice_id, since, now)
    share = _of(min(round(booked / 60), offered), offered)
    return Line("used", "of the working hours were booked", share, is_sample=False)


def _offered(practice_id: int, since: datetime, now: datetime) -> int:
    zones = {
        pk: ZoneInfo(zone)
        for pk, zone in Location.objects.filter(practice_id=practice_id).values_list("pk", "time_zone")
    }
    away: dict[int, list[Interval]] = defaultdict(list)
    off = TimeOff.objects.filter(practice_id=practice_id, ends_at__gt=since)
    for therapist_id, start, end in off.values_list("therapist_id", "starts_at", "ends_at"):
        away[therapist_id].append(Interval(start, end))
    closed = list(Closure.objects.filter(practice_id=practice_id, last_day__gte=since.date()))
    minutes = 0.0
    for row in WorkingHours.objects.filter(practice_id=practice_id, therapist__is_active=True):
        zone = zones[row.location_id]
        shut = [
            day_span(one.first_day, one.last_day, zone)
            for one in closed
            if one.location_id in {None, row.location_id}
        ]
        busy = joined([*away[row.therapist_id], *shut])
        minutes += sum(_minutes_outside(turn, busy) for turn in _turns(row, since, now, zone))
    return round(minutes / 60)


def _turns(row: WorkingHours, since: datetime, now: datetime, zone: ZoneInfo) -> Iterable[Interval]:
    day, last = since.astimezone(zone).date(), now.astimezone(zone).date()
    day += timedelta(days=(row.weekday - day.weekday()) % 7)
    while day < last:
        is_valid = (row.valid_from is None or row.valid_from <= day) and (
            row.valid_to is None or day <= row.valid_to
        )
        if is_valid:
            ends = day if row.ends > row.starts else day + timedelta(days=1)
            yield Interval(moment(day, row.starts, zone), moment(ends, row.ends, zone))
        day += timedelta(days=7)


def _minutes_outside(turn: Interval, busy: list[Interval]) -> float:
    whole = (turn.end - turn.start).total_seconds()
    lost = sum(
        max(0.0, (min(turn.end, one.end) - max(turn.start, one.start)).total_seconds()) for one in busy
    )
    return (whole - lost) / 60
