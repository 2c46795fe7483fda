"""Money in the browser: packages, payments, vouchers, and what clients see of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import time_machine
from django.test import Client as Browser

from clinic import CLOCK, NOW, command, make_practice
from unpinch.records.models import Client, LedgerEntry, Package, Role, User
from unpinch.services import booking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clinic import Place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def place(db: None) -> Place:
    return make_practice()


@pytest.fixture
def token(place: Place) -> str:
    outcome = booking.book(command(place), clock=CLOCK)
    assert isinstance(outcome, booking.Booked)
    return outcome.token


def staff(place: Place, role: Role) -> Browser:
    user = User.objects.create_user(
        f"{role}@harbour.example", "a long pass phrase", practice=place.practice, role=role, name="Dee"
    )
    browser = Browser()
    browser.force_login(user)
    return browser


def test_the_desk_writes_down_a_payment_and_the_client_sees_it(place: Place, token: str) -> None:
    desk = staff(place, Role.DESK)
    address = f"/clients/{Client.objects.get().pk}/money"
    assert "by Wednesday 25 November, 10:00" in Browser().get(f"/appointment/{token}/").content.decode()
    form = {"key": uuid4(), "way": "cash", "amount": "58"}
    for _press in range(2):
        assert desk.post(address, form).status_code == 302
    assert LedgerEntry.objects.get().amount_minor == 5800
    page = Browser().get(f"/appointment/{token}/").content.decode()
    assert "by Wednesday" not in page
    faulty = desk.post(address, {"key": uuid4(), "way": "cash", "amount": "much"})
    assert faulty.status_code == 422
    too_much = desk.post(address, {"key": uuid4(), "way": "refund", "amount": "1"})
    assert "more than is left as credit" in too_much.content.decode()


def test_a_voucher_is_sold_and_used(place: Place, token: str) -> None:
    desk = staff(place, Role.DESK)
    page = desk.post("/vouchers", {"amount": "20"}).content.decode()
    found = re.search(r"<strong>((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})</strong>", page)
    assert found
    assert found[1] not in desk.get("/vouchers").content.decode()
    wrong = Browser().post(f"/appointment/{token}/voucher", {"code": "AAAA"})
    assert wrong.status_code == 422
    done = Browser().post(f"/appointment/{token}/voucher", {"code": found[1]}, follow=True)
    assert "your credit" in done.content.decode()
    assert "£38" in done.content.decode()


def test_the_owner_sells_six_for_five(place: Place) -> None:
    owner = staff(place, Role.OWNER)
    address = f"/practice/services/{place.swedish.pk}/packages"
    assert address in owner.get(f"/practice/services/{place.swedish.pk}").content.decode()
    assert (
        "less than its sessions one by one"
        in owner.post(address, {"sessions": 6, "price": "400"}).content.decode()
    )
    page = owner.post(address, {"sessions": 6, "price": "290"}, follow=True).content.decode()
    assert "6 sessions for £290" in page
    assert "one by one £348" in page
    owner.post(f"{address}/{Package.objects.get().pk}/remove")
    assert not Package.objects.exists()
