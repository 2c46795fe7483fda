"""The owner sets a practice up from nothing to its first booking; the desk books a caller, moves, and marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browsing import DESKTOP, answer_screen, log_in, look
from e2e.steps import WRIST
from product import running_product
from unpinch.clinical import findings, knowledge

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from browsing import Visit
    from product import Product

pytestmark = pytest.mark.e2e


def ask_the_caller(page: Page) -> None:
    """The questions are read out, and the caller's answers put in."""
    page.get_by_role("button", name="Go through the questions with the caller").click()
    said = dict(findings.parse_answers(dict(WRIST), knowledge.load()).values)
    for _ in range(60):
        if "/check/" not in page.url:
            break
        answer_screen(page, said)
    page.get_by_role("link", name="Back to the booking").click()
    expect(page.get_by_text("Answers have just been given in this browser")).to_be_visible()


def book_the_caller(page: Page, name: str, address: str) -> None:
    page.locator("input[name=free]").first.check()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail", exact=True).fill(address)
    page.get_by_label("Telephone").fill("0117 496 0177")
    page.get_by_label("The caller agrees to the terms").check(force=True)
    look(page)
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_text("Booked. The confirmation is on its way")).to_be_visible()
    expect(page.get_by_role("link", name=name)).to_be_visible()


def keep(page: Page) -> None:
    look(page)
    page.get_by_role("button", name="Keep it").click()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_from_an_empty_installation_to_the_first_booking(visit: Visit, tmp_path: Path, script: bool) -> None:
    with running_product(tmp_path / "empty", demo=False) as empty:
        page = visit(width=DESKTOP, script=script)
        where = re.search(r"Set it up at (\S+)", empty.log())
        assert where is not None
        page.goto(where.group(1))
        for label, text in {
            "Name of the practice": "Quay Massage",
            "Telephone": "0117 496 0188",
            "E-mail of the practice": "hello@quay.example",
            "Your name": "Olga Quay",
            "Your e-mail": "olga@quay.example",
            "Choose a password": "a long pass phrase",
        }.items():
            page.get_by_label(label).fill(text)
        look(page)
        page.get_by_role("button", name="Make the practice").click()
        look(page)
        page.get_by_role("link", name="Write your terms").click()
        page.get_by_label("Your terms").fill("Please be on time.")
        keep(page)
        page.get_by_role("link", name="Add the place where you work").click()
        page.get_by_label("Name", exact=True).fill("Quay")
        keep(page)
        page.get_by_role("link", name="has no room yet").click()
        page.get_by_label("Name", exact=True).fill("Blue room")
        keep(page)
        page.get_by_role("link", name="Add somebody who gives massage").click()
        page.get_by_label("Name", exact=True).fill("Olga Quay")
        page.locator("input[value='swedish|']").check(force=True)
        keep(page)
        page.get_by_role("link", name="has no working hours yet").click()
        page.get_by_role("link", name="Say when they work").click()
        page.get_by_label("Monday 1, from").fill("09:00")
        page.get_by_label("Monday 1, to").fill("17:00")
        page.get_by_role("button", name="Tuesday to Friday like Monday").click()
        expect(page.get_by_label("Friday 1, to")).to_have_value("17:00")
        look(page)
        page.get_by_role("button", name="Keep these hours").click()
        look(page)
        page.get_by_role("link", name="Practice", exact=True).first.click()
        page.get_by_role("link", name="Add a service that people can book").click()
        page.get_by_label("Name", exact=True).fill("Swedish, an hour")
        page.get_by_label("Price").fill("58")
        keep(page)
        expect(page.get_by_text("All set: 1 service can be booked.")).to_be_visible()
        look(page)
        page.get_by_role("link", name="Book", exact=True).click()
        look(page)
        ask_the_caller(page)
        look(page)
        book_the_caller(page, "Ada Byron", "ada@clients.example")
        look(page)
        empty.wait_for_mails("ada@clients.example", 1)


def test_the_desk_books_a_caller_moves_it_with_keys_and_marks_a_no_show(
    visit: Visit, product: Product
) -> None:
    page = visit(width=DESKTOP)
    log_in(page, product, "owner")
    page.goto("/calendar/book")
    ask_the_caller(page)
    book_the_caller(page, "Cara Call", "cara@clients.example")
    look(page)

    entry = page.get_by_role("link", name="Cara Call")
    before = entry.locator(".box-time").inner_text()
    entry.focus()
    page.keyboard.press("m")
    expect(page.locator("#calendar-said")).to_contain_text("Moving Cara Call")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(entry).to_be_focused()
    page.keyboard.press("m")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    # Free or not, the answer says which: moved, or what is free near it.
    expect(page.get_by_text(re.compile("Moved to|is not free"))).to_be_visible()
    if "/move" in page.url:
        look(page)
        page.locator("button.time").first.click()
        expect(page.get_by_text("Moved to")).to_be_visible()
    assert page.get_by_role("link", name="Cara Call").locator(".box-time").inner_text() != before
    product.wait_for_mails("cara@clients.example", 2)

    page.get_by_role("link", name="Earlier").click()
    for _ in range(20):
        if page.locator("a.entry").count():
            break
        page.get_by_role("link", name="Earlier").click()
    page.locator("a.entry").first.click()
    page.get_by_label("Did not come").check(force=True)
    look(page)
    page.locator("form[action$=mark] button").click()
    expect(page.get_by_text("did not come", exact=True)).to_be_visible()
    look(page)


@pytest.mark.parametrize("width", [390, DESKTOP])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_of_desk_and_owner_looks_right(
    visit: Visit, product: Product, width: int, dark: bool
) -> None:
    page = visit(width=width, dark=dark)
    log_in(page, product, "owner")
    for address in (
        "/calendar",
        "/calendar?view=week",
        "/calendar?by=room",
        "/calendar/book?q=maya",
        "/calendar/hit",
        "/calendar/waitlist",
        "/practice",
        "/practice/about",
        "/practice/locations/1",
        "/practice/rooms/1",
        "/practice/services/1",
        "/practice/therapists/1",
        "/practice/therapists/1/hours",
        "/practice/therapists/1/hours/week?from=&to=",
        "/practice/therapists/1/away",
        "/practice/therapists/1/hours/day",
        "/practice/closures",
        "/practice/holidays",
        "/practice/keys",
    ):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        look(page)
