"""The relief pages: a client tells by link how it goes, a therapist decides at the review."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from clinic import NOW, command, make_practice
from unpinch.clinical.progress import Activity, Decision, Reading
from unpinch.gateways.clock import FixedClock
from unpinch.records.models import Appointment, AuditEvent, Client, Course, CourseState, Moment, Role, User
from unpinch.services import booking, course_link, relief
from unpinch.services.relief import DecideCommand, SayCommand

if TYPE_CHECKING:
    from clinic import Place

pytestmark = pytest.mark.django_db
UID = UUID("00000000-0000-4000-8000-000000000002")


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def row(place: Place) -> Course:
    """Ada's course of four with a look back after the second; the first two took place."""
    booked = booking.book(command(place), clock=FixedClock(NOW))
    assert isinstance(booked, booking.Booked)
    made = Course.objects.create(
        practice=place.practice,
        client=Client.objects.get(),
        link_uid=UID,
        sessions=4,
        review_after=1,
        plan={"condition": "carpal-tunnel-syndrome"},
        created_at=NOW,
    )
    Appointment.objects.update(course=made, course_session=1)
    return made


def address() -> str:
    return f"/relief/{course_link.token_of(UID)}/"


def filled(**changes: Any) -> dict[str, Any]:
    return {"key": str(uuid4()), "pain": "6", "name1": "Lift the kettle", "can1": "3", **changes}


def later(**changes: Any) -> dict[str, Any]:
    given = {"key": str(uuid4()), "pain": "4", "can1": "5", "overall": "3", "worse": "no", "sign": "no"}
    return {**given, **changes}


def test_the_first_visit_asks_for_pain_and_own_activities(row: Course) -> None:
    page = Browser().get(address())
    assert page.status_code == 200
    text = page.content.decode()
    assert "Something that is hard to do now" in text
    assert "Since you began" not in text
    assert page["Cache-Control"].startswith("no-store") or "private" in page["Cache-Control"]


def test_what_is_said_is_kept_and_shown(row: Course) -> None:
    browser = Browser()
    assert browser.post(address(), filled()).status_code == 302
    assert browser.post(address(), later()).status_code == 302
    said = [relief.reading_of(one) for one in row.readings.order_by("pk")]
    assert said == [
        Reading(pain=6, activities=(Activity("Lift the kettle", 3),)),
        Reading(pain=4, activities=(Activity("Lift the kettle", 5),), overall=3),
    ]
    text = browser.get(address()).content.decode()
    assert "from 6 of 10 at the start to 4 of 10 now" in text
    assert "Pain is down by 2 of 10 points." in text
    assert "Thank you. We have kept what you told us." in text


def test_a_new_sign_stops_the_course_and_says_what_to_do(row: Course) -> None:
    browser = Browser()
    browser.post(address(), filled())
    browser.post(address(), later(sign="yes"))
    row.refresh_from_db()
    assert row.state == CourseState.STOPPED
    assert "Please see a doctor before any more massage." in browser.get(address()).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pain": ""}, "Choose a number from 0 to 10."),
        ({"pain": "11"}, "Select a valid choice."),
        ({"pain": "six"}, "Select a valid choice."),
        ({"name1": "x" * 81}, "at most 80 characters"),
        ({"can1": "-1"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    row: Course, changes: dict[str, str], words: str
) -> None:
    page = Browser().post(address(), filled(**changes))
    assert page.status_code == 422
    assert words in page.content.decode()
    assert not row.readings.exists()


def test_words_are_shown_as_words(row: Course) -> None:
    browser = Browser()
    browser.post(address(), filled(name1="<script>alert(1)</script>"))
    text = browser.get(address()).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


@pytest.mark.parametrize("token", ["x", "A" * 48, "..", "%00"])
def test_a_forged_link_is_of_no_course(row: Course, token: str) -> None:
    assert Browser().get(f"/relief/{token}/").status_code == 404


def test_the_therapist_decides_at_the_review(row: Course, place: Place) -> None:
    browser = Browser()
    browser.force_login(place.ann_user)
    after = Appointment.objects.get().ends_at + timedelta(minutes=1)
    for reading in (Reading(pain=6), Reading(pain=3)):
        relief.say(
            SayCommand(row.pk, uuid4(), Moment.SESSION, reading), actor="client:1", clock=FixedClock(after)
        )
    with time_machine.travel(after, tick=False):
        page = browser.get(f"/courses/{row.pk}/relief")
        assert "Go on as planned: it helps." in page.content.decode()
        sent = browser.post(f"/courses/{row.pk}/relief", {"decision": "go-on", "reason": ""})
        assert sent.status_code == 302
        refused = browser.post(f"/courses/{row.pk}/relief", {"decision": "go-on", "reason": ""})
    assert refused.status_code == 422
    assert "No review is due now." in refused.content.decode()
    assert row.reviews.get().decided == Decision.GO_ON
    assert AuditEvent.objects.filter(action="relief.read").count() == 3


def test_a_reason_is_asked_for_where_the_rules_are_more_careful(row: Course, place: Place) -> None:
    browser = Browser()
    browser.force_login(place.ann_user)
    after = Appointment.objects.get().ends_at + timedelta(minutes=1)
    for reading in (Reading(pain=6), Reading(pain=6)):
        relief.say(
            SayCommand(row.pk, uuid4(), Moment.SESSION, reading), actor="client:1", clock=FixedClock(after)
        )
    with time_machine.travel(after, tick=False):
        refused = browser.post(f"/courses/{row.pk}/relief", {"decision": "go-on", "reason": " "})
        assert "Write down why you decide otherwise." in refused.content.decode()
        browser.post(f"/courses/{row.pk}/relief", {"decision": "go-on", "reason": "Sleeps through now."})
        page = browser.get(f"/courses/{row.pk}/relief").content.decode()
    assert "Sleeps through now." in page
    assert "Sleeps through now." not in Browser().get(address()).content.decode()


def test_stopping_from_the_screen(row: Course, place: Place) -> None:
    browser = Browser()
    browser.force_login(place.ann_user)
    sent = browser.post(
        f"/courses/{row.pk}/relief", {"decision": "stop-now", "reason": "Numb hand."}, follow=True
    )
    assert "The client was told to see a doctor." in sent.content.decode()
    assert relief.decide(DecideCommand(row.pk, Decision.GO_ON, "user:1")) is not None


def test_the_number_of_queries_does_not_grow_with_what_was_said(row: Course) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            Browser().get(address())
        return len(found)

    Browser().get(address())
    Browser().post(address(), filled())
    one = queries()
    for _ in range(5):
        Browser().post(address(), later())
    assert queries() == one


def test_a_clients_own_page_leads_to_their_courses_and_to_no_other(row: Course, place: Place) -> None:
    other = Client.objects.create(practice=place.practice, name="Bea", created_at=NOW)
    Course.objects.create(
        practice=place.practice, client=other, link_uid=uuid4(), sessions=2, plan={}, created_at=NOW
    )
    row.client.user = User.objects.create_user(
        "ada@clients.example", practice=place.practice, role=Role.CLIENT, name="Ada"
    )
    row.client.save()
    browser = Browser()
    browser.force_login(row.client.user)
    text = browser.get("/me").content.decode()
    assert text.count("Course booked on") == 1
    assert f'href="{address()}"' in text
    assert browser.get(address()).status_code == 200


def test_the_page_of_a_course_leads_to_how_it_is_going(row: Course) -> None:
    text = Browser().get(f"/course/{course_link.token_of(UID)}/").content.decode()
    assert f'<a href="{address()}">Tell us how it is going</a>' in text


def test_an_appointment_says_when_a_review_is_due(row: Course, place: Place) -> None:
    browser = Browser()
    browser.force_login(place.ann_user)
    session = Appointment.objects.get()
    page = f"/appointments/{session.pk}"
    with time_machine.travel(session.starts_at - timedelta(minutes=1), tick=False):
        before = browser.get(page).content.decode()
    with time_machine.travel(session.ends_at + timedelta(minutes=1), tick=False):
        after = browser.get(page).content.decode()
    assert f'href="/courses/{row.pk}/relief"' in before
    assert "Review due" not in before
    assert "Review due" in after


def test_an_appointment_of_no_course_leads_to_none(row: Course, place: Place) -> None:
    Appointment.objects.update(course=None)
    browser = Browser()
    browser.force_login(place.ann_user)
    assert "/courses/" not in browser.get(f"/appointments/{Appointment.objects.get().pk}").content.decode()


def test_every_page_leads_to_learning_and_to_the_page_for_doctors(place: Place) -> None:
    text = Browser().get("/").content.decode().split("<footer")[1]
    assert 'href="/learn"' in text
    assert 'href="/for-doctors"' in text
