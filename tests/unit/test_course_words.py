"""How pages say what a course trades for what."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from people import KB, person
from unpinch.clinical import course as plans
from unpinch.clinical.course import CoursePlan
from unpinch.scheduling.course_search import EVERY_DAY, Hours, RelaxationKind, TradeKind
from unpinch.services.course import (
    CoursePrice,
    Offer,
    ProposedSeries,
    ProposedSession,
    RelaxationView,
    TradeView,
)
from unpinch.web.public import course_grid, course_words
from unpinch.web.public.course_form import WhenForm, wishes_of, without_hours

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
PLAN = plans.plan(
    person(
        44,
        "F",
        ["neck", "shoulder-top"],
        p_press_knot=True,
        h_desk_posture=True,
        main_place=["region-shoulder-top"],
    ),
    KB,
)


def series(*days: int, who: str = "Ann", lead: str = "Ann", liked: bool = True) -> ProposedSeries:
    """Sessions on days after that Monday; the last one is with ``who``."""
    sessions = tuple(
        ProposedSession(
            number=number,
            starts=MONDAY + timedelta(days=day),
            ends=MONDAY + timedelta(days=day, hours=1),
            therapist_code="x",
            therapist=who if number == len(days) else "Ann",
            is_review=number == 2,
            is_tentative=number > 2,
            is_liked=liked,
            is_pinned=False,
        )
        for number, day in enumerate(days, start=1)
    )
    gaps = tuple(after - before for before, after in itertools.pairwise(days))
    return ProposedSeries("harbour", "Harbourside", sessions, lead, gaps)


def offer(best: ProposedSeries) -> Offer:
    assert isinstance(PLAN, CoursePlan)
    price = CoursePrice(5800, 17400, 17400, "GBP", (5800,) * 3)
    return Offer(PLAN, "swedish-60", "Swedish", best, (), (), price)


def trade(kind: TradeKind, best: ProposedSeries, instead: ProposedSeries | None) -> TradeView:
    later = 0 if instead is None else (instead.last_day - best.last_day).days
    return TradeView(kind, (3,), instead, later)


@pytest.mark.parametrize(
    ("kind", "best", "instead", "said"),
    [
        (
            TradeKind.OTHER_THERAPIST,
            series(0, 3, 6, who="Ben"),
            series(0, 3, 15),
            (
                "Session 3 is with Ben, because otherwise you would be done 9 days later, on Tuesday 15 December "
                "and the sessions would be spaced less well."
            ),
        ),
        (
            TradeKind.OTHER_THERAPIST,
            series(0, 3, 6, who="Ben"),
            None,
            "Session 3 is with Ben, because Ann is not free for all of them, and nobody else is.",
        ),
        (
            TradeKind.DISLIKED_HOURS,
            series(0, 3, 6),
            series(0, 3, 6, who="Ben"),
            (
                "Session 3 is outside the hours you would rather have, because otherwise 1 more session would be "
                "with somebody else."
            ),
        ),
        (
            TradeKind.UNEVEN_GAPS,
            series(0, 3, 7),
            series(0, 3, 6, liked=False),
            (
                "The days between your sessions are not always 3, because otherwise 3 more sessions would be outside "
                "the hours you would rather have."
            ),
        ),
        (
            TradeKind.LATER_END,
            series(0, 3, 6),
            series(0, 2, 4),
            "You could be done 2 days sooner, on Friday 4 December, but then the sessions would be spaced less well.",
        ),
        (
            TradeKind.UNEVEN_GAPS,
            series(0, 3, 7),
            series(0, 3, 6),
            (
                "The days between your sessions are not always 3, because otherwise there would be pauses that nobody "
                "else could use."
            ),
        ),
    ],
    ids=["later", "nobody", "hours", "gaps", "sooner", "holes"],
)
def test_each_trade_is_one_sentence(
    kind: TradeKind, best: ProposedSeries, instead: ProposedSeries | None, said: str
) -> None:
    assert course_words.trade(trade(kind, best, instead), offer(best)) == said


WEDNESDAYS = Hours(frozenset({2}), time(0), time(0))
MORNINGS = Hours(EVERY_DAY, time(0), time(16))
EVENINGS = Hours(EVERY_DAY, time(18), time(0))


@pytest.mark.parametrize(
    ("kind", "hours", "said"),
    [
        (RelaxationKind.HOURS, WEDNESDAYS, "Come on Wednesday too"),
        (RelaxationKind.HOURS, MORNINGS, "Come before 16:00 too"),
        (RelaxationKind.HOURS, EVENINGS, "Stay until after 18:00 too"),
        (RelaxationKind.SAME_THERAPIST, None, "Come to more than one therapist"),
        (RelaxationKind.FEWER_SESSIONS, None, "Start with 3 sessions"),
        (RelaxationKind.PINS, None, "Let the sessions move that you fixed or swapped"),
        (RelaxationKind.ALL_WISHES, None, "Come at any time, to any therapist"),
    ],
)
def test_each_way_out_is_something_to_do(kind: RelaxationKind, hours: Hours | None, said: str) -> None:
    assert course_words.relaxation(RelaxationView(kind, hours, series(0, 3, 6))) == said


def test_what_was_said_about_hours_comes_back_when_one_of_it_is_given_up() -> None:
    said: dict[str, Any] = {"days_not": [2], "earliest": "16:00", "latest": "18:00", "rather": "evening"}

    assert wishes_of(said).never == (WEDNESDAYS, MORNINGS, EVENINGS)
    for hours, kept in ((WEDNESDAYS, 2), (MORNINGS, 2), (EVENINGS, 2)):
        assert len(wishes_of(without_hours(said, hours)).never) == kept
    assert wishes_of({}).never == wishes_of({}).rather == ()
    assert WhenForm.base_fields["same"].choices[0][0] == wishes_of({}).same.value  # type: ignore[attr-defined]


def test_the_calendar_picture_has_whole_weeks_with_every_session() -> None:
    weeks = course_grid.weeks(series(2, 5, 9).sessions)

    assert [len(week) for week in weeks] == [7, 7]
    assert weeks[0][0].day == MONDAY.date()
    placed = {cell.day: cell.session.number for week in weeks for cell in week if cell.session}
    assert placed == {(MONDAY + timedelta(days=day)).date(): n for n, day in ((1, 2), (2, 5), (3, 9))}
    assert [cell.day.day for week in weeks for cell in week if cell.begins_month] == [30, 1]
