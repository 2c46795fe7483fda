"""Telling it in one's own words, as people meet it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browsing import DESKTOP, PHONE, look

if TYPE_CHECKING:
    from browsing import Visit

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_sentence_is_read_looked_over_and_not_asked_again(visit: Visit, width: int, script: bool) -> None:
    page = visit(width=width, script=script, dark=width == PHONE)
    page.goto("/check")
    look(page)
    page.get_by_label("Tell us in your own words").fill("I'm 48. My right thumb tingles at night.")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Is it right?")
    look(page)
    page.get_by_role("button", name="Continue").click()
    page.locator("input[name=none-of-these]").check(force=True)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("How old are you?")).to_have_count(0)
    expect(page.get_by_text("What sex were you at birth?")).to_be_visible()


def test_a_danger_comes_first_and_leads_to_help(visit: Visit) -> None:
    page = visit()
    page.goto("/check")
    page.get_by_label("Tell us in your own words").fill("I can't pee and my bottom is numb.")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Please answer this first")
    look(page)
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile("/answer$"))
    look(page)
