"""A real browser on the running product: pages that are watched, looked at, and filled in like a person would.

A test asks for the ``visit`` fixture (``tests/e2e/conftest.py``) and opens as many browsers as it has people::

    @pytest.mark.e2e
    def test_a_page(visit: Visit) -> None:
        ada = visit()                     # a phone, 390 px wide; visit(width=1280, script=False, dark=True)
        ada.goto("/emergency")
        look(ada)                         # axe, nothing wider than the screen
        expect(ada.get_by_role("heading", level=1)).to_have_text("What to do in an emergency")

* ``visit()`` gives a Playwright page with cookies of its own; addresses start at the server's root.
* The test fails at its end when a page broke the content security policy, wrote an error to the console, threw an
  exception, met a missing file, or was answered with a status of 500 or more.
* ``look(page)`` runs axe (put in by ``evaluate``: the policy stops script tags) and refuses a page that scrolls
  sideways. Call it on every page, once it stands still.
* ``answer_questions(page, person)`` walks the interview from the start page to its end, where ``person`` is what
  ``people.raw_person`` gives. ``log_in(page, product, "therapist")`` logs one of the demonstration's people in.
* The ``product`` fixture knows the server's log, its mails and its logins (``product.Product``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

from unpinch.clinical import findings, knowledge
from unpinch.kernel.body_chart import all_marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import CDPSession, ConsoleMessage, Page, Response, ViewportSize

    from product import Product

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = 390
DESKTOP = 1280
_HEIGHTS = {PHONE: 844, DESKTOP: 900}
_MOST_SCREENS = 60
_SCRIPT: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


class Visit(Protocol):
    """Opens a browser of one more person."""

    def __call__(
        self, *, width: int = PHONE, script: bool = True, dark: bool = False, zone: str = "Europe/London"
    ) -> Page:
        """A page of ``width`` pixels; ``script`` False switches JavaScript off."""


def window(width: int) -> ViewportSize:
    """The size of a screen of that width."""
    return {"width": width, "height": _HEIGHTS.get(width, 800)}


@dataclass  # without slots: Playwright notes something on the object whose methods it calls
class Watch:
    """What went wrong on the pages of a test, unnoticed by the test itself."""

    faults: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Watch a page from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A page that is itself answered with 404 or 422 logs that as an error too; _response judges statuses.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(message.text)

    def _response(self, response: Response) -> None:
        limit = 500 if response.request.is_navigation_request() else 400
        if response.status >= limit:
            self.faults.append(f"{response.status} for {response.url}")


@cache
def _axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def switch_script(page: Page, *, on: bool) -> None:
    """Let the page run JavaScript, or not. Not the browser's own option: axe must be able to run in between."""
    session = _SCRIPT.get(page)
    if session is None:
        session = _SCRIPT[page] = page.context.new_cdp_session(page)
    session.send("Emulation.setScriptExecutionDisabled", {"value": not on})


def look(page: Page) -> None:
    """Fail when axe finds anything on the page, or when it is wider than the screen."""
    without_script = page in _SCRIPT
    if without_script:
        switch_script(page, on=True)
    page.evaluate(_axe())
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    if without_script:
        switch_script(page, on=False)
    lines = [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found
        for node in fault["nodes"][:3]
    ]
    assert lines == [], f"axe on {page.url}:\n" + "\n".join(lines)
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"


def log_in(page: Page, product: Product, role: str) -> None:
    """Log in as the ``client``, ``therapist`` or ``owner`` of the demonstration."""
    login = product.login(role)
    page.goto("/login")
    page.get_by_label("E-mail").fill(login.email)
    page.get_by_label("Password").fill(login.password)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()


def answer_questions(page: Page, person: Mapping[str, Any], *, looking: bool = False) -> int:
    """Go from the start page through the interview until it ends; how many screens that took.

    ``looking`` calls :func:`look` on each screen. Stops at the answer or danger page.
    """
    said = _as_asked(person)
    page.goto("/")
    page.get_by_role("link", name="Start", exact=True).click()
    for count in range(_MOST_SCREENS):
        if page.url.endswith("/check/words"):
            page.get_by_role("link", name="Skip this").click()
        if "/check/" not in page.url:
            return count
        if looking:
            look(page)
        answer_screen(page, said)
    raise AssertionError(f"the interview did not end within {_MOST_SCREENS} screens")


def _as_asked(person: Mapping[str, Any]) -> dict[str, Any]:
    checked = findings.parse_answers(dict(person), knowledge.load())
    return dict(checked.values)


def answer_screen(page: Page, said: Mapping[str, Any]) -> None:
    """Fill the screen that is shown with what a person says, and go on."""
    form = page.locator("form.interview")
    asked = (form.locator("input[name=asked]").get_attribute("value") or "").split()
    kind = form.get_attribute("data-enhance")
    ticked = False
    for code in asked:
        value = said[code]
        if code == "body-map" and kind == "chart":
            _mark(page, value, said["side"])
        elif kind == "ticks":
            if value is True or value == "unsure":
                form.locator(f"input[name='{code}'][value='{_text(value)}']").check(force=True)
                ticked = True
        else:
            _fill(page, code, value)
    if kind == "ticks" and not ticked:
        form.locator("input[name=none-of-these]").check(force=True)
    form.get_by_role("button", name="Continue").click()


def _mark(page: Page, regions: tuple[str, ...], side: str) -> None:
    """Mark regions in the list below the picture, on the side that was named where there is one."""
    for mark in all_marks():
        if mark.region in regions and (mark.side == "middle" or side in (mark.side, "both")):
            box = page.locator(f"input[name=mark][value='{mark}']")
            group = page.locator("details", has=box)
            if group.get_attribute("open") is None:
                group.locator("summary").click()
            box.check(force=True)


def _fill(page: Page, code: str, value: Any) -> None:
    for text in [_text(part) for part in (value if isinstance(value, tuple) else [value])]:
        choice = page.locator(f"input[name='{code}'][value='{text}']:is([type=radio], [type=checkbox])")
        if choice.count():
            choice.first.check(force=True)
        else:
            page.locator(f"input[name='{code}']:not([type=radio], [type=checkbox])").fill(text)


def _text(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
