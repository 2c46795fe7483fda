"""Messages, calendars and money, as owner and client see them, at both widths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browsing import log_in, look

if TYPE_CHECKING:
    from browsing import Visit
    from product import Product

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("width", [390, 1280])
def test_the_owner_sells_a_voucher_and_gives_a_calendar_out(
    visit: Visit, product: Product, width: int
) -> None:
    page = visit(width=width)
    log_in(page, product, "owner")
    page.wait_for_load_state()
    page.goto("/vouchers")
    page.get_by_label("Worth").fill("50")
    page.get_by_role("button", name="It is paid: make it").click()
    page.get_by_text("Write the code on the card now").wait_for()
    look(page)
    page.goto("/calendars")
    page.get_by_role("button", name="Make an address").or_(
        page.get_by_role("button", name="Another address")
    ).first.click()
    page.get_by_text("The address is new").wait_for()
    look(page)
    page.goto("/messages")
    look(page)
