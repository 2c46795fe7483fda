"""When a session can start: therapist and room free together, turnover included, within hours and notice.

One rule serves both sides: :func:`openings` finds every start that may be offered, and asking the same value
about one start is how a booking is accepted. Pure: facts in, openings out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import reduce
from math import gcd
from operator import or_
from typing import TYPE_CHECKING

from unpinch.scheduling.calendar import Horizon, Interval, bits, clock_grid, day_span, moment, runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Work on a weekday (0 is Monday) by the local clock.

    An end that is not after the start is on the next day. ``valid_from`` and ``valid_to`` are days on which
    the work starts, both included; None means without limit.
    """

    weekday: int
    starts: time
    ends: time
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class TherapistTime:
    """What is known about a therapist's time at one location: hours there, and everything that takes time away."""

    id: int
    hours: tuple[WeeklyHours, ...]
    away: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomTime:
    """When a room is taken."""

    id: int
    taken: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """What one session needs, in minutes: the turnover before, the session, the turnover after."""

    before: int
    minutes: int
    after: int

    @property
    def whole(self) -> int:
        """Session and turnover together."""
        return self.before + self.minutes + self.after


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that decides when sessions can start at one location.

    ``within`` is when a session may start: the days asked for, cut to what notice allows. ``closed`` are local
    days (first and last, both included). The whole unit, turnover too, must lie within the therapist's hours.
    """

    zone: tzinfo
    within: Interval
    grid: int
    unit: Unit
    therapists: tuple[TherapistTime, ...]
    rooms: tuple[RoomTime, ...]
    closed: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """One start that can be booked with one therapist."""

    start: datetime
    therapist: int


@dataclass(frozen=True, slots=True)
class Openings:
    """All starts at one location, as one number per therapist and per room.

    ``free`` is each therapist's own free time within hours, whether or not a session fits: it shows what a
    session would leave of a day.
    """

    horizon: Horizon
    starts: dict[int, int]
    rooms: dict[int, int]
    free: dict[int, int]

    def __iter__(self) -> Iterator[Opening]:
        """Every start of every therapist, the earliest first."""
        return iter([Opening(start, therapist) for start, who in self.by_start() for therapist in who])

    def by_start(self) -> Iterator[tuple[datetime, list[int]]]:
        """Every start, the earliest first, with the therapists who are free then."""
        who: dict[int, list[int]] = {index: [] for index in bits(reduce(or_, self.starts.values(), 0))}
        for therapist, mask in sorted(self.starts.items()):
            for index in bits(mask):
                who[index].append(therapist)
        for index, therapists in who.items():
            yield self.horizon.instant(index), therapists

    def has(self, start: datetime, therapist: int) -> bool:
        """Whether a session may start then with this therapist: the very rule behind the list."""
        index = self.horizon.index(start)
        return index is not None and bool(self.starts.get(therapist, 0) >> index & 1)

    def rooms_at(self, start: datetime) -> tuple[int, ...]:
        """The rooms that are free for the whole unit of a session that starts then, in a fixed order."""
        index = self.horizon.index(start)
        if index is None:
            return ()
        return tuple(room for room, mask in self.rooms.items() if mask >> index & 1)


def openings(question: Question) -> Openings:
    """Every start at which a therapist and a room are free for the whole unit."""
    unit = question.unit
    step = _step(question)
    margin = Interval(
        question.within.start - timedelta(minutes=unit.before),
        question.within.end + timedelta(minutes=unit.minutes + unit.after),
    )
    horizon = Horizon.covering(margin, step)
    before = unit.before // step
    length = unit.whole // step
    may_start = clock_grid(horizon, question.grid, question.zone) & _starts_within(horizon, question.within)
    shut = horizon.taken(day_span(first, last, question.zone) for first, last in question.closed)

    rooms = {
        room.id: runs(horizon.all & ~horizon.taken(room.taken), length) << before & may_start
        for room in question.rooms
    }
    # A run of free steps of therapist and room together is a run of each: so rooms are joined once for all.
    some_room = reduce(or_, rooms.values(), 0)
    free = {
        therapist.id: _free(therapist, horizon, question.zone) & ~shut for therapist in question.therapists
    }
    starts = {therapist: runs(mask, length) << before & some_room for therapist, mask in free.items()}
    return Openings(horizon, starts, rooms, free)


def at_least(count: int, masks: Iterable[int]) -> int:
    """The steps that are set in ``count`` or more of the masks; ``count`` is at least 1."""
    reached = [0] * count
    for mask in masks:
        for place in range(count - 1, 0, -1):
            reached[place] |= reached[place - 1] & mask
        reached[0] |= mask
    return reached[-1]


def _starts_within(horizon: Horizon, within: Interval) -> int:
    """The steps whose beginning lies in the interval."""
    return horizon.touched(Interval(horizon.origin, within.end)) & ~horizon.touched(
        Interval(horizon.origin, within.start)
    )


def _free(therapist: TherapistTime, horizon: Horizon, zone: tzinfo) -> int:
    """The therapist's working time less everything that takes it away."""
    working = horizon.within(working_times(therapist.hours, horizon, zone))
    return working & ~horizon.taken(therapist.away)


def working_times(hours: tuple[WeeklyHours, ...], horizon: Horizon, zone: tzinfo) -> Iterator[Interval]:
    """The working hours as moments, for every local day that can reach into the horizon."""
    day = horizon.origin.astimezone(zone).date() - 2 * _DAY
    last = horizon.instant(horizon.length).astimezone(zone).date()
    while day <= last:
        weekday = day.weekday()
        for row in hours:
            if row.weekday == weekday and _is_valid(row, day):
                end_day = day if row.ends > row.starts else day + _DAY
                yield Interval(moment(day, row.starts, zone), moment(end_day, row.ends, zone))
        day += _DAY


def _is_valid(row: WeeklyHours, day: date) -> bool:
    return (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or day <= row.valid_to)


def _step(question: Question) -> int:
    """The coarsest step, in minutes, that loses nothing: every boundary lies on a multiple of it."""
    unit = question.unit
    step = gcd(question.grid, unit.before, unit.minutes, unit.after, 30)
    for therapist in question.therapists:
        for row in therapist.hours:
            step = gcd(step, row.starts.minute, row.ends.minute)
    if step == 1 or not _is_even(question, step):
        return 1
    return step


def _is_even(question: Question, step: int) -> bool:
    """Whether the zone and everything that takes time away keep to multiples of the step."""
    taken = [i for t in question.therapists for i in t.away] + [i for r in question.rooms for i in r.taken]
    whole = timedelta(minutes=step)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    moments = [m for i in taken for m in (i.start, i.end)]
    offsets = [m.astimezone(question.zone).utcoffset() for m in (question.within.start, question.within.end)]
    return all(not (offset or timedelta()) % whole for offset in offsets) and all(
        not (m - epoch) % whole for m in moments
    )
