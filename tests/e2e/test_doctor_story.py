"""A person asks their doctor, the doctor answers without an account, and the answer binds what is booked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browsing import DESKTOP, answer_questions, log_in, look
from e2e.steps import fill_details, to_the_doctor
from people import raw_person

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from browsing import Visit
    from product import Product

pytestmark = pytest.mark.e2e

LEG = raw_person(
    44,
    "F",
    ["low-back", "buttock-deep", "calf"],
    main_place=["region-low-back"],
    p_cough_sneeze=True,
    q_tingling=True,
    limb_pain_worse_than_spine=True,
)


def ask_by_mail(page: Page, product: Product, name: str, doctor: str) -> str:
    """The person asks; the address in the doctor's mail comes back."""
    answer_questions(page, LEG)
    to_the_doctor(page, LEG)
    look(page)
    page.get_by_label("Send my doctor a link by e-mail").check(force=True)
    page.get_by_label("Your doctor’s name").fill("Dr Grey")
    page.get_by_label("Your doctor’s e-mail").fill(doctor)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your e-mail").fill(f"{name.split(maxsplit=1)[0].lower()}@clients.example")
    page.get_by_label("I agree", exact=True).check(force=True)
    page.get_by_role("button", name="Ask my doctor").click()
    expect(page.get_by_role("heading", name="We have asked your doctor")).to_be_visible()
    look(page)
    return link_in(product, doctor)


def link_in(product: Product, to: str) -> str:
    letter = product.wait_for_mails(to, 1)[0]
    found = re.search(r"/(for-doctors|doctor/news)/\S+", letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert found
    return found.group(0)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_yes_with_limits_from_link_to_booking(visit: Visit, product: Product, script: bool) -> None:
    name = f"Ada{script} Byron"
    ada = visit(script=script)
    link = ask_by_mail(ada, product, name, f"grey{script}@surgery.example")

    doctor = visit(width=DESKTOP, script=script)
    doctor.goto(link)
    look(doctor)
    doctor.get_by_role("button", name="Open the question").click()
    expect(doctor.get_by_role("heading", level=1)).to_have_text(f"Is massage safe for {name}?")
    look(doctor)
    doctor.get_by_text("Yes, with limits", exact=True).click()
    doctor.get_by_label("2: heavy lotioning").check(force=True)
    doctor.get_by_label("Sessions at most").fill("4")
    doctor.locator("summary", has_text="Low back and buttock").click()
    doctor.locator("input[value='region-low-back:right']").check(force=True)
    look(doctor)
    doctor.get_by_role("button", name="Yes, with these limits").click()
    expect(doctor.get_by_text("Your answer is kept")).to_be_visible()
    look(doctor)

    stranger = visit()
    stranger.goto(link)
    stranger.get_by_role("button", name="Open my answer").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This link does not open")
    look(stranger)

    ada.goto(link_in(product, f"{name.split(maxsplit=1)[0].lower()}@clients.example"))
    expect(ada.get_by_role("heading", level=1)).to_have_text("You can book")
    expect(ada.get_by_text("2 (heavy lotioning)")).to_be_visible()
    look(ada)
    ada.get_by_role("button", name="Find a time").click()
    expect(ada).to_have_url(re.compile("/book"))
    look(ada)

    ada.goto("/book/swedish-60?therapist=amara")
    ada.locator("button.time").first.click()
    fill_details(ada, name, f"{name.split(maxsplit=1)[0].lower()}@clients.example")
    expect(ada.get_by_role("heading", level=1)).to_have_text("Your appointment is booked")
    see_the_limits(visit(width=DESKTOP), product, name)


def see_the_limits(page: Page, product: Product, name: str) -> None:
    """The therapist finds the doctor's limits beside the appointment."""
    log_in(page, product, "therapist")
    page.wait_for_url("**/today")
    page.goto("/week")
    link = page.get_by_role("link", name=name)
    if not link.count():
        page.get_by_role("link", name="Later").click()
    link.click()
    says = page.locator("section.doctor-says")
    expect(says).to_contain_text("Yes, with limits")
    expect(says).to_contain_text("2 (heavy lotioning)")
    expect(says).to_contain_text("Written by the doctor.")
    assert says.locator("svg .is-marked").count() > 0
    look(page)


def test_a_plain_yes_takes_two_clicks(visit: Visit, product: Product) -> None:
    link = ask_by_mail(visit(), product, "Beth Byron", "blue@surgery.example")
    doctor = visit()
    clicks = 0
    doctor.goto(link)
    for button in ("Open the question", "Yes, massage is fine"):
        doctor.get_by_role("button", name=button).click()
        clicks += 1
    expect(doctor.get_by_text("Your answer is kept")).to_be_visible()
    assert clicks <= 3
    look(doctor)


def test_the_letter_is_taken_and_its_code_lets_the_doctor_in(visit: Visit, product: Product) -> None:
    ada = visit()
    answer_questions(ada, LEG)
    to_the_doctor(ada, LEG)
    ada.get_by_label("I take a letter with me").check(force=True)
    ada.get_by_label("Your name").fill("Cora Byron")
    ada.get_by_label("Your e-mail").fill("cora@clients.example")
    ada.get_by_label("I agree", exact=True).check(force=True)
    ada.get_by_role("button", name="Ask my doctor").click()
    with ada.expect_download() as waiting:
        ada.get_by_role("link", name="Get the letter (PDF)").click()
    assert waiting.value.suggested_filename == "letter-to-my-doctor.pdf"
    assert waiting.value.path().read_bytes().startswith(b"%PDF")
    doctor = visit(width=DESKTOP, dark=True)
    doctor.goto("/for-doctors")
    look(doctor)
    doctor.get_by_label("Code of the letter").fill("AAAA-AAAA")
    doctor.get_by_role("button", name="Open").click()
    expect(doctor.get_by_role("alert")).to_contain_text("no open question")
    look(doctor)
