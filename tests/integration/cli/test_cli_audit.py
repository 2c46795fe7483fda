"""``unpinch audit verify`` as an administrator types it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from clinic import NOW, make_practice
from unpinch.cli import installed
from unpinch.records.models import AuditEvent
from unpinch.services import audit

if TYPE_CHECKING:
    from collections.abc import Callable

    Unpinch = Callable[..., Any]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed, "open_installation", lambda: None)
    practice = make_practice().practice
    for number in range(3):
        audit.record(practice.pk, audit.SYSTEM, "session.read", "appointment", number, NOW)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_sound_book_is_said_so_with_its_end(unpinch: Unpinch) -> None:
    end = AuditEvent.objects.get(number=3).chain
    outcome = unpinch("audit", "verify")
    assert (outcome.status, outcome.out) == (
        0,
        f"Harbour Massage: 3 lines hold together, up to 3:{end}\n",
    )
    assert unpinch("audit", "verify", "--since", f"3:{end}").status == 0


def test_the_first_line_that_does_not_hold_is_named(unpinch: Unpinch) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER audit_append_only_update")
        cursor.execute("UPDATE records_auditevent SET actor = 'user:8' WHERE number = 2")
    outcome = unpinch("audit", "verify")
    assert (outcome.status, outcome.out) == (
        1,
        "Harbour Massage: line 2 does not hold: what it says was changed.\n",
    )


def test_a_mark_that_is_not_in_the_chain_fails(unpinch: Unpinch) -> None:
    outcome = unpinch("audit", "verify", "--since", "3:" + "ab" * 32)
    assert outcome.status == 1
    assert "line 3 does not hold" in outcome.out


@pytest.mark.parametrize("given", ["3", "3:xyz", "x:" + "0" * 64])
def test_a_mark_that_is_none_is_refused(unpinch: Unpinch, given: str) -> None:
    outcome = unpinch("audit", "verify", "--since", given)
    assert outcome.status == 2
    assert "64 hex digits" in outcome.err
