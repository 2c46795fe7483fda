"""A running product and a browser for every test here; how to use them: ``tests/browsing.py``."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from browsing import CHROMIUM_FLAGS, PHONE, Visit, Watch, switch_script, window
from product import Product, running_product

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """One server for all browser tests of a test process, with a demonstration practice of its own."""
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # For one module, not the session: while Playwright runs, Django refuses to touch the database in this thread,
    # and tests of other modules do.
    program = os.environ.get("UNPINCH_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def visit(product: Product, browser: Browser) -> Iterator[Visit]:
    """Opens browsers of as many people as a test needs; at its end none of them may have met a fault."""
    watch = Watch()
    opened = []

    def open_page(
        *, width: int = PHONE, script: bool = True, dark: bool = False, zone: str = "Europe/London"
    ) -> Page:
        context = browser.new_context(
            base_url=product.address,
            viewport=window(width),
            color_scheme="dark" if dark else "light",
            locale="en-GB",
            timezone_id=zone,
            reduced_motion="reduce",
        )
        opened.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        watch.over(page)
        if not script:
            switch_script(page, on=False)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert watch.faults == []
