"""New times for many at once are the cheapest that fit together: the same as trying every combination."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from unpinch.scheduling.rebooking import UNPLACED, Case, Option, assign

DAY = datetime(2026, 11, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def option(hour: int, therapist: int, cost: int, rooms: tuple[int, ...] = (1, 2, 3)) -> Option:
    start = DAY + hour * HOUR
    return Option(start, start + HOUR, start, start + 1.25 * HOUR, therapist, rooms, cost)


def clash(one: Option, other: Option, same_client: bool) -> bool:
    busy = one.busy_from < other.busy_until and other.busy_from < one.busy_until
    session = one.start < other.end and other.start < one.end
    return (busy and one.therapist == other.therapist) or (session and same_client)


def cheapest(cases: list[Case]) -> int:
    """Every combination tried; there are rooms for all in these examples."""
    best = UNPLACED * len(cases)
    for chosen in product(*[(None, *case.options) for case in cases]):
        placed = [(case.client, one) for case, one in zip(cases, chosen, strict=True) if one is not None]
        fits = not any(
            clash(one, other, client == other_client)
            for number, (client, one) in enumerate(placed)
            for other_client, other in placed[:number]
        )
        cost = sum(UNPLACED if one is None else one.cost for one in chosen)
        best = min(best, cost) if fits else best
    return best


options = st.builds(option, st.integers(9, 13), st.integers(1, 2), st.integers(0, 50))
lists = st.lists(st.lists(options, max_size=4), max_size=4)


@settings(max_examples=150, deadline=None)
@given(lists)
def test_it_is_the_cheapest_of_all_combinations(found: list[list[Option]]) -> None:
    cases = [Case(number, number % 3, tuple(some)) for number, some in enumerate(found)]
    assignment = assign(cases)
    assert assignment.is_best
    assert assignment.cost == cheapest(cases)
    total = sum(one.option.cost for one in assignment.placed) + UNPLACED * len(assignment.unplaced)
    assert total == assignment.cost


def test_rooms_run_out() -> None:
    cases = [Case(number, number, (option(9, number, 0, rooms=(1,)),)) for number in (1, 2)]
    assignment = assign(cases)
    assert (len(assignment.placed), len(assignment.unplaced)) == (1, 1)


def test_it_says_when_it_had_to_stop() -> None:
    cases = [
        Case(number, number, tuple(option(9 + h, h % 3, h + number) for h in range(8))) for number in range(7)
    ]
    assert not assign(cases, most_steps=10).is_best
    assert len(assign(cases, most_steps=10).placed) == 7
