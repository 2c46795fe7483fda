"""The way to a doctor: what is asked before, who is led there, and what a doctor's yes opens."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from asking import on_paper, word
from clinic import CLOCK, NOW, command, make_practice, stored_answers, well
from unpinch.clinical import knowledge
from unpinch.gateways.clock import FixedClock
from unpinch.records.models import Appointment, Client, Course, CourseState, Status, StoredAssessment
from unpinch.services import booking
from unpinch.services.clearance_answer import Answered
from unpinch.web.public import check
from visitor import ADA, choose_ten, fine, visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client as Browser

    from clinic import Place

pytestmark = pytest.mark.django_db
KB = knowledge.load()
ASK = {
    "way": "mail",
    "doctor_name": "Dr Grey",
    "doctor_email": "grey@surgery.example",
    "name": "Ada Byron",
    "email": "ada@clients.example",
    "agrees": "on",
}
SAFETY_FIRST = "/plan/safety?then=doctor"


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def place(db: None) -> Place:
    return make_practice()


def led_to(response: Any) -> tuple[int, str | None]:
    return response.status_code, response.headers.get("Location")


def asks_first() -> Browser:
    """Somebody who must ask a doctor and was not asked about varicose veins."""
    return visitor(well(m_wasting=True).without(frozenset({"h-varicose"})))


def needs_approval() -> Browser:
    """Somebody whose answers fit with massage, and whose kidneys call for a doctor's approval."""
    return visitor(well(h_kidney_liver=True))


def doctor_says_yes(browser: Browser, place: Place) -> None:
    """The person asks; Dr. Grey answers on paper an hour later."""
    assert led_to(browser.post("/doctor/ask", ASK)) == (302, "/doctor")
    said = check.read(browser.get("/doctor").wsgi_request, KB)
    assert said.asked is not None
    later = FixedClock(NOW + timedelta(hours=1))
    assert isinstance(on_paper(place, said.asked.key, word(), clock=later), Answered)


@pytest.mark.parametrize(("method", "address"), [("get", "/doctor"), ("post", "/doctor/ask")])
def test_what_could_limit_massage_is_asked_before_a_doctor_is(method: str, address: str) -> None:
    browser = asks_first()
    assert led_to(getattr(browser, method)(address, ASK)) == (302, SAFETY_FIRST)
    assert not StoredAssessment.objects.exists()
    page = browser.get(SAFETY_FIRST)
    assert f'action="{SAFETY_FIRST}"' in page.content.decode()
    answered = browser.post(SAFETY_FIRST, {"asked": page.context["shown"]["asked"], "none-of-these": "yes"})
    assert led_to(answered) == (302, "/doctor")
    assert browser.get("/doctor").status_code == 200


def test_after_the_doctors_yes_nothing_is_asked_that_would_void_it(place: Place) -> None:
    browser = asks_first()
    asked = browser.get(SAFETY_FIRST).context["shown"]["asked"]
    browser.post(SAFETY_FIRST, {"asked": asked, "h-varicose": "yes"})
    doctor_says_yes(browser, place)
    plan = browser.get("/plan")
    assert (plan.status_code, plan.context["refused"]) == (200, "")
    assert StoredAssessment.objects.get().answers["answers"]["h-varicose"] is True


def test_the_safety_questions_lead_back_to_whoever_sent_for_them() -> None:
    browser = visitor(well().without(frozenset({"h-varicose", "h-lymph"})))
    asked = browser.get("/plan/safety").context["shown"]["asked"]
    form = {"asked": asked, "none-of-these": "yes"}
    assert led_to(browser.post("/plan/safety", form)) == (302, "/plan")
    assert led_to(browser.get("/plan/safety")) == (302, "/plan")
    assert led_to(browser.get(SAFETY_FIRST)) == (302, "/doctor")
    assert led_to(visitor(well(rf_face_droop=True)).get(SAFETY_FIRST)) == (302, "/answer")
    assert led_to(visitor().get(SAFETY_FIRST)) == (302, "/check")


def test_a_plan_that_needs_a_doctor_leads_to_one_and_a_yes_opens_it(place: Place) -> None:
    browser = needs_approval()
    page = browser.get("/plan").content.decode()
    assert 'href="/doctor"' in page
    assert "Or book a single session" not in page
    assert led_to(browser.get("/plan/when")) == (302, "/plan")

    step = browser.get("/doctor").content.decode()
    assert "A doctor must agree before we plan a course for you." in step
    assert KB.contraindications["kidney-liver"].why in step
    doctor_says_yes(browser, place)

    plan = browser.get("/plan").content.decode()
    assert "Find dates for all of it" in plan
    assert browser.get("/plan/when").status_code == 200


def test_a_persons_own_word_does_not_stand_for_the_approval_of_a_plan() -> None:
    browser = needs_approval()
    assert "Has your doctor agreed already?" not in browser.get("/doctor").content.decode()
    said = {"doctor": "Dr Frost", "agreed_on": NOW.date().isoformat(), "how": "visit"}
    assert led_to(browser.post("/doctor/agreed", said)) == (302, "/answer")
    forged = visitor(well(h_kidney_liver=True), check.Agreement("Dr Frost", said["agreed_on"], "visit"))
    assert "Find dates for all of it" not in forged.get("/plan").content.decode()


def test_a_stopped_course_leads_to_a_doctor_and_a_yes_opens_booking(place: Place) -> None:
    stop_a_course(place)
    browser = fine()
    choose_ten(browser)
    refused = browser.post("/book/details", ADA)
    assert refused.status_code == 422
    assert 'href="/doctor"' in refused.content.decode()
    assert "Your last course was stopped" in refused.content.decode()

    assert "If we stopped your last course" in browser.get("/doctor").content.decode()
    doctor_says_yes(browser, place)
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        choose_ten(browser)
        booked = browser.post("/book/details", ADA)
    assert booked.status_code == 302
    assert booked["Location"].startswith("/appointment/")
    assert Appointment.objects.filter(status=Status.BOOKED).count() == 1


def stop_a_course(place: Place) -> None:
    """Ada came once; her course was stopped an hour ago, with the word to see a doctor."""
    first = booking.book(command(place, assessment_key=stored_answers(place)), clock=CLOCK)
    assert isinstance(first, booking.Booked), first
    Appointment.objects.update(status=Status.CANCELLED, released_at=NOW)
    ada = Client.objects.get()
    Course.objects.create(
        practice=place.practice,
        client=ada,
        assessment=StoredAssessment.objects.get(),
        plan={},
        state=CourseState.STOPPED,
        needs_doctor=True,
        ended_at=NOW - timedelta(hours=1),
        created_at=NOW - timedelta(days=9),
    )
