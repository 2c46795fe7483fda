"""The record book: lines are chained, the database refuses to change them, and tampering is found."""

from __future__ import annotations

import importlib
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, connections, transaction

from clinic import CLOCK, NOW, command, make_practice
from unpinch.records.chain import FIRST
from unpinch.records.models import AuditEvent, Practice
from unpinch.services import audit, booking
from unpinch.services.audit import Broken, Mark, Sound

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def practice(db: None) -> Practice:
    return make_practice().practice


def write(practice: Practice, lines: int = 1, **more: Any) -> None:
    for number in range(lines):
        at = NOW + timedelta(minutes=number)
        audit.record(practice.pk, "user:7", "session.read", "appointment", number, at, **more)
    chained()


def _write_and_fail(practice: Practice) -> None:
    write(practice, 1)
    raise ZeroDivisionError


def chained() -> None:
    """What PostgreSQL does at the end of a transaction, now."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def tamper(practice: Practice) -> Iterator[Any]:
    """Run statements as somebody would who may do anything with the database."""

    def run(statement: str) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
            else:
                cursor.execute("DROP TRIGGER IF EXISTS audit_append_only_update")
                cursor.execute("DROP TRIGGER IF EXISTS audit_append_only_delete")
            cursor.execute(statement)

    return run  # type: ignore[return-value]


def test_lines_of_a_practice_are_numbered_and_chained(practice: Practice) -> None:
    write(practice, 3)
    found = list(AuditEvent.objects.order_by("pk").values_list("number", flat=True))
    assert found == [1, 2, 3]
    (sound,) = audit.verify()
    assert sound == Sound(practice.name, Mark(3, str(AuditEvent.objects.get(number=3).chain)))


def test_each_practice_has_a_chain_of_its_own(practice: Practice) -> None:
    other = make_practice("elsewhere").practice
    write(practice, 2)
    write(other, 1)
    assert [one.last.number for one in audit.verify() if isinstance(one, Sound)] == [2, 1]


def test_an_empty_book_is_sound(practice: Practice) -> None:
    assert audit.verify() == (Sound(practice.name, Mark(0, FIRST)),)


def test_details_of_every_kind_survive_the_database(practice: Practice) -> None:
    write(practice, 1, about=4, terms="ünï", on_agreement=True, count=3, why=None)
    assert isinstance(audit.verify()[0], Sound)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda rows: rows.update(actor="user:8"), id="update"),
        pytest.param(lambda rows: rows.delete(), id="delete"),
        pytest.param(lambda rows: rows.update(chain="0" * 64), id="update-of-the-chain"),
    ],
)
def test_the_database_refuses_to_change_a_line(practice: Practice, change: Any) -> None:
    write(practice, 2)
    with pytest.raises(IntegrityError, match="audit_append_only"), transaction.atomic():
        change(AuditEvent.objects.filter(number=1))
    assert AuditEvent.objects.count() == 2


@pytest.mark.parametrize(
    ("statement", "number", "why"),
    [
        pytest.param(
            "UPDATE records_auditevent SET actor = 'user:8' WHERE number = 2", 2, "changed", id="actor"
        ),
        pytest.param("UPDATE records_auditevent SET about = 9 WHERE number = 3", 3, "changed", id="about"),
        pytest.param("DELETE FROM records_auditevent WHERE number = 2", 2, "missing", id="taken-out"),
        pytest.param("DELETE FROM records_auditevent WHERE number = 1", 1, "missing", id="first-taken-out"),
        pytest.param(
            "UPDATE records_auditevent SET chain = content WHERE number = 2", 2, "does not follow", id="chain"
        ),
        pytest.param(
            "UPDATE records_auditevent SET number = NULL WHERE number = 4",
            4,
            "without a place",
            id="unnumbered",
        ),
    ],
)
def test_tampering_is_found_at_its_first_line(
    practice: Practice, tamper: Any, statement: str, number: int, why: str
) -> None:
    write(practice, 4)
    tamper(statement)
    (broken,) = audit.verify()
    assert isinstance(broken, Broken)
    assert (broken.number, why in broken.why) == (number, True)


def test_a_tail_that_was_cut_off_is_found_by_the_mark_that_was_noted_down(
    practice: Practice, tamper: Any
) -> None:
    write(practice, 4)
    (sound,) = audit.verify()
    assert isinstance(sound, Sound)
    assert audit.verify(sound.last) == (sound,)
    tamper("DELETE FROM records_auditevent WHERE number = 4")
    assert isinstance(audit.verify()[0], Sound)
    assert audit.verify(sound.last) == (Broken(practice.name, 4, "it is not the line that was noted down"),)


def test_a_booking_leaves_sound_lines(db: None) -> None:
    booking.book(command(make_practice()), clock=CLOCK)
    chained()
    assert set(AuditEvent.objects.values_list("action", flat=True)) == {
        "assessment.store",
        "appointment.book",
    }
    assert isinstance(audit.verify()[0], Sound)


@pytest.mark.django_db(transaction=True)
def test_many_who_write_at_once_make_one_chain() -> None:
    practice = make_practice().practice
    # The tests' SQLite is in memory, where two connections at once are refused rather than put in a row.
    writing = 4 if connection.vendor == "postgresql" else 1
    started = threading.Barrier(writing)

    def writer(who: int) -> None:
        started.wait()
        try:
            for number in range(5):
                with transaction.atomic():
                    audit.record(practice.pk, f"user:{who}", "session.read", "appointment", number, NOW)
                    audit.record(practice.pk, f"user:{who}", "session.read", "client", number, NOW)
        finally:
            connections.close_all()

    writers = [threading.Thread(target=writer, args=(who,)) for who in range(writing)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    (sound,) = audit.verify()
    assert isinstance(sound, Sound)
    assert sound.last.number == 10 * writing


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_gap() -> None:
    practice = make_practice().practice
    write(practice, 1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _write_and_fail(practice)
    write(practice, 1)
    assert [one.last.number for one in audit.verify() if isinstance(one, Sound)] == [2]


def test_lines_from_before_the_chain_are_chained_by_the_migration(practice: Practice, tamper: Any) -> None:
    other = make_practice("elsewhere").practice
    write(practice, 3)
    write(other, 2)
    tamper("UPDATE records_auditevent SET number = NULL, content = '', chain = NULL")
    step = importlib.import_module("unpinch.records.migrations.0005_record_book_chain")
    step.chain(apps, connection.schema_editor())
    assert [one.last.number for one in audit.verify() if isinstance(one, Sound)] == [3, 2]
