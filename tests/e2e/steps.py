"""People and steps that several browser tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icalendar import Calendar

from browsing import answer_screen, look
from people import raw_person
from unpinch.clinical import findings, knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import EmailMessage

    from playwright.sync_api import Page

WRIST = raw_person(
    48,
    "F",
    ["palm-thumb-side", "thumb", "index-finger", "middle-finger"],
    main_place=["region-index-finger"],
    q_numbness=True,
    q_tingling=True,
    t_night_wakes=True,
    r_shake_hand=True,
    p_wrist_bend=True,
)
"""A hand that tingles at night: massage is fine."""
LEG = raw_person(
    45,
    "M",
    ["low-back", "buttock-deep", "thigh-back", "calf", "foot-outer-edge"],
    main_place=["region-calf"],
    side="left",
    q_pain_score=5,
    back_and_leg_together=True,
    q_tingling=True,
    p_cough_sneeze=True,
    p_sitting=True,
    h_prior_sciatica=True,
)
"""Pain from the back down a leg: a doctor first."""


def choose_a_time(page: Page, service: str = "swedish-60", number: int = 0) -> None:
    """Take the free time with that number, from 0, whatever is left of today."""
    page.goto(f"/book/{service}")
    # On a phone the days after the first are closed; late in the day the first has few times left.
    closed = page.locator(".week-day details:not([open]) > summary")
    shown = page.locator("button.time:visible")
    while shown.count() <= number:
        closed.first.click()
    shown.nth(number).click()
    page.wait_for_url("**/book/details")


def fill_details(page: Page, name: str, email: str) -> None:
    """Say who comes, agree to the terms, and book."""
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Telephone").fill("0117 496 0123")
    page.get_by_label("I agree to the terms").check(force=True)
    page.get_by_role("button", name="Book", exact=True).click()


def to_the_doctor(page: Page, person: Mapping[str, Any]) -> None:
    """The doctor's step. What could limit massage is asked on the way, so that the doctor sees all of it."""
    page.goto("/doctor")
    while "/plan/safety" in page.url:
        look(page)
        answer_screen(page, findings.parse_answers(dict(person), knowledge.load()).values)
    assert page.url.endswith("/doctor")


def calendar_of(letter: EmailMessage) -> Calendar:
    """The calendar file that a message brings."""
    (part,) = (part for part in letter.walk() if part.get_content_type() == "text/calendar")
    assert (part.get_param("method"), part["Content-Type"].count("charset")) == (
        str(Calendar.from_ical(part.get_content())["METHOD"]),
        1,
    )
    return Calendar.from_ical(part.get_content())
