"""Logging in as people do it: a passkey, an app, a mailed code, an invitation; in a real browser."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browsing import DESKTOP, PHONE, look, window
from product import Product, running_product
from unpinch.services import totp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A server under a name: browsers make no passkeys for a number."""
    with running_product(tmp_path_factory.mktemp("named"), host="localhost") as running:
        yield running


def open_page(browser: Browser, product: Product, *, width: int = PHONE, script: bool = True) -> Page:
    context = browser.new_context(
        base_url=product.address, viewport=window(width), java_script_enabled=script, reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    return context.new_page()


def log_in(page: Page, product: Product, role: str) -> None:
    login = product.login(role)
    page.goto("/login")
    page.get_by_label("E-mail").fill(login.email)
    page.get_by_label("Password").fill(login.password)
    page.get_by_role("button", name="Log in", exact=True).click()


def with_virtual_key(page: Page) -> None:
    """A device that holds passkeys and finds every finger right."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_logs_in_without_a_password(browser: Browser, named: Product) -> None:
    page = open_page(browser, named, width=DESKTOP)
    with_virtual_key(page)
    log_in(page, named, "owner")
    page.goto("/account")
    page.get_by_role("button", name="Add a passkey").click()
    codes = page.locator(".new-codes code")
    expect(codes).to_have_count(10)
    look(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Passkey: Chrome on Linux")).to_be_visible()
    page.get_by_role("button", name="Log out", exact=True).click()

    page.goto("/login")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url("**/calendar")

    page.get_by_role("button", name="Log out", exact=True).click()
    log_in(page, named, "owner")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/calendar")
    page.context.close()


def test_an_app_and_a_mailed_code_work_without_script(browser: Browser, named: Product) -> None:
    page = open_page(browser, named, script=False)
    log_in(page, named, "therapist")
    page.goto("/account/authenticator")
    secret = page.locator(".secret code").inner_text().replace(" ", "")
    page.get_by_role("textbox", name="Code").fill(totp.code(secret, totp.step_at(datetime.now(UTC)) - 1))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep these recovery codes")
    recovery = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Log out", exact=True).click()

    email = named.login("therapist").email
    page.goto("/week")
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="E-mail me a code instead").click()
    text = named.wait_for_mails(email, 1)[-1].get_body(("plain",))
    assert text is not None
    code = re.search(r"^\d{4} \d{4}", text.get_content(), re.MULTILINE)
    assert code
    page.get_by_role("textbox", name="Code").fill(code[0])
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_role("textbox", name="Code").fill(recovery)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/week")
    page.context.close()


def test_an_invited_therapist_makes_an_account_by_the_link(browser: Browser, product: Product) -> None:
    page = open_page(browser, product, width=DESKTOP)
    log_in(page, product, "owner")
    page.goto("/people")
    look(page)
    page.get_by_label("Name").fill("Nell Marsh")
    page.get_by_label("E-mail").fill("nell@harbour-and-hill.example")
    page.get_by_label("Therapist").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("Take back Nell Marsh’s invitation")).to_be_visible()
    text = product.wait_for_mails("nell@harbour-and-hill.example", 1)[0].get_body(("plain",))
    assert text is not None
    link = re.search(r"https?://\S+/invited/\S+", text.get_content())
    assert link

    nell = open_page(browser, product)
    nell.goto(link[0])
    look(nell)
    nell.get_by_role("button", name="Make my account").click()
    expect(nell.get_by_role("heading", level=1)).to_have_text("Your account")
    nell.goto("/today")
    expect(nell.get_by_role("link", name="Week", exact=True)).to_be_visible()
    nell.goto(link[0])
    expect(nell.get_by_role("heading", level=1)).to_have_text("There is no such page")
    nell.context.close()
    page.context.close()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_account_pages_look_right(browser: Browser, product: Product, width: int, *, dark: bool) -> None:
    page = open_page(browser, product, width=width)
    page.emulate_media(color_scheme="dark" if dark else "light")
    log_in(page, product, "owner")
    for address in ("/account", "/account/password", "/account/authenticator", "/people", "/record-book"):
        page.goto(address)
        look(page)
    page.get_by_role("button", name="Log out", exact=True).click()
    log_in(page, product, "client")
    page.goto("/account")
    page.get_by_role("link", name="Show it").click()
    look(page)
    page.context.close()
