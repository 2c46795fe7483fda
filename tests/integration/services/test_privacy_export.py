"""Everything kept about a client comes out as one file, and nothing about anybody else."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from clinic import CLOCK, Place, make_practice
from record_of_ada import SECRET, full_record
from unpinch.kernel.errors import NotFoundError
from unpinch.records import personal
from unpinch.records.models import AuditEvent, Client, Message, User
from unpinch.services import access, privacy_export

if TYPE_CHECKING:
    from collections.abc import Iterator

_REQUIRED = {
    "Organization": {"name"},
    "Patient": {"name"},
    "Practitioner": {"name"},
    "QuestionnaireResponse": {"status", "subject", "authored"},
    "Appointment": {"status", "participant", "start", "end"},
    "CarePlan": {"status", "intent", "subject", "period"},
    "Observation": {"status", "code", "subject", "effectiveDateTime", "valueQuantity"},
    "Consent": {"status", "scope", "category", "patient", "policyRule"},
    "ServiceRequest": {"status", "intent", "subject"},
    "Communication": {"status", "basedOn", "payload"},
    "Provenance": {"target", "recorded", "agent"},
}
"""What the R4 specification and we ask of each kind."""
_STATUS = {
    "QuestionnaireResponse": {"in-progress", "completed", "amended", "entered-in-error", "stopped"},
    "Appointment": {"proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow"},
    "CarePlan": {"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"},
    "Observation": {"registered", "preliminary", "final", "amended"},
    "Consent": {"draft", "proposed", "active", "rejected", "inactive", "entered-in-error"},
    "ServiceRequest": {"draft", "active", "on-hold", "revoked", "completed"},
    "Communication": {"preparation", "in-progress", "not-done", "completed"},
}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


@pytest.fixture
def place(db: None) -> Place:
    return make_practice()


def exported(client: Client) -> dict[str, bytes]:
    made = privacy_export.export(client.pk, actor="user:1", clock=CLOCK)
    with zipfile.ZipFile(io.BytesIO(made.content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_every_table_with_a_way_to_a_client_is_known() -> None:
    """A new table that speaks about a client is told here what becomes of it (records/personal.py)."""
    assert {model.__name__ for model in personal.personal_models()} == set(personal.TABLES)
    of_accounts = {
        model.__name__
        for model in apps.get_app_config("records").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey | type(User._meta.pk))
        and field.name == "user"
        and model is not Client
    }
    of_staff = {"Therapist", "ApiToken"}
    assert of_accounts == set(personal.OF_ACCOUNTS) | of_staff


def test_who_points_to_others_comes_before_those() -> None:
    order = [model.__name__ for model in personal.personal_models()]
    assert order.index("ClearanceAnswer") < order.index("Clearance") < order.index("StoredAssessment")
    assert order.index("ReliefReading") < order.index("Course")
    assert order[-1] == "Client"


def test_it_holds_every_table_a_bundle_letters_and_a_document(place: Place) -> None:
    ada = full_record(place)
    files = exported(ada)
    names = {
        name.removeprefix("tables/").removesuffix(".csv") for name in files if name.startswith("tables/")
    }
    assert names == {*personal.TABLES, "User", "SignIn", "RecordBook"}
    assert {"READ-ME.txt", "record.pdf", "fhir.json", "letters/letter-1.pdf"} <= set(files)
    assert files["record.pdf"].startswith(b"%PDF-")
    assert b"Lift the kettle" in files["tables/ReliefReading.csv"]
    assert (
        "'=not too hard" not in files["tables/ClearanceAnswer.csv"].decode()
    )  # inside JSON it is no formula


def test_it_holds_nobody_else_and_no_secret(place: Place) -> None:
    ada = full_record(place)
    bob_at = CLOCK.now().replace(hour=14)
    full_record(place, "Bob Grey-Stone", bob_at)
    whole = b"".join(exported(ada).values()).decode("utf-8", "replace")
    assert "Ada Byron" in whole
    assert "Grey-Stone" not in whole
    assert "bob@clients.example" not in whole
    assert SECRET not in whole
    assert "md5$" not in whole


def test_messages_to_an_address_that_two_share_are_nobodys(place: Place) -> None:
    ada = full_record(place)
    Message.objects.create(
        practice=place.practice,
        idempotency_key="free",
        kind="course",
        to=ada.email,
        subject="Course",
        text="",
        due_at=CLOCK.now(),
        created_at=CLOCK.now(),
    )
    assert personal.rows_of(Message, ada).filter(idempotency_key="free").exists()
    Client.objects.create(
        practice=place.practice,
        name="Annabella",
        name_key="annabella",
        email=ada.email,
        email_key=ada.email_key,
        phone="1",
        created_at=CLOCK.now(),
    )
    assert not personal.rows_of(Message, ada).filter(idempotency_key="free").exists()


def test_a_cell_that_a_spreadsheet_would_run_is_text() -> None:
    assert privacy_export._cell("=1+1") == "'=1+1"
    assert privacy_export._cell(-3) == "-3"
    assert privacy_export._cell(None) == ""


def test_it_leaves_a_line_in_the_record_book(place: Place) -> None:
    ada = full_record(place)
    exported(ada)
    line = AuditEvent.objects.get(action="client.export")
    assert (line.actor, line.about, line.details) == ("user:1", ada.pk, {})


def test_only_ones_own(place: Place) -> None:
    ada = full_record(place)
    assert ada.user is not None
    assert privacy_export.own(access.caller(ada.user.pk), clock=CLOCK).name == "my-data-2026-11-24.zip"
    with pytest.raises(NotFoundError):
        privacy_export.own(access.caller(place.ann_user.pk), clock=CLOCK)


def test_the_bundle_is_what_r4_asks_for(place: Place) -> None:
    bundle = json.loads(exported(full_record(place))["fhir.json"])
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    resources = [entry["resource"] for entry in bundle["entry"]]
    assert {one["resourceType"] for one in resources} == set(_REQUIRED)
    assert len({(one["resourceType"], one["id"]) for one in resources}) == len(resources)
    for one in resources:
        kind = one["resourceType"]
        assert _REQUIRED[kind] <= set(one), kind
        assert one.get("status") in _STATUS.get(kind, {None}), kind
        assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", one["id"])


def test_its_references_lead_somewhere_and_nothing_in_it_is_empty(place: Place) -> None:
    bundle = json.loads(exported(full_record(place))["fhir.json"])
    known = {entry["fullUrl"] for entry in bundle["entry"]}
    for key, value in _walk(bundle):
        assert value not in (None, "", [], {}), key
        if key == "reference" and isinstance(value, str):
            assert value in known
        if key in {"start", "end", "authored", "sent", "dateTime", "recorded", "timestamp"}:
            assert _INSTANT.fullmatch(value), key


def test_pain_is_told_by_its_code(place: Place) -> None:
    bundle = json.loads(exported(full_record(place))["fhir.json"])
    pains = [
        entry["resource"]["valueQuantity"]["value"]
        for entry in bundle["entry"]
        if entry["resource"].get("code", {}).get("coding", [{}])[0].get("code") == "72514-3"
    ]
    assert pains == [7, 3]


def _walk(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    yield key, value
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _walk(one, name)
    if isinstance(value, list):
        for one in value:
            yield from _walk(one, key)
