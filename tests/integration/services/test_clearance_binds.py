"""A doctor's answer binds the plan and the booking, limit by limit; a no closes what was open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from asking import KB, answered, asked, leg_answers, on_paper, opened, say, word
from clinic import CLOCK, NOW, TEN, Place, command, make_practice, stored_answers
from unpinch.clinical import course, findings
from unpinch.clinical.course import CoursePlan, NoPlan
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import InputError
from unpinch.records.models import AppointmentBlock, AuditEvent, Clearance, ClearanceAnswer, Client, Message
from unpinch.services import (
    access,
    booking,
    by_staff,
    clearance,
    clearance_answer,
    clearance_blocks,
    course_booking,
    course_proposal,
    gate,
    group,
    holds,
    intake,
    reschedule,
)
from unpinch.services.booking import Booked
from unpinch.services.clearance_answer import Answered
from unpinch.services.course_booking import BookCourseCommand
from unpinch.services.course_offer import Chosen, Offer, ProposeCommand
from unpinch.services.gate import Allowed
from unpinch.services.group import GroupCommand, Guest
from unpinch.services.holds import HoldCommand
from unpinch.services.outcomes import Refused
from unpinch.services.place import Wish
from unpinch.services.reschedule import Moved

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def place() -> Place:
    return make_practice()


def code_of(outcome: object) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def may(key: Any, *starts: datetime, now: datetime = NOW) -> Allowed | Refused:
    stored = intake.load(key)
    return gate.may_book(stored, clearance.latest_agreement(stored.id), now, starts=starts)


def book(place: Place, key: Any, starts: datetime = TEN, **changes: Any) -> Any:
    return booking.book(command(place, assessment_key=key, starts=starts, **changes), clock=CLOCK)


def plan(key: Any) -> CoursePlan | NoPlan:
    stored = intake.load(key)
    answers = findings.parse_answers(stored.raw_answers, KB)
    return course.plan(answers, KB, clearance.binding(stored, NOW))


def test_without_an_answer_nothing_is_booked(place: Place) -> None:
    key = leg_answers(place)
    asked(place, key)
    assert code_of(book(place, key)) == "doctor-first"
    assert clearance.binding(intake.load(key), NOW) is None


def test_a_plain_yes_opens_the_gate_until_the_usual_end(place: Place) -> None:
    key = leg_answers(place)
    found = answered(place, key, word())
    assert found.valid_until == datetime(2027, 2, 23, 0, 0, tzinfo=UTC)
    assert isinstance(book(place, key), Booked)
    ready = plan(key)
    assert isinstance(ready, CoursePlan)
    assert ready.needs_approval_because == ()


@pytest.mark.parametrize(
    ("limits", "starts", "refused"),
    [
        ({"wait_until": "2026-12-02"}, datetime(2026, 12, 1, 10, tzinfo=UTC), "doctor-wait"),
        ({"wait_until": "2026-12-02"}, datetime(2026, 12, 2, 10, tzinfo=UTC), ""),
        ({"last_day": "2026-12-02"}, datetime(2026, 12, 3, 10, tzinfo=UTC), "doctor-until"),
        ({"last_day": "2026-12-02"}, datetime(2026, 12, 2, 10, tzinfo=UTC), ""),
        (
            {"care": [{"code": "surgery-disc", "day": "2026-12-02"}]},
            datetime(2026, 12, 2, 10, tzinfo=UTC),
            "doctor-treatment",
        ),
        (
            {"care": [{"code": "surgery-disc", "day": "2026-12-02"}]},
            datetime(2026, 12, 1, 10, tzinfo=UTC),
            "",
        ),
        ({"sessions_max": 1}, TEN, ""),
    ],
    ids=lambda value: str(value)[:50],
)
def test_limits_of_time_bind_gate_and_booking(
    place: Place, limits: dict[str, Any], starts: datetime, refused: str
) -> None:
    key = leg_answers(place)
    answered(place, key, word("yes-with-limits", **limits))
    verdict, outcome = may(key, starts), book(place, key, starts)
    if refused:
        assert code_of(verdict) == refused
        assert code_of(outcome) == refused
    else:
        assert isinstance(verdict, Allowed)
        assert isinstance(outcome, Booked)


def test_the_number_of_sessions_binds_over_several_bookings_and_in_one(place: Place) -> None:
    key = leg_answers(place)
    answered(place, key, word("yes-with-limits", sessions_max=2))
    assert code_of(may(key, TEN, TEN + DAY, TEN + 2 * DAY)) == "doctor-sessions"
    first = book(place, key)
    assert isinstance(book(place, key, TEN + DAY), Booked)
    assert code_of(book(place, key, TEN + 2 * DAY)) == "doctor-sessions"
    assert may(key) == gate.may_book(intake.load(key), None, NOW)
    booking.cancel(first.token, clock=CLOCK)
    assert isinstance(book(place, key, TEN + 2 * DAY), Booked)


def test_moving_an_appointment_does_not_use_up_a_session(place: Place) -> None:
    key = leg_answers(place)
    answered(place, key, word("yes-with-limits", sessions_max=1))
    booked = book(place, key)
    stored = intake.load(key)
    assert code_of(gate.may_book(stored, None, NOW, starts=[TEN + DAY])) == "doctor-sessions"
    moved = gate.may_book(stored, None, NOW, starts=[TEN + DAY], moving=[booked.appointment.id])
    assert isinstance(moved, Allowed)


def test_regions_pressure_and_techniques_bind_the_plan(place: Place) -> None:
    key = leg_answers(place)
    answered(place, key, word())
    free = plan(key)
    assert isinstance(free, CoursePlan)
    region = free.targets[0].regions[0]
    technique = free.techniques[-1].code
    ceiling = free.pressure_ceiling - 1
    limited = {"avoid_regions": [region], "pressure_ceiling": ceiling, "excluded_techniques": [technique]}
    on_paper(place, key, word("yes-with-limits", sessions_max=3, wait_until="2026-12-01", **limited))
    bound = plan(key)
    assert isinstance(bound, CoursePlan)
    assert region in bound.avoid_regions
    assert all(region not in target.regions for target in bound.targets)
    assert bound.pressure_ceiling == ceiling
    assert technique not in [step.code for step in bound.techniques]
    assert (bound.sessions, bound.not_before_days) == (3, 7)


def test_a_treatment_given_keeps_its_place_free_and_pauses_all(place: Place) -> None:
    key = leg_answers(place)
    given = {"code": "cortisone-epidural", "day": "2026-11-24", "regions": ["region-low-back"]}
    answered(place, key, word("yes", care=[given]))
    bound = plan(key)
    assert isinstance(bound, CoursePlan)
    assert "region-low-back" in bound.avoid_regions
    assert bound.not_before_days == 3
    assert code_of(book(place, key)) == "doctor-treatment"
    assert isinstance(book(place, key, TEN + 2 * DAY), Booked)


@pytest.mark.parametrize(
    ("said", "code"), [("no", "doctor-said-no"), ("call", "doctor-wants-call")], ids=["no", "call"]
)
def test_no_and_please_call_close_the_gate(place: Place, said: str, code: str) -> None:
    key = leg_answers(place)
    found = answered(place, key, word(said))
    assert found.valid_until is None
    assert code_of(book(place, key)) == code
    refusal = plan(key)
    assert isinstance(refusal, NoPlan)
    assert refusal.code == "doctor-said-no"


def test_a_persons_own_word_does_not_outrank_a_doctors_no(place: Place) -> None:
    key = leg_answers(place)
    clearance.record_unverified_agreement(key, doctor_name="Dr White", agreed_on=NOW.date(), clock=CLOCK)
    verdict = may(key)
    assert isinstance(verdict, Allowed)
    assert verdict.on_agreement
    answered(place, key, word("no"))
    assert code_of(may(key)) == "doctor-said-no"


def test_a_no_stands_for_all_answers_of_the_person(place: Place) -> None:
    key = leg_answers(place)
    answered(place, key, word())
    book(place, key)
    on_paper(place, key, word("no"))
    fine = stored_answers(place)
    assert code_of(book(place, fine, TEN + DAY)) == "doctor-said-no"
    other = book(place, stored_answers(place), TEN + DAY, name="Ben Bold", email="ben@clients.example")
    assert isinstance(other, Booked)


def test_limits_of_time_hold_for_newer_answers_of_the_person(place: Place) -> None:
    key = leg_answers(place)
    answered(place, key, word("yes-with-limits", last_day="2026-11-26"))
    book(place, key)
    again = leg_answers(place)
    assert code_of(book(place, again, TEN + 2 * DAY)) == "doctor-until"
    assert isinstance(book(place, again, TEN + DAY), Booked)


def test_the_answer_runs_out_and_the_question_is_asked_again(place: Place) -> None:
    key = leg_answers(place)
    answered(place, key, word("yes-with-limits", last_day="2026-11-26"))
    assert isinstance(may(key, now=datetime(2026, 11, 26, 23, 59, tzinfo=UTC)), Allowed)
    assert code_of(may(key, now=datetime(2026, 11, 27, tzinfo=UTC))) == "doctor-first"


def test_a_later_no_holds_what_is_booked_and_tells_both(place: Place) -> None:
    key = leg_answers(place)
    door = opened(asked(place, key))
    say(door, word())
    tokens = [book(place, key, TEN + n * DAY).token for n in range(3)]
    Message.objects.all().delete()
    changed = say(door, word("no"), version=1)
    assert isinstance(changed, Answered)
    assert changed.blocked == 3
    client = Client.objects.get()
    blocked = clearance_blocks.blocked(place.practice.pk, clock=CLOCK)
    assert [entry.reason for entry in blocked] == ["doctor-said-no"] * 3
    assert blocked == clearance_blocks.blocked_of(client.pk, clock=CLOCK)
    to = Message.objects.filter(kind="on-hold").values_list("to", flat=True)
    assert sorted(to) == ["ada@clients.example", "hello@harbour.example"]
    for text in Message.objects.values_list("text", flat=True):
        assert "doctor" not in text.lower()
    booking.cancel(tokens[0], clock=CLOCK)
    assert len(clearance_blocks.blocked(place.practice.pk, clock=CLOCK)) == 2
    assert not clearance_blocks.is_blocked(blocked[0].appointment.id)
    say(door, word(), version=2)
    assert clearance_blocks.blocked(place.practice.pk, clock=CLOCK) == ()
    assert AuditEvent.objects.filter(action="appointment.free").count() == 2


def test_a_narrower_yes_holds_only_what_it_no_longer_allows(place: Place) -> None:
    key = leg_answers(place)
    door = opened(asked(place, key))
    say(door, word())
    booked = [book(place, key, TEN + n * DAY).appointment.id for n in range(4)]
    say(door, word("yes-with-limits", sessions_max=2, wait_until="2026-11-26"), version=1)
    blocked = clearance_blocks.blocked(place.practice.pk, clock=CLOCK)
    assert {entry.appointment.id: entry.reason for entry in blocked} == {
        booked[0]: "doctor-wait",
        booked[3]: "doctor-sessions",
    }
    assert clearance_blocks.blocked_among(booked) == {booked[0], booked[3]}


def test_taking_a_yes_back_holds_what_is_booked(place: Place) -> None:
    key = leg_answers(place)
    question = asked(place, key)
    say(opened(question), word())
    book(place, key)
    gone = clearance_answer.revoke(question.id, practice_id=place.practice.pk, actor="user:1", clock=CLOCK)
    assert gone == 1
    assert code_of(may(key)) == "doctor-revoked"
    assert AppointmentBlock.objects.get().reason == "doctor-revoked"
    on_paper(place, key, word())
    assert not AppointmentBlock.objects.exists()


def test_an_unanswered_question_that_is_taken_back_closes_nothing(place: Place) -> None:
    key = leg_answers(place)
    clearance.record_unverified_agreement(key, doctor_name="Dr White", agreed_on=NOW.date(), clock=CLOCK)
    question = asked(place, key)
    clearance_answer.revoke(question.id, practice_id=place.practice.pk, actor="user:1", clock=CLOCK)
    assert isinstance(may(key), Allowed)


def test_of_two_answers_to_one_version_the_first_is_kept(place: Place) -> None:
    key = leg_answers(place)
    door = opened(asked(place, key))
    assert isinstance(say(door, word()), Answered)
    assert code_of(say(door, word("no"))) == "changed-meanwhile"
    assert [answer.word["say"] for answer in ClearanceAnswer.objects.all()] == ["yes"]


def test_what_staff_write_down_binds_and_says_who_when_and_how(place: Place) -> None:
    key = leg_answers(place)
    told = on_paper(
        place, key, word("yes-with-limits", pressure_ceiling=2), how="phone", said_on=NOW.date() - DAY
    )
    assert isinstance(told, Answered)
    assert isinstance(book(place, key), Booked)
    answer = ClearanceAnswer.objects.get()
    row = answer.clearance
    assert (answer.how, answer.said_on, answer.by_name) == ("phone", date(2026, 11, 23), "Dr Grey")
    assert (answer.entered_by, row.way, row.state) == (place.ann_user, "staff", "answered")
    line = AuditEvent.objects.get(action="clearance.answer")
    assert (line.actor, line.details) == (f"user:{place.ann_user.pk}", {"number": 1, "how": "phone"})


def test_what_staff_write_down_answers_the_open_question(place: Place) -> None:
    key = leg_answers(place)
    asked(place, key)
    on_paper(place, key, word())
    row = Clearance.objects.get()
    assert (row.state, row.way, row.version) == ("answered", "mail", 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"said_on": NOW.date() + DAY}, "said_on"),
        ({"said_on": NOW.date() - timedelta(days=367)}, "said_on"),
        ({"doctor_name": ""}, "doctor_name"),
        ({"said": {"say": "yes-with-limits", "last_day": "2026-11-23"}}, "last_day"),
        ({"said": {"say": "yes-with-limits", "wait_until": "2029-01-01"}}, "wait_until"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_written_down_is_named(place: Place, change: dict[str, Any], code: str) -> None:
    key = leg_answers(place)
    said = word(**change.pop("said", {"say": "yes"}))
    with pytest.raises(InputError) as caught:
        on_paper(place, key, said, **change)
    assert caught.value.code == code
    assert not Clearance.objects.exists()


def test_the_clock_of_an_answer_is_the_practices(place: Place) -> None:
    place.practice.time_zone = "Australia/Sydney"
    place.practice.save()
    key = leg_answers(place)
    found = answered(place, key, word("yes-with-limits", last_day="2026-11-26"))
    assert found.valid_until == datetime(2026, 11, 26, 13, tzinfo=UTC)
    late = FixedClock(datetime(2026, 11, 26, 13, tzinfo=UTC))
    assert clearance.standing(intake.load(key), late.now()) is None


@pytest.mark.parametrize("is_old", [False, True], ids=["fresh answers", "old answers"])
def test_moving_does_not_lead_past_a_limit(place: Place, is_old: bool) -> None:
    key = leg_answers(place)
    answered(place, key, word("yes-with-limits", last_day="2026-12-20", sessions_max=1))
    start = datetime(2026, 12, 16, 10, tzinfo=UTC)
    token = book(place, key, start).token
    clock = FixedClock(NOW + timedelta(days=15 if is_old else 0))
    late = reschedule.move(token, Wish("harbour", "ann", start + 5 * DAY), clock=clock)
    assert code_of(late) == "doctor-until"
    assert isinstance(reschedule.move(token, Wish("harbour", "ann", start + DAY), clock=clock), Moved)


def test_a_blocked_appointment_is_settled_by_moving_it_to_where_it_fits(place: Place) -> None:
    key = leg_answers(place)
    door = opened(asked(place, key))
    say(door, word())
    token = book(place, key, TEN + DAY).token
    say(door, word("yes-with-limits", wait_until="2026-11-30"), version=1)
    assert len(clearance_blocks.blocked(place.practice.pk, clock=CLOCK)) == 1
    moved = reschedule.move(token, Wish("harbour", "ann", TEN + 5 * DAY), clock=CLOCK)
    assert isinstance(moved, Moved)
    assert clearance_blocks.blocked(place.practice.pk, clock=CLOCK) == ()


def test_staff_and_groups_are_bound_alike(place: Place) -> None:
    key = leg_answers(place)
    answered(place, key, word("yes-with-limits", last_day="2026-11-26"))
    late = TEN + 2 * DAY
    caller = access.caller(place.ann_user.pk)
    by_hand = by_staff.book_for(caller, command(place, assessment_key=key, starts=late), clock=CLOCK)
    assert code_of(by_hand) == "doctor-until"
    held = holds.hold(HoldCommand(place.practice.pk, key, "swedish-60", "harbour", "ann", late), clock=CLOCK)
    assert code_of(held) == "doctor-until"
    guests = [
        Guest(key, "Ada Byron", "ada@clients.example", "0117 496 0123"),
        Guest(stored_answers(place), "Ben Bold", "ben@clients.example", "0117 496 0124"),
    ]
    together = GroupCommand(
        practice_id=place.practice.pk,
        key=uuid4(),
        service_code="swedish-60",
        location_code="harbour",
        starts=late,
        guests=tuple(guests),
        agrees_to_terms=True,
    )
    assert code_of(group.book_group(together, clock=CLOCK)) == "doctor-until"


@pytest.mark.parametrize(
    ("limits", "most", "first", "last"),
    [
        ({"sessions_max": 4}, 4, date(2026, 11, 24), date(2027, 3, 1)),
        ({"wait_until": "2026-12-05"}, 99, date(2026, 12, 5), date(2027, 3, 1)),
        ({"last_day": "2027-01-10"}, 99, date(2026, 11, 24), date(2027, 1, 10)),
    ],
    ids=["sessions", "wait", "last day"],
)
def test_a_proposed_course_keeps_the_doctors_limits(
    place: Place, limits: dict[str, Any], most: int, first: date, last: date
) -> None:
    key = leg_answers(place)
    answered(place, key, word("yes-with-limits", **limits))
    offer = course_proposal.propose(ProposeCommand(place.practice.pk, key), NOW)
    assert isinstance(offer, Offer)
    days = [session.starts.date() for session in offer.series.sessions]
    assert len(days) <= most
    assert first <= days[0] <= days[-1] <= last
    beyond = [Chosen(n, TEN + 7 * n * DAY, "ann") for n in range(1, 20)]
    refused = course_booking.book_course(
        BookCourseCommand(
            practice_id=place.practice.pk,
            key=uuid4(),
            assessment_key=key,
            location_code="harbour",
            sessions=tuple(beyond),
            name="Ada Byron",
            email="ada@clients.example",
            phone="0117 496 0123",
            agrees_to_terms=True,
        ),
        NOW,
    )
    assert isinstance(refused, Refused)
    assert refused.code in ("doctor-sessions", "doctor-wait", "doctor-until")
