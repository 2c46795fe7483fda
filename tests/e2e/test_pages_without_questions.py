"""Pages that anybody can open at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browsing import DESKTOP, PHONE, look

if TYPE_CHECKING:
    from browsing import Visit

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("width", [320, PHONE, DESKTOP])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_open_pages_look_right(visit: Visit, width: int, dark: bool) -> None:
    page = visit(width=width, dark=dark)
    for address, heading in (
        ("/", "Can massage help my pinched nerve?"),
        ("/emergency", "What to do in an emergency"),
        ("/login", "Log in"),
        ("/nothing-here", "There is no such page"),
    ):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        look(page)


def test_the_emergency_page_needs_no_script(visit: Visit) -> None:
    page = visit(script=False)
    page.goto("/emergency")
    expect(page.get_by_role("link", name="112")).to_have_attribute("href", "tel:112")
    look(page)
