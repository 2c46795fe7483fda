"""The check on the day: kept once, stops at once, freed only by the therapist who asks again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from clinic import CLOCK, NOW, TEN, Place, command, make_practice
from unpinch.clinical import day_check, knowledge
from unpinch.clinical.day_check import Said
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import (
    Appointment,
    AppointmentBlock,
    AuditEvent,
    Client,
    Course,
    Message,
    ReliefReading,
    SessionCheck,
    StoredAssessment,
)
from unpinch.services import access, booking, clearance_blocks, session_check, session_link
from unpinch.services.outcomes import Refused
from unpinch.services.session_check import Done, SayCommand, Sheet

pytestmark = pytest.mark.django_db
MORNING = FixedClock(TEN - timedelta(hours=2))


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def token(place: Place) -> str:
    assert isinstance(booking.book(command(place), clock=CLOCK), booking.Booked)
    return session_link.token_of(Appointment.objects.get().calendar_uid)


def sheet(token: str, clock: FixedClock = MORNING) -> Sheet:
    found = session_check.sheet(token, clock=clock)
    assert isinstance(found, Sheet)
    return found


def said(token: str, rows: dict[str, Any] | None = None, **details: Any) -> SayCommand:
    lines = {line.code: False for line in session_check_lines(token)}
    codes = {code.replace("_", "-"): value for code, value in details.items()}
    return SayCommand(uuid4(), Said({**lines, **(rows or {})}, codes), pain=4)


def session_check_lines(token: str) -> Any:
    row = session_link.by_token(token)
    before = session_check._known_before(row)
    assert before is not None
    return day_check.lines(before, knowledge.load())


def weak(token: str) -> SayCommand:
    return said(token, {"weak": True}, rf_arm_weak_new=True)


def done(outcome: Done | Refused) -> Done:
    assert isinstance(outcome, Done), outcome
    return outcome


def test_nothing_new_is_kept_once_and_clear(token: str) -> None:
    command = said(token)
    first = done(session_check.say(token, command, clock=MORNING))
    assert session_check.say(token, command, clock=MORNING) == first
    assert (first.state, first.pain, first.asked_by) == ("clear", 4, "")
    row = SessionCheck.objects.get()
    assert (row.assessment, row.said["pain"]) == (None, 4)
    assert StoredAssessment.objects.count() == 1
    assert not AppointmentBlock.objects.exists()
    line = AuditEvent.objects.filter(action="session.check").get()
    assert (line.actor, line.details) == (f"client:{row.appointment.client_id}", {"state": "clear"})


def test_a_new_danger_sign_holds_the_session_and_tells_the_practice(token: str, place: Place) -> None:
    answer = done(session_check.say(token, weak(token), clock=MORNING))
    appointment = Appointment.objects.get()
    assert (answer.state, answer.disposition) == ("stop", "urgent")
    assert "See a doctor today" in answer.action
    assert session_check.is_stopped(appointment.pk)
    assert session_check.states_of([appointment.pk, 10**6]) == {appointment.pk: "stop"}
    assert clearance_blocks.is_blocked(appointment.pk)
    assert [block.reason for block in clearance_blocks.blocked(place.practice.pk, clock=MORNING)] == [
        "day-check"
    ]
    mail = Message.objects.get(kind="session-stopped")
    assert (mail.to, "weak" in mail.text) == ("hello@harbour.example", False)
    assert AuditEvent.objects.filter(action="session.stop").count() == 1
    picture = SessionCheck.objects.get().assessment
    assert picture is not None
    assert (picture.disposition, picture.client_id) == ("urgent", appointment.client_id)


def test_the_link_cannot_take_the_hold_away_and_the_therapist_can(token: str, place: Place) -> None:
    session_check.say(token, weak(token), clock=MORNING)
    again = session_check.say(token, said(token), clock=MORNING)
    assert isinstance(again, Refused)
    assert again.code == "stopped"
    appointment, ann = Appointment.objects.get(), access.caller(place.ann_user.pk)
    answer = done(session_check.ask(appointment.pk, said(token), ann, clock=MORNING))
    assert (answer.state, answer.asked_by) == ("clear", "Ann")
    assert not session_check.is_stopped(appointment.pk)
    assert AuditEvent.objects.filter(action="session.free").count() == 1
    assert SessionCheck.objects.count() == 2


def test_a_therapist_who_is_not_sure_frees_nothing(token: str, place: Place) -> None:
    session_check.say(token, weak(token), clock=MORNING)
    appointment, ann = Appointment.objects.get(), access.caller(place.ann_user.pk)
    session_check.ask(appointment.pk, said(token, {"weak": "unsure"}), ann, clock=MORNING)
    assert session_check.is_stopped(appointment.pk)


def test_the_pain_of_today_is_a_point_on_the_course(token: str) -> None:
    appointment = Appointment.objects.get()
    course = Course.objects.create(
        practice_id=appointment.practice_id, client=Client.objects.get(), link_uid=uuid4(), created_at=NOW
    )
    Appointment.objects.update(course=course)
    session_check.say(token, said(token), clock=MORNING)
    reading = ReliefReading.objects.get()
    assert (reading.course_id, reading.appointment_id, reading.answers["pain"]) == (
        course.pk,
        appointment.pk,
        4,
    )


def test_the_next_session_knows_what_changed(token: str) -> None:
    session_check.say(token, said(token, {"medicine": True}, h_anticoagulant=True), clock=MORNING)
    picture = session_check.picture_of(Appointment.objects.select_related("assessment").get())
    assert picture is not None
    assert picture.raw_answers["answers"]["h-anticoagulant"] is True


@pytest.mark.parametrize(
    ("clock", "code"),
    [
        pytest.param(CLOCK, "too-early", id="the day before"),
        pytest.param(FixedClock(TEN + timedelta(days=1)), "over", id="the day after"),
    ],
)
def test_it_is_asked_on_the_day_alone(token: str, clock: FixedClock, code: str) -> None:
    command = said(token)
    for outcome in (session_check.sheet(token, clock=clock), session_check.say(token, command, clock=clock)):
        assert isinstance(outcome, Refused)
        assert outcome.code == code


def test_answers_of_long_ago_do_not_matter_and_a_pain_off_the_scale_does(token: str) -> None:
    command = said(token)
    with pytest.raises(InputError, match="11 is not on the scale"):
        session_check.say(token, SayCommand(command.key, command.said, 11), clock=MORNING)


@pytest.mark.parametrize("token", ["", "A" * 48, "é"])
def test_a_made_up_link_is_refused(token: str) -> None:
    with pytest.raises(NotFoundError):
        session_check.sheet(token, clock=MORNING)


def test_a_cancelled_appointment_has_no_check(token: str) -> None:
    booking.cancel(booking.token_of(Appointment.objects.get().calendar_uid), clock=CLOCK)
    with pytest.raises(NotFoundError):
        session_check.sheet(token, clock=MORNING)


def test_only_the_therapist_of_the_session_asks(token: str, place: Place) -> None:
    appointment = Appointment.objects.get()
    foreign = access.caller(make_practice("elsewhere").ann_user.pk)
    with pytest.raises(NotFoundError):
        session_check.sheet_for(appointment.pk, foreign, clock=MORNING)
    ann = access.caller(place.ann_user.pk)
    assert session_check.can_ask(appointment.pk, ann, clock=MORNING)
    assert not session_check.can_ask(appointment.pk, ann, clock=FixedClock(NOW))
    assert not session_check.can_ask(appointment.pk, foreign, clock=MORNING)
