"""Erasing a client takes everything but nameless accounts; nobody else loses a line, and the record book holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps

from clinic import CLOCK, NOW, Place, make_practice, stored_answers
from record_of_ada import full_record
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import NotFoundError
from unpinch.records import personal
from unpinch.records.models import (
    Appointment,
    AuditEvent,
    Client,
    Message,
    SignIn,
    StoredAssessment,
    User,
    WaitlistEntry,
)
from unpinch.services import audit, erasure, retention
from unpinch.services.erasure import Erased
from unpinch.services.outcomes import Refused

LATER = FixedClock(NOW + timedelta(days=30))


@pytest.fixture
def place(db: None) -> Place:
    return make_practice()


def everything() -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row of every table, in plain."""
    return {
        model.__name__: {
            row.pk: {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
            for row in model._default_manager.all()
        }
        for model in apps.get_app_config("records").get_models()
    }


def test_everything_goes_but_nameless_appointments(place: Place) -> None:
    ada = full_record(place)
    user = ada.user
    assert user is not None
    erased = erasure.erase(ada.pk, actor="user:1", clock=LATER)
    assert isinstance(erased, Erased)
    assert erased.appointments == 1
    for model in personal.personal_models():
        left = personal.rows_of(model, Client.objects.get(pk=ada.pk)).count()
        assert left == (0 if personal.goes(model) else 1), model
    assert not User.objects.filter(pk=user.pk).exists()
    assert not SignIn.objects.exists()
    row = Appointment.objects.get()
    assert (row.price_minor, row.assessment, row.course, row.waitlist_entry) == (5800, None, None, None)
    written = str([rows for name, rows in everything().items() if name not in {"Practice", "Therapist"}])
    for word in ("Ada", "Byron", "ada@clients", "4960123", "kettle", "Grey"):
        assert word not in written


def test_nobody_else_loses_a_line(place: Place) -> None:
    ada = full_record(place)
    bob = full_record(place, "Bob Stone", NOW.replace(hour=14) + timedelta(days=1))
    before = {
        model.__name__: list(personal.rows_of(model, bob).values()) for model in personal.personal_models()
    }
    erasure.erase(ada.pk, actor="user:1", clock=LATER)
    bob.refresh_from_db()
    after = {
        model.__name__: list(personal.rows_of(model, bob).values()) for model in personal.personal_models()
    }
    assert after == before
    assert bob.user is not None


def test_the_record_book_holds_and_says_so(place: Place) -> None:
    ada = full_record(place)
    lines = AuditEvent.objects.count()
    erasure.erase(ada.pk, actor="user:1", clock=LATER)
    assert AuditEvent.objects.count() == lines + 1
    line = AuditEvent.objects.get(action="client.erase")
    assert (line.object_id, line.about) == (str(ada.pk), ada.pk)


@pytest.mark.django_db(transaction=True)
def test_its_chain_is_whole_afterwards() -> None:
    ada = full_record(make_practice())
    erasure.erase(ada.pk, actor="user:1", clock=LATER)
    assert all(isinstance(one, audit.Sound) for one in audit.verify())


def test_what_is_to_come_is_settled_first(place: Place) -> None:
    ada = full_record(place)
    before = everything()
    refused = erasure.erase(ada.pk, actor="user:1", clock=CLOCK)
    assert isinstance(refused, Refused)
    assert refused.code == "bookings-ahead"
    WaitlistEntry.objects.update(state="waiting")
    refused = erasure.erase(ada.pk, actor="user:1", clock=LATER)
    assert isinstance(refused, Refused)
    assert refused.code == "waiting"
    WaitlistEntry.objects.update(state="left")
    assert everything() == before


def test_once_is_enough(place: Place) -> None:
    ada = full_record(place)
    erasure.erase(ada.pk, actor="user:1", clock=LATER)
    with pytest.raises(NotFoundError):
        erasure.erase(ada.pk, actor="user:1", clock=LATER)


def test_who_works_here_keeps_the_account(place: Place) -> None:
    ada = full_record(place)
    Client.objects.filter(pk=ada.pk).update(user=place.ann_user)
    erasure.erase(ada.pk, actor="user:1", clock=LATER)
    assert User.objects.filter(pk=place.ann_user.pk).exists()


def test_every_kind_has_a_rule_with_reason_and_source() -> None:
    assert {one.kind for one in personal.TABLES.values()} <= set(retention.rules())
    for rule in retention.rules().values():
        assert rule.days > 0
        assert rule.source.startswith("https://")
        assert "GDPR" in rule.law


def counts(found: tuple[retention.Due, ...]) -> dict[str, int]:
    return {one.rule.kind: one.count for one in found if one.count}


def in_days(days: int) -> FixedClock:
    return FixedClock(NOW + timedelta(days=days))


def test_a_dry_run_changes_nothing(place: Place) -> None:
    full_record(place)
    before = everything()
    assert counts(retention.due(clock=in_days(3000)))["treatment"] == 1
    assert everything() == before


def test_each_kind_goes_in_its_time(place: Place) -> None:
    full_record(place)
    stored_answers(place)
    assert counts(retention.apply(clock=in_days(30))) == {}
    assert counts(retention.apply(clock=in_days(92))) == {"unclaimed": 1, "log-ins": 1}
    assert StoredAssessment.objects.count() == 1
    Message.objects.update(state="sent")
    assert set(counts(retention.apply(clock=in_days(400)))) == {"messages", "waits"}
    assert counts(retention.apply(clock=in_days(2900))) == {}
    assert counts(retention.apply(clock=in_days(3000))) == {"treatment": 1, "accounts": 1}
    assert not StoredAssessment.objects.exists()
    assert not Appointment.objects.exists()
    assert set(
        AuditEvent.objects.filter(action="retention.apply").values_list("details__record_kind", flat=True)
    ) == {
        "unclaimed",
        "log-ins",
        "messages",
        "waits",
        "accounts",
    }


def test_records_of_a_minor_are_kept_longer(place: Place) -> None:
    ada = full_record(place)
    row = StoredAssessment.objects.get(client=ada)
    row.answers = {**row.answers, "age": 15}
    row.save()
    assert "treatment" not in counts(retention.due(clock=in_days(3000)))
    assert counts(retention.due(clock=in_days(9200)))["treatment-of-minors"] == 1
