"""Whole courses: proposed for a plan, booked all or nothing, given back, confirmed after the review."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from clinic import CLOCK, NOW, TEN, command, make_practice, make_therapist, stored_answers, well
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import (
    Appointment,
    AuditEvent,
    Client,
    Course,
    Message,
    Room,
    Service,
    Status,
    TimeOff,
)
from unpinch.scheduling.course_search import EVERY_DAY, Continuity, Hours, RelaxationKind, TradeKind
from unpinch.services import booking, clearance, course, course_plan, intake
from unpinch.services.course import (
    BookCourseCommand,
    Chosen,
    CourseBooked,
    CourseTaken,
    CourseWishes,
    NoTimes,
    Offer,
    ProposeCommand,
)
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from uuid import UUID

    from clinic import Place

pytestmark = pytest.mark.django_db
AFTERNOONS = CourseWishes(never=(Hours(EVERY_DAY, time(0), time(14)),))


@pytest.fixture
def place() -> Place:
    return make_practice()


def offered(place: Place, answers: UUID, wishes: CourseWishes | None = None, **more: Any) -> Offer:
    asked = ProposeCommand(place.practice.pk, answers, wishes or CourseWishes(), **more)
    found = course.propose(asked, clock=CLOCK)
    assert isinstance(found, Offer), found
    return found


def order(place: Place, answers: UUID, offer: Offer, **changes: Any) -> BookCourseCommand:
    """Ada takes what she was offered."""
    given: dict[str, Any] = {
        "practice_id": place.practice.pk,
        "key": uuid4(),
        "assessment_key": answers,
        "location_code": offer.series.location_code,
        "sessions": tuple(
            Chosen(one.number, one.starts, one.therapist_code) for one in offer.series.sessions
        ),
        "name": "Ada Byron",
        "email": "ada@clients.example",
        "phone": "0117 496 0123",
        "agrees_to_terms": True,
        **changes,
    }
    return BookCourseCommand(**given)


def booked(place: Place, sessions: int | None = None) -> CourseBooked:
    answers = stored_answers(place)
    outcome = course.book(order(place, answers, offered(place, answers, sessions=sessions)), clock=CLOCK)
    assert isinstance(outcome, CourseBooked), outcome
    return outcome


def block(place: Place, who: Any, start: datetime, minutes: int = 60) -> None:
    TimeOff.objects.create(
        practice=place.practice, therapist=who, starts_at=start, ends_at=start + timedelta(minutes=minutes)
    )


def test_the_offer_is_the_plan_in_the_calendar(place: Place) -> None:
    offer = offered(place, stored_answers(place))

    plan = offer.plan
    assert len(offer.series.sessions) == plan.sessions
    assert set(offer.series.gaps) == {plan.gap_ideal_days}
    assert offer.series.sessions[0].starts == NOW + timedelta(hours=2)
    assert [one.number for one in offer.series.sessions if one.is_review] == [plan.review_after]
    assert [one.number for one in offer.series.sessions if one.is_tentative] == list(
        range(plan.review_after + 1, plan.sessions + 1)
    )
    assert (offer.service_code, offer.series.location, offer.series.lead) == (
        "swedish-60",
        "Harbourside",
        "Ann",
    )
    assert offer.price.total_minor == 5800 * plan.sessions == sum(offer.price.shares)
    assert [trade.kind for trade in offer.trades] == [TradeKind.LATER_END]


def test_everything_is_written_in_one_go(place: Place) -> None:
    answers = stored_answers(place)
    offer = offered(place, answers, AFTERNOONS, sessions=8)

    outcome = course.book(order(place, answers, offer), clock=CLOCK)

    assert isinstance(outcome, CourseBooked)
    row = Course.objects.get()
    assert (row.sessions, row.gap_min_days, row.gap_max_days, row.review_after) == (8, 2, 5, 4)
    assert course_plan.load(row.plan) == offer.plan
    rows = list(row.appointments.order_by("course_session"))
    assert [one.starts_at for one in rows] == [one.starts for one in offer.series.sessions]
    assert [one.course_session for one in rows if one.is_review] == [4]
    assert [one.course_session for one in rows if one.is_tentative] == [5, 6, 7, 8]
    assert {(one.status, one.client_id, one.assessment_id) for one in rows} == {
        (Status.BOOKED, row.client_id, row.assessment_id)
    }
    assert row.price_minor == sum(one.price_minor for one in rows)
    [line] = AuditEvent.objects.filter(action="course.book")
    assert (line.actor, line.object_id, line.details["sessions"]) == (
        f"client:{row.client_id}",
        str(row.pk),
        8,
    )
    [message] = Message.objects.all()
    assert (message.kind, message.to, message.ics_method) == (
        "course-confirmation",
        "ada@clients.example",
        "PUBLISH",
    )
    view = course.find(outcome.token, clock=CLOCK)
    assert [one.number for one in view.sessions] == list(range(1, 9))
    assert booking.find(view.sessions[0].token).starts == offer.series.sessions[0].starts


def test_the_calendar_file_has_an_event_for_each_session_under_its_own_name(place: Place) -> None:
    outcome = booked(place, 8)

    file = Calendar.from_ical(course.calendar_file(outcome.token, clock=CLOCK))

    rows = Appointment.objects.order_by("starts_at")
    events = list(file.walk("VEVENT"))
    assert str(file["method"]) == "PUBLISH"
    assert [str(event["uid"]) for event in events] == [f"{row.calendar_uid}@unpinch" for row in rows]
    assert [str(event["status"]) for event in events] == ["CONFIRMED"] * 4 + ["TENTATIVE"] * 4
    assert all("attendee" not in event for event in events)


def test_no_message_says_anything_about_health(place: Place) -> None:
    outcome = booked(place)
    [message] = Message.objects.all()

    plan = course_plan.load(Course.objects.get().plan)
    said = f"{message.subject} {message.text} {message.html} {message.ics}".lower()
    for word in (
        plan.condition,
        plan.condition_name,
        "pain",
        "review",
        "nerve",
        *(t.name for t in plan.targets),
    ):
        assert word.lower() not in said
    assert outcome.token in message.text


def test_the_gate_stands_before_the_calendar(place: Place) -> None:
    danger = stored_answers(place, rf_saddle_numb=True)
    old = intake.store(well(), practice_id=place.practice.pk, clock=FixedClock(NOW - timedelta(days=400)))

    refused = [course.propose(ProposeCommand(place.practice.pk, key), clock=CLOCK) for key in (danger, old)]

    assert [one.code for one in refused if isinstance(one, Refused)] == ["danger", "answers-outdated"]


def test_answers_of_another_practice_are_unknown_here(place: Place) -> None:
    other = make_practice("hill")
    with pytest.raises(NotFoundError):
        course.propose(ProposeCommand(other.practice.pk, stored_answers(place)), clock=CLOCK)


def test_a_course_needs_the_terms_and_a_way_to_reach_the_person(place: Place) -> None:
    answers = stored_answers(place)
    offer = offered(place, answers)

    refused = course.book(order(place, answers, offer, agrees_to_terms=False), clock=CLOCK)

    assert isinstance(refused, Refused)
    assert refused.code == "terms"
    with pytest.raises(InputError) as caught:
        course.book(order(place, answers, offer, phone="12"), clock=CLOCK)
    assert caught.value.code == "phone"
    assert Course.objects.count() == Appointment.objects.count() == Client.objects.count() == 0


def test_the_same_key_twice_is_one_course(place: Place) -> None:
    answers = stored_answers(place)
    wish = order(place, answers, offered(place, answers))

    assert course.book(wish, clock=CLOCK) == course.book(wish, clock=CLOCK)
    assert Course.objects.count() == Message.objects.count() == 1
    other = course.book(replace(wish, name="Bea Byron"), clock=CLOCK)
    assert isinstance(other, Refused)
    assert other.code == "key-used"


def test_one_taken_session_takes_back_all_and_gives_the_nearest_course(place: Place) -> None:
    answers = stored_answers(place)
    offer = offered(place, answers, sessions=8)
    wish = order(place, answers, offer)
    third = offer.series.sessions[2]
    block(place, place.ann, third.starts)

    outcome = course.book(wish, clock=CLOCK)

    assert isinstance(outcome, CourseTaken)
    assert outcome.lost == (3,)
    assert Course.objects.count() == Appointment.objects.count() == Message.objects.count() == 0
    assert Client.objects.count() == 0
    assert isinstance(outcome.nearest, Offer)
    before = [(one.starts, one.therapist_code) for one in offer.series.sessions]
    after = [(one.starts, one.therapist_code) for one in outcome.nearest.series.sessions]
    assert [number for number in range(8) if before[number] != after[number]] == [2]
    again = course.book(order(place, answers, outcome.nearest), clock=CLOCK)
    assert isinstance(again, CourseBooked)


def test_a_series_that_the_plan_does_not_allow_is_refused(place: Place) -> None:
    answers = stored_answers(place)
    wish = order(place, answers, offered(place, answers, sessions=8))
    close = (
        replace(wish.sessions[0], starts=wish.sessions[1].starts - timedelta(days=1)),
        *wish.sessions[1:],
    )

    refused = course.book(replace(wish, sessions=close), clock=CLOCK)
    short = course.book(replace(wish, sessions=wish.sessions[:3]), clock=CLOCK)

    assert [r.code for r in (refused, short) if isinstance(r, Refused)] == ["spacing", "spacing"]
    assert Appointment.objects.count() == 0


@pytest.mark.parametrize(
    "sessions",
    [
        (Chosen(2, TEN, "ann"),),
        (Chosen(1, TEN.replace(tzinfo=None), "ann"),),
        (Chosen(1, TEN),),
    ],
    ids=["not-numbered", "no-zone", "nobody"],
)
def test_sessions_that_make_no_sense_are_an_error(place: Place, sessions: tuple[Chosen, ...]) -> None:
    answers = stored_answers(place)
    wish = order(place, answers, offered(place, answers))
    with pytest.raises(InputError) as caught:
        course.book(replace(wish, sessions=sessions), clock=CLOCK)
    assert caught.value.code == "sessions"


def test_another_appointment_of_the_person_is_in_the_way_and_stays(place: Place) -> None:
    answers = stored_answers(place)
    offer = offered(place, answers)
    first = offer.series.sessions[0].starts
    single = command(place, starts=first, therapist_code="ben", assessment_key=answers)
    assert isinstance(booking.book(single, clock=CLOCK), booking.Booked)

    outcome = course.book(order(place, answers, offer), clock=CLOCK)

    assert isinstance(outcome, CourseTaken)
    assert outcome.lost == (1,)
    assert isinstance(outcome.nearest, Offer)
    assert outcome.nearest.series.sessions[0].starts != first
    assert Appointment.objects.count() == 1


def test_sessions_go_into_whatever_room_is_left(place: Place) -> None:
    answers = stored_answers(place)
    offer = offered(place, answers)
    first = offer.series.sessions[0]
    other = command(place, starts=first.starts, therapist_code="ben", name="Bea", email="bea@clients.example")
    assert isinstance(booking.book(other, clock=CLOCK), booking.Booked)

    assert isinstance(course.book(order(place, answers, offer), clock=CLOCK), CourseBooked)
    assert Appointment.objects.filter(starts_at=first.starts).values("room").distinct().count() == 2


def test_wishes_become_rules_and_costs(place: Place) -> None:
    answers = stored_answers(place)

    mine = offered(place, answers, replace(AFTERNOONS, therapist_code="ben", same=Continuity.MUST))

    assert {one.therapist_code for one in mine.series.sessions} == {"ben"}
    assert {one.starts.hour for one in mine.series.sessions} == {14}
    later = offered(place, answers, CourseWishes(not_before=NOW.date() + timedelta(days=9)))
    assert later.series.sessions[0].starts.date() == NOW.date() + timedelta(days=9)


def test_a_wish_for_somebody_who_is_not_there_is_named_when_it_is_a_must(place: Place) -> None:
    answers = stored_answers(place)
    wishes = CourseWishes(therapist_code="nobody", same=Continuity.MUST)

    found = course.propose(ProposeCommand(place.practice.pk, answers, wishes), clock=CLOCK)

    assert isinstance(found, NoTimes)
    assert [relaxed.kind for relaxed in found.relaxations][:1] == [RelaxationKind.SAME_THERAPIST]


def test_pins_hold_and_excluded_times_are_gone(place: Place) -> None:
    answers = stored_answers(place)
    pin = Chosen(2, datetime(2026, 11, 28, 15, 0, tzinfo=UTC), "ben")
    out = Chosen(1, NOW + timedelta(hours=2))

    found = offered(place, answers, pins=(pin,), excluded=(out,))

    second = found.series.sessions[1]
    assert (second.starts, second.therapist_code, second.is_pinned) == (pin.starts, "ben", True)
    assert found.series.sessions[0].starts != out.starts


def test_the_other_times_of_a_session_can_all_be_had(place: Place) -> None:
    answers = stored_answers(place)
    asked = ProposeCommand(place.practice.pk, answers)

    times = course.other_times(asked, 2, clock=CLOCK)

    assert not isinstance(times, Refused)
    assert min(time.costs_more for time in times) == 0
    for time_ in (times[0], times[-1]):
        pin = Chosen(2, time_.starts, time_.therapist_code)
        assert offered(place, answers, pins=(pin,)).series.sessions[1].starts == time_.starts


def test_the_best_place_is_found_among_several(place: Place) -> None:
    answers = stored_answers(place)
    far = place.harbour.__class__.objects.create(
        practice=place.practice, code="far", name="Far", time_zone="Europe/London"
    )
    Room.objects.create(practice=place.practice, location=far, code="room", name="Room")
    make_therapist(far, "cleo")
    for who in (place.ann, place.ben):
        block(place, who, NOW, minutes=5 * 24 * 60)

    assert offered(place, answers).series.location_code == "far"
    assert offered(place, answers, CourseWishes(location_code="harbour")).series.location_code == "harbour"


def test_the_service_is_long_enough_and_no_longer_than_need_be(place: Place) -> None:
    for minutes in (45, 75, 90):
        Service.objects.create(
            practice=place.practice,
            code=f"swedish-{minutes}",
            name=f"Swedish {minutes}",
            skill="swedish",
            minutes=minutes,
        )
    answers = stored_answers(place)
    assert offered(place, answers).service_code == "swedish-60"
    Service.objects.filter(minutes=60).update(is_active=False)
    assert offered(place, answers).service_code == "swedish-75"


def test_proposing_takes_the_same_few_queries_however_much_is_stored(
    place: Place, django_assert_num_queries: Any
) -> None:
    answers = stored_answers(place)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            course.propose(ProposeCommand(place.practice.pk, answers), clock=CLOCK)
        return len(caught)

    few = queries()
    make_therapist(place.harbour, "cleo")
    booked(place)
    assert queries() == few
    assert few <= 11


def test_the_rest_is_cancelled_in_one_go_with_one_message(place: Place) -> None:
    outcome = booked(place, 8)
    later = FixedClock(Appointment.objects.order_by("starts_at")[1].ends_at)

    assert course.cancel_rest(outcome.token, clock=later) == 6
    assert course.cancel_rest(outcome.token, clock=later) == 0

    assert Appointment.objects.filter(released_at__isnull=True).count() == 2
    view = course.find(outcome.token, clock=later)
    assert [one.appointment.is_cancelled for one in view.sessions] == [False] * 2 + [True] * 6
    assert view.to_come == ()
    message = Message.objects.get(kind="course-cancellation")
    events = Calendar.from_ical(message.ics).walk("VEVENT")
    assert {(str(event["status"]), event["sequence"]) for event in events} == {("CANCELLED", 1)}


def test_a_single_session_is_cancelled_by_its_own_link(place: Place) -> None:
    outcome = booked(place, 8)
    session = course.find(outcome.token, clock=CLOCK).sessions[3]

    assert isinstance(booking.cancel(session.token, clock=CLOCK), booking.Cancelled)
    assert len(course.find(outcome.token, clock=CLOCK).to_come) == 7


def test_a_passed_review_makes_the_later_sessions_certain(place: Place) -> None:
    outcome = booked(place, 8)

    assert course.confirm_tentative(outcome.course_id, actor="user:1", clock=CLOCK) == 4
    assert course.confirm_tentative(outcome.course_id, actor="user:1", clock=CLOCK) == 0

    assert not Appointment.objects.filter(is_tentative=True).exists()
    assert Message.objects.filter(kind="course-certain").count() == 1
    assert AuditEvent.objects.filter(action="course.confirm", actor="user:1").count() == 1


def test_a_course_that_does_not_go_on_gives_its_tentative_sessions_back(place: Place) -> None:
    outcome = booked(place, 8)

    released = course.release_tentative(outcome.course_id, actor="user:1", reason="stopped", clock=CLOCK)

    assert released == 4
    standing = Appointment.objects.filter(released_at__isnull=True)
    assert [row.course_session for row in standing.order_by("starts_at")] == [1, 2, 3, 4]
    assert course.confirm_tentative(outcome.course_id, actor="user:1", clock=CLOCK) == 0


@pytest.mark.parametrize("change", ["", "x", "A" * 48], ids=["cut", "longer", "another"])
def test_only_the_whole_link_opens_a_course(place: Place, change: str) -> None:
    token = booked(place).token
    wrong = {"": token[:-2], "x": token + "x"}.get(change, change)
    with pytest.raises(NotFoundError):
        course.find(wrong)


def test_a_doctor_first_course_rests_on_the_word_of_the_person(place: Place) -> None:
    answers = stored_answers(place, m_wasting=True)
    asked = ProposeCommand(place.practice.pk, answers)
    refused = course.propose(asked, clock=CLOCK)
    assert isinstance(refused, Refused)
    assert refused.code == "doctor-first"

    clearance.record_unverified_agreement(answers, doctor_name="Dr Frost", agreed_on=NOW.date(), clock=CLOCK)

    assert isinstance(course.propose(asked, clock=CLOCK), Offer)


@pytest.mark.parametrize(
    ("asked", "most", "sessions", "fewest"),
    [(None, None, 12, 8), (3, None, 8, 8), (20, None, 12, 8), (None, 9, 9, 8), (None, 5, 5, 5)],
    ids=["all", "not-too-few", "not-too-many", "as-the-doctor-allows", "fewer-than-the-plan-would"],
)
def test_the_number_of_sessions_is_the_plans_and_the_doctors(
    place: Place, asked: int | None, most: int | None, sessions: int, fewest: int
) -> None:
    plan = offered(place, stored_answers(place)).plan

    spacing = course_plan.spacing_of(plan, NOW.date(), sessions=asked, most=most)

    assert (spacing.sessions, spacing.fewest) == (sessions, fewest)


def test_answers_that_nobody_keeps_get_the_same_offer(place: Place) -> None:
    kept = offered(place, stored_answers(place))

    found = course.propose(ProposeCommand(place.practice.pk, answers=well()), clock=CLOCK)

    assert found == kept
    danger = course.propose(ProposeCommand(place.practice.pk, answers=well(rf_saddle_numb=True)), clock=CLOCK)
    assert isinstance(danger, Refused)
    with pytest.raises(InputError):
        course.propose(ProposeCommand(place.practice.pk), clock=CLOCK)
