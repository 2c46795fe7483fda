"""Double clicks, races for one time, and coming back to a page that was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browsing import answer_questions, look
from e2e.steps import WRIST, choose_a_time, fill_details

if TYPE_CHECKING:
    from browsing import Visit
    from product import Product

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_double_click_books_once(visit: Visit, product: Product, script: bool) -> None:
    address = f"double-{script}@clients.example"
    page = visit(script=script)
    answer_questions(page, WRIST)
    choose_a_time(page, number=4)
    page.get_by_label("Your name").fill("Dora Double")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Telephone").fill("0117 496 0123")
    page.get_by_label("I agree to the terms").check(force=True)
    page.get_by_role("button", name="Book", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your appointment is booked")
    booked = page.url
    page.go_back()
    fill_details(page, "Dora Double", address)
    expect(page).to_have_url(booked)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your appointment is booked")
    assert len(product.wait_for_mails(address, 1)) == 1


def test_of_two_at_one_time_the_second_chooses_again(visit: Visit) -> None:
    first, second = visit(), visit()
    for page in (first, second):
        answer_questions(page, WRIST)
        page.goto("/book/swedish-60?therapist=tom")
    for page in (first, second):
        page.locator("button.time").first.click()
    expect(first.get_by_text("We keep this time for you")).to_be_visible()
    expect(second.get_by_text("Somebody has just taken this time.")).to_be_visible()
    look(second)
    second.locator("button.time").first.click()
    for page, name in ((second, "Duo Second"), (first, "Una First")):
        fill_details(page, name, f"{name.split()[0].lower()}@clients.example")
        expect(page.get_by_role("heading", level=1)).to_have_text("Your appointment is booked")
