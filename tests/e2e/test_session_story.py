"""A session from the morning's check to the page the client takes home: two people, two browsers, at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browsing import DESKTOP, log_in, look

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from browsing import Visit
    from product import Product

pytestmark = pytest.mark.e2e


def _token(product: Product) -> str:
    found = re.search(r"/session/(\S+)/check", product.log())
    if found is None:
        pytest.skip("nothing could be put on today any more: it is close to midnight")
    return found.group(1)


def _check(client: Page, token: str) -> str:
    """Answer that nothing is new, and tell the client's name."""
    client.goto(f"/session/{token}/check")
    look(client)
    name = client.locator(".lead").inner_text().partition(",")[0]
    client.get_by_label("None of these").first.check(force=True)
    client.get_by_label("None of these").last.check(force=True)
    client.get_by_label("3", exact=True).check(force=True)
    client.get_by_role("button", name="Send").click()
    expect(client.get_by_role("heading", level=1)).to_have_text("Thank you. See you today")
    look(client)
    return name


def _begin(therapist: Page, product: Product, name: str) -> str:
    log_in(therapist, product, "therapist")
    therapist.wait_for_url("**/today")
    therapist.get_by_role("link", name=name).first.click()
    expect(therapist.get_by_text("Checked today: clear.")).to_be_visible()
    look(therapist)
    therapist.get_by_role("link", name="To the room").click()
    look(therapist)
    therapist.get_by_role("button", name="Begin the session").click()
    code = therapist.locator(".code").inner_text()
    look(therapist)
    return code


def test_check_room_note_and_summary(visit: Visit, product: Product) -> None:
    token = _token(product)
    name = _check(visit(script=False), token)
    client, therapist = visit(dark=True), visit(width=DESKTOP)
    code = _begin(therapist, product, name)

    client.goto("/control")
    client.get_by_label("Code").fill(code.lower())
    client.get_by_role("button", name="Go").click()
    expect(client.locator(".pad").first).to_be_visible()
    look(client)
    for _ in range(5):
        client.get_by_role("button", name="More").first.click()
    expect(client.get_by_text("That is the most that is safe here.")).to_be_visible()
    expect(therapist.get_by_text("not above the ceiling").first).to_be_visible()

    client.get_by_role("button", name="Electric, numb or spreading").first.click()
    expect(therapist.get_by_text("HALTED", exact=True)).to_be_visible()
    expect(therapist.get_by_text("Hands off the halted place.")).to_be_visible()
    expect(client.get_by_role("heading", level=1)).to_have_text("Is any of this there now?")
    look(client)
    client.get_by_label("None of these").check(force=True)
    client.get_by_role("button", name="Send").click()
    expect(therapist.get_by_text("HALTED", exact=True)).to_have_count(0)

    therapist.get_by_role("button", name="Finish").click()
    therapist.get_by_role("link", name="Write the note").click()
    look(therapist)
    reaction = therapist.get_by_label("Reaction (A)")
    expect(reaction).to_have_value(re.compile("Something electric, numb or spreading was felt"))
    reaction.fill("Gone at once, relaxed after.")
    expect(therapist.locator("#saved")).to_have_text("Saved.")
    therapist.get_by_role("button", name="Sign").click()
    expect(therapist.get_by_text("Signed by Amara Okafor")).to_be_visible()
    look(therapist)

    client.goto(f"/session/{token}/after")
    expect(client.get_by_role("heading", name="What you can do at home")).to_be_visible()
    look(client)
    client.get_by_role("link", name="Tell us how you are").click()
    look(client)
