"""What was given up for what: each trade of the best series is checked by searching again without it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from unpinch.scheduling.course_series import cost_of, run
from unpinch.scheduling.course_table import table_of
from unpinch.scheduling.course_values import Continuity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from unpinch.scheduling.course_table import Table
    from unpinch.scheduling.course_values import CourseQuestion, Hours, Series

_ABOVE_ALL = 100_000
"""A weight beside which the other terms of a series only decide between equals."""


class TradeKind(Enum):
    """What the person would have liked better."""

    OTHER_THERAPIST = "other-therapist"
    DISLIKED_HOURS = "disliked-hours"
    UNEVEN_GAPS = "uneven-gaps"
    LATER_END = "later-end"


@dataclass(frozen=True, slots=True)
class Trade:
    """Something the best series gives up at ``sessions`` (numbers from 1).

    ``instead`` is the best series that does not give it up; None when there is none, which is then the reason.
    ``days_later`` is how much later that one ends (less than 0: sooner).
    """

    kind: TradeKind
    sessions: tuple[int, ...]
    instead: Series | None
    days_later: int = 0


class RelaxationKind(Enum):
    """A constraint that stands in the way."""

    PINS = "pins"
    SAME_THERAPIST = "same-therapist"
    HOURS = "hours"
    FEWER_SESSIONS = "fewer-sessions"
    ALL_WISHES = "all-wishes"


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What to give up so that there is a series, and the best one then. ``hours`` are those given up."""

    kind: RelaxationKind
    series: Series
    hours: Hours | None = None


def trades_of(question: CourseQuestion, table: Table, best: Series) -> tuple[Trade, ...]:
    """Every trade in the best series, each proved by the best series without it."""

    def trade(kind: TradeKind, sessions: tuple[int, ...], instead: Series | None) -> Trade:
        if instead is None:
            return Trade(kind, sessions, None)
        # What was asked for weighs it, not what was changed to find it.
        cost = cost_of(question, instead.sessions, instead.lead, table)
        return Trade(kind, sessions, replace(instead, cost=cost), (instead.last_day - best.last_day).days)

    found = []
    if best.with_others and question.wishes.same is Continuity.IF_POSSIBLE:
        wishes = replace(question.wishes, same=Continuity.MUST)
        instead = run(replace(question, wishes=wishes), table).series()
        found.append(trade(TradeKind.OTHER_THERAPIST, best.with_others, instead))
    disliked = tuple(session.number for session in best.sessions if not session.is_liked)
    if disliked:
        instead = run(question, table_of(question, only_liked=True)).series()
        found.append(trade(TradeKind.DISLIKED_HOURS, disliked, instead))
    ideal = question.spacing.gap_ideal
    uneven = tuple(number for number, gap in enumerate(best.gaps, start=2) if gap != ideal)
    if uneven:
        spacing = replace(question.spacing, gap_min=ideal, gap_max=ideal)
        instead = run(replace(question, spacing=spacing), table).series()
        found.append(trade(TradeKind.UNEVEN_GAPS, uneven, instead))
    soonest = run(_soonest(question), table).series()
    if soonest is not None and soonest.last_day < best.last_day:
        found.append(trade(TradeKind.LATER_END, (len(best.sessions),), soonest))
    return tuple(found)


def relaxations_of(question: CourseQuestion) -> tuple[Relaxation, ...]:
    """Each single thing that could be given up so that a series exists; all wishes together when no single does."""
    single = tuple(_single(question))
    if single:
        return single
    bare = replace(question, wishes=type(question.wishes)(), pins=(), excluded=())
    series = best_of(bare)
    return (Relaxation(RelaxationKind.ALL_WISHES, series),) if series else ()


def best_of(question: CourseQuestion) -> Series | None:
    """The best series, None when there is none."""
    table = table_of(question)
    return None if table.is_empty else run(question, table).series()


def _single(question: CourseQuestion) -> Iterator[Relaxation]:
    wishes = question.wishes
    if question.pins or question.excluded:
        free = best_of(replace(question, pins=(), excluded=()))
        if free:
            yield Relaxation(RelaxationKind.PINS, free)
    if wishes.same is Continuity.MUST:
        shared = best_of(replace(question, wishes=replace(wishes, same=Continuity.IF_POSSIBLE)))
        if shared:
            yield Relaxation(RelaxationKind.SAME_THERAPIST, shared)
    for number, hours in enumerate(wishes.never):
        others = wishes.never[:number] + wishes.never[number + 1 :]
        wider = best_of(replace(question, wishes=replace(wishes, never=others)))
        if wider:
            yield Relaxation(RelaxationKind.HOURS, wider, hours)
    spacing = question.spacing
    for sessions in range(spacing.sessions - 1, (spacing.fewest or spacing.sessions) - 1, -1):
        pins = tuple(pin for pin in question.pins if pin.number <= sessions)
        shorter = best_of(replace(question, spacing=replace(spacing, sessions=sessions), pins=pins))
        if shorter:
            yield Relaxation(RelaxationKind.FEWER_SESSIONS, shorter)
            return


def _soonest(question: CourseQuestion) -> CourseQuestion:
    weights = replace(question.weights, finish_day=_ABOVE_ALL, finish_day_sooner=_ABOVE_ALL)
    return replace(question, weights=weights)
