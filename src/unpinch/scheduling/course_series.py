"""The best complete series, exactly: dynamic programming over (session, main therapist, day).

Once the main therapist is fixed, the cost of a series is a sum of costs of single sessions and of gaps between
neighbours. So the best series that ends with session k on day d is the best one that ends with session k-1 on
one of the days a gap earlier, and this one session. All main therapists are rows of one array.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from unpinch.scheduling.course_table import NOT_FREE, Table
from unpinch.scheduling.course_values import Continuity, Cost, CourseQuestion, Pin, Series, Session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Costs = NDArray[np.int64]

NEVER = 10**12
"""More than any series costs."""


@dataclass(frozen=True, slots=True)
class Search:
    """One run of the dynamic program: ``reached[k][l, d]`` is the least cost of sessions 1 to k+1 with main
    therapist ``leads[l]``, the last of them on day ``d``."""

    question: CourseQuestion
    table: Table
    leads: tuple[int | None, ...]
    reached: tuple[Costs, ...]

    def series(self) -> Series | None:
        """The best series; None when there is none. Among equals the earliest end, then the first therapist."""
        total: Costs = self.reached[-1] + finish_costs(self.question, self.table)
        if not total.size or int(total.min()) >= NEVER:
            return None
        day, lead = divmod(int(total.T.argmin()), len(self.leads))
        return self._back(lead, day)

    def _back(self, lead: int, day: int) -> Series:
        """Follow the best choices from the last session to the first."""
        sessions = []
        for number in range(self.question.spacing.sessions, 0, -1):
            row, step = self._start(number, lead, day)
            sessions.append(session_at(self.question, self.table, number, row, step))
            if number > 1:
                day = self._day_before(number - 1, lead, day)
        chosen = tuple(reversed(sessions))
        return Series(chosen, self.leads[lead], cost_of(self.question, chosen, self.leads[lead], self.table))

    def _start(self, number: int, lead: int, day: int) -> tuple[int, int]:
        """The therapist (as a row) and step of a session on a day, under a main therapist."""
        low = int(self.table.edges[day])
        costs = starts_of_day(self.question, self.table, number, day).astype(np.int64)
        row = _row(self.table, self.leads[lead])
        if row is not None:
            others = np.arange(len(costs)) != row
            costs[others] += _other(self.question)
            # Equal cost: the main therapist, for the fewest changes.
            if costs[row].min() == costs.min():
                return row, low + int(costs[row].argmin())
        flat = int(costs.T.argmin())
        step, found = divmod(flat, len(costs))
        return found, low + step

    def _day_before(self, number: int, lead: int, day: int) -> int:
        """On which day the session before was: of equals the one nearest to the ideal gap."""
        spacing, reached = self.question.spacing, self.reached[number - 1][lead]
        gaps = sorted(
            range(spacing.gap_min, min(spacing.gap_max, day) + 1),
            key=lambda gap: abs(gap - spacing.gap_ideal),
        )
        weight = self.question.weights.uneven_day
        return day - min(
            gaps, key=lambda gap: reached[day - gap] + weight * abs(gap - spacing.gap_ideal), default=0
        )


def run(question: CourseQuestion, table: Table) -> Search:
    """Fill the arrays of the dynamic program, from the first session to the last."""
    leads = leads_of(question, table)
    reached = [session_costs(question, table, leads, 1) + first_day_costs(question, table)]
    for number in range(2, question.spacing.sessions + 1):
        here = session_costs(question, table, leads, number)
        reached.append(np.minimum(here + through_gap(question, reached[-1]), NEVER))
    return Search(question, table, leads, tuple(reached))


def leads_of(question: CourseQuestion, table: Table) -> tuple[int | None, ...]:
    """Who is tried as the main therapist; one None when nobody needs to be."""
    wishes = question.wishes
    if wishes.same is Continuity.ANY:
        return (None,)
    if wishes.therapist in table.therapists:
        return (wishes.therapist,)
    # A wish for somebody who does not work here is no wish; as a must nobody can meet it.
    return () if wishes.therapist is not None and wishes.same is Continuity.MUST else table.therapists


def session_costs(
    question: CourseQuestion, table: Table, leads: tuple[int | None, ...], number: int
) -> Costs:
    """What session ``number`` alone costs as [main therapist, day]."""
    best = _least(question, table, number)
    costs = np.where(best >= NOT_FREE, NEVER, best.astype(np.int64)).T
    anybody = costs.min(axis=0) + _other(question)
    rows = [_row(table, lead) for lead in leads]
    if rows == [None]:
        alone: Costs = np.minimum(anybody, NEVER)[None, :]
        return alone
    own: Costs = costs[[row for row in rows if row is not None]]
    whole: Costs = own if question.wishes.same is Continuity.MUST else np.minimum(own, anybody)
    return whole


def starts_of_day(question: CourseQuestion, table: Table, number: int, day: int) -> NDArray[np.int16]:
    """The costs of one day's starts for one session, as [therapist, step of the day].

    What is pinned, excluded or kept for that session is in them.
    """
    low, high = int(table.edges[day]), int(table.edges[day + 1])
    steps = table.steps[:, low:high].copy()
    for out in (out for out in question.excluded if out.number == number):
        step = table.horizon.index(out.start)
        if step is not None and low <= step < high:
            steps[:, step - low] = NOT_FREE
    for pin in (pin for pin in question.pins if pin.number == number):
        steps[~_is_pin(pin, table, day, steps)] = NOT_FREE
    for pin in (pin for pin in question.kept if pin.number == number):
        elsewhere = (steps < NOT_FREE) & ~_is_pin(pin, table, day, steps)
        steps[elsewhere] += np.int16(question.weights.moved)
    return steps


def _is_pin(pin: Pin, table: Table, day: int, steps: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Which starts of a day are the pinned one; none when it is on another day."""
    found = np.zeros(steps.shape, dtype=np.bool_)
    low, high = int(table.edges[day]), int(table.edges[day + 1])
    step, row = table.horizon.index(pin.start), _row(table, pin.therapist)
    if step is not None and low <= step < high and (row is not None or pin.therapist is None):
        found[slice(None) if row is None else row, step - low] = True
    return found


def _least(question: CourseQuestion, table: Table, number: int) -> NDArray[np.int16]:
    """The cheapest start of each day and therapist for one session, as [day, therapist]."""
    pins = [pin.start for pin in question.pins if pin.number == number]
    kept = [pin.start for pin in question.kept if pin.number == number]
    changed = [*pins, *kept, *(out.start for out in question.excluded if out.number == number)]
    if not changed:
        return table.best
    best = np.full_like(table.best, NOT_FREE) if pins else table.best.copy()
    if kept:
        best[best < NOT_FREE] += np.int16(question.weights.moved)
    for step in {table.horizon.index(start) for start in changed} - {None}:
        day = table.day_of(step or 0)
        best[day] = starts_of_day(question, table, number, day).min(axis=1)
    return best


def through_gap(question: CourseQuestion, reached: Costs, *, backward: bool = False) -> Costs:
    """The least cost of being a gap later (or, ``backward``, earlier) than each day, the gap's own cost in it."""
    spacing, weight = question.spacing, question.weights.uneven_day
    found = np.full_like(reached, NEVER)
    for gap in range(spacing.gap_min, min(spacing.gap_max, reached.shape[1] - 1) + 1):
        moved = weight * abs(gap - spacing.gap_ideal)
        if backward:
            np.minimum(found[:, :-gap], reached[:, gap:] + moved, out=found[:, :-gap])
        else:
            np.minimum(found[:, gap:], reached[:, :-gap] + moved, out=found[:, gap:])
    return found


def first_day_costs(question: CourseQuestion, table: Table) -> Costs:
    """Nothing for a day on which the first session may be, far too much for another."""
    not_before = question.spacing.not_before
    early = 0 if not_before is None else (not_before - table.first).days
    return np.where(np.arange(table.days) < early, NEVER, 0)


def finish_costs(question: CourseQuestion, table: Table) -> Costs:
    """What it costs to end on each day: later is dearer, after the last allowed day too dear."""
    days = np.arange(table.days, dtype=np.int64)
    costs = finish_weight(question) * days
    not_after = question.spacing.not_after
    if not_after is not None:
        costs = np.where(days > (not_after - table.first).days, NEVER, costs)
    return costs


def finish_weight(question: CourseQuestion) -> int:
    """What a day later costs."""
    weights = question.weights
    return weights.finish_day_sooner if question.wishes.sooner else weights.finish_day


def session_at(question: CourseQuestion, table: Table, number: int, row: int, step: int) -> Session:
    """A session with everything that is known about it."""
    spacing = question.spacing
    review = spacing.review_after
    therapist = table.therapists[row]
    return Session(
        number=number,
        start=table.horizon.instant(step),
        day=table.day_number(table.day_of(step)),
        therapist=therapist,
        is_review=number == review,
        is_tentative=spacing.tentative and review is not None and number > review,
        is_liked=bool(table.liked >> step & 1),
        holes=table.holes_at(therapist, step),
    )


def cost_of(question: CourseQuestion, sessions: tuple[Session, ...], lead: int | None, table: Table) -> Cost:
    """The cost of a series from its definition, term by term."""
    weights, spacing = question.weights, question.spacing
    days = [session.day for session in sessions]
    gaps = [(after - before).days for before, after in itertools.pairwise(days)]
    others = 0 if lead is None else sum(session.therapist != lead for session in sessions)
    return Cost(
        finish=finish_weight(question) * (days[-1] - table.first).days,
        other_therapist=_other(question) * others,
        uneven=weights.uneven_day * sum(abs(gap - spacing.gap_ideal) for gap in gaps),
        disliked_hours=weights.disliked_hour * sum(not session.is_liked for session in sessions),
        holes=weights.hole * sum(session.holes for session in sessions),
        moved=weights.moved * sum(_is_moved(question, session) for session in sessions),
    )


def _is_moved(question: CourseQuestion, session: Session) -> bool:
    return any(
        pin.number == session.number
        and (pin.start != session.start or pin.therapist not in {None, session.therapist})
        for pin in question.kept
    )


def _other(question: CourseQuestion) -> int:
    """What a session with somebody else than the main therapist costs."""
    same = question.wishes.same
    if same is Continuity.ANY:
        return 0
    return NEVER if same is Continuity.MUST else question.weights.other_therapist


def _row(table: Table, therapist: int | None) -> int | None:
    return table.therapists.index(therapist) if therapist in table.therapists else None
