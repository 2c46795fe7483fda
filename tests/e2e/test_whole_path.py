"""From the body chart to a booked appointment, as people go it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browsing import answer_questions, look
from people import raw_person

if TYPE_CHECKING:
    from browsing import Visit
    from product import Product

pytestmark = pytest.mark.e2e

WRIST = raw_person(
    48,
    "F",
    ["palm-thumb-side", "thumb", "index-finger", "middle-finger"],
    q_numbness=True,
    q_tingling=True,
    t_night_wakes=True,
    r_shake_hand=True,
    p_wrist_bend=True,
    main_place=["region-index-finger"],
)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_from_the_body_chart_to_the_confirmation(visit: Visit, product: Product, script: bool) -> None:
    page = visit(script=script)
    answer_questions(page, WRIST, looking=True)
    expect(page).to_have_url(f"{product.address}/answer")
    look(page)
