"""Joining the waitlist by the pages: for one session, for a whole course, and what stands in the way."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from clinic import NOW, make_practice, well
from unpinch.records.models import Message, StoredAssessment, WaitlistEntry
from unpinch.web.public.check import Agreement
from visitor import ADA, doctor_first, fine, in_danger, visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client as Browser

    from clinic import Place

pytestmark = pytest.mark.django_db
ONE, COURSE = "/book/swedish-60/wait", "/plan/wait"
DAYS = {"first_day": "2026-11-25", "last_day": "2026-12-09"}


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def place(db: None) -> Place:
    return make_practice()


def said(**changes: Any) -> dict[str, Any]:
    return {**ADA, **DAYS, **changes}


def no_dates() -> Browser:
    """Somebody who can come after eight in the evening only, when nobody works."""
    browser = fine()
    hours = {"sessions": "8", "same": "if-possible", "earliest": "20:00", "days_not": ["6"]}
    browser.post("/plan/when", hours)
    return browser


def test_the_times_and_the_missing_dates_lead_to_the_list() -> None:
    assert f'href="{ONE}?therapist=ann&amp;place="' in str(
        fine().get("/book/swedish-60?therapist=ann").content.decode()
    )
    assert f'href="{COURSE}"' in no_dates().get("/plan/dates").content.decode()


def test_one_session_is_waited_for_as_it_was_wished(place: Place) -> None:
    browser = fine()
    form = browser.get(f"{ONE}?therapist=ben").context["form"]
    assert (form["therapist"].value(), form["first_day"].value()) == ("ben", NOW.date())

    wish = said(earliest="09:00", latest="17:30", days_not=["5", "6"], therapist="ann", place="harbour")
    done = browser.post(ONE, wish, follow=True)

    assert "You are on the waitlist" in done.content.decode()
    entry = WaitlistEntry.objects.get()
    assert (entry.first_day, entry.last_day) == (date(2026, 11, 25), date(2026, 12, 9))
    assert (entry.not_before, entry.not_after) == (time(9), time(16, 30))
    assert (entry.weekdays, entry.sessions) == ("01234", 1)
    assert (entry.therapist, entry.location, entry.service) == (place.ann, place.harbour, place.swedish)
    letter = Message.objects.get(kind="waitlist-joined")
    assert letter.to == ADA["email"]
    assert done.request["PATH_INFO"] in letter.text


def test_a_course_is_waited_for_at_the_hours_of_the_wishes() -> None:
    browser = no_dates()
    form = browser.get(COURSE).context["form"]
    assert (form["earliest"].value(), form["days_not"].value()) == ("20:00", [6])

    browser.post(COURSE, said(last_day="2027-02-01", earliest="20:00", days_not=["6"]))

    entry = WaitlistEntry.objects.get()
    assert (entry.sessions, entry.weekdays, entry.not_before) == (8, "012345", time(20))
    assert 1 <= entry.gap_min_days <= entry.gap_max_days


def test_sent_twice_it_waits_once_and_keeps_the_answers_once() -> None:
    browser = fine()
    browser.get(ONE)
    browser.post(ONE, said())
    again = browser.post(ONE, said())
    assert again.status_code == 422
    assert "You are on the waitlist for this already." in again.content.decode()
    assert (WaitlistEntry.objects.count(), StoredAssessment.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "Write your name"),
        ({"terms": ""}, "Tick that you agree to the terms"),
        ({"first_day": ""}, "Choose a day."),
        ({"last_day": "soon"}, "Write the day as year-month-day"),
        ({"last_day": "2026-11-24"}, "This is before the first day."),
        ({"last_day": "2027-11-24"}, "We look 92 days ahead."),
        ({"first_day": "2025-01-01", "last_day": "2025-01-02"}, "cannot be waited for"),
        ({"earliest": "17:00", "latest": "09:00"}, "This is not after the time from which you can come."),
        ({"earliest": "10:00", "latest": "10:30"}, "The latest start is before the earliest."),
        ({"days_not": list("0123456")}, "No day is left."),
        ({"therapist": "nobody"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_waited_for_is_told_beside_its_field(changes: dict[str, Any], told: str) -> None:
    response = fine().post(ONE, said(**changes))
    assert response.status_code == 422
    assert told in response.content.decode()
    assert not WaitlistEntry.objects.exists()


def test_a_course_needs_days_enough() -> None:
    response = no_dates().post(COURSE, said(last_day="2026-11-27"))
    assert response.status_code == 422
    assert "Your course needs" in response.content.decode()


@pytest.mark.parametrize("address", [ONE, COURSE])
@pytest.mark.parametrize(
    ("someone", "led_to"),
    [(visitor, "/check"), (in_danger, "/answer"), (doctor_first, "/doctor")],
    ids=["no answers", "danger", "doctor first"],
)
def test_whoever_may_not_book_may_not_wait(address: str, someone: Callable[[], Browser], led_to: str) -> None:
    response = someone().get(address)
    assert (response.status_code, response["Location"]) == (302, led_to)
    someone().post(address, said())
    assert not WaitlistEntry.objects.exists()


def test_a_course_with_dates_is_not_waited_for() -> None:
    browser = fine()
    browser.post("/plan/when", {"sessions": "8", "same": "if-possible"})
    assert browser.get(COURSE)["Location"] == "/plan/dates"
    assert fine().get(COURSE)["Location"] == "/plan"


def test_an_agreement_that_cannot_be_leads_back_to_where_it_was_said() -> None:
    browser = doctor_first(Agreement("Dr Frost", "2020-01-01", "visit"))
    assert browser.post(ONE, said())["Location"] == "/doctor"
    assert not WaitlistEntry.objects.exists()


def test_the_service_must_be_one_that_is_offered() -> None:
    assert visitor(well()).get("/book/no-such/wait").status_code == 404
