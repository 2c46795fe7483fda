"""Consent: one signature per purpose, withdrawable; a minor needs a parent or guardian."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic import CLOCK, NOW, Place, command, make_practice, stored_answers
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import AuditEvent, Client
from unpinch.records.models import Consent as ConsentRow
from unpinch.services import booking, clearance, consent, intake
from unpinch.services.booking import Booked
from unpinch.services.consent import PURPOSES, Signature, Whose
from unpinch.services.outcomes import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_practice()


def test_every_purpose_has_a_text_and_no_version_is_used_twice() -> None:
    texts = consent.texts()
    assert {text.purpose for text in texts} == set(PURPOSES)
    assert len({(text.purpose, text.version) for text in texts}) == len(texts)
    assert all(text.title and len(text.text) > 80 for text in texts)


def test_given_before_booking_it_holds_for_the_client_afterwards(place: Place) -> None:
    key = stored_answers(place)
    whose = Whose(place.practice.pk, assessment_key=key)
    consent.give("reminders", Signature("Ada Byron", "M 1 2 L 3 4"), whose, clock=CLOCK)
    assert consent.has_for(intake.load(key), "reminders")
    booking.book(command(place, assessment_key=key), clock=CLOCK)
    client = Client.objects.get()
    assert consent.has(client.pk, "reminders")
    assert not consent.has(client.pk, "statistics")
    (shown,) = consent.of_client(client.pk)
    assert (shown.signed_name, shown.signature_path) == ("Ada Byron", "M 1 2 L 3 4")
    assert shown.text == consent.text_for("reminders")


def test_it_is_taken_back_and_the_signature_stays(place: Place) -> None:
    booking.book(command(place), clock=CLOCK)
    client = Client.objects.get()
    whose = Whose(place.practice.pk, client_id=client.pk)
    consent.give("statistics", Signature("Ada"), whose, actor="client:1", clock=CLOCK)
    later = FixedClock(NOW + timedelta(days=1))
    assert consent.withdraw(client.pk, "statistics", actor="client:1", clock=later) == 1
    assert consent.withdraw(client.pk, "statistics", actor="client:1", clock=later) == 0
    assert not consent.has(client.pk, "statistics")
    row = ConsentRow.objects.get()
    assert (row.given_at, row.withdrawn_at) == (NOW, later.now())
    lines = AuditEvent.objects.filter(object_kind="consent").order_by("pk")
    assert [(line.action, line.details) for line in lines] == [
        ("consent.give", {"purpose": "statistics"}),
        ("consent.withdraw", {"purpose": "statistics"}),
    ]


@pytest.mark.parametrize(
    ("signature", "code"),
    [
        (Signature(""), "signature"),
        (Signature("Ada", 'M 1 2"/><script>'), "signature_path"),
        (Signature("Ada", "M" + " 1" * 10_001), "signature_path"),
        (Signature("Ada", relation="x" * 61), "relation"),
    ],
    ids=["no name", "no path", "too long", "relation"],
)
def test_a_signature_that_cannot_be_kept_is_refused(place: Place, signature: Signature, code: str) -> None:
    key = stored_answers(place)
    with pytest.raises(InputError) as caught:
        consent.give("treatment", signature, Whose(place.practice.pk, assessment_key=key), clock=CLOCK)
    assert caught.value.code == code
    assert not ConsentRow.objects.exists()


def test_a_minor_books_with_a_guardian_only(place: Place) -> None:
    key = stored_answers(place, age=16)
    # Under 18 a doctor has to agree as well; that alone is not enough.
    clearance.record_unverified_agreement(key, doctor_name="Dr White", agreed_on=NOW.date(), clock=CLOCK)
    refused = booking.book(command(place, assessment_key=key), clock=CLOCK)
    assert isinstance(refused, Refused)
    assert refused.code == "guardian"
    whose = Whose(place.practice.pk, assessment_key=key)
    consent.give("treatment", Signature("Ada Byron"), whose, clock=CLOCK)
    still = booking.book(command(place, assessment_key=key), clock=CLOCK)
    assert isinstance(still, Refused)
    assert still.code == "guardian"
    consent.give("treatment", Signature("Anne Byron", relation="mother"), whose, clock=CLOCK)
    assert isinstance(booking.book(command(place, assessment_key=key), clock=CLOCK), Booked)


def test_an_adult_needs_none(place: Place) -> None:
    assert not consent.needs_guardian(intake.load(stored_answers(place, age=18)))
    assert consent.needs_guardian(intake.load(stored_answers(place, age=17)))


def test_nothing_hangs_on_strangers(place: Place) -> None:
    other = make_practice("other")
    key = stored_answers(other)
    with pytest.raises(NotFoundError):
        consent.give("doctor", Signature("Ada"), Whose(place.practice.pk, assessment_key=key), clock=CLOCK)
    booking.book(command(other), clock=CLOCK)
    stranger = Whose(place.practice.pk, client_id=Client.objects.get().pk)
    with pytest.raises(NotFoundError):
        consent.give("doctor", Signature("Ada"), stranger, clock=CLOCK)
