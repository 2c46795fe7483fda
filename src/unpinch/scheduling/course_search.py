"""The best complete series of sessions for one plan and one person's wishes, with what it trades for what.

The one front door of the search: pure, exact, the same answer for the same question. What "best" means is
written down in ``docs/algorithms/course-scheduling.md`` and in :class:`Weights`, and nowhere else.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from unpinch.kernel.errors import InputError
from unpinch.scheduling.course_series import (
    NEVER,
    finish_costs,
    first_day_costs,
    leads_of,
    run,
    session_costs,
    starts_of_day,
    through_gap,
)
from unpinch.scheduling.course_table import NOT_FREE, Table, table_of
from unpinch.scheduling.course_trades import (
    Relaxation,
    RelaxationKind,
    Trade,
    TradeKind,
    best_of,
    relaxations_of,
    trades_of,
)
from unpinch.scheduling.course_values import (
    EVERY_DAY,
    WEIGHTS,
    Continuity,
    Cost,
    CourseQuestion,
    Exclusion,
    Hours,
    Pin,
    Series,
    Session,
    Spacing,
    Weights,
    Wishes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from numpy.typing import NDArray

__all__ = [
    "EVERY_DAY",
    "WEIGHTS",
    "Choice",
    "Continuity",
    "Cost",
    "CourseQuestion",
    "Exclusion",
    "Hours",
    "NoSeries",
    "Pin",
    "Proposal",
    "Relaxation",
    "RelaxationKind",
    "Series",
    "Session",
    "Spacing",
    "Trade",
    "TradeKind",
    "Weights",
    "Wishes",
    "best_series",
    "choices",
    "keeps_spacing",
    "propose",
]

_MOST_SESSIONS = 60


@dataclass(frozen=True, slots=True)
class Proposal:
    """The best series, what it gives up, and the other series worth a look, each once."""

    best: Series
    trades: tuple[Trade, ...]
    alternatives: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class NoSeries:
    """There is no complete series. Each of ``relaxations`` alone makes one possible; none means nothing would."""

    relaxations: tuple[Relaxation, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A start that one session could have in a complete series, and what the best such series costs."""

    start: datetime
    day: date
    therapist: int
    total: int


def propose(question: CourseQuestion) -> Proposal | NoSeries:
    """The best series with its trades and alternatives, or what to give up so that there is one."""
    _check(question)
    table = table_of(question)
    best = None if table.is_empty else run(question, table).series()
    if best is None:
        return NoSeries(relaxations_of(question))
    trades = trades_of(question, table, best)
    others = dict.fromkeys(trade.instead for trade in trades if trade.instead is not None)
    return Proposal(best, trades, tuple(series for series in others if not _is_same(series, best)))


def best_series(question: CourseQuestion) -> Series | None:
    """The best series alone; None when there is none."""
    _check(question)
    return best_of(question)


def choices(question: CourseQuestion, number: int) -> tuple[Choice, ...]:
    """Every start that session ``number`` could have, the others adapting to it; the earliest first.

    A pin of that session is left aside, all other pins hold. With each start comes the therapist of the best
    series through it.
    """
    _check(question)
    if not 1 <= number <= question.spacing.sessions:
        raise InputError(
            f"There is no session {number} in a course of {question.spacing.sessions}.", code="session"
        )
    question = replace(question, pins=tuple(pin for pin in question.pins if pin.number != number))
    table = table_of(question)
    if table.is_empty or not leads_of(question, table):
        return ()
    rest = _rest(question, table, number)
    found = []
    for day in np.flatnonzero(rest.min(axis=0) < NEVER).tolist():
        found += _choices_on(question, table, number, day, rest[:, day])
    return tuple(found)


def keeps_spacing(spacing: Spacing, days: Sequence[date]) -> bool:
    """Whether sessions on these local days, in order, are a series that the plan allows."""
    gaps = [(after - before).days for before, after in itertools.pairwise(days)]
    return (
        len(days) == spacing.sessions
        and all(spacing.gap_min <= gap <= spacing.gap_max for gap in gaps)
        and (spacing.not_before is None or days[0] >= spacing.not_before)
        and (spacing.not_after is None or days[-1] <= spacing.not_after)
    )


def _rest(question: CourseQuestion, table: Table, number: int) -> NDArray[np.int64]:
    """As [therapist, day]: the least cost of all other sessions and gaps, and of who the therapist is."""
    leads, spacing = leads_of(question, table), question.spacing
    before = np.zeros((len(leads), table.days), dtype=np.int64) + first_day_costs(question, table)
    for earlier in range(1, number):
        before = through_gap(question, before + session_costs(question, table, leads, earlier))
    after = np.zeros_like(before) + finish_costs(question, table)
    for later in range(spacing.sessions, number, -1):
        after = through_gap(question, after + session_costs(question, table, leads, later), backward=True)
    whole = np.minimum(before + after, NEVER)
    if leads == (None,):
        return np.repeat(whole, len(table.therapists), axis=0)
    must = question.wishes.same is Continuity.MUST
    other = NEVER if must else question.weights.other_therapist
    found = np.repeat((whole.min(axis=0) + other)[None, :], len(table.therapists), axis=0)
    for row, lead in enumerate(leads):
        at = table.therapists.index(lead or 0)
        found[at] = np.minimum(found[at], whole[row])
    clipped: NDArray[np.int64] = np.minimum(found, NEVER)
    return clipped


def _choices_on(
    question: CourseQuestion, table: Table, number: int, day: int, rest: NDArray[np.int64]
) -> list[Choice]:
    low = int(table.edges[day])
    steps = starts_of_day(question, table, number, day).astype(np.int64)
    totals = np.where(steps >= NOT_FREE, NEVER, steps) + rest[:, None]
    who, least = totals.argmin(axis=0), totals.min(axis=0)
    local = table.day_number(day)
    return [
        Choice(table.horizon.instant(low + step), local, table.therapists[int(who[step])], int(least[step]))
        for step in np.flatnonzero(least < NEVER).tolist()
    ]


def _is_same(one: Series, other: Series) -> bool:
    return [(s.start, s.therapist) for s in one.sessions] == [(s.start, s.therapist) for s in other.sessions]


def _check(question: CourseQuestion) -> None:
    """Refuse a spacing that no calendar could keep, before anything is searched."""
    spacing = question.spacing
    if not 1 <= spacing.sessions <= _MOST_SESSIONS:
        raise InputError(
            f"A course of {spacing.sessions} sessions cannot be planned; it has 1 to {_MOST_SESSIONS}.",
            code="sessions",
        )
    if not 1 <= spacing.gap_min <= spacing.gap_ideal <= spacing.gap_max:
        raise InputError(
            f"The days between sessions ({spacing.gap_min}, {spacing.gap_ideal}, {spacing.gap_max}) must be at "
            "least 1 and in order: smallest, ideal, largest.",
            code="gaps",
        )
