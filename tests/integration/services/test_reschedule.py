"""Moving and cancelling: within policy, keeping the gaps of a course, telling the calendar, freeing the old place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic import CLOCK, NOW, TEN, command, make_practice
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import (
    Appointment,
    AuditEvent,
    CancellationRule,
    Course,
    Message,
    StoredAssessment,
)
from unpinch.services.booking import Booked, Taken, book, find
from unpinch.services.cancelling import Cancelled, cancel, terms_of
from unpinch.services.outcomes import Refused
from unpinch.services.place import Wish
from unpinch.services.reschedule import Moved, move

if TYPE_CHECKING:
    from clinic import Place

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def place() -> Place:
    return make_practice()


def booked(place: Place, **changes: Any) -> Booked:
    outcome = book(command(place, **changes), clock=CLOCK)
    assert isinstance(outcome, Booked), outcome
    return outcome


def to(starts: datetime, therapist: str = "ann") -> Wish:
    return Wish("harbour", therapist, starts)


def code_of(outcome: object) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def test_a_move_changes_the_place_and_tells_everybody(place: Place) -> None:
    first = booked(place)
    outcome = move(first.token, to(TEN + DAY, "ben"), clock=CLOCK)
    assert isinstance(outcome, Moved)
    assert outcome.token == first.token
    assert find(first.token) == outcome.appointment
    row = Appointment.objects.get()
    assert (row.therapist, row.starts_at, row.local_start, row.calendar_sequence) == (
        place.ben,
        TEN + DAY,
        "2026-11-26T10:00",
        1,
    )
    assert row.busy_until == TEN + DAY + timedelta(minutes=75)
    message = Message.objects.get(kind="change")
    assert message.ics_method == "REQUEST"
    assert "SEQUENCE:1" in message.ics
    assert f"UID:{row.calendar_uid}" in message.ics
    line = AuditEvent.objects.get(action="appointment.move")
    assert (line.actor, line.details["before"]) == (f"client:{row.client_id}", TEN.isoformat())
    booked(place, name="Bea Miller")


def test_a_move_may_lie_over_its_own_old_time(place: Place) -> None:
    first = booked(place)
    assert isinstance(move(first.token, to(TEN + timedelta(minutes=15)), clock=CLOCK), Moved)


def test_a_move_onto_another_offers_what_is_free(place: Place) -> None:
    first = booked(place)
    booked(place, name="Bea Miller", starts=TEN + 2 * HOUR)
    outcome = move(first.token, to(TEN + 2 * HOUR), clock=CLOCK)
    assert isinstance(outcome, Taken)
    assert outcome.alternatives[0].starts == TEN + 2 * HOUR
    assert isinstance(move(first.token, to(TEN + 2 * HOUR, "ben"), clock=CLOCK), Moved)
    assert Message.objects.filter(kind="change").count() == 1


def test_a_move_onto_ones_own_other_appointment_is_refused(place: Place) -> None:
    first = booked(place)
    booked(place, starts=TEN + 3 * HOUR)
    assert code_of(move(first.token, to(TEN + 3 * HOUR, "ben"), clock=CLOCK)) == "own-appointment"


@pytest.mark.parametrize("starts", [NOW + HOUR, NOW + 100 * DAY], ids=["too soon", "too far"])
def test_a_move_keeps_notice(place: Place, starts: datetime) -> None:
    assert code_of(move(booked(place).token, to(starts), clock=CLOCK)) == "notice"


def test_what_is_over_or_cancelled_stays(place: Place) -> None:
    first = booked(place)
    assert code_of(move(first.token, to(TEN + DAY), clock=FixedClock(TEN))) == "too-late"
    cancel(first.token, clock=CLOCK)
    assert code_of(move(first.token, to(TEN + DAY), clock=CLOCK)) == "too-late"


def test_strange_links_and_times_are_errors(place: Place) -> None:
    with pytest.raises(NotFoundError):
        move("nothing", to(TEN), clock=CLOCK)
    with pytest.raises(InputError):
        move(booked(place).token, to(TEN.replace(tzinfo=None)), clock=CLOCK)


def test_a_move_helps_nobody_past_the_gate(place: Place) -> None:
    first = booked(place)
    StoredAssessment.objects.update(disposition="urgent")
    assert code_of(move(first.token, to(TEN + DAY), clock=CLOCK)) == "danger"


def test_old_answers_alone_do_not_stop_a_move(place: Place) -> None:
    first = booked(place, starts=TEN + 80 * DAY)
    late = FixedClock(NOW + 75 * DAY)
    assert isinstance(move(first.token, to(TEN + 82 * DAY), clock=late), Moved)


def test_the_policy_says_what_is_kept(place: Place) -> None:
    token = booked(place).token
    assert terms_of(token, clock=CLOCK).fee_minor == 0
    for minutes, percent in ((48 * 60, 50), (120, 100)):
        CancellationRule.objects.create(
            practice=place.practice, service=place.swedish, notice_minutes=minutes, fee_percent=percent
        )
    terms = terms_of(token, clock=CLOCK)
    assert (terms.fee_percent, terms.fee_minor, terms.back_minor) == (50, 2900, 2900)
    assert code_of(move(token, to(TEN + DAY), clock=CLOCK)) == "policy"
    outcome = cancel(token, clock=FixedClock(TEN - HOUR))
    assert isinstance(outcome, Cancelled)
    assert (outcome.fee_minor, outcome.back_minor) == (5800, 0)
    assert Appointment.objects.get().cancel_fee_minor == 5800
    assert AuditEvent.objects.get(action="appointment.cancel").details["fee_minor"] == 5800


def weekly(place: Place) -> list[str]:
    """Three sessions of a course, a week apart, at most ten days and at least three."""
    tokens = [booked(place, starts=TEN + 7 * n * DAY).token for n in range(3)]
    client = Appointment.objects.first()
    assert client is not None
    course = Course.objects.create(
        practice=place.practice,
        client_id=client.client_id or 0,
        plan={"gap_min_days": 3, "gap_max_days": 10},
        created_at=NOW,
    )
    Appointment.objects.update(course=course)
    return tokens


@pytest.mark.parametrize(
    ("number", "days", "code"),
    [
        (1, 3, None),
        (1, 5, "spacing-too-far"),
        (2, 4, "spacing-too-far"),
        (1, -5, "spacing-too-close"),
        (2, 3, None),
    ],
)
def test_a_move_keeps_the_gaps_of_its_course(place: Place, number: int, days: int, code: str | None) -> None:
    token = weekly(place)[number]
    outcome = move(token, to(TEN + (7 * number + days) * DAY), clock=CLOCK)
    if code is None:
        assert isinstance(outcome, Moved)
    else:
        assert code_of(outcome) == code


def test_the_number_of_queries_does_not_grow(place: Place) -> None:
    counts = []
    for others in (1, 3):
        for number in range(others):
            booked(
                place, name=f"Bea {'I' * (others + number)}", starts=TEN + (others + number) * DAY + 3 * HOUR
            )
        token = booked(place, starts=TEN + others * 10 * DAY).token
        with CaptureQueriesContext(connection) as queries:
            assert isinstance(move(token, to(TEN + (others * 10 + 1) * DAY), clock=CLOCK), Moved)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 34


def test_the_practices_clock_is_meant(place: Place) -> None:
    token = booked(place).token
    summer = datetime(2027, 1, 4, 10, tzinfo=UTC)
    assert isinstance(move(token, to(summer), clock=CLOCK), Moved)
    assert Appointment.objects.get().local_start == "2027-01-04T10:00"
