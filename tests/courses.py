"""Made-up calendars for the search of courses, and a search that tries every series."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

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
from unpinch.scheduling.course_search import Continuity, CourseQuestion, Spacing, Wishes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2026, 11, 23)
ALL_WEEK = tuple(WeeklyHours(day, time(9), time(17)) for day in range(7))


def at(day: int, clock: str, zone: ZoneInfo = LONDON) -> datetime:
    """A time on day ``day`` after that Monday, by the clock of the place."""
    return datetime.combine(MONDAY + timedelta(days=day), time.fromisoformat(clock), zone)


def calendar(
    free: Mapping[int, Mapping[int, tuple[str, ...]]], *, days: int, minutes: int = 60, grid: int = 60
) -> Openings:
    """Openings where therapist ``id`` is free for an hour from each named hour, and at no other time."""
    therapists = []
    for key, by_day in free.items():
        away, end = [], day_span(MONDAY, MONDAY + timedelta(days=days - 1), LONDON)
        since = end.start
        for day in sorted(by_day):
            for clock in sorted(by_day[day]):
                away.append(Interval(since, at(day, clock)))
                since = at(day, clock) + timedelta(minutes=minutes)
        away.append(Interval(since, end.end + timedelta(days=1)))
        therapists.append(TherapistTime(key, ALL_WEEK, tuple(away)))
    return openings(
        Question(
            LONDON,
            day_span(MONDAY, MONDAY + timedelta(days=days - 1), LONDON),
            grid,
            Unit(0, minutes, 0),
            tuple(therapists),
            (RoomTime(1),),
        )
    )


def question(found: Openings, spacing: Spacing, wishes: Wishes | None = None, **more: Any) -> CourseQuestion:
    """A question about one-hour sessions without turnover."""
    return CourseQuestion(found, LONDON, Unit(0, 60, 0), spacing, wishes or Wishes(), **more)


def every_series(asked: CourseQuestion) -> Iterator[tuple[tuple[datetime, int], ...]]:
    """Every series that the rules allow, found without any cleverness."""
    starts = [(opening.start, opening.therapist) for opening in asked.openings if _may(asked, opening.start)]

    def go_on(so_far: tuple[tuple[datetime, int], ...]) -> Iterator[tuple[tuple[datetime, int], ...]]:
        number = len(so_far) + 1
        if number > asked.spacing.sessions:
            yield so_far
            return
        for start, therapist in starts:
            if _fits(asked, so_far, number, start, therapist):
                yield from go_on((*so_far, (start, therapist)))

    yield from go_on(())


def _may(asked: CourseQuestion, start: datetime) -> bool:
    """Whether hours and other appointments of the person leave the session alone, minute by minute."""
    minutes = [start + timedelta(minutes=n) for n in range(asked.unit.minutes)]
    if any(taken.start <= minute < taken.end for taken in asked.taken for minute in minutes):
        return False
    if asked.spacing.gap_min == 1 and _day(asked, minutes[0]) != _day(asked, minutes[-1]):
        return False
    return not any(_touches(asked, hours, minute) for hours in asked.wishes.never for minute in minutes)


def _touches(asked: CourseQuestion, hours: Any, minute: datetime) -> bool:
    local = minute.astimezone(asked.zone)
    end = hours.ends if hours.ends > hours.starts else time.max
    return local.weekday() in hours.weekdays and hours.starts <= local.time() < end


def _fits(
    asked: CourseQuestion, so_far: tuple[tuple[datetime, int], ...], number: int, start: datetime, who: int
) -> bool:
    spacing, day = asked.spacing, _day(asked, start)
    if any(out.number == number and out.start == start for out in asked.excluded):
        return False
    for pin in asked.pins:
        if pin.number == number and (pin.start != start or pin.therapist not in {None, who}):
            return False
    if so_far:
        if not spacing.gap_min <= (day - _day(asked, so_far[-1][0])).days <= spacing.gap_max:
            return False
    elif spacing.not_before is not None and day < spacing.not_before:
        return False
    if number == spacing.sessions and spacing.not_after is not None and day > spacing.not_after:
        return False
    wishes = asked.wishes
    if wishes.same is not Continuity.MUST:
        return True
    return who == (wishes.therapist or (so_far[0][1] if so_far else who))


def least_cost(asked: CourseQuestion) -> int | None:
    """The least cost of any series, computed from the definition."""
    return min((cheapest_lead(asked, series) for series in every_series(asked)), default=None)


def cheapest_lead(asked: CourseQuestion, series: tuple[tuple[datetime, int], ...]) -> int:
    """The cost of a series under the main therapist that suits it best."""
    wishes, weights = asked.wishes, asked.weights
    days = [_day(asked, start) for start, _ in series]
    first = asked.openings.horizon.origin.astimezone(asked.zone).date()
    cost = (weights.finish_day_sooner if wishes.sooner else weights.finish_day) * (days[-1] - first).days
    gaps = [(after - before).days for before, after in itertools.pairwise(days)]
    cost += weights.uneven_day * sum(abs(gap - asked.spacing.gap_ideal) for gap in gaps)
    cost += weights.disliked_hour * sum(not _is_liked(asked, start) for start, _ in series)
    cost += weights.hole * sum(holes(asked, start, who) for start, who in series)
    cost += weights.moved * sum(
        pin.start != series[pin.number - 1][0] or pin.therapist not in {None, series[pin.number - 1][1]}
        for pin in asked.kept
    )
    if wishes.same is Continuity.ANY:
        return cost
    leads = asked.openings.starts if wishes.therapist is None else (wishes.therapist,)
    return cost + min(sum(who != lead for _, who in series) for lead in leads) * weights.other_therapist


def _is_liked(asked: CourseQuestion, start: datetime) -> bool:
    minutes = [start + timedelta(minutes=n) for n in range(asked.unit.minutes)]
    rather = asked.wishes.rather
    return not rather or any(all(_touches(asked, hours, minute) for minute in minutes) for hours in rather)


def holes(asked: CourseQuestion, start: datetime, therapist: int) -> int:
    """How many pieces of free time beside a session become too short, counted step by step."""
    horizon, free = asked.openings.horizon, asked.openings.free[therapist]
    unit = asked.unit
    first = horizon.index(start)
    assert first is not None
    begin = first - unit.before // horizon.step
    end = begin + unit.whole // horizon.step
    before = after = 0
    while begin - before - 1 >= 0 and free >> (begin - before - 1) & 1:
        before += 1
    while free >> (end + after) & 1:
        after += 1
    return sum(0 < piece < unit.whole // horizon.step for piece in (before, after))


def _day(asked: CourseQuestion, instant: datetime) -> date:
    return instant.astimezone(asked.zone).date()


def variant(asked: CourseQuestion, **wishes: Any) -> CourseQuestion:
    """The same question with other wishes."""
    return replace(asked, wishes=replace(asked.wishes, **wishes))
