"""The pages of the check on the day, for client and therapist."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import time_machine
from django.test import Client as Browser

from clinic import CLOCK, TEN, Place, command, make_practice
from unpinch.records.models import Appointment, SessionCheck
from unpinch.services import booking, session_link

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Iterator[Place]:
    made = make_practice()
    assert isinstance(booking.book(command(made), clock=CLOCK), booking.Booked)
    with time_machine.travel(TEN - timedelta(hours=2), tick=False):
        yield made


def address() -> str:
    return f"/session/{session_link.token_of(Appointment.objects.get().calendar_uid)}/check"


def nothing(**more: str) -> dict[str, str]:
    return {"key": str(uuid4()), "none-sign": "yes", "none-change": "yes", "pain": "3", **more}


def test_nothing_new_takes_four_answers(place: Place) -> None:
    browser = Browser()
    assert "New or worse since you last told us?" in browser.get(address()).content.decode()
    page = browser.post(address(), nothing(), follow=True)
    assert page.status_code == 200
    assert "See you today" in page.content.decode()
    assert SessionCheck.objects.get().state == "clear"


def test_what_is_missing_is_named_and_nothing_is_kept(place: Place) -> None:
    page = Browser().post(address(), {"key": str(uuid4()), "none-sign": "yes", "weak": "yes"})
    text = page.content.decode()
    assert page.status_code == 422
    for words in ("Take one of the two away", "If nothing is, tick", "Choose a number from 0 to 10"):
        assert words in text
    assert not SessionCheck.objects.exists()


def test_a_yes_asks_what_exactly_and_is_kept_even_when_nobody_goes_on(place: Place) -> None:
    browser = Browser()
    form = {"key": str(uuid4()), "weak": "yes", "none-change": "yes", "pain": "3"}
    second = browser.post(address(), form)
    assert "What exactly is new or worse?" in second.content.decode()
    assert SessionCheck.objects.get().state == "open"
    again = browser.post(address(), {**form, "key": str(uuid4()), "second": "yes"})
    assert again.status_code == 422
    told = browser.post(
        address(),
        {**form, "key": str(uuid4()), "second": "yes", "rf-arm-weak-new": "yes"},
        follow=True,
    )
    assert "Please do not come for your massage now" in told.content.decode()
    assert "See a doctor today" in told.content.decode()
    assert browser.get(address()).status_code == 302


def test_the_therapist_sees_the_stop_and_asks_again(place: Place) -> None:
    therapist, number = Browser(), Appointment.objects.get().pk
    therapist.force_login(place.ann_user)
    page = f"/appointments/{number}"
    assert "Check not done" in therapist.get(page).content.decode()
    form = {"key": str(uuid4()), "weak": "yes", "none-change": "yes", "pain": "3", "second": "yes"}
    Browser().post(address(), {**form, "rf-arm-weak-new": "yes"})
    assert "Stopped: do not begin this session" in therapist.get(page).content.decode()
    assert therapist.get(f"{page}/check").status_code == 200
    after = therapist.post(f"{page}/check", nothing(), follow=True).content.decode()
    assert "Checked today: clear" in after
    assert "Pain now: 3 of 10" in after


def test_on_another_day_it_says_when(place: Place) -> None:
    with time_machine.travel(TEN - timedelta(days=1), tick=False):
        assert "Please answer on the day of your session" in Browser().get(address()).content.decode()


def test_the_days_list_and_the_appointments_own_page_lead_to_it(place: Place) -> None:
    row, therapist = Appointment.objects.get(), Browser()
    own = f"/appointment/{booking.token_of(row.calendar_uid)}/"
    assert address() in Browser().get(own).content.decode()
    therapist.force_login(place.ann_user)
    form = {"key": str(uuid4()), "weak": "yes", "none-change": "yes", "pain": "3"}
    for more, words in (
        ({}, "Check not clear"),
        ({"second": "yes", "rf-arm-weak-new": "yes"}, "do not begin"),
    ):
        Browser().post(address(), {**form, "key": str(uuid4()), **more})
        assert words in therapist.get("/today").content.decode()
    therapist.post(f"/appointments/{row.pk}/check", nothing())
    assert ">Checked<" in therapist.get("/today").content.decode()
    with time_machine.travel(TEN - timedelta(days=1), tick=False):
        assert address() not in Browser().get(own).content.decode()
