"""The calendar that staff see: who sees whose, all that takes time, and a number of queries that does not grow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from clinic import CLOCK, NOW, TEN, command, make_practice, make_therapist, stored_answers
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Client, Closure, Role, TimeOff, User, WaitlistEntry, WorkingHours
from unpinch.services import booking, by_staff, desk, holds, staff_calendar
from unpinch.services.access import Caller, caller
from unpinch.services.place import Wish
from unpinch.services.staff_calendar import CalendarQuery

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from clinic import Place

pytestmark = pytest.mark.django_db

WEDNESDAY = date(2026, 11, 25)
QUERIES = 7


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def dee(place: Place) -> Caller:
    user = User.objects.create_user(
        "dee@x.example", None, practice=place.practice, role=Role.DESK, name="Dee"
    )
    return caller(user.pk)


def booked(place: Place, starts: datetime = TEN, **changes: object) -> int:
    outcome = booking.book(command(place, starts=starts, **changes), clock=CLOCK)
    assert isinstance(outcome, booking.Booked), outcome
    return outcome.appointment.id


def column(who: Caller, query: CalendarQuery, number: int = 0) -> staff_calendar.Column:
    return staff_calendar.calendar(who, query, clock=CLOCK).days[0].columns[number]


def test_the_desk_sees_an_appointment_with_its_turnover_by_therapist_and_by_room(
    place: Place, dee: Caller
) -> None:
    number = booked(place)
    for by, note in (("therapist", "Room 0"), ("room", "Ann")):
        (entry,) = column(dee, CalendarQuery(WEDNESDAY, by=by)).entries  # type: ignore[arg-type]
        assert (entry.id, entry.title, entry.kind, entry.can_be_moved) == (
            number,
            "Ada Byron",
            "appointment",
            True,
        )
        assert entry.note == f"Swedish massage, 60 minutes, {note}"
        assert f"{entry.starts:%H:%M} {entry.ends:%H:%M} {entry.busy_until:%H:%M}" == "10:00 11:00 11:15"


def test_holds_time_off_and_closures_are_shown(place: Place, dee: Caller) -> None:
    hold = holds.HoldCommand(place.practice.pk, stored_answers(place), "swedish-60", "harbour", "ann", TEN)
    holds.hold(hold, clock=CLOCK)
    TimeOff.objects.create(
        practice=place.practice,
        therapist=place.ann,
        starts_at=TEN + timedelta(hours=3),
        ends_at=TEN + timedelta(hours=5),
        reason="Dentist",
    )
    Closure.objects.create(practice=place.practice, first_day=WEDNESDAY, last_day=WEDNESDAY, reason="Boiler")
    ann = column(dee, CalendarQuery(WEDNESDAY))
    assert [(entry.kind, entry.id, entry.note) for entry in ann.entries] == [
        ("hold", 0, "Swedish massage, 60 minutes, Room 0"),
        ("away", 0, "Dentist"),
    ]
    assert ann.closed == "Boiler"
    assert column(dee, CalendarQuery(WEDNESDAY + timedelta(days=1))).closed is None


def test_working_hours_are_shown_by_the_local_clock(place: Place, dee: Caller) -> None:
    WorkingHours.objects.filter(therapist=place.ann).delete()
    WorkingHours.objects.create(
        practice=place.practice,
        therapist=place.ann,
        location=place.harbour,
        weekday=6,
        starts=time(0),
        ends=time(4),
    )
    spring = column(dee, CalendarQuery(date(2027, 3, 28)))
    (work,) = spring.open
    assert work.end - work.start == timedelta(hours=3)
    assert f"{work.end.astimezone(ZoneInfo('Europe/London')):%H:%M}" == "04:00"


def test_a_therapist_sees_their_own_calendar_alone(place: Place) -> None:
    ann = caller(place.ann_user.pk)
    booked(place, therapist_code="ben")
    found = staff_calendar.calendar(ann, CalendarQuery(WEDNESDAY), clock=CLOCK)
    assert [name for _key, name in found.choices] == ["Ann"]
    assert found.days[0].columns[0].entries == ()
    with pytest.raises(NotFoundError):
        staff_calendar.calendar(ann, CalendarQuery(WEDNESDAY, only=place.ben.pk))
    with pytest.raises(NotFoundError):
        staff_calendar.calendar(ann, CalendarQuery(WEDNESDAY, by="room"))


def test_another_practice_is_not_there(place: Place, dee: Caller) -> None:
    other = make_practice("elsewhere")
    number = booked(other)
    assert column(dee, CalendarQuery(WEDNESDAY)).entries == ()
    with pytest.raises(NotFoundError):
        desk.sheet(dee, number)


@pytest.mark.parametrize("therapists", [1, 20])
def test_as_many_queries_for_one_as_for_twenty_therapists(
    therapists: int, place: Place, dee: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(therapists):
        make_therapist(place.harbour, f"t{number}")
    booked(place)
    with django_assert_num_queries(QUERIES):
        found = staff_calendar.calendar(dee, CalendarQuery(WEDNESDAY, 7), clock=CLOCK)
    assert len(found.days[0].columns) == therapists + 2


def test_a_sheet_has_messages_and_what_was_said(place: Place, dee: Caller) -> None:
    number = booked(place)
    by_staff.move(dee, number, Wish("harbour", "ben", TEN + timedelta(hours=1)), clock=CLOCK)
    sheet = desk.sheet(dee, number, clock=CLOCK)
    assert [message.kind for message in sheet.messages] == ["confirmation", "change"]
    assert (sheet.therapist_code, sheet.has_begun, sheet.client_phone) == ("ben", False, "+441174960123")
    later = FixedClock(TEN + timedelta(days=1))
    by_staff.mark(dee, number, "no-show", clock=later)
    seen = desk.sheet(dee, number, clock=later)
    assert (seen.appointment.status, seen.has_begun) == ("no-show", True)


@pytest.mark.parametrize("text", ["ada", "BYRON ada", "ada@clients", "0117 4960123", "4960123"])
def test_clients_are_found_by_name_address_or_number(text: str, place: Place, dee: Caller) -> None:
    booked(place)
    if text.startswith("0117"):
        text = "01174960123"
    assert [one.name for one in desk.find_clients(dee, text)] == ["Ada Byron"]
    assert desk.find_clients(dee, "nobody") == desk.find_clients(dee, "") == ()
    with pytest.raises(NotFoundError):
        desk.find_clients(caller(place.ann_user.pk), "ada")


def test_answers_can_be_used_again_while_the_gate_is_open(place: Place, dee: Caller) -> None:
    booked(place)
    ada = Client.objects.get().pk
    found = desk.usable_answers(dee, ada, clock=CLOCK)
    assert found is not None
    again = replace(command(place, starts=TEN + timedelta(days=1)), assessment_key=found.key)
    assert isinstance(by_staff.book_for(dee, again, clock=CLOCK), booking.Booked)
    assert desk.usable_answers(dee, ada, clock=FixedClock(NOW + timedelta(days=400))) is None


def test_the_waitlist_in_its_order(place: Place, dee: Caller) -> None:
    booked(place)
    ada, answers = Client.objects.get(), stored_answers(place)
    from unpinch.records.models import StoredAssessment  # noqa: PLC0415

    for hours in (2, 1):
        WaitlistEntry.objects.create(
            practice=place.practice,
            client=ada,
            assessment=StoredAssessment.objects.get(key=answers),
            service=place.swedish,
            first_day=WEDNESDAY,
            last_day=WEDNESDAY + timedelta(days=hours),
            queued_at=NOW + timedelta(hours=hours),
            look_at=NOW,
            created_at=NOW,
        )
    assert [one.last_day for one in desk.waiting(dee)] == [WEDNESDAY + timedelta(days=n) for n in (1, 2)]
