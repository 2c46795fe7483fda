"""New times for many appointments at once: the assignment that costs least, none in another's way. Pure.

A branch-and-bound over the appointments, those with the fewest options first. It is exact unless it had to stop
early, and says which. Rooms are given out first fit, in a fixed order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

UNPLACED = 1_000_000
"""What it costs to leave one without a new time: more than any placing does."""
MOST_STEPS = 20_000
"""After so many tries the best found so far is taken."""


@dataclass(frozen=True, slots=True)
class Option:
    """A place an appointment could go to: its session, what therapist and room are busy for, the rooms free then."""

    start: datetime
    end: datetime
    busy_from: datetime
    busy_until: datetime
    therapist: int
    rooms: tuple[int, ...]
    cost: int


@dataclass(frozen=True, slots=True)
class Case:
    """An appointment that needs a new place, with all its options."""

    id: int
    client: int | None
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """An appointment with the option and room it is given."""

    id: int
    client: int | None
    option: Option
    room: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where each goes. ``is_best`` says that it is proved that nothing costs less."""

    placed: tuple[Placed, ...]
    unplaced: tuple[int, ...]
    cost: int
    is_best: bool


def assign(cases: Sequence[Case], *, most_steps: int = MOST_STEPS) -> Assignment:
    """The cheapest new places for all; an appointment without any is left unplaced at a price above all others."""
    ordered = sorted(cases, key=lambda case: (len(case.options), case.id))
    search = _Search(
        [(case, sorted(case.options, key=lambda option: (option.cost, option.start))) for case in ordered],
        most_steps,
    )
    search.go(0, (), 0)
    placed = tuple(sorted(search.best, key=lambda one: one.option.start))
    done = {one.id for one in placed}
    unplaced = tuple(case.id for case in ordered if case.id not in done)
    return Assignment(placed, unplaced, search.best_cost, search.steps_left > 0)


class _Search:
    """The state of one search: what is best so far, and how many steps are left."""

    def __init__(self, cases: list[tuple[Case, list[Option]]], most_steps: int) -> None:
        self.cases, self.steps_left = cases, most_steps
        self.best: tuple[Placed, ...] = ()
        self.best_cost = UNPLACED * len(cases) + 1
        # What the rest costs at least: each its cheapest option, as if the others were not there.
        self.at_least = [0] * (len(cases) + 1)
        for number in range(len(cases) - 1, -1, -1):
            options = cases[number][1]
            self.at_least[number] = self.at_least[number + 1] + (options[0].cost if options else UNPLACED)

    def go(self, number: int, placed: tuple[Placed, ...], cost: int) -> None:
        """Place the appointments from ``number`` on, given those before."""
        if cost + self.at_least[number] >= self.best_cost or self.steps_left <= 0:
            return
        if number == len(self.cases):
            self.best, self.best_cost = placed, cost
            return
        self.steps_left -= 1
        case, options = self.cases[number]
        for option in options:
            if cost + option.cost + self.at_least[number + 1] >= self.best_cost:
                break
            room = _room(case, option, placed)
            if room is not None:
                self.go(number + 1, (*placed, Placed(case.id, case.client, option, room)), cost + option.cost)
        self.go(number + 1, placed, cost + UNPLACED)


def _room(case: Case, option: Option, placed: Sequence[Placed]) -> int | None:
    """The first room in which the option is in nobody's way; None when therapist, client or rooms are taken."""
    taken = set()
    for other in placed:
        is_same = case.client is not None and case.client == other.client
        if is_same and option.start < other.option.end and other.option.start < option.end:
            return None
        if option.busy_from < other.option.busy_until and other.option.busy_from < option.busy_until:
            if option.therapist == other.option.therapist:
                return None
            taken.add(other.room)
    return next((room for room in option.rooms if room not in taken), None)
