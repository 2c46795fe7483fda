"""Makes the picture of the README from the running product: ``python tools/picture.py``.

Starts the demonstration practice in a temporary folder, walks through it like a person with a tingling hand, and
puts three pages side by side. Needs what the browser tests need.
"""

from __future__ import annotations

import base64
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from browsing import CHROMIUM_FLAGS, answer_questions  # noqa: E402 - found by the line above
from e2e.steps import WRIST  # noqa: E402
from product import running_product  # noqa: E402

PICTURE = ROOT / "docs" / "pictures" / "from-question-to-booking.webp"
_PHONE = {"width": 390, "height": 760}
_SHEET = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; width: 1320px; display: flex; gap: 30px; justify-content: center; padding: 36px 0; background: #e2efec; }
img { width: 390px; height: 760px; border-radius: 22px; box-shadow: 0 10px 30px #08413e33; }
</style>"""


def pages(browser: Browser, address: str) -> list[bytes]:
    """The three pages as PNG: the body chart, the answer, the free times."""
    context = browser.new_context(
        base_url=address, viewport=_PHONE, device_scale_factor=2, color_scheme="light"
    )
    page = context.new_page()
    answer_questions(page, WRIST)
    answer = page.screenshot()
    page.goto(_address_of_the_chart(page))
    chart = page.screenshot()
    page.goto("/book/hand-arm-30")
    page.locator(".next-free").evaluate("(card) => scrollTo(0, card.offsetTop - 28)")
    times = page.screenshot()
    context.close()
    return [chart, answer, times]


def _address_of_the_chart(page: Page) -> str:
    """The screen with the body chart, wherever it stands in the interview."""
    for number in range(1, 20):
        page.goto(f"/check/{number}")
        if page.locator("[data-chart]").count():
            return f"/check/{number}"
    raise RuntimeError("no screen of the interview shows the body chart")


def beside_each_other(browser: Browser, pictures: list[bytes]) -> bytes:
    """One picture of all, as WebP."""
    page = browser.new_page(viewport={"width": 1320, "height": 832}, device_scale_factor=1)
    images = [f'<img src="data:image/png;base64,{base64.b64encode(one).decode()}">' for one in pictures]
    page.set_content(_SHEET + "".join(images), wait_until="load")
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": 82})
    return base64.b64decode(taken["data"])


def main() -> None:
    """Make the picture anew."""
    program = os.environ.get("UNPINCH_CHROMIUM") or shutil.which("chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_product(Path(folder) / "data") as product,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        made = beside_each_other(browser, pages(browser, product.address))
        browser.close()
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_bytes(made)
    print(f"{PICTURE.relative_to(ROOT)}: {len(made) // 1024} kB")


if __name__ == "__main__":
    main()
