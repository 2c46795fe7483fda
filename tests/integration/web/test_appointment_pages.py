"""The pages of one appointment, of the therapist's days, and of a client: who sees what, and how it is cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client as Browser
from icalendar import Calendar

from clinic import CLOCK, NOW, TEN, command, make_practice, stored_answers
from unpinch.records.models import Appointment, AuditEvent, Message, Role, User
from unpinch.services import booking, clearance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries

    from clinic import Place

pytestmark = pytest.mark.django_db

QUERIES_OF_A_DAY = 16
QUERIES_OF_TODAY = QUERIES_OF_A_DAY + 1
"""Today also looks for reviews that are due."""


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def place(db: None) -> Place:
    return make_practice()


@pytest.fixture
def link(place: Place) -> str:
    """The address of Ada's appointment."""
    return f"/appointment/{booked(place)}/"


def booked(place: Place, **changes: object) -> str:
    outcome = booking.book(command(place, **changes), clock=CLOCK)
    assert isinstance(outcome, booking.Booked)
    return outcome.token


def logged_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


# By the link


def test_whoever_has_the_link_sees_the_appointment_and_nothing_about_health(link: str) -> None:
    page = Browser().get(link).content.decode()
    assert "Wednesday 25 November 2026" in page
    assert "10:00–11:00" in page
    assert "14 Ropewalk" in page
    assert "£58" in page
    for word in ("shoulder", "pain", "desk", "fit best"):
        assert word not in page.split("Before you come")[0].lower()


@pytest.mark.parametrize(
    "token",
    ["x", "a" * 43, "%00", "é", "..%2f..%2fetc", "A" * 5000],
    ids=["x", "like ours", "nul", "é", "path", "huge"],
)
@pytest.mark.parametrize("page", ["", "calendar.ics"])
def test_a_link_of_nothing_is_no_page(token: str, page: str, link: str) -> None:
    assert Browser().get(f"/appointment/{token}/{page}").status_code == 404
    assert Browser().post(f"/appointment/{token}/cancel").status_code == 404
    assert Appointment.objects.get().released_at is None


def test_the_calendar_file_holds_one_event_in_utc(link: str) -> None:
    response = Browser().get(f"{link}calendar.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    text = response.content.decode()
    assert text.count("\r\n") == text.count("\n")
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert event.decoded("DTSTART") == TEN
    assert str(event["SUMMARY"]) == "Appointment at Harbour Massage"
    assert "shoulder" not in text


def test_looking_cancels_nothing_and_cancelling_does_once(link: str) -> None:
    browser = Browser()
    assert browser.get(f"{link}cancel").status_code == 405
    assert Appointment.objects.get().released_at is None
    first = browser.post(f"{link}cancel", follow=True).content.decode()
    again = browser.post(f"{link}cancel", follow=True).content.decode()
    assert "Your appointment is cancelled. We have sent you an e-mail." in first
    assert "It was cancelled before." in again
    assert "Book another time" in first
    assert [kind for (kind,) in Message.objects.order_by("pk").values_list("kind")] == [
        "confirmation",
        "cancellation",
    ]


def test_what_has_begun_cannot_be_cancelled(link: str) -> None:
    with time_machine.travel(TEN, tick=False):
        page = Browser().post(f"{link}cancel", follow=True).content.decode()
    assert "cannot be cancelled here" in page
    assert Appointment.objects.get().released_at is None


# At work


def test_the_day_and_the_week_show_ones_own_appointments(place: Place) -> None:
    booked(place)
    booked(place, therapist_code="ben", name="Ben’s Client", email="bc@clients.example")
    ann = logged_in(place.ann_user)
    assert "Nobody is booked today." in ann.get("/today").content.decode()
    week = ann.get("/week").content.decode()
    assert "Ada Byron" in week
    assert "Ben’s Client" not in week
    with time_machine.travel(TEN, tick=False):
        assert "1 appointment" in logged_in(place.ann_user).get("/today").content.decode()


@pytest.mark.parametrize("start", ["x", "%00", "2026-13-01", "", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_shows_this_week(place: Place, start: str) -> None:
    response = logged_in(place.ann_user).get(f"/week?from={start}")
    assert response.status_code == 200
    assert response.context["days"][0].day.isoformat() == "2026-11-24"


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/today", QUERIES_OF_TODAY),
        ("/week", QUERIES_OF_A_DAY),
        ("/week?from=2026-11-25", QUERIES_OF_A_DAY),
    ],
)
def test_more_appointments_cost_no_more_queries(
    place: Place, address: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    booked(place)
    ann = logged_in(place.ann_user)
    with django_assert_num_queries(queries):
        ann.get(address)
    for hour in (12, 14):
        booked(
            place,
            starts=TEN.replace(hour=hour),
            name=f"At {hour}, says Ann",
            email=f"at{hour}@clients.example",
        )
    with django_assert_num_queries(queries):
        ann.get(address)


def test_a_therapist_reads_the_intake_and_that_is_written_down(place: Place) -> None:
    booked(place)
    number = Appointment.objects.get().pk
    page = logged_in(place.ann_user).get(f"/appointments/{number}").content.decode()
    assert "Your answers fit best with" in page
    assert "is-marked" in page
    assert (
        AuditEvent.objects.filter(
            action="session.read", object_kind="appointment", object_id=str(number)
        ).count()
        == 1
    )


def test_an_unchecked_word_of_a_doctor_is_shown_as_unchecked(place: Place) -> None:
    key = stored_answers(place, rf_night_pain=True)
    clearance.record_unverified_agreement(
        key, doctor_name="Dr Frost", agreed_on=NOW.date(), how="phone", clock=CLOCK
    )
    booked(place, assessment_key=key)
    page = logged_in(place.ann_user).get(f"/appointments/{Appointment.objects.get().pk}").content.decode()
    assert "Nobody has checked it." in page
    assert "Dr Frost, 24 November 2026, By phone or video" in page


@pytest.mark.parametrize("number", ["0", "999999999999999999999999", "1.5", "-1"])
def test_an_appointment_that_is_none_is_no_page(place: Place, number: str) -> None:
    assert logged_in(place.ann_user).get(f"/appointments/{number}").status_code == 404


@pytest.mark.parametrize("wanted", ["x", "%00", "999999999999999999999", "-1"])
def test_an_owner_who_asks_for_nobody_gets_somebody(place: Place, wanted: str) -> None:
    owner = User.objects.create_user("o@x.example", practice=place.practice, role=Role.OWNER, name="Olga")
    response = logged_in(owner).get(f"/today?therapist={wanted}")
    assert response.status_code == 200
    assert response.context["desk"].name == "Ann"


def test_a_therapist_cannot_look_over_a_colleagues_shoulder(place: Place) -> None:
    booked(place, therapist_code="ben")
    ann = logged_in(place.ann_user)
    assert ann.get(f"/today?therapist={place.ben.pk}").context["desk"].name == "Ann"
    assert ann.get(f"/appointments/{Appointment.objects.get().pk}").status_code == 404


# A client's own


def test_a_client_sees_their_own_appointments_and_nobody_elses(place: Place) -> None:
    booked(place)
    booked(place, starts=TEN.replace(hour=12), name="Somebody Else", email="else@clients.example")
    ada = Appointment.objects.select_related("client").get(client__name="Ada Byron").client
    assert ada is not None
    ada.user = User.objects.create_user(
        "ada@clients.example", practice=place.practice, role=Role.CLIENT, name="Ada"
    )
    ada.save()
    page = logged_in(ada.user).get("/me").content.decode()
    assert page.count("Swedish massage, 60 minutes") == 1
    assert "Wed 25 Nov" in page
    with time_machine.travel(TEN.replace(day=27), tick=False):
        later = logged_in(ada.user).get("/me").content.decode()
    assert "Nothing is booked." in later
    assert "25 November 2026, 10:00" in later
