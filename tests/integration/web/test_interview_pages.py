"""The interview, the answer and the doctor's note without a browser: what is taken, what is refused, what is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client as Browser
from django.urls import reverse

from clinic import NOW, make_practice, well
from unpinch.clinical import knowledge
from unpinch.records.models import StoredAssessment
from unpinch.web.public import check
from unpinch.web.public.check import Agreement
from visitor import doctor_first, fine, in_danger, said_by, visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def practice(db: None) -> None:
    make_practice()


def asked(browser: Browser, number: int = 1) -> str:
    """The questions that a screen says it asks."""
    page = browser.get(f"/check/{number}").content.decode()
    found = re.search(r'name="asked" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def none(browser: Browser, number: int = 1, **more: Any) -> Any:
    """Answer a screen of ticks with "None of these"."""
    form = {"asked": asked(browser, number), "none-of-these": "yes", **more}
    return browser.post(f"/check/{number}", form)


def test_the_first_screen_leads_to_the_second_and_keeps_nothing_here() -> None:
    browser = visitor()
    response = none(browser)
    assert (response.status_code, response["Location"]) == (302, "/check/2")
    assert said_by(browser)
    assert not StoredAssessment.objects.exists()


def test_the_cookie_is_sealed_and_only_for_this_server() -> None:
    browser = visitor()
    none(browser)
    cookie = browser.cookies[check.COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert not cookie["max-age"]
    assert "face" not in cookie.value


@pytest.mark.parametrize(
    "forged",
    ["", "x", "\0", "é" * 50, "a" * 100_000, "gAAAAABn" + "A" * 120],
    ids=["empty", "x", "nul", "unicode", "huge", "like ours"],
)
def test_a_forged_cookie_counts_as_none(forged: str) -> None:
    browser = visitor()
    browser.cookies[check.COOKIE] = forged
    assert browser.get("/check").headers["Location"] == "/check/words"
    assert browser.get("/check/1").status_code == 200


def test_a_changed_cookie_counts_as_none() -> None:
    browser = fine()
    sealed = said_by(browser)
    browser.cookies[check.COOKIE] = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]
    assert browser.get("/answer").headers["Location"] == "/check"


def test_answers_are_forgotten_after_four_hours_and_not_before() -> None:
    browser = fine()
    with time_machine.travel(NOW.timestamp() + check.LIFETIME - 1, tick=False):
        assert browser.get("/answer").status_code == 200
    with time_machine.travel(NOW.timestamp() + check.LIFETIME + 1, tick=False):
        assert browser.get("/answer").status_code == 302
        late = browser.post("/check/2", {"age": "44"})
    assert late.status_code == 422
    assert "Your answers are gone" in late.content.decode()


@pytest.mark.parametrize("number", ["0", "2", "99", "99999999999999999999"])
def test_a_screen_that_is_not_there_yet_leads_to_the_one_that_is(number: str) -> None:
    response = visitor().get(f"/check/{number}", follow=True)
    assert response.redirect_chain[-1][0] == "/check/words"


@pytest.mark.parametrize("number", ["-1", "one", "1.5", "%00"])
def test_a_screen_without_a_number_is_no_page(number: str) -> None:
    assert visitor().get(f"/check/{number}").status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"rf-face-droop": "yes", "none-of-these": "yes"},
        {"rf-face-droop": ["perhaps", "\0"]},
    ],
    ids=["nothing", "both", "no such answer"],
)
def test_ticks_that_say_nothing_clear_are_asked_again(form: dict[str, Any]) -> None:
    browser = visitor()
    response = browser.post("/check/1", {"asked": asked(browser), **form})
    assert response.status_code == 422
    assert 'id="errors"' in response.content.decode()
    assert not said_by(browser)


@pytest.mark.parametrize("age", ["", "-1", "131", "4e1", "١٢٣٤", "nan", "9" * 5000, "\0", "<script>"])
def test_an_age_that_cannot_be_is_asked_again_and_shown_harmlessly(age: str) -> None:
    browser = visitor()
    none(browser)
    response = browser.post("/check/2", {"asked": asked(browser, 2), "age": age, "sex": "female"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Type a whole number" in page or "Type a number" in page
    assert "<script>" not in page


def test_a_choice_that_is_not_on_the_list_is_asked_again() -> None:
    browser = visitor()
    none(browser)
    response = browser.post("/check/2", {"asked": asked(browser, 2), "age": "44", "sex": "robot"})
    assert response.status_code == 422
    assert "That answer is not on the list." in response.content.decode()


def test_an_answer_to_an_older_page_is_not_taken_for_the_new_one() -> None:
    browser = visitor()
    response = browser.post("/check/1", {"asked": "rf-fever", "none-of-these": "yes"})
    assert response.status_code == 422
    assert "An earlier answer has changed these questions." in response.content.decode()
    assert not said_by(browser)


def test_danger_leads_to_the_danger_page_at_once() -> None:
    browser = visitor()
    response = browser.post("/check/1", {"asked": asked(browser), "rf-face-droop": "yes"})
    assert (response.status_code, response["Location"]) == (302, "/answer")
    page = browser.get("/answer").content.decode()
    assert 'href="tel:112"' in page
    assert "/book" not in page


def test_starting_again_forgets_everything() -> None:
    browser = fine()
    response = browser.post("/check/restart")
    assert response["Location"] == "/check/1"
    assert browser.get("/answer").headers["Location"] == "/check"


def test_the_answer_says_fit_best_and_never_you_have() -> None:
    page = fine().get("/answer").content.decode()
    assert "Your answers fit best with" in page
    assert not re.search(r"\byou have (carpal|sciatica|a pinched|muscle)", page, re.IGNORECASE)
    assert 'href="/book"' in page
    assert knowledge.load().version in page


@pytest.mark.parametrize(
    ("someone", "status", "led_to"),
    [
        (visitor, 302, "/answer"),
        (fine, 200, None),
        (in_danger, 302, "/answer"),
        (doctor_first, 200, None),
    ],
    ids=["no answers", "massage is fine", "danger", "doctor first"],
)
def test_the_doctors_step_is_for_everybody_but_those_in_danger(
    someone: Callable[[], Browser], status: int, led_to: str | None
) -> None:
    response = someone().get("/doctor")
    assert (response.status_code, response.headers.get("Location")) == (status, led_to)


def test_the_doctors_yes_opens_booking() -> None:
    browser = doctor_first()
    response = browser.post(
        "/doctor/agreed", {"doctor": "Dr Frost", "agreed_on": "2026-11-20", "how": "visit"}
    )
    assert (response.status_code, response["Location"]) == (302, "/book#content")
    assert browser.get("/book").status_code == 200
    assert not StoredAssessment.objects.exists()


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({}, "Write the doctor’s name."),
        ({"agreed_on": "2026-11-25"}, "That day is still to come."),
        ({"agreed_on": "tomorrow"}, "Write the day as year-month-day"),
        ({"agreed_on": "2020-01-01"}, "more than a year ago"),
        ({"doctor": "\0"}, "Null characters are not allowed."),
        ({"doctor": "12345"}, "Please give a name"),
        ({"doctor": "x" * 500}, "120"),
        ({"how": "telepathy"}, "Choose how the doctor told you."),
    ],
)
def test_a_faulty_agreement_opens_nothing(form: dict[str, str], told: str) -> None:
    browser = doctor_first()
    given = {"doctor": "Dr Frost", "agreed_on": "2026-11-20", "how": "visit", **form} if form else {}
    response = browser.post("/doctor/agreed", given)
    assert response.status_code == 422
    assert told in response.content.decode()
    assert browser.get("/book").headers["Location"] == "/doctor"


def test_danger_is_not_opened_by_anybodys_yes() -> None:
    browser = in_danger()
    form = {"doctor": "Dr Frost", "agreed_on": "2026-11-20", "how": "visit"}
    assert browser.post("/doctor/agreed", form)["Location"] == "/answer"
    assert browser.get("/book").headers["Location"] == "/answer"


def test_new_answers_void_what_a_doctor_agreed_to() -> None:
    said = check.Check(well(), (), Agreement("Dr Frost", "2026-11-20", "visit"))
    assert said.with_values({"q-pain-score": 4}).agreement is not None
    assert said.with_values({"q-pain-score": 9}).agreement is None


# What every page owes


@pytest.mark.parametrize("name", ["landing", "check", "answer", "doctor", "book", "login", "emergency"])
def test_every_page_answers_head_and_carries_the_headers(name: str) -> None:
    browser = doctor_first() if name == "doctor" else fine()
    response = browser.get(reverse(name))
    head = browser.head(reverse(name))
    assert (head.status_code, head.content) == (response.status_code, b"")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    if name != "emergency":
        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex"


def test_no_address_holds_anything_that_was_said() -> None:
    browser = visitor()
    seen = []
    response = browser.post("/check/1", {"asked": asked(browser), "rf-face-droop": "unsure"})
    while response.status_code == 302:
        seen.append(response["Location"])
        response = browser.get(response["Location"])
    links = re.findall(r'(?:href|action)="(/[^"]*)"', response.content.decode())
    for address in [*seen, *links]:
        assert not re.search(r"rf-|region-|face|unsure|\?", address), address


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("get", "/check/restart", "POST"),
        ("get", "/book/swedish-60/choose", "POST"),
        ("get", "/doctor/agreed", "POST"),
        ("delete", "/check/1", "GET, HEAD, POST"),
        ("put", "/", "GET, HEAD"),
        ("post", "/answer", "GET, HEAD"),
    ],
)
def test_another_method_is_refused_with_a_page(method: str, address: str, allowed: str) -> None:
    response = getattr(visitor(), method)(address)
    assert (response.status_code, response["Allow"]) == (405, allowed)
    assert "That page cannot be opened like this" in response.content.decode()


def test_a_form_from_elsewhere_is_refused_in_plain_words() -> None:
    response = Browser(enforce_csrf_checks=True).post("/check/1", {"none-of-these": "yes"})
    assert response.status_code == 403
    assert "Allow cookies for this site" in response.content.decode()


def test_a_form_with_thousands_of_fields_is_refused() -> None:
    response = visitor().post("/check/1", {f"field-{n}": "x" for n in range(2000)})
    assert response.status_code == 400
    assert "We could not read that" in response.content.decode()
