"""``unpinch admin export-client`` as an owner types it."""

from __future__ import annotations

import stat
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from clinic import make_practice
from record_of_ada import full_record
from unpinch.cli import installed
from unpinch.records.models import Appointment, AuditEvent, Client, StoredAssessment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Unpinch = Callable[..., Any]

PAST = datetime(2025, 11, 24, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "open_installation", lambda: None)


@pytest.fixture
def ada() -> Client:
    return full_record(make_practice())


def test_the_file_is_for_its_owner_alone(unpinch: Unpinch, ada: Client, tmp_path: Path) -> None:
    file = tmp_path / "ada.zip"
    assert unpinch("admin", "export-client", "Ada@clients.example", str(file)).status == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "fhir.json" in zipfile.ZipFile(file).namelist()
    assert AuditEvent.objects.get(action="client.export").about == ada.pk
    again = unpinch("admin", "export-client", "ada@clients.example", str(file))
    assert (again.status, "Choose another name" in again.err) == (2, True)


def test_whoever_is_meant_must_be_certain(unpinch: Unpinch, ada: Client, tmp_path: Path) -> None:
    Client.objects.create(
        practice=ada.practice,
        name="Annabella",
        name_key="annabella",
        email=ada.email,
        email_key=ada.email_key,
        phone="1",
        created_at=ada.created_at,
    )
    file = str(tmp_path / "some.zip")
    assert "Say who is meant with --name" in unpinch("admin", "export-client", ada.email, file).err
    assert unpinch("admin", "export-client", ada.email, file, "--name", "ada byron").status == 0
    assert "There is no client" in unpinch("admin", "export-client", "nobody@example.org", file).err


def test_erasing_is_said_before_it_is_done(unpinch: Unpinch, ada: Client) -> None:
    Appointment.objects.update(starts_at=PAST, ends_at=PAST + timedelta(hours=1), busy_from=PAST)
    said = unpinch("admin", "erase-client", ada.email)
    assert (said.status, "1 Appointment" in said.out, "Nothing was changed" in said.out) == (0, True, True)
    assert Client.objects.get().name == "Ada Byron"
    assert "1 appointments stay" in unpinch("admin", "erase-client", ada.email, "--yes").out
    assert Client.objects.get().name == "Erased"
    assert unpinch("admin", "erase-client", ada.email, "--yes").status == 2


def test_retention_is_said_before_it_is_done(unpinch: Unpinch, ada: Client) -> None:
    StoredAssessment.objects.update(created_at=PAST)
    assert "Nothing was changed" in unpinch("admin", "retention", "--dry-run").out
    assert "Nothing was changed" in unpinch("admin", "retention").out
    assert "Let go." in unpinch("admin", "retention", "--apply").out
    assert unpinch("admin", "retention", "--apply", "--dry-run").status == 2
