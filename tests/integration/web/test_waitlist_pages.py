"""The page behind a waitlist message: what is offered, taking it, saying no, leaving."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from clinic import CLOCK, NOW, make_practice, stored_answers
from unpinch.jobs import periodic
from unpinch.records.models import Appointment, Message, Status
from unpinch.services import waitlist
from unpinch.services.waitlist import JoinCommand, Wait, WaitView
from visitor import visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client as Browser

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def token(db: None) -> str:
    place = make_practice()
    day = date(2026, 11, 25)
    outcome = waitlist.join(
        JoinCommand(
            place.practice.pk,
            stored_answers(place),
            "swedish-60",
            Wait(day, day + timedelta(days=1)),
            "Bea Miller",
            "bea@clients.example",
            "0117 496 0123",
            True,
        ),
        clock=CLOCK,
    )
    assert isinstance(outcome, WaitView)
    return outcome.token


def shown(browser: Browser, token: str) -> str:
    response = browser.get(f"/waitlist/{token}/")
    assert response["Cache-Control"] == "no-store, private"
    return str(response.content.decode())


def press(browser: Browser, token: str, what: str) -> str:
    response = browser.post(f"/waitlist/{token}/{what}", follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_message_leads_to_the_page(token: str) -> None:
    assert "You are on the waitlist" in shown(visitor(), token)
    periodic.tick(clock=CLOCK)
    text = Message.objects.get(kind="waitlist-offer").text
    assert f"/waitlist/{token}/" in text
    page = shown(visitor(), token)
    assert "A place is free for you" in page
    assert "We hold it for you until Tuesday 24 November, 10:00 (GMT)." in page


def test_yes_books_it(token: str) -> None:
    periodic.tick(clock=CLOCK)
    assert "Your appointment is booked" in press(visitor(), token, "take")
    assert Appointment.objects.get().status == Status.BOOKED
    assert "It is booked" in shown(visitor(), token)
    assert "This offer is over." in press(visitor(), token, "take")


def test_no_keeps_the_person_on_the_list(token: str) -> None:
    periodic.tick(clock=CLOCK)
    assert "you stay on the list" in press(visitor(), token, "decline")
    assert Appointment.objects.get().status == Status.EXPIRED


def test_leaving_ends_it(token: str) -> None:
    assert "You are not on the waitlist any more" in press(visitor(), token, "leave")


def test_an_offer_that_ran_out_is_not_shown(token: str) -> None:
    periodic.tick(clock=CLOCK)
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        assert "You are on the waitlist" in shown(visitor(), token)


def test_a_wrong_link_is_not_found(token: str) -> None:
    assert visitor().get(f"/waitlist/{token}x/").status_code == 404
