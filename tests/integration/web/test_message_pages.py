"""The pages about messages: when to be reminded, and the outbox of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from django.test import Client as Browser

from clinic import CLOCK, NOW, command, make_practice
from unpinch.records.models import Client, Consent, Message, MessageState, Role, User
from unpinch.services import booking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoAssertNumQueries

    from clinic import Place

pytestmark = pytest.mark.django_db
QUERIES = 12


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


@pytest.fixture
def desk(place: Place) -> Browser:
    user = User.objects.create_user(
        "dee@harbour.example", "a long pass phrase", practice=place.practice, role=Role.DESK, name="Dee"
    )
    browser = Browser()
    browser.force_login(user)
    return browser


def test_the_page_of_an_appointment_leads_to_the_choice(token: str) -> None:
    browser = Browser()
    assert f"/appointment/{token}/reminders" in browser.get(f"/appointment/{token}/").content.decode()
    refused = browser.post(f"/appointment/{token}/reminders", {"remind": "both", "signature": ""})
    assert refused.status_code == 422
    done = browser.post(
        f"/appointment/{token}/reminders", {"remind": "both", "signature": "Ada Byron"}, follow=True
    )
    assert "We will remind you." in done.content.decode()
    assert Client.objects.get().remind == "both"
    assert Consent.objects.get(purpose="reminders").signed_name == "Ada Byron"
    again = browser.post(f"/appointment/{token}/reminders", {"remind": "none"}, follow=True)
    assert "We will not remind you." in again.content.decode()


def test_a_message_that_failed_can_be_tried_again(token: str, desk: Browser) -> None:
    message = Message.objects.get()
    Message.objects.update(state=MessageState.FAILED, attempts=8, last_fault="SMTPRecipientsRefused")
    page = desk.get("/messages?state=failed").content.decode()
    assert "Given up" in page
    assert "SMTPRecipientsRefused" in page
    assert message.to in page
    assert token not in page
    assert desk.post(f"/messages/{message.pk}/again").status_code == 302
    kept = Message.objects.get()
    assert (kept.state, kept.attempts, kept.due_at) == (MessageState.WAITING, 0, NOW)
    twice = desk.post(f"/messages/{message.pk}/again", follow=True)
    assert "nothing to try again" in twice.content.decode()


def test_the_outbox_is_shown_by_state_and_by_appointment(token: str, desk: Browser) -> None:
    message = Message.objects.get()
    assert message.subject in desk.get(f"/messages?appointment={message.appointment_id}").content.decode()
    for empty in ("?state=sent", "?appointment=0", f"?before={message.pk}"):
        assert message.subject not in desk.get(f"/messages{empty}").content.decode()


def test_the_outbox_asks_as_often_for_three_messages_as_for_one(
    token: str, desk: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        desk.get("/messages")
    row = Message.objects.get()
    for number in range(2):
        row.pk, row.idempotency_key = None, f"more:{number}"
        row.save(force_insert=True)
    with django_assert_num_queries(QUERIES):
        desk.get("/messages")
