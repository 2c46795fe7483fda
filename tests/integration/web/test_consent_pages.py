"""What a client reads, signs and takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client as Browser
from django.urls import reverse

from asking import asked, leg_answers, opened, say, word
from clinic import CLOCK, command, make_practice
from unpinch.records.models import Clearance as ClearanceRow
from unpinch.records.models import Client, Role, StoredAssessment, User
from unpinch.records.models import Consent as ConsentRow
from unpinch.services import booking, clearance_answer, consent, withdrawal
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from clinic import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def ada(place: Place) -> Client:
    booking.book(command(place), clock=CLOCK)
    client = Client.objects.get()
    client.user = User.objects.create_user(
        "ada@people.example", practice=place.practice, role=Role.CLIENT, name="Ada"
    )
    client.save()
    return client


def browser_of(client: Client) -> Browser:
    browser = Browser()
    assert client.user is not None
    browser.force_login(client.user)
    return browser


def test_sign_read_and_take_back(ada: Client) -> None:
    browser = browser_of(ada)
    sign = reverse("consent-sign", args=["statistics"])
    assert browser.post(sign, {"name": ""}).status_code == 422
    assert browser.post(sign, {"name": "Ada Byron", "signature_path": "<script>"}).status_code == 422
    assert not ConsentRow.objects.exists()
    assert browser.post(sign, {"name": "Ada Byron", "signature_path": "M1 2L3 4"}).status_code == 302
    assert consent.has(ada.pk, "statistics")
    page = browser.get(reverse("consents")).content.decode()
    assert "Signed by Ada Byron" in page
    assert 'd="M1 2L3 4"' in page
    browser.post(reverse("consent-take-back", args=["statistics"]))
    assert not consent.has(ada.pk, "statistics")
    assert browser.post(reverse("consent-sign", args=["everything"]), {"name": "Ada"}).status_code == 404


def test_without_consent_no_doctor_looks_any_more(place: Place, ada: Client) -> None:
    open_key, answered_key = leg_answers(place), leg_answers(place)
    StoredAssessment.objects.filter(key__in=[open_key, answered_key]).update(client=ada)
    waiting, answered = opened(asked(place, open_key)), opened(asked(place, answered_key))
    say(answered, word("no"))
    assert withdrawal.withdraw(ada.pk, "doctor", actor="client:1", clock=CLOCK) == 2
    for door in (waiting, answered):
        assert isinstance(clearance_answer.read(door.key, door.secret, clock=CLOCK), Refused)
    states = ClearanceRow.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["revoked", "answered"]
    refused = booking.book(command(place, assessment_key=open_key), clock=CLOCK)
    assert isinstance(refused, Refused)
    assert refused.code == "doctor-said-no"  # the answer that was given still keeps the client safe
