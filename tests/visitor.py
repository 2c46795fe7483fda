"""A visitor of the pages without a browser: Django's test client with answers in its cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.test import Client as Browser

from clinic import well
from unpinch.clinical import knowledge
from unpinch.web.public import check
from unpinch.web.public.path import walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from unpinch.clinical.values import Answers

ADA = {
    "name": "Ada Byron",
    "email": "ada@clients.example",
    "phone": "0117 496 0123",
    "terms": "on",
}
"""What Ada writes into the form of her booking."""


def visitor(answers: Answers | None = None, agreement: check.Agreement | None = None) -> Browser:
    """Somebody who has answered so far; nothing yet when None."""
    browser = Browser()
    if answers is not None:
        say(browser, answers, agreement)
    return browser


def say(browser: Browser, answers: Answers, agreement: check.Agreement | None = None) -> None:
    """Put answers into the sealed cookie of a browser."""
    response = HttpResponse()
    # The whole of a person's answers holds more than is asked; a browser would send what was asked.
    path = walk(answers, knowledge.load())
    check.write(response, check.Check(path.answers, (), agreement))
    browser.cookies[check.COOKIE] = response.cookies[check.COOKIE].value


def said_by(browser: Browser) -> str:
    """The sealed cookie of a browser; empty when it has none."""
    found = browser.cookies.get(check.COOKIE)
    return found.value if found else ""


def fine() -> Browser:
    """Somebody whose answers allow massage."""
    return visitor(well())


def doctor_first(agreement: check.Agreement | None = None) -> Browser:
    """Somebody who must ask a doctor first."""
    return visitor(well(rf_night_pain=True), agreement)


def in_danger() -> Browser:
    """Somebody with a sign of a stroke."""
    return visitor(well(rf_face_droop=True))


def choose_ten(browser: Browser, **changes: Any) -> None:
    """Take Ann's ten o'clock at the harbour."""
    chosen = {"starts": "2026-11-25T10:00:00+00:00", "location": "harbour", "therapist": "ann", **changes}
    response = browser.post(
        "/book/swedish-60/choose",
        {"time": f"{chosen['starts']}|{chosen['location']}|{chosen['therapist']}"},
    )
    assert (response.status_code, response["Location"]) == (302, "/book/details")


def ada(**changes: str) -> Mapping[str, str]:
    """Ada's form with changes."""
    return {**ADA, **changes}
