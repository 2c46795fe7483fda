"""What each free start costs by itself: one row per therapist, one column per step of the horizon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import numpy as np

from unpinch.scheduling.calendar import Horizon, Interval, moment, runs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from numpy.typing import NDArray

    from unpinch.scheduling.course_values import CourseQuestion, Hours

    Costs = NDArray[np.int16]

_DAY = timedelta(days=1)
NOT_FREE = 20_000
"""More than any start can cost; a start that cannot be had."""


@dataclass(frozen=True, slots=True)
class Table:
    """The cost of every start alone, and the local days the horizon falls into.

    ``steps[t, i]`` is the cost of starting at step ``i`` with ``therapists[t]``; ``edges[d]`` is the first step
    of day ``first + d``, and ``edges`` has one entry more than there are days. ``best[d, t]`` is the least of a
    day. ``liked`` and the holes are kept to tell what a chosen start costs and why.
    """

    horizon: Horizon
    therapists: tuple[int, ...]
    first: date
    edges: NDArray[np.int64]
    steps: Costs
    best: Costs
    liked: int
    holes: dict[int, tuple[int, int]]

    @property
    def days(self) -> int:
        """How many local days the horizon touches."""
        return len(self.edges) - 1

    @property
    def is_empty(self) -> bool:
        """Whether no start can be had at all."""
        return not self.best.size or int(self.best.min()) >= NOT_FREE

    def day_of(self, step: int) -> int:
        """The number of the day in which a step begins."""
        return int(np.searchsorted(self.edges, step, side="right")) - 1

    def day_number(self, number: int) -> date:
        """The local day behind a number."""
        return self.first + number * _DAY

    def holes_at(self, therapist: int, step: int) -> int:
        """How many pieces of the therapist's day become too short when a session starts here: 0 to 2."""
        return sum(mask >> step & 1 for mask in self.holes[therapist])


def table_of(question: CourseQuestion, *, only_liked: bool = False) -> Table:
    """The table for a question; with ``only_liked`` the hours the person would rather have are the only ones."""
    openings, unit = question.openings, question.unit
    horizon = openings.horizon
    first, edges = _days(horizon, question.zone)
    minutes = unit.minutes // horizon.step
    liked = _liked(question, first, len(edges) - 1)
    allowed = runs(horizon.all & ~_kept_free(question, first, len(edges) - 1), minutes)
    if question.spacing.gap_min == 1:
        allowed &= ~_over_midnight(edges, minutes)
    if only_liked:
        allowed &= liked
    therapists = tuple(openings.starts)
    starts = {key: openings.starts[key] & allowed for key in therapists}
    holes = {key: _holes(question, starts[key], openings.free[key]) for key in therapists}
    weights = question.weights
    base = np.where(_array([liked], horizon.length), 0, weights.disliked_hour).astype(np.int16)
    before = _array([holes[key][0] for key in therapists], horizon.length)
    after = _array([holes[key][1] for key in therapists], horizon.length)
    steps = base + np.int16(weights.hole) * (before + after)
    steps[_array([starts[key] for key in therapists], horizon.length) == 0] = NOT_FREE
    best = least_of_days(steps, edges)
    return Table(horizon, therapists, first, edges, steps, best, liked, holes)


def _days(horizon: Horizon, zone: tzinfo) -> tuple[date, NDArray[np.int64]]:
    """The first local day, and where each day begins; the last edge is the end of the horizon."""
    first = horizon.origin.astimezone(zone).date()
    edges, day = [0], first + _DAY
    while (edge := horizon.first_from(moment(day, time.min, zone))) < horizon.length:
        edges.append(edge)
        day += _DAY
    return first, np.array([*edges, max(horizon.length, 1)], dtype=np.int64)


def least_of_days(steps: Costs, edges: NDArray[np.int64]) -> Costs:
    """The cheapest start of each day and therapist, as [day, therapist]."""
    found: Costs = np.minimum.reduceat(steps, edges[:-1], axis=1)
    # A zone that skips a whole day gives it no steps, and reduceat would answer with its neighbour's.
    found[:, edges[:-1] == edges[1:]] = NOT_FREE
    return np.ascontiguousarray(found.T)


def _kept_free(question: CourseQuestion, first: date, days: int) -> int:
    """Every step that no session may touch: hours never wanted, and the person's other appointments."""
    horizon, wishes = question.openings.horizon, question.wishes
    found = horizon.taken(question.taken)
    return found | horizon.taken(_intervals(wishes.never, first, days, question.zone))


def _over_midnight(edges: NDArray[np.int64], minutes: int) -> int:
    """The starts of sessions that end on the next day: they could run into a session of that day."""
    found = 0
    for edge in edges[1:-1].tolist():
        low = max(0, edge - minutes + 1)
        found |= ((1 << (edge - low)) - 1) << low
    return found


def _liked(question: CourseQuestion, first: date, days: int) -> int:
    """The starts from which the whole session lies within the hours the person would rather have."""
    horizon, rather = question.openings.horizon, question.wishes.rather
    if not rather:
        return horizon.all
    inside = horizon.within(_intervals(rather, first, days, question.zone))
    return runs(inside, question.unit.minutes // horizon.step)


def _intervals(rows: tuple[Hours, ...], first: date, days: int, zone: tzinfo) -> Iterable[Interval]:
    for number in range(days):
        day = first + number * _DAY
        for row in rows:
            if day.weekday() in row.weekdays:
                end_day = day if row.ends > row.starts else day + _DAY
                yield Interval(moment(day, row.starts, zone), moment(end_day, row.ends, zone))


def _holes(question: CourseQuestion, starts: int, free: int) -> tuple[int, int]:
    """The starts that leave, just before or just after them, some free time but too little for a session."""
    unit, step = question.unit, question.openings.horizon.step
    whole, before = unit.whole // step, unit.before // step
    rest = whole - before
    fits = runs(free, whole)
    left_before = starts & (free << (before + 1)) & ~(fits << (before + whole))
    left_after = starts & (free >> rest) & ~(fits >> rest)
    return left_before, left_after


def _array(masks: list[int], length: int) -> NDArray[np.uint8]:
    """Big whole numbers as rows of zeros and ones."""
    size = (length + 7) // 8
    packed = np.frombuffer(b"".join(mask.to_bytes(size, "little") for mask in masks), dtype=np.uint8)
    return np.unpackbits(packed.reshape(len(masks), size), axis=1, count=length, bitorder="little")
