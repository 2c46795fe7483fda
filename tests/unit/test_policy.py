"""What a cancellation costs and how far apart sessions may lie, as tables."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from unpinch.scheduling.policy import FeeRule, Spacing, fee_percent, gap_faults, move_fault, share

DAY_BEFORE = FeeRule(24 * 60, 50)
LAST_HOURS = FeeRule(120, 100)
HOUR = timedelta(hours=1)
WEEKLY = Spacing(3, 10)


@pytest.mark.parametrize(
    ("rules", "left", "percent"),
    [
        ((), HOUR, 0),
        ((DAY_BEFORE, LAST_HOURS), 24 * HOUR, 0),
        ((DAY_BEFORE, LAST_HOURS), 24 * HOUR - timedelta(seconds=1), 50),
        ((DAY_BEFORE, LAST_HOURS), 2 * HOUR, 50),
        ((DAY_BEFORE, LAST_HOURS), HOUR, 100),
        ((LAST_HOURS, DAY_BEFORE), -HOUR, 100),
    ],
    ids=["no rule", "in time", "just late", "on the edge", "last hours", "after the start"],
)
def test_the_dearest_rule_that_applies_counts(
    rules: tuple[FeeRule, ...], left: timedelta, percent: int
) -> None:
    assert fee_percent(rules, left) == percent


@pytest.mark.parametrize(
    ("price", "percent", "kept"),
    [(5800, 50, 2900), (5801, 50, 2901), (5800, 0, 0), (99, 33, 33), (0, 100, 0)],
)
def test_a_share_is_rounded_to_the_coin(price: int, percent: int, kept: int) -> None:
    assert share(price, percent) == kept


def days(*numbers: int) -> list[date]:
    return [date(2026, 11, 30) + timedelta(days=number) for number in numbers]


@pytest.mark.parametrize(
    ("numbers", "faults"),
    [
        ((0, 3, 13), []),
        ((0, 2, 13), ["too-close", "too-far"]),
        ((5, 0), []),
        ((0,), []),
        ((), []),
        ((0, 0), ["too-close"]),
    ],
)
def test_gaps_are_counted_in_days_in_any_order(numbers: tuple[int, ...], faults: list[str]) -> None:
    assert [fault for _, fault in gap_faults(days(*numbers), WEEKLY)] == faults


@pytest.mark.parametrize(
    ("others", "before", "after", "fault"),
    [
        ((0, 14), 7, 8, None),
        ((0, 9), 6, 8, "too-close"),
        ((0, 7), 14, 18, "too-far"),
        ((0, 20), 10, 9, "too-far"),
        ((0, 1), 7, 8, None),
        ((0, 7), 14, -7, None),
        ((0, 14), 7, 21, "too-far"),
    ],
    ids=[
        "a day later",
        "too near the next",
        "too far",
        "tears a hole",
        "an old fault is no new one",
        "to the front",
        "leaves a hole",
    ],
)
def test_a_move_may_break_nothing_new(
    others: tuple[int, ...], before: int, after: int, fault: str | None
) -> None:
    [old], [new] = days(before), days(after)
    assert move_fault(days(*others), old, new, WEEKLY) == fault
