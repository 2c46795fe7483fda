"""What people say about their health is in no table in the open, and a key can be changed under a running server."""

from __future__ import annotations

import importlib
import stat
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast

from clinic import CLOCK, make_practice, stored_answers
from unpinch.config import environment
from unpinch.kernel.errors import RefusedError, SetupError
from unpinch.records.keyring import id_of, keyring
from unpinch.records.models import DoctorAgreement, StoredAssessment
from unpinch.services import clearance, health_keys, intake

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture
def key_file(settings: Any, tmp_path: Path) -> Path:
    """A ring of its own, in a folder of its own."""
    settings.HEALTH_KEYS, settings.HEALTH_KEY_FILE = environment.health_keys(tmp_path)
    return tmp_path / "health-keys"


def raw(field: str) -> str:
    """The column as it is in the table."""
    kept = Cast(field, TextField())
    return str(StoredAssessment.objects.annotate(kept=kept).values_list("kept", flat=True).get())


def test_answers_and_what_was_concluded_are_unreadable_in_the_table(key_file: Path) -> None:
    key = stored_answers(make_practice(), q_pain_score=7)
    for field in ("answers", "marks", "result"):
        assert raw(field).startswith(f"{keyring.ids()[0]}:")
        assert not any(word in raw(field) for word in ("pain", "region", "massage", "{", "["))
    assert intake.load(key).raw_answers["answers"]["q-pain-score"] == 7


def test_the_name_of_a_doctor_is_unreadable_in_the_table(key_file: Path) -> None:
    key = stored_answers(make_practice())
    clearance.record_unverified_agreement(
        key, doctor_name="Dr Frost", agreed_on=CLOCK.now().date(), how="phone", clock=CLOCK
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT doctor_name, how FROM records_doctoragreement")
        assert "Frost" not in str(cursor.fetchall())
    row = DoctorAgreement.objects.get()
    assert (row.doctor_name, row.how) == ("Dr Frost", "phone")


def test_the_same_text_is_kept_differently_each_time() -> None:
    assert keyring.encrypt("left hand") != keyring.encrypt("left hand")


def test_an_encrypted_field_can_only_be_asked_whether_it_is_there() -> None:
    assert not StoredAssessment.objects.filter(answers__isnull=True).exists()
    with pytest.raises(FieldError):
        StoredAssessment.objects.filter(answers={"a": 1}).exists()


def test_the_file_of_keys_is_its_owners_alone(key_file: Path) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    health_keys.rotate()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_a_new_key_encrypts_everything_and_old_backups_stay_readable(key_file: Path) -> None:
    place = make_practice()
    key = stored_answers(place)
    before, kept = intake.load(key), raw("answers")
    old = keyring.ids()[0]
    rotated = health_keys.rotate()
    assert rotated.values == 3
    assert rotated.key_id != old
    assert keyring.ids() == (rotated.key_id, old)
    assert health_keys.in_use() == {rotated.key_id: 3}
    assert intake.load(key) == before
    assert keyring.decrypt(kept)


def test_changing_the_key_again_with_the_same_key_changes_nothing(key_file: Path) -> None:
    stored_answers(make_practice())
    health_keys.rotate()
    assert health_keys.rotate(with_new_key=False).values == 0


def test_only_keys_that_no_value_needs_are_forgotten(key_file: Path) -> None:
    key = stored_answers(make_practice())
    old = keyring.ids()[0]
    kept = raw("answers")
    from unpinch.records import keyring as ring  # noqa: PLC0415 - the module beside the ring of the same name

    ring.add_key()
    assert health_keys.forget_unused() == ()
    health_keys.rotate(with_new_key=False)
    assert health_keys.forget_unused() == (old,)
    assert intake.load(key).raw_answers
    with pytest.raises(SetupError, match=old):
        keyring.decrypt(kept)


def test_keys_from_the_setting_are_used_in_their_order(settings: Any) -> None:
    new, old = (Fernet.generate_key().decode() for _ in range(2))
    settings.HEALTH_KEYS = (old,)
    kept = keyring.encrypt("tingling")
    settings.HEALTH_KEYS = (new, old)
    assert keyring.ids() == (id_of(new), id_of(old))
    assert keyring.decrypt(kept) == "tingling"
    with pytest.raises(RefusedError, match="UNPINCH_HEALTH_KEYS"):
        health_keys.rotate()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda kept: kept[:-6] + "AAAAA=", id="changed"),
        pytest.param(lambda kept: "0" * 8 + kept[8:], id="key-unknown"),
        pytest.param(lambda kept: '{"a": 1}', id="never-encrypted"),
        pytest.param(lambda kept: "", id="emptied"),
    ],
)
def test_a_value_that_cannot_be_read_is_said_so_without_showing_it(spoil: Any) -> None:
    with pytest.raises(SetupError, match=r"back-up\.md"):
        keyring.decrypt(spoil(keyring.encrypt("tingling")))


def test_values_from_before_encryption_are_encrypted_by_the_migration(key_file: Path) -> None:
    key = stored_answers(make_practice())
    before = intake.load(key)
    from django.apps import apps  # noqa: PLC0415 - as a migration gets it

    step = importlib.import_module("unpinch.records.migrations.0003_encrypt_health_text")
    editor = connection.schema_editor()
    step.decrypt(apps, editor)
    assert raw("answers").startswith("{")
    step.encrypt(apps, editor)
    assert intake.load(key) == before
