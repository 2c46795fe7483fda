"""A hold keeps a place for some minutes: nobody else gets it, and nobody waits for it when it has run out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from clinic import CLOCK, NOW, TEN, command, make_practice, stored_answers, well
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Appointment, Closure, Message, Practice, Status, StoredAssessment
from unpinch.services import holds
from unpinch.services.availability import FreeTimesQuery, free_times
from unpinch.services.booking import Booked, Taken, book, find, token_of
from unpinch.services.holds import Held, HoldCommand, hold
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from uuid import UUID

    from clinic import Place
    from unpinch.clinical.values import Answers

pytestmark = pytest.mark.django_db

LATER = FixedClock(NOW + timedelta(minutes=10))
"""The very moment at which holds made now have run out."""


@pytest.fixture
def place() -> Place:
    return make_practice()


def wish(place: Place, answers: UUID | Answers, **changes: Any) -> HoldCommand:
    return replace(HoldCommand(place.practice.pk, answers, "swedish-60", "harbour", "ann", TEN), **changes)


def held(place: Place, answers: UUID, **changes: Any) -> Held:
    outcome = hold(wish(place, answers, **changes), clock=CLOCK)
    assert isinstance(outcome, Held), outcome
    return outcome


def is_offered(place: Place, clock: FixedClock = CLOCK) -> bool:
    query = FreeTimesQuery(place.practice.pk, "swedish-60", TEN.date(), 1, therapist_code="ann")
    return TEN in {time.starts for time in free_times(query, clock=clock)}


def test_a_held_place_is_nobody_elses(place: Place) -> None:
    kept = held(place, stored_answers(place))
    assert kept.expires_at == NOW + timedelta(minutes=10)
    assert not is_offered(place)
    assert isinstance(book(command(place), clock=CLOCK), Taken)
    assert isinstance(hold(wish(place, stored_answers(place)), clock=CLOCK), Taken)
    assert not Message.objects.exists()


def test_the_practice_says_for_how_long(place: Place) -> None:
    Practice.objects.update(hold_minutes=3)
    assert held(place, stored_answers(place)).expires_at == NOW + timedelta(minutes=3)


def test_the_one_who_holds_it_books_it(place: Place) -> None:
    answers = stored_answers(place)
    kept = held(place, answers)
    outcome = book(command(place, assessment_key=answers, hold=kept.key), clock=CLOCK)
    assert isinstance(outcome, Booked)
    row = Appointment.objects.get()
    assert (row.status, row.hold_expires_at, row.pk) == (Status.BOOKED, None, outcome.appointment.id)
    assert find(outcome.token) == outcome.appointment
    assert Message.objects.count() == 1


def test_the_second_press_gives_the_same_appointment(place: Place) -> None:
    answers = stored_answers(place)
    asked = command(place, assessment_key=answers, hold=held(place, answers).key)
    assert book(asked, clock=CLOCK) == book(asked, clock=CLOCK)
    assert Appointment.objects.count() == 1


def test_a_hold_that_ran_out_blocks_nobody(place: Place) -> None:
    held(place, stored_answers(place))
    assert is_offered(place, LATER)
    # No clockwork has run in between: the next booker clears it away.
    assert isinstance(book(command(place, name="Bea Miller"), clock=LATER), Booked)
    assert list(Appointment.objects.order_by("pk").values_list("status", flat=True)) == [
        Status.EXPIRED,
        Status.BOOKED,
    ]


def test_who_was_slow_still_books_when_the_place_is_free(place: Place) -> None:
    answers = stored_answers(place)
    kept = held(place, answers)
    asked = command(place, assessment_key=answers, hold=kept.key)
    assert isinstance(book(asked, clock=LATER), Booked)


def test_who_was_slow_and_lost_gets_alternatives(place: Place) -> None:
    answers = stored_answers(place)
    kept = held(place, answers)
    book(command(place, name="Bea Miller"), clock=LATER)
    outcome = book(command(place, assessment_key=answers, hold=kept.key), clock=LATER)
    assert isinstance(outcome, Taken)
    assert outcome.alternatives[0].starts == TEN


def test_one_set_of_answers_holds_one_place(place: Place) -> None:
    answers = stored_answers(place)
    held(place, answers)
    held(place, answers, starts=TEN + timedelta(hours=2))
    assert is_offered(place)
    assert Appointment.objects.filter(status=Status.HELD).count() == 1


def test_holding_the_same_place_again_renews_it(place: Place) -> None:
    answers = stored_answers(place)
    held(place, answers)
    renewed = hold(wish(place, answers), clock=FixedClock(NOW + timedelta(minutes=5)))
    assert isinstance(renewed, Held)
    assert renewed.expires_at == NOW + timedelta(minutes=15)


def test_a_hold_is_of_the_answers_it_was_made_with(place: Place) -> None:
    kept = held(place, stored_answers(place))
    assert isinstance(book(command(place, hold=kept.key), clock=CLOCK), Taken)
    assert Appointment.objects.get().status == Status.HELD


def test_another_time_gives_the_held_one_back(place: Place) -> None:
    answers = stored_answers(place)
    kept = held(place, answers)
    asked = command(place, assessment_key=answers, hold=kept.key, starts=TEN + timedelta(hours=3))
    assert isinstance(book(asked, clock=CLOCK), Booked)
    assert is_offered(place)


def test_a_hold_does_not_keep_a_day_open_that_was_closed(place: Place) -> None:
    answers = stored_answers(place)
    kept = held(place, answers)
    Closure.objects.create(practice=place.practice, first_day=TEN.date(), last_day=TEN.date())
    outcome = book(command(place, assessment_key=answers, hold=kept.key), clock=CLOCK)
    assert isinstance(outcome, Taken)


def test_notice_counts_from_the_hold(place: Place) -> None:
    answers = stored_answers(place)
    soon = NOW + timedelta(minutes=120)
    kept = held(place, answers, starts=soon)
    asked = command(place, assessment_key=answers, hold=kept.key, starts=soon)
    assert isinstance(book(asked, clock=FixedClock(NOW + timedelta(minutes=9))), Booked)


@pytest.mark.parametrize(
    ("answers", "code"), [({"rf_saddle_numb": True}, "danger"), ({"m_wasting": True}, "doctor-first")]
)
def test_the_gate_stands_before_a_hold_too(place: Place, answers: dict[str, Any], code: str) -> None:
    outcome = hold(wish(place, stored_answers(place, **answers)), clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == code
    assert not Appointment.objects.exists()


def test_a_hold_can_be_given_back_once(place: Place) -> None:
    kept = held(place, stored_answers(place))
    assert holds.release(kept.key, clock=CLOCK)
    assert not holds.release(kept.key, clock=CLOCK)
    assert is_offered(place)


def test_a_hold_has_no_page(place: Place) -> None:
    held(place, stored_answers(place))
    with pytest.raises(NotFoundError):
        find(token_of(Appointment.objects.get().calendar_uid))


def test_an_unknown_hold_is_as_none(place: Place) -> None:
    assert isinstance(book(command(place, hold=uuid4()), clock=CLOCK), Booked)


# A visitor whose answers nobody keeps


def visitors(place: Place, **more: Any) -> HoldCommand:
    answers = more.pop("answers", {})
    return replace(
        HoldCommand(place.practice.pk, well(**answers), "swedish-60", "harbour", "ann", TEN), **more
    )


def test_a_visitor_holds_a_place_and_nothing_is_kept_of_the_answers(place: Place) -> None:
    kept = hold(visitors(place), clock=CLOCK)
    assert isinstance(kept, Held)
    row = Appointment.objects.get()
    assert (row.client, row.assessment) == (None, None)
    assert not StoredAssessment.objects.exists()
    outcome = book(command(place, hold=kept.key), clock=CLOCK)
    assert isinstance(outcome, Booked)
    row.refresh_from_db()
    assert row.status == Status.BOOKED
    assert row.assessment is not None


def test_a_visitors_other_choice_replaces_the_first(place: Place) -> None:
    first = hold(visitors(place), clock=CLOCK)
    assert isinstance(first, Held)
    second = hold(visitors(place, starts=TEN + timedelta(hours=2), replaces=first.key), clock=CLOCK)
    assert isinstance(second, Held)
    assert is_offered(place)
    assert isinstance(hold(visitors(place, starts=TEN + timedelta(hours=2)), clock=CLOCK), Taken)


@pytest.mark.parametrize(
    ("answers", "agreed", "code"),
    [
        ({"rf_saddle_numb": True}, True, "danger"),
        ({"m_wasting": True}, False, "doctor-first"),
        ({"m_wasting": True}, True, None),
    ],
)
def test_the_gate_stands_before_a_visitors_hold(
    place: Place, answers: dict[str, Any], agreed: bool, code: str | None
) -> None:
    outcome = hold(visitors(place, answers=answers, has_agreement=agreed), clock=CLOCK)
    assert (outcome.code if isinstance(outcome, Refused) else None) == code


def test_one_place_on_the_network_cannot_keep_the_whole_calendar(place: Place) -> None:
    answers = well()
    for number in range(30):
        asked = wish(place, answers, address="192.0.2.7", starts=TEN + timedelta(days=number))
        assert isinstance(hold(asked, clock=CLOCK), Held)
    one_more = wish(place, answers, address="192.0.2.7", starts=TEN + timedelta(days=31))
    refused = hold(one_more, clock=CLOCK)
    assert isinstance(refused, Refused)
    assert refused.code == "too-many-holds"
    assert isinstance(hold(replace(one_more, address="192.0.2.8"), clock=CLOCK), Held)
