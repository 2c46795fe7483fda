"""The best series on calendars small enough to see: trades, reasons, clock changes, refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from courses import ALL_WEEK, LONDON, MONDAY, at, calendar, question
from unpinch.kernel.errors import InputError
from unpinch.scheduling.availability import Question, RoomTime, TherapistTime, Unit, WeeklyHours, openings
from unpinch.scheduling.calendar import Interval, day_span
from unpinch.scheduling.course_search import (
    EVERY_DAY,
    Continuity,
    CourseQuestion,
    Exclusion,
    Hours,
    NoSeries,
    Pin,
    Proposal,
    RelaxationKind,
    Series,
    Spacing,
    TradeKind,
    Wishes,
    best_series,
    choices,
    keeps_spacing,
    propose,
)

ANN, BEN = 1, 2
THREE = Spacing(3, gap_min=2, gap_ideal=3, gap_max=4, review_after=2, tentative=True)
MORNING = Hours(EVERY_DAY, time(0), time(12))


def shape(series: Series | None) -> list[tuple[int, str, int]]:
    """Day, clock and therapist of each session."""
    assert series is not None
    return [
        ((s.day - MONDAY).days, f"{s.start.astimezone(LONDON):%H:%M}", s.therapist) for s in series.sessions
    ]


def every(*clocks: str, days: range = range(14)) -> dict[int, tuple[str, ...]]:
    return dict.fromkeys(days, clocks)


def test_the_simplest_course_begins_at_once_and_keeps_the_ideal_gap() -> None:
    found = propose(question(calendar({ANN: every("09:00")}, days=14), THREE))

    assert isinstance(found, Proposal)
    assert shape(found.best) == [(0, "09:00", ANN), (3, "09:00", ANN), (6, "09:00", ANN)]
    assert [(s.number, s.is_review, s.is_tentative) for s in found.best.sessions] == [
        (1, False, False),
        (2, True, False),
        (3, False, True),
    ]
    assert found.best.gaps == (3, 3)


def test_ending_sooner_is_told_as_a_trade_against_even_gaps() -> None:
    found = propose(question(calendar({ANN: every("09:00")}, days=14), THREE))

    assert isinstance(found, Proposal)
    (trade,) = found.trades
    assert (trade.kind, trade.days_later) == (TradeKind.LATER_END, -2)
    assert [shape(series) for series in found.alternatives] == [
        [(0, "09:00", ANN), (2, "09:00", ANN), (4, "09:00", ANN)]
    ]


def test_who_would_rather_be_done_sooner_gets_the_shortest_gaps() -> None:
    asked = question(calendar({ANN: every("09:00")}, days=14), THREE, Wishes(sooner=True))

    assert [day for day, _, _ in shape(best_series(asked))] == [0, 2, 4]


def test_another_therapist_gives_one_session_when_waiting_would_cost_more() -> None:
    ann = {0: ("09:00",), 3: ("09:00",), 11: ("09:00",), 14: ("09:00",), 17: ("09:00",)}
    asked = question(calendar({ANN: ann, BEN: {6: ("10:00",)}}, days=20), THREE)

    found = propose(asked)

    assert isinstance(found, Proposal)
    assert shape(found.best) == [(0, "09:00", ANN), (3, "09:00", ANN), (6, "10:00", BEN)]
    assert found.best.with_others == (3,)
    trade = next(trade for trade in found.trades if trade.kind is TradeKind.OTHER_THERAPIST)
    assert trade.sessions == (3,)
    assert shape(trade.instead) == [(11, "09:00", ANN), (14, "09:00", ANN), (17, "09:00", ANN)]
    assert trade.days_later == 11


def test_another_therapist_because_nobody_could_give_them_all() -> None:
    asked = question(calendar({ANN: {0: ("09:00",), 3: ("09:00",)}, BEN: {6: ("10:00",)}}, days=14), THREE)

    found = propose(asked)

    assert isinstance(found, Proposal)
    assert [(trade.kind, trade.instead) for trade in found.trades] == [(TradeKind.OTHER_THERAPIST, None)]


def test_a_wished_therapist_is_the_main_one() -> None:
    found = calendar({ANN: every("09:00"), BEN: every("09:00")}, days=14)

    wished = best_series(question(found, THREE, Wishes(therapist=BEN)))

    assert wished is not None
    assert (wished.lead, wished.therapists) == (BEN, (BEN,))


def test_a_liked_hour_is_worth_some_days_and_not_more() -> None:
    late = dict.fromkeys(range(3, 14), ("09:00", "16:00")) | {0: ("09:00",), 1: ("09:00",), 2: ("09:00",)}
    asked = question(
        calendar({ANN: late}, days=14), THREE, Wishes(rather=(Hours(EVERY_DAY, time(15), time(0)),))
    )

    assert [clock for _, clock, _ in shape(best_series(asked))] == ["16:00"] * 3
    soon = replace(asked, wishes=replace(asked.wishes, sooner=True))
    found = propose(soon)
    assert isinstance(found, Proposal)
    assert [clock for _, clock, _ in shape(found.best)] == ["09:00", "16:00", "16:00"]
    kinds = {trade.kind: trade for trade in found.trades}
    assert kinds[TradeKind.DISLIKED_HOURS].sessions == (1,)
    assert kinds[TradeKind.DISLIKED_HOURS].days_later == 2


def test_a_session_may_touch_no_hour_that_is_never_wanted() -> None:
    free = dict.fromkeys(range(14), ("11:00", "11:30", "12:00"))
    found = calendar({ANN: free}, days=14, minutes=60, grid=30)

    best = best_series(question(found, THREE, Wishes(never=(MORNING,))))

    assert {clock for _, clock, _ in shape(best)} == {"12:00"}


def test_nor_another_appointment_of_the_person() -> None:
    found = calendar({ANN: every("09:00")}, days=14)

    best = best_series(question(found, THREE, taken=(Interval(at(3, "09:59"), at(3, "10:30")),)))

    assert 3 not in [day for day, _, _ in shape(best)]


def test_a_pin_holds_and_the_rest_adapts() -> None:
    found = calendar({ANN: every("09:00", "14:00"), BEN: every("14:00")}, days=14)

    best = best_series(question(found, THREE, pins=(Pin(2, at(5, "14:00"), BEN),)))

    assert shape(best) == [(2, "14:00", BEN), (5, "14:00", BEN), (8, "14:00", BEN)]


def test_a_swapped_out_time_does_not_come_back_for_that_session() -> None:
    found = calendar({ANN: every("09:00", "14:00")}, days=14)

    best = best_series(question(found, THREE, excluded=(Exclusion(1, at(0, "09:00")),)))

    assert shape(best)[0] == (0, "14:00", ANN)


def test_the_nearest_series_moves_as_few_sessions_as_can_be() -> None:
    was = [(1, 0, "09:00"), (2, 4, "09:00"), (3, 7, "09:00")]
    days = {0: ("09:00",), 3: ("09:00",), 6: ("09:00",), 7: ("09:00",)}
    kept = tuple(Pin(number, at(day, clock), ANN) for number, day, clock in was)

    best = best_series(question(calendar({ANN: days}, days=14), THREE, kept=kept))

    # Days 0, 3 and 6 would be the best course, but only the second session has to move.
    assert shape(best) == [(0, "09:00", ANN), (3, "09:00", ANN), (7, "09:00", ANN)]


def test_the_choices_of_a_session_leave_a_way_for_the_others() -> None:
    days = {0: ("09:00",), 2: ("09:00",), 3: ("09:00",), 6: ("09:00",), 8: ("09:00",)}
    asked = question(calendar({ANN: days}, days=14), THREE, pins=(Pin(2, at(3, "09:00")),))

    offered = choices(asked, 2)

    # Day 2 leads to day 6, day 3 to day 6; day 6 has day 2 or 3 before and day 8 after; day 8 leads nowhere.
    assert [(choice.day - MONDAY).days for choice in offered] == [2, 3, 6]
    best = best_series(replace(asked, pins=()))
    assert best is not None
    assert min(choice.total for choice in offered) == best.cost.total


def test_a_start_that_leaves_too_little_beside_it_is_the_last_choice() -> None:
    day = Interval(at(0, "09:00"), at(0, "12:00"))
    rest = day_span(MONDAY, MONDAY, LONDON)
    away = (Interval(rest.start, day.start), Interval(day.end, rest.end))
    found = openings(
        Question(LONDON, rest, 30, Unit(0, 60, 0), (TherapistTime(ANN, ALL_WEEK, away),), (RoomTime(1),))
    )

    totals = {
        f"{choice.start.astimezone(LONDON):%H:%M}": choice.total
        for choice in choices(question(found, Spacing(1, 1, 1, 1)), 1)
    }

    # 9:30 and 10:30 leave half an hour on one side; 9, 10 and 11 leave whole hours.
    assert totals == {"09:00": 0, "09:30": 2, "10:00": 0, "10:30": 2, "11:00": 0}


@pytest.mark.parametrize(
    ("zone", "first", "utc"),
    [
        # The clocks go back on 25 October 2026: seven days later by the calendar is 169 hours.
        ("Europe/London", date(2026, 10, 20), [(20, 8), (27, 9)]),
        ("Australia/Sydney", date(2026, 10, 1), [(30, 23), (7, 22)]),
    ],
    ids=["autumn", "spring-down-under"],
)
def test_days_are_those_of_the_wall_calendar(zone: str, first: date, utc: list[tuple[int, int]]) -> None:
    place = ZoneInfo(zone)
    hours = tuple(WeeklyHours(day, time(9), time(10)) for day in range(7))
    found = openings(
        Question(
            place,
            day_span(first, first + timedelta(days=8), place),
            60,
            Unit(0, 60, 0),
            (TherapistTime(ANN, hours),),
            (RoomTime(1),),
        )
    )

    best = best_series(CourseQuestion(found, place, Unit(0, 60, 0), Spacing(2, 7, 7, 7)))

    assert best is not None
    assert [session.start.astimezone(place).hour for session in best.sessions] == [9, 9]
    assert [(s.start.astimezone(UTC).day, s.start.astimezone(UTC).hour) for s in best.sessions] == utc
    assert best.gaps == (7,)


def test_neighbouring_nights_do_not_run_into_each_other() -> None:
    nights = tuple(WeeklyHours(day, time(22), time(2)) for day in range(7))
    found = openings(
        Question(
            LONDON,
            day_span(MONDAY, MONDAY + timedelta(days=3), LONDON),
            60,
            Unit(0, 90, 0),
            (TherapistTime(ANN, nights),),
            (RoomTime(1),),
        )
    )

    best = best_series(CourseQuestion(found, LONDON, Unit(0, 90, 0), Spacing(3, 1, 1, 1)))

    assert best is not None
    ends = [session.start + timedelta(minutes=90) for session in best.sessions]
    assert all(end <= after.start for end, after in zip(ends, best.sessions[1:], strict=False))


def test_without_a_series_each_wish_in_the_way_is_named_with_what_it_would_give() -> None:
    free = {ANN: every("09:00"), BEN: every("09:00")}
    asked = question(calendar(free, days=14), THREE, Wishes(never=(MORNING,)))

    found = propose(asked)

    assert isinstance(found, NoSeries)
    assert [(r.kind, r.hours) for r in found.relaxations] == [(RelaxationKind.HOURS, MORNING)]
    assert shape(found.relaxations[0].series)[0] == (0, "09:00", ANN)


def test_one_therapist_for_all_and_fewer_sessions_are_named_too() -> None:
    free = {ANN: {0: ("09:00",), 3: ("09:00",)}, BEN: {6: ("09:00",)}}
    asked = question(
        calendar(free, days=14), replace(THREE, fewest=2), Wishes(same=Continuity.MUST, therapist=ANN)
    )

    found = propose(asked)

    assert isinstance(found, NoSeries)
    assert [(r.kind, len(r.series.sessions)) for r in found.relaxations] == [
        (RelaxationKind.SAME_THERAPIST, 3),
        (RelaxationKind.FEWER_SESSIONS, 2),
    ]


def test_when_no_single_wish_helps_all_together_may() -> None:
    never = (MORNING, Hours(EVERY_DAY, time(9), time(13)))
    found = propose(question(calendar({ANN: every("09:00")}, days=14), THREE, Wishes(never=never)))

    assert isinstance(found, NoSeries)
    assert [r.kind for r in found.relaxations] == [RelaxationKind.ALL_WISHES]


def test_a_pin_that_is_not_free_any_more_is_named() -> None:
    found = propose(question(calendar({ANN: every("09:00")}, days=14), THREE, pins=(Pin(1, at(0, "15:00")),)))

    assert isinstance(found, NoSeries)
    assert [r.kind for r in found.relaxations] == [RelaxationKind.PINS]


def test_a_full_calendar_has_neither_series_nor_advice() -> None:
    assert propose(question(calendar({ANN: {}}, days=14), THREE)) == NoSeries(())


@pytest.mark.parametrize(
    ("days", "holds"),
    [((0, 2, 5), True), ((0, 1, 4), False), ((0, 5, 8), False), ((0, 3), False), ((-1, 2, 5), False)],
    ids=["kept", "too-close", "too-far", "too-few", "too-early"],
)
def test_the_rule_that_accepts_a_series(days: tuple[int, ...], *, holds: bool) -> None:
    spacing = replace(THREE, not_before=MONDAY)
    assert keeps_spacing(spacing, [MONDAY + timedelta(days=day) for day in days]) is holds


@pytest.mark.parametrize(
    ("spacing", "code"),
    [(Spacing(0, 1, 1, 1), "sessions"), (Spacing(2, 0, 1, 1), "gaps"), (Spacing(2, 3, 2, 4), "gaps")],
    ids=["no-session", "same-day", "out-of-order"],
)
def test_a_spacing_that_cannot_be_is_refused(spacing: Spacing, code: str) -> None:
    with pytest.raises(InputError) as caught:
        best_series(question(calendar({ANN: every("09:00")}, days=7), spacing))
    assert caught.value.code == code


def test_there_are_no_choices_for_a_session_that_the_course_does_not_have() -> None:
    with pytest.raises(InputError, match="no session 4"):
        choices(question(calendar({ANN: every("09:00")}, days=7), THREE), 4)


def test_a_start_is_told_in_utc() -> None:
    best = best_series(question(calendar({ANN: every("09:00")}, days=14), THREE))

    assert best is not None
    assert best.sessions[0].start == datetime(2026, 11, 23, 9, tzinfo=UTC)
