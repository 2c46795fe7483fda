"""Booking one appointment: through the gate, into a free place, once, with everything that belongs to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic import CLOCK, NOW, TEN, command, make_practice, stored_answers
from unpinch.clinical import findings, knowledge
from unpinch.clinical.values import Disposition
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import Appointment, AuditEvent, Client, Message, Room, Service, Status
from unpinch.services import clearance, intake
from unpinch.services.availability import FreeTimesQuery, free_times
from unpinch.services.booking import Booked, Taken, book, calendar_file, cancel, find
from unpinch.services.cancelling import Cancelled
from unpinch.services.outcomes import Refused
from unpinch.services.own_appointments import appointments_of

if TYPE_CHECKING:
    from clinic import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_practice()


def booked(place: Place, **changes: Any) -> Booked:
    outcome = book(command(place, **changes), clock=CLOCK)
    assert isinstance(outcome, Booked), outcome
    return outcome


def test_everything_is_written_in_one_go(place: Place) -> None:
    outcome = booked(place)
    row = Appointment.objects.get()
    assert (row.status, row.released_at, row.starts_at, row.busy_until) == (
        Status.BOOKED,
        None,
        TEN,
        TEN + timedelta(minutes=75),
    )
    assert (row.local_start, row.time_zone, row.price_minor) == ("2026-11-25T10:00", "Europe/London", 5800)
    assert row.client is not None
    assert (row.client.name, row.client.phone) == ("Ada Byron", "+441174960123")
    assert row.assessment is not None
    assert row.assessment.client == row.client
    [line] = AuditEvent.objects.filter(action="appointment.book")
    assert (line.actor, line.object_id, line.at) == (f"client:{row.client.pk}", str(row.pk), NOW)
    [message] = Message.objects.all()
    assert (message.kind, message.to, message.ics_method) == (
        "confirmation",
        "ada@clients.example",
        "REQUEST",
    )
    assert find(outcome.token) == outcome.appointment
    assert "SUMMARY:Appointment at Harbour Massage" in calendar_file(outcome.token, clock=CLOCK)


def test_the_table_does_not_know_the_secret(place: Place) -> None:
    token = booked(place).token
    assert token not in repr(Appointment.objects.values().get())
    with pytest.raises(NotFoundError):
        find(token[:-1])


def test_the_same_key_twice_is_one_appointment(place: Place) -> None:
    wish = command(place)
    assert book(wish, clock=CLOCK) == book(wish, clock=CLOCK)
    assert Appointment.objects.count() == Message.objects.count() == 1


@pytest.mark.parametrize("change", [{"name": "Bea Byron"}, {"starts": TEN + timedelta(hours=2)}])
def test_a_key_is_of_one_person_and_time(place: Place, change: dict[str, Any]) -> None:
    wish = command(place)
    booked(place, key=wish.key, assessment_key=wish.assessment_key)
    outcome = book(command(place, key=wish.key, **change), clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == "key-used"
    assert Appointment.objects.count() == 1


def test_a_taken_time_comes_with_the_nearest_free_ones(place: Place) -> None:
    booked(place)
    outcome = book(command(place, name="Bea Miller"), clock=CLOCK)
    assert isinstance(outcome, Taken)
    first = outcome.alternatives[0]
    assert (first.starts, first.therapist_code) == (TEN, "ben")
    for free in outcome.alternatives:
        again = command(place, name="Bea Miller", starts=free.starts, therapist_code=free.therapist_code)
        assert isinstance(book(again, clock=CLOCK), Booked)
        Appointment.objects.filter(client__name="Bea Miller").update(status=Status.CANCELLED, released_at=NOW)


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"rf_saddle_numb": True}, "danger"),
        ({"m_foot_drop": True}, "danger"),
        ({"m_wasting": True}, "doctor-first"),
    ],
)
def test_the_gate_keeps_the_door(place: Place, answers: dict[str, Any], code: str) -> None:
    outcome = book(command(place, assessment_key=stored_answers(place, **answers)), clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == code
    assert not Appointment.objects.exists()
    assert not Client.objects.exists()


def test_open_danger_questions_close_the_gate(place: Place) -> None:
    thin = {"age": 45, "answers": {"body-map": ["region-elbow-outer"], "p-grip-lift": True}}
    key = intake.store(
        findings.parse_answers(thin, knowledge.load()), practice_id=place.practice.pk, clock=CLOCK
    )
    assert intake.load(key).disposition is Disposition.MASSAGE_OK
    outcome = book(command(place, assessment_key=key), clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == "danger-questions-open"
    assert not Appointment.objects.exists()


def test_a_doctors_agreement_opens_the_gate(place: Place) -> None:
    key = stored_answers(place, m_wasting=True)
    clearance.record_unverified_agreement(
        key, doctor_name="Dr Grey", agreed_on=NOW.date(), how="phone", clock=CLOCK
    )
    booked(place, assessment_key=key)
    [line] = AuditEvent.objects.filter(action="appointment.book")
    assert line.details["on_unverified_agreement"] is True


def test_old_answers_are_asked_again(place: Place) -> None:
    wish = command(place)
    outcome = book(wish, clock=FixedClock(NOW + timedelta(days=200)))
    assert isinstance(outcome, Refused)
    assert outcome.code in {"answers-outdated", "notice"}
    assert not Appointment.objects.exists()


def test_without_terms_nothing_is_kept(place: Place) -> None:
    outcome = book(command(place, agrees_to_terms=False), clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == "terms"
    assert not Client.objects.exists()


def test_answers_belong_to_one_person(place: Place) -> None:
    wish = command(place)
    booked(place, assessment_key=wish.assessment_key)
    outcome = book(
        command(
            place,
            assessment_key=wish.assessment_key,
            name="Bea Miller",
            starts=TEN + timedelta(hours=2),
        ),
        clock=CLOCK,
    )
    assert isinstance(outcome, Refused)
    assert outcome.code == "answers-of-another"
    assert list(Client.objects.values_list("name", flat=True)) == ["Ada Byron"]


def test_answers_of_another_practice_are_unknown(place: Place) -> None:
    other = make_practice("hill")
    with pytest.raises(NotFoundError):
        book(command(place, assessment_key=stored_answers(other)), clock=CLOCK)


def test_one_person_is_in_one_place(place: Place) -> None:
    booked(place)
    outcome = book(command(place, therapist_code="ben", starts=TEN + timedelta(minutes=30)), clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == "own-appointment"


def test_rooms_run_out_before_therapists_do() -> None:
    place = make_practice(rooms=1)
    booked(place)
    outcome = book(command(place, name="Bea Miller", therapist_code="ben"), clock=CLOCK)
    assert isinstance(outcome, Taken)
    assert outcome.alternatives[0].starts == TEN + timedelta(minutes=75)


def test_turnover_is_part_of_the_time_and_touching_is_allowed(place: Place) -> None:
    booked(place)
    early = book(command(place, name="Bea Miller", starts=TEN + timedelta(minutes=60)), clock=CLOCK)
    assert isinstance(early, Taken)
    booked(place, name="Bea Miller", starts=TEN + timedelta(minutes=75))


@pytest.mark.parametrize(
    ("starts", "is_allowed"),
    [
        (NOW + timedelta(minutes=120), True),
        (NOW + timedelta(minutes=105), False),
        (datetime(2027, 2, 15, 9, 0, tzinfo=UTC), True),
        (datetime(2027, 2, 16, 9, 0, tzinfo=UTC), False),
    ],
    ids=["just in time", "too soon", "last day", "too far ahead"],
)
def test_notice_is_a_half_open_window(place: Place, starts: datetime, is_allowed: bool) -> None:
    outcome = book(command(place, starts=starts), clock=CLOCK)
    assert isinstance(outcome, Booked) is is_allowed
    if not is_allowed:
        assert isinstance(outcome, Refused)
        assert outcome.code == "notice"


def test_a_start_between_the_grid_is_not_offered_and_not_taken(place: Place) -> None:
    assert isinstance(book(command(place, starts=TEN + timedelta(minutes=7)), clock=CLOCK), Taken)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"email": "ada at home"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"name": " "}, "name"),
        ({"starts": TEN.replace(tzinfo=None)}, "starts"),
    ],
)
def test_what_cannot_be_used_is_named(place: Place, change: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as caught:
        book(command(place, **change), clock=CLOCK)
    assert caught.value.code == code


def test_a_service_of_the_desk_alone_cannot_be_booked(place: Place) -> None:
    Service.objects.update(is_self_bookable=False)
    with pytest.raises(NotFoundError):
        book(command(place), clock=CLOCK)


def test_cancelling_frees_the_place_and_tells_the_calendar(place: Place) -> None:
    token = booked(place).token
    gone = cancel(token, clock=CLOCK)
    assert isinstance(gone, Cancelled)
    assert not gone.was_already
    assert Message.objects.order_by("pk").values_list("kind", "ics_method")[1] == ("cancellation", "CANCEL")
    assert "SEQUENCE:1" in Message.objects.order_by("pk")[1].ics
    again = cancel(token, clock=CLOCK)
    assert isinstance(again, Cancelled)
    assert again.was_already
    assert Message.objects.count() == 2
    booked(place, name="Bea Miller")


def test_what_has_begun_cannot_be_cancelled_by_link(place: Place) -> None:
    token = booked(place).token
    outcome = cancel(token, clock=FixedClock(TEN))
    assert isinstance(outcome, Refused)
    assert outcome.code == "too-late"
    assert Appointment.objects.get().released_at is None


def test_own_appointments_are_the_latest_first(place: Place) -> None:
    booked(place)
    booked(place, starts=TEN + timedelta(days=1))
    booked(place, name="Bea Miller", starts=TEN + timedelta(days=2))
    ada = Client.objects.get(name="Ada Byron")
    own = appointments_of(ada.pk, clock=FixedClock(TEN + timedelta(hours=2)))
    assert [(item.appointment.starts, item.is_over) for item in own] == [
        (TEN + timedelta(days=1), False),
        (TEN, True),
    ]
    assert find(own[0].token).starts == own[0].appointment.starts


def fill_history(place: Place, count: int) -> None:
    """So many appointments of the years before, one after the other."""
    wish = command(place, name="Old Client")
    row = Appointment.objects.get(pk=booked_row(place, wish))
    rooms = list(Room.objects.values_list("pk", flat=True))
    rows = []
    for number in range(count):
        starts = NOW - timedelta(days=3) - timedelta(hours=2 * number)
        rows.append(
            Appointment(
                practice=place.practice,
                key=uuid4(),
                therapist=place.ann,
                room_id=rooms[number % len(rooms)],
                client=row.client,
                service=place.swedish,
                location=place.harbour,
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
                busy_from=starts,
                busy_until=starts + timedelta(minutes=75),
                local_start=starts.strftime("%Y-%m-%dT%H:%M"),
                time_zone="Europe/London",
                status=Status.COMPLETED,
                cancel_token_hash=uuid4().hex,
                calendar_uid=uuid4(),
                booked_at=starts,
            )
        )
    Appointment.objects.bulk_create(rows, batch_size=500)


def booked_row(place: Place, wish: Any) -> int:
    outcome = book(wish, clock=CLOCK)
    assert isinstance(outcome, Booked)
    return outcome.appointment.id


def queries(place: Place, history: int) -> tuple[int, int]:
    fill_history(place, history)
    query = FreeTimesQuery(place.practice.pk, "swedish-60", NOW.date(), 30)
    wish = command(place, name="New Client", starts=TEN + timedelta(hours=3))
    with CaptureQueriesContext(connection) as listing:
        assert free_times(query, clock=CLOCK)
    with CaptureQueriesContext(connection) as booking:
        assert isinstance(book(wish, clock=CLOCK), Booked)
    return len(listing), len(booking)


@pytest.mark.parametrize("history", [1, 3, 10_000])
def test_the_number_of_queries_does_not_grow_with_history(place: Place, history: int) -> None:
    listing, booking = queries(place, history)
    assert listing == 7
    # PostgreSQL needs no savepoint around the insert.
    assert booking == (25 if connection.vendor == "postgresql" else 27)


def test_a_stored_assessment_is_replayed_as_it_was(place: Place) -> None:
    key = stored_answers(place)
    stored = intake.load(key)
    assert intake.replay(stored).is_same_answer
    assert clearance.latest_agreement(stored.id) is None


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"h_bleeding_disorder": True}, "approval-needed"),
        ({"h_kidney_liver": True}, "approval-needed"),
    ],
)
def test_a_contraindication_shuts_the_door_of_single_bookings_too(
    place: Place, answers: dict[str, Any], code: str
) -> None:
    refused = book(command(place, assessment_key=stored_answers(place, **answers)), clock=CLOCK)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert not Appointment.objects.exists()
