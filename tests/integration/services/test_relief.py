"""Whether a course helps: what is said is kept, judged by the rules, and what is decided is carried out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection

from asking import on_paper, word
from clinic import CLOCK, NOW, TEN, command, make_practice, stored_answers, well
from unpinch.clinical.progress import Activity, Decision, Reading
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import (
    Appointment,
    AuditEvent,
    Course,
    CourseReview,
    CourseState,
    Message,
    Moment,
    ReliefReading,
    Status,
)
from unpinch.services import booking, course, intake, relief
from unpinch.services.clearance_answer import Answered
from unpinch.services.course import (
    BookCourseCommand,
    Chosen,
    CourseBooked,
    CourseWishes,
    Offer,
    ProposeCommand,
)
from unpinch.services.outcomes import Refused
from unpinch.services.relief import DecideCommand, Decided, Said, SayCommand

if TYPE_CHECKING:
    from clinic import Place

pytestmark = pytest.mark.django_db
START = Reading(pain=6, activities=(Activity("Lift the kettle", 3),))
BETTER, SAME, WORSE = Reading(pain=3), Reading(pain=6), Reading(pain=8)
ANN = "user:1"


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def row(place: Place) -> Course:
    """Ada's course of eight with a review after the fourth."""
    return book(place)


def book(place: Place) -> Course:
    answers = stored_answers(place)
    offer = course.propose(
        ProposeCommand(place.practice.pk, answers, CourseWishes(), sessions=8), clock=CLOCK
    )
    assert isinstance(offer, Offer)
    outcome = course.book(
        BookCourseCommand(
            practice_id=place.practice.pk,
            key=uuid4(),
            assessment_key=answers,
            location_code=offer.series.location_code,
            sessions=tuple(Chosen(s.number, s.starts, s.therapist_code) for s in offer.series.sessions),
            name="Ada Byron",
            email="ada@clients.example",
            phone="0117 496 0123",
            agrees_to_terms=True,
        ),
        clock=CLOCK,
    )
    assert isinstance(outcome, CourseBooked)
    return Course.objects.get(pk=outcome.course_id)


def say(row: Course, reading: Reading, clock: FixedClock = CLOCK, **more: Any) -> Said:
    given = {"key": uuid4(), "moment": Moment.SESSION, **more}
    return relief.say(SayCommand(course_id=row.pk, reading=reading, **given), actor="client:1", clock=clock)


def after(row: Course, session: int) -> FixedClock:
    """The moment at which so many sessions are over."""
    last = Appointment.objects.get(course=row, course_session=session)
    return FixedClock(last.ends_at + timedelta(minutes=5))


def decide(row: Course, decision: Decision, clock: FixedClock, reason: str = "") -> Decided | Refused:
    return relief.decide(DecideCommand(row.pk, decision, ANN, reason), clock=clock)


def standing(row: Course) -> list[tuple[int | None, bool]]:
    """The sessions that still hold their time, with whether they are tentative."""
    rows = row.appointments.filter(released_at__isnull=True).order_by("starts_at")
    return [(one.course_session, one.is_tentative) for one in rows]


def test_the_first_thing_said_is_the_start(row: Course) -> None:
    say(row, START)
    say(row, BETTER, FixedClock(NOW + timedelta(days=1)))
    said = [(one.moment, relief.reading_of(one)) for one in row.readings.order_by("pk")]
    assert said == [(Moment.START, START), (Moment.SESSION, BETTER)]


def test_pressing_twice_says_it_once(row: Course) -> None:
    key = uuid4()
    assert say(row, START, key=key) == say(row, START, key=key)
    assert ReliefReading.objects.count() == 1


def test_what_is_said_is_encrypted_and_not_in_the_record_book(row: Course) -> None:
    say(row, START)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM records_reliefreading")
        assert "kettle" not in cursor.fetchone()[0]
    line = AuditEvent.objects.get(action="relief.say")
    assert (line.about, line.details) == (row.client_id, {"moment": "start"})


@pytest.mark.parametrize(
    ("reading", "code"),
    [
        (Reading(pain=11), "pain"),
        (Reading(pain=-1), "pain"),
        (Reading(overall=8), "overall"),
        (Reading(activities=(Activity("", 3),)), "activities"),
        (Reading(activities=(Activity("x" * 81, 3),)), "activities"),
        (Reading(activities=(Activity("Walk", 11),)), "activities"),
        (Reading(activities=tuple(Activity(str(n), 3) for n in range(6))), "activities"),
    ],
)
def test_numbers_that_cannot_be_are_refused(row: Course, reading: Reading, code: str) -> None:
    with pytest.raises(InputError) as refused:
        say(row, reading)
    assert refused.value.code == code
    assert not ReliefReading.objects.exists()


def test_an_unknown_course_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        relief.due(7, now=NOW)


def test_no_review_before_its_time(row: Course) -> None:
    say(row, START)
    assert relief.due(row.pk, now=after(row, 3).now()) is None
    refused = decide(row, Decision.GO_ON, after(row, 3))
    assert isinstance(refused, Refused)
    assert refused.code == "no-review"


def test_better_at_the_review_makes_the_rest_certain(row: Course) -> None:
    say(row, START)
    clock = after(row, 4)
    say(row, BETTER, clock)
    found = relief.due(row.pk, now=clock.now())
    assert found is not None
    assert (found.after_session, found.verdict.decision) == (4, Decision.GO_ON)

    assert decide(row, Decision.GO_ON, clock) == Decided(CourseState.UNDER_WAY, confirmed=4)
    assert standing(row) == [(n, False) for n in range(1, 9)]
    assert relief.due(row.pk, now=clock.now()) is None


def test_without_a_word_nobody_can_go_on(row: Course) -> None:
    say(row, START)
    clock = after(row, 4)
    found = relief.due(row.pk, now=clock.now())
    assert found is not None
    assert found.verdict.decision is Decision.ASK_FIRST
    assert isinstance(decide(row, Decision.GO_ON, clock), Refused)
    assert isinstance(decide(row, Decision.ASK_FIRST, clock), Refused)
    assert standing(row)[4:] == [(n, True) for n in range(5, 9)]


def test_no_gain_changes_once_then_stops(row: Course) -> None:
    say(row, START)
    first = after(row, 4)
    say(row, SAME, first)
    assert decide(row, Decision.CHANGE_ONCE, first) == Decided(CourseState.CHANGED, confirmed=4)

    second = after(row, 8)
    say(row, SAME, second)
    found = relief.due(row.pk, now=second.now())
    assert found is not None
    assert found.verdict.decision is Decision.STOP
    assert decide(row, Decision.STOP, second) == Decided(CourseState.STOPPED)
    row.refresh_from_db()
    assert (row.state, row.has_changed, row.needs_doctor, row.ended_at) == (
        CourseState.STOPPED,
        True,
        True,
        second.now(),
    )


def test_stopping_frees_what_is_to_come_and_tells_the_client_nothing_medical(row: Course) -> None:
    say(row, START)
    clock = after(row, 4)
    say(row, SAME, clock)
    Message.objects.all().delete()

    assert decide(row, Decision.STOP, clock) == Decided(CourseState.STOPPED, given_back=4)
    assert standing(row) == [(n, False) for n in range(1, 5)]
    message = Message.objects.get()
    assert message.kind == "course-cancellation"
    assert not any(word in message.text.lower() for word in ("pain", "doctor", "better", "worse", "help"))
    late = Appointment.objects.filter(course=row, status=Status.CANCELLED)
    assert [one.cancel_fee_minor for one in late] == [0, 0, 0, 0]


def test_worse_stops_at_once_without_a_review(row: Course) -> None:
    say(row, START)
    clock = after(row, 1)
    said = say(row, WORSE, clock)
    assert said.stopped is not None
    assert said.stopped.decision is Decision.STOP_NOW
    assert standing(row) == [(1, False)]
    review = CourseReview.objects.get()
    assert (review.given, review.decided, review.because) == (
        "stop-now",
        "stop-now",
        ["Pain is up by 2 of 10 points."],
    )


def test_a_new_sign_in_the_very_first_answer_stops_too(row: Course) -> None:
    said = say(row, Reading(pain=3, has_new_sign=True))
    assert said.stopped is not None
    assert standing(row) == []


def test_the_rules_may_be_overruled_towards_more_only_with_a_reason(row: Course) -> None:
    say(row, START)
    clock = after(row, 4)
    say(row, SAME, clock)
    refused = decide(row, Decision.GO_ON, clock)
    assert isinstance(refused, Refused)
    assert refused.code == "reason-needed"

    assert isinstance(decide(row, Decision.GO_ON, clock, "Sleeps through for the first time."), Decided)
    review = CourseReview.objects.get()
    assert (review.given, review.decided, review.reason) == (
        "change-once",
        "go-on",
        "Sleeps through for the first time.",
    )
    line = AuditEvent.objects.get(action="course.review")
    assert line.details == {"after_session": 4, "overruled": True}


def test_a_course_that_is_over_stays_over(row: Course) -> None:
    say(row, START)
    say(row, WORSE, after(row, 1))
    assert relief.due(row.pk, now=after(row, 1).now()) is None
    for decision in Decision:
        refused = decide(row, decision, after(row, 1), "a reason")
        assert isinstance(refused, Refused)
        assert refused.code == "course-over"
    assert say(row, WORSE, after(row, 1)).stopped is None


def test_the_therapist_can_stop_at_any_time(row: Course) -> None:
    assert decide(row, Decision.STOP_NOW, CLOCK) == Decided(CourseState.STOPPED, given_back=8)


def test_better_twice_puts_more_days_between(row: Course) -> None:
    row.review_after = 2
    row.save()
    say(row, START)
    say(row, BETTER, after(row, 2))
    decide(row, Decision.GO_ON, after(row, 2))
    say(row, BETTER, after(row, 4))
    found = relief.due(row.pk, now=after(row, 4).now())
    assert found is not None
    assert found.verdict.decision is Decision.TAPER
    assert decide(row, Decision.TAPER, after(row, 4)) == Decided(CourseState.TAPERING, given_back=2)
    assert [number for number, _ in standing(row)] == [1, 2, 3, 4, 5, 7]


def test_better_at_the_end_finishes(row: Course) -> None:
    row.review_after = 8
    row.save()
    say(row, START)
    clock = after(row, 8)
    say(row, BETTER, clock)
    assert decide(row, Decision.FINISH, clock) == Decided(CourseState.FINISHED)
    row.refresh_from_db()
    assert (row.state, row.needs_doctor) == (CourseState.FINISHED, False)


def test_after_a_stopped_course_only_a_doctors_word_opens_booking_again(row: Course, place: Place) -> None:
    say(row, START)
    ended = after(row, 1)
    say(row, WORSE, ended)
    later = FixedClock(ended.now() + timedelta(hours=1))

    fresh = intake.store(well(), practice_id=row.practice_id, clock=later)
    wish = command(place, assessment_key=fresh, starts=TEN + timedelta(days=9))
    refused = booking.book(wish, clock=later)
    assert isinstance(refused, Refused)
    assert refused.code == "course-stopped"

    other = command(
        place,
        assessment_key=intake.store(well(), practice_id=row.practice_id, clock=later),
        starts=TEN + timedelta(days=9),
        email="bea@clients.example",
    )
    assert isinstance(booking.book(other, clock=later), booking.Booked)

    told = on_paper(place, fresh, word(), clock=FixedClock(later.now() + timedelta(hours=1)))
    assert isinstance(told, Answered)
    again = command(place, assessment_key=fresh, starts=TEN + timedelta(days=10))
    assert isinstance(booking.book(again, clock=FixedClock(later.now() + timedelta(hours=2))), booking.Booked)
