"""The rules of an appointment that is changed: what a cancellation costs, and how far apart a course's sessions lie."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

Fault = Literal["too-close", "too-far"]


@dataclass(frozen=True, slots=True)
class FeeRule:
    """With fewer than ``notice_minutes`` left, ``percent`` of the price is kept."""

    notice_minutes: int
    percent: int


@dataclass(frozen=True, slots=True)
class Spacing:
    """The smallest and largest gap, in whole local days, between neighbouring sessions of a course."""

    smallest_days: int
    largest_days: int


def fee_percent(rules: Iterable[FeeRule], left: timedelta) -> int:
    """The share that is kept with so much time left: the dearest rule that applies; 0 when none does."""
    return max((rule.percent for rule in rules if left < timedelta(minutes=rule.notice_minutes)), default=0)


def share(price_minor: int, percent: int) -> int:
    """So many per cent of a price in its smallest coin, half a coin rounded up."""
    return (price_minor * percent + 50) // 100


def gap_faults(days: Iterable[date], spacing: Spacing) -> tuple[tuple[date, Fault], ...]:
    """Every session whose distance to the one before it breaks the spacing, by its day."""
    ordered = sorted(days)
    found: list[tuple[date, Fault]] = []
    for before, day in itertools.pairwise(ordered):
        gap = (day - before).days
        if gap < spacing.smallest_days:
            found.append((day, "too-close"))
        elif gap > spacing.largest_days:
            found.append((day, "too-far"))
    return tuple(found)


def move_fault(others: Sequence[date], before: date, after: date, spacing: Spacing) -> Fault | None:
    """What a move from one day to another would break that was not broken before; None when nothing."""
    old = gap_faults([*others, before], spacing)
    new = gap_faults([*others, after], spacing)
    kinds = [fault for _, fault in new]
    for _, fault in old:
        if fault in kinds:
            kinds.remove(fault)
    return kinds[0] if kinds else None
