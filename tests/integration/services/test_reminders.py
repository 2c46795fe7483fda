"""Messages that fall due by the clock: when, to whom, once, and never for what is no longer so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core import mail

from clinic import CLOCK, NOW, TEN, command, make_practice
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import InputError
from unpinch.records.models import (
    Appointment,
    Client,
    Consent,
    Course,
    CourseState,
    Message,
    MessageState,
    Moment,
    ReliefReading,
)
from unpinch.services import booking, consent, outbox, reminders, reschedule
from unpinch.services.place import Wish

if TYPE_CHECKING:
    from clinic import Place

pytestmark = pytest.mark.django_db

LATER = TEN + timedelta(days=3)
"""A Saturday at ten, far enough ahead for both reminders."""


@pytest.fixture(autouse=True)
def place(db: None) -> Place:
    return make_practice()


def booked(place: Place, starts: datetime = LATER, remind: str = "both") -> Appointment:
    outcome = booking.book(command(place, starts=starts), clock=CLOCK)
    assert isinstance(outcome, booking.Booked)
    row = Appointment.objects.get(pk=outcome.appointment.id)
    assert row.client_id is not None
    reminders.choose(row.client_id, remind, "Ada Byron", actor="test", clock=CLOCK)
    return row


def kinds() -> list[str]:
    late = ["confirmation", "change", "cancellation"]
    return list(Message.objects.exclude(kind__in=late).order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("24:01", []),
        ("24:00", ["reminder-day"]),
        ("4:01", ["reminder-day", "session-check"]),
        ("4:00", ["session-check"]),
        ("2:00", ["reminder-hours", "session-check"]),
        ("0:16", ["reminder-hours", "session-check"]),
        ("0:11", ["session-check"]),
        ("0:10", []),
        ("0:00", []),
        ("-1:00", []),
    ],
)
def test_each_kind_has_its_time_and_none_comes_when_it_is_of_no_use(
    place: Place, before: str, expected: list[str]
) -> None:
    booked(place)
    hours, minutes = (int(part) for part in before.split(":"))
    assert reminders.remind(LATER - timedelta(hours=hours, minutes=minutes)) == len(expected)
    assert kinds() == expected


def test_a_reminder_is_written_once_however_often_the_clock_ticks(place: Place) -> None:
    booked(place)
    due = LATER - timedelta(hours=24)
    assert [reminders.remind(due + timedelta(minutes=n)) for n in range(3)] == [1, 0, 0]


@pytest.mark.parametrize(
    ("remind", "expected"),
    [
        ("none", []),
        ("day", ["reminder-day", "session-check"]),
        ("both", ["reminder-day", "session-check", "reminder-hours"]),
    ],
)
def test_everybody_is_reminded_as_they_chose(place: Place, remind: str, expected: list[str]) -> None:
    booked(place, remind=remind)
    for hours in (24, 6, 2):
        reminders.remind(LATER - timedelta(hours=hours))
    assert kinds() == expected


def test_without_consent_nobody_is_reminded_and_taking_it_back_ends_it(place: Place) -> None:
    row = booked(place, remind="day")
    assert row.client_id is not None
    consent.withdraw(row.client_id, "reminders", actor="test", clock=CLOCK)
    assert reminders.remind(LATER - timedelta(hours=24)) == 0
    assert reminders.choice_of(row.client_id) == reminders.Choice("day", has_agreed=False, by_sms=False)


def test_who_has_just_booked_is_not_told_the_same_again(place: Place) -> None:
    booked(place, starts=NOW + timedelta(hours=3))
    reminders.remind(NOW)
    assert kinds() == ["session-check"]


def test_a_reminder_of_what_was_cancelled_is_dropped(place: Place) -> None:
    row = booked(place)
    due = LATER - timedelta(hours=24)
    reminders.remind(due)
    booking.cancel(booking.token_of(row.calendar_uid), clock=FixedClock(due))
    outbox.deliver_due(clock=FixedClock(due))
    assert Message.objects.get(kind="reminder-day").state == MessageState.DROPPED
    assert not [letter for letter in mail.outbox if letter.subject.startswith("Reminder")]


def test_what_has_moved_is_reminded_of_at_its_new_time_alone(place: Place) -> None:
    row = booked(place)
    due = LATER - timedelta(hours=24)
    reminders.remind(due)
    wish = Wish("harbour", "ann", LATER + timedelta(days=2))
    moved = reschedule.move(booking.token_of(row.calendar_uid), wish, clock=FixedClock(due))
    assert isinstance(moved, reschedule.Moved)
    outbox.deliver_due(clock=FixedClock(due))
    assert reminders.remind(due) == 0
    assert reminders.remind(wish.starts - timedelta(hours=24)) == 1
    states = Message.objects.filter(kind="reminder-day").order_by("pk").values_list("state", flat=True)
    assert list(states) == [MessageState.DROPPED, MessageState.WAITING]


def test_a_message_that_waited_too_long_is_dropped(place: Place) -> None:
    booked(place)
    reminders.remind(LATER - timedelta(hours=2))
    assert outbox.deliver_due(clock=FixedClock(LATER)).dropped == 2


def test_a_reminder_says_when_and_where_and_nothing_of_health(place: Place) -> None:
    booked(place)
    for hours in (24, 6, 2):
        reminders.remind(LATER - timedelta(hours=hours))
    for message in Message.objects.all():
        said = (message.subject + message.text + message.html).lower()
        assert "ada byron" in said
        for word in ("pain", "symptom", "answers", "diagnos", "shoulder", "health", "doctor", "relief"):
            assert word not in said, message.kind
    reminder = Message.objects.get(kind="reminder-day")
    assert "Saturday 28 November 2026, 10:00 to 11:00 (GMT)" in reminder.text
    assert "14 Ropewalk" in reminder.text


def test_what_was_sent_is_kept_without_its_links(place: Place) -> None:
    row = booked(place)
    token = booking.token_of(row.calendar_uid)
    assert token in Message.objects.get(kind="confirmation").text
    outbox.deliver_due(clock=CLOCK)
    kept = Message.objects.get(kind="confirmation")
    assert token not in kept.text + kept.html + kept.ics
    assert token in str(mail.outbox[0].body)
    assert "your appointment is booked" in kept.text


def test_a_choice_that_is_none_and_a_missing_signature_are_refused(place: Place) -> None:
    outcome = booking.book(command(place), clock=CLOCK)
    assert isinstance(outcome, booking.Booked)
    client = Client.objects.get()
    for wanted, name, code in (("weekly", "Ada", "remind"), ("day", "", "signature")):
        with pytest.raises(InputError) as caught:
            reminders.choose(client.pk, wanted, name, actor="test", clock=CLOCK)
        assert caught.value.code == code
    assert not Consent.objects.filter(purpose="reminders").exists()
    client_id = reminders.client_by_token(outcome.token)
    reminders.choose(client_id, "none", actor="test", clock=CLOCK)
    assert Client.objects.get().remind == "none"


def in_course(row: Appointment, **more: object) -> Course:
    assert row.client is not None
    course = Course.objects.create(
        practice=row.practice,
        client=row.client,
        sessions=1,
        link_uid=uuid4(),
        state=CourseState.UNDER_WAY,
        created_at=NOW,
    )
    Appointment.objects.filter(pk=row.pk).update(course=course, course_session=1, **more)
    return course


def test_before_a_session_that_looks_back_the_question_comes_the_day_before(place: Place) -> None:
    row = booked(place, remind="day")
    in_course(row, is_review=True)
    assert reminders.remind(LATER - timedelta(hours=24)) == 2
    assert kinds() == ["reminder-day", "review-soon"]
    assert reminders.remind(LATER - timedelta(hours=23)) == 0


@pytest.mark.parametrize(("weeks", "kind"), [(6, "relief-week-6"), (12, "relief-week-12")])
def test_weeks_after_the_first_session_people_are_asked_once(place: Place, weeks: int, kind: str) -> None:
    in_course(booked(place))
    due = LATER + timedelta(weeks=weeks)
    asked = [reminders.ask_after_weeks(due + timedelta(hours=hours)) for hours in (-1, 1, 2, 24 * 8)]
    assert asked == [0, 1, 0, 0]
    assert kinds() == [kind]
    assert Message.objects.get(kind=kind).useful_until == due + timedelta(days=7)


def test_who_has_told_already_is_not_asked(place: Place) -> None:
    row = booked(place)
    course = in_course(row)
    due = LATER + timedelta(weeks=6, hours=1)
    ReliefReading.objects.create(
        practice=row.practice,
        key=uuid4(),
        client=course.client,
        course=course,
        moment=Moment.WEEK_6,
        answers={},
        said_at=due,
    )
    assert reminders.ask_after_weeks(due) == 0


def test_who_wants_texts_gets_them_where_they_are_sent_and_mail_elsewhere(
    place: Place, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    row = booked(place)
    assert row.client_id is not None
    with pytest.raises(InputError):
        reminders.choose_way(row.client_id, by_sms=True, actor="test", clock=CLOCK)
    settings.SMS = {"kind": "console"}
    reminders.choose_way(row.client_id, by_sms=True, actor="test", clock=CLOCK)
    due = LATER - timedelta(hours=24)
    reminders.remind(due)
    outbox.deliver_due(clock=FixedClock(due))
    said = capsys.readouterr().out
    assert "SMS to +441174960123: Harbour Massage: your appointment is on Sat 28 Nov, 10:00 (GMT)" in said
    kept = Message.objects.get(kind="reminder-day")
    assert (kept.by, kept.state) == ("sms", MessageState.SENT)
    assert booking.token_of(row.calendar_uid) not in kept.text
    settings.SMS = {}
    reminders.remind(LATER - timedelta(hours=2))
    assert Message.objects.get(kind="reminder-hours").by == "mail"
