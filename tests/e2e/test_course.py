"""From the answer to a booked course, as people go it: plan, hours, dates, one swap, the confirmation, giving it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browsing import DESKTOP, PHONE, answer_questions, answer_screen, look
from people import person, raw_person

if TYPE_CHECKING:
    from browsing import Visit
    from product import Product

pytestmark = pytest.mark.e2e

STORY = {
    "p_press_knot": True,
    "h_desk_posture": True,
    "h_stress": True,
    "r_massage_heat": True,
    "main_place": ["region-shoulder-top"],
    "t_duration": "6-weeks-to-3-months",
}
PLACES = ["neck", "shoulder-top"]
NECK = raw_person(44, "F", PLACES, **STORY)
SAID = person(44, "F", PLACES, **STORY).values


@pytest.mark.parametrize(
    ("width", "script"), [(PHONE, True), (DESKTOP, False)], ids=["phone", "desktop-no-script"]
)
def test_from_the_answer_to_a_booked_course(
    visit: Visit, product: Product, *, width: int, script: bool
) -> None:
    page = visit(width=width, script=script)
    answer_questions(page, NECK)
    page.get_by_role("link", name="See your plan").click()
    while page.url.endswith("/plan/safety"):
        look(page)
        answer_screen(page, SAID)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your plan")
    look(page)

    page.get_by_role("link", name="Find dates for all of it").click()
    look(page)
    page.get_by_label("I can come from").select_option("13:00")
    page.get_by_label("Wednesday").check(force=True)
    page.get_by_label("How many sessions?").select_option("8")
    page.get_by_role("button", name="Find dates").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your 8 sessions")
    look(page)

    page.get_by_role("link", name="Other time Session 2").click()
    look(page)
    page.locator(".day details:not([open]) summary").first.click()
    page.locator(".day details[open] button.time:not(.first)").first.click()
    expect(page.get_by_text("fixed", exact=True)).to_be_visible()
    page.get_by_role("button", name="Take these dates").click()
    look(page)

    mail = f"ada-{width}@clients.example"
    page.get_by_label("Your name").fill("Ada Byron")
    page.get_by_label("E-mail").fill(mail)
    page.get_by_label("Telephone").fill("0117 496 0123")
    page.get_by_label("I agree to the terms").check(force=True)
    page.get_by_role("button", name="Book all of it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your course is booked")
    expect(page.locator(".sessions .session")).to_have_count(8)
    look(page)

    page.get_by_text("Cancel all that is to come").click()
    page.get_by_role("button", name="Yes, cancel them").click()
    expect(page.get_by_text("8 appointments are cancelled.")).to_be_visible()
    look(page)
    letters = product.wait_for_mails(mail, 2)
    assert [" ".join(letter["Subject"].split(" – ")[0].split()) for letter in letters] == [
        "Your 8 appointments",
        "Cancelled: your appointments",
    ]
