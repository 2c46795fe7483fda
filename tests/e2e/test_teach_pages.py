"""The pages that explain, as readers see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browsing import DESKTOP, PHONE, look

if TYPE_CHECKING:
    from browsing import Visit

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_from_the_index_to_a_condition_and_into_the_check(visit: Visit, width: int, dark: bool) -> None:
    page = visit(width=width, dark=dark)
    page.goto("/learn")
    look(page)
    page.get_by_role("link", name="Can massage help a pinched nerve in the back?").click()
    look(page)
    page.get_by_role("main").get_by_role("heading", level=3).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="How long it takes")).to_be_visible()
    expect(page.get_by_role("img").first).to_be_visible()
    look(page)
    page.get_by_role("link", name="Start the check").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("your own words")


def test_a_danger_page_offers_help_and_no_check(visit: Visit) -> None:
    page = visit(script=False)
    page.goto("/learn/cauda-equina-syndrome")
    expect(page.get_by_role("link", name="What to do now").first).to_be_visible()
    expect(page.get_by_role("link", name="Start the check")).to_have_count(0)
    look(page)
