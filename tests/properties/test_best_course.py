"""The search for courses against a search that tries every series."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from courses import MONDAY, at, calendar, cheapest_lead, every_series, least_cost, question
from unpinch.scheduling.course_search import (
    Continuity,
    CourseQuestion,
    Exclusion,
    Hours,
    NoSeries,
    Pin,
    Proposal,
    Spacing,
    Wishes,
    best_series,
    choices,
    keeps_spacing,
    propose,
)

CLOCKS = ("09:00", "10:00", "11:30", "13:00", "15:30", "16:00")
DAYS = 9

hours = st.builds(
    Hours,
    st.frozensets(st.integers(0, 6), min_size=1, max_size=3),
    st.sampled_from([time(0), time(9), time(12)]),
    st.sampled_from([time(0), time(12, 30), time(16, 30)]),
).filter(lambda row: row.ends == time(0) or row.ends > row.starts)


@st.composite
def questions(draw: st.DrawFn) -> CourseQuestion:
    """A calendar of a few free hours, a spacing, and every kind of wish."""
    day = st.frozensets(st.sampled_from(CLOCKS), max_size=2).map(lambda found: tuple(sorted(found)))
    month = st.fixed_dictionaries(dict.fromkeys(range(DAYS), day))
    free = draw(st.dictionaries(st.sampled_from([3, 5, 8]), month, min_size=1, max_size=3))
    minutes = draw(st.sampled_from([60, 90, 130]))
    found = calendar(free, days=DAYS, minutes=minutes, grid=draw(st.sampled_from([15, 30])))
    gap_min = draw(st.integers(1, 3))
    gap_ideal = draw(st.integers(gap_min, 4))
    spacing = Spacing(
        sessions=draw(st.integers(1, 3)),
        gap_min=gap_min,
        gap_ideal=gap_ideal,
        gap_max=draw(st.integers(gap_ideal, 5)),
        not_before=draw(st.none() | st.just(MONDAY + timedelta(days=1))),
        not_after=draw(st.none() | st.just(MONDAY + timedelta(days=7))),
    )
    wishes = Wishes(
        never=tuple(draw(st.lists(hours, max_size=1))),
        rather=tuple(draw(st.lists(hours, max_size=2))),
        therapist=draw(st.none() | st.sampled_from(sorted(free))),
        same=draw(st.sampled_from(Continuity)),
        sooner=draw(st.booleans()),
    )
    start = st.builds(at, st.integers(0, DAYS - 1), st.sampled_from(CLOCKS))
    number = st.integers(1, spacing.sessions)
    out = st.builds(Exclusion, number, start)
    pin = st.builds(Pin, number, start, st.none() | st.sampled_from(sorted(free)))
    one_each = st.lists(pin, max_size=3, unique_by=lambda row: row.number)
    return question(
        found,
        spacing,
        wishes,
        excluded=tuple(draw(st.lists(out, max_size=2))),
        pins=tuple(draw(st.lists(pin, max_size=1))) if draw(st.integers(0, 3)) == 0 else (),
        kept=tuple(draw(one_each)) if draw(st.integers(0, 3)) == 0 else (),
    )


@given(questions())
@settings(max_examples=200, deadline=None)
def test_the_best_series_costs_as_little_as_any(asked: CourseQuestion) -> None:
    best = best_series(asked)
    least = least_cost(asked)

    assert (best and best.cost.total) == least
    if best:
        chosen = tuple((session.start, session.therapist) for session in best.sessions)
        assert chosen in set(every_series(asked))
        assert cheapest_lead(asked, chosen) == least
        assert keeps_spacing(asked.spacing, [session.day for session in best.sessions])


@given(questions(), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_the_choices_of_a_session_are_all_there_are_and_cost_what_they_say(
    asked: CourseQuestion, number: int
) -> None:
    number = min(number, asked.spacing.sessions)
    free = replace(asked, pins=tuple(pin for pin in asked.pins if pin.number != number))
    expected: dict[object, int] = {}
    for series in every_series(free):
        start, cost = series[number - 1][0], cheapest_lead(free, series)
        expected[start] = min(cost, expected.get(start, cost))

    offered = choices(asked, number)

    assert {choice.start: choice.total for choice in offered} == expected
    for choice in offered[:3]:
        pinned = replace(free, pins=(*free.pins, Pin(number, choice.start, choice.therapist)))
        best = best_series(pinned)
        assert best is not None
        assert best.cost.total == choice.total


@given(questions())
@settings(max_examples=60, deadline=None)
def test_what_is_said_about_a_proposal_holds(asked: CourseQuestion) -> None:
    found = propose(asked)

    if isinstance(found, NoSeries):
        assert least_cost(asked) is None
        return
    assert isinstance(found, Proposal)
    for trade in found.trades:
        if trade.instead is not None:
            chosen = tuple((session.start, session.therapist) for session in trade.instead.sessions)
            assert cheapest_lead(asked, chosen) <= trade.instead.cost.total
            assert trade.instead.cost.total >= found.best.cost.total
            assert trade.days_later == (trade.instead.last_day - found.best.last_day).days


@given(questions())
@settings(max_examples=40, deadline=None)
def test_giving_up_a_wish_or_adding_free_time_never_costs_more(asked: CourseQuestion) -> None:
    best = best_series(asked)
    freer = best_series(replace(asked, wishes=replace(asked.wishes, never=()), excluded=()))

    if best is not None:
        assert freer is not None
        assert freer.cost.total <= best.cost.total
