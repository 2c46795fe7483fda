"""The people of the practice at work, and a client's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browsing import DESKTOP, PHONE, answer_questions, log_in, look
from e2e.steps import LEG, fill_details, to_the_doctor

if TYPE_CHECKING:
    from browsing import Visit
    from product import Product

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_therapist_reads_the_intake_before_the_session(visit: Visit, product: Product, width: int) -> None:
    page = visit(width=width)
    log_in(page, product, "therapist")
    page.wait_for_url("**/today")
    look(page)
    page.get_by_role("link", name="Week", exact=True).click()
    look(page)
    page.locator(".slot-name a").first.click()
    expect(page.get_by_role("heading", name="Where it is felt")).to_be_visible()
    assert page.locator(".pictures svg .is-marked").count() > 0
    expect(page.get_by_role("heading", name="In their own answers")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Log out").click()
    page.goto("/today")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_a_doctors_agreement_is_shown_as_unchecked(visit: Visit, product: Product) -> None:
    client = visit()
    answer_questions(client, LEG)
    to_the_doctor(client, LEG)
    client.get_by_label("Name of the doctor").fill("Dr Frost")
    client.get_by_label("On which day").fill("2026-11-20")
    client.get_by_label("At a visit").check()
    client.get_by_role("button", name="My doctor agrees").click()
    client.goto("/book/swedish-60?therapist=amara")
    client.locator("button.time").first.click()
    when = client.locator(".chosen h2").inner_text()
    fill_details(client, "Lena Legg", "lena@clients.example")
    expect(client.get_by_role("heading", level=1)).to_have_text("Your appointment is booked")

    page = visit(width=DESKTOP, dark=True)
    log_in(page, product, "therapist")
    page.goto("/week")
    link = page.get_by_role("link", name="Lena Legg")
    if not link.count():
        page.get_by_role("link", name="Later").click()
    link.click()
    expect(page.get_by_text("the client’s own word. Nobody has checked it.")).to_be_visible()
    expect(page.get_by_text("Dr Frost, 20 November 2026, At a visit")).to_be_visible()
    assert when.split(",")[-1].strip() in page.locator("p.lead").inner_text()
    look(page)


def test_the_owner_looks_at_every_calendar_and_a_client_only_at_their_own(
    visit: Visit, product: Product
) -> None:
    owner = visit(width=DESKTOP)
    log_in(owner, product, "owner")
    owner.get_by_label("Therapist").select_option(index=2)
    owner.get_by_role("button", name="Show").click()
    look(owner)
    client = visit()
    log_in(client, product, "client")
    client.wait_for_url("**/me")
    look(client)
    client.get_by_role("main").get_by_role("link", name="Hand and forearm").first.click()
    look(client)
    client.goto("/week")
    expect(client.get_by_role("heading", level=1)).to_have_text("This page is not for you")
    look(client)


def test_the_log_says_nothing_about_anybody(visit: Visit, product: Product) -> None:
    page = visit()
    answer_questions(page, LEG)
    page.goto("/doctor")
    choose = "secretive@clients.example"
    page.goto("/login?next=/week")
    page.get_by_label("E-mail").fill(choose)
    page.get_by_label("Password").fill("no such pass phrase")
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    said = product.log()
    assert "/check/2 303" in said.replace("302", "303")
    for word in ("region-", "calf", "carpal", "sciatica", "tingl", choose, "Frost", "pass phrase", "asked="):
        assert word not in said, word
