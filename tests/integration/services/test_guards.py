"""The database itself refuses overlap, whoever writes: straight SQL, on whichever database the tests run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from clinic import CLOCK, NOW, TEN, command, make_practice
from unpinch.records.models import Appointment, Client, Status, Therapist
from unpinch.services.booking import Booked, book

if TYPE_CHECKING:
    from clinic import Place

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
UNTIL = TEN + timedelta(minutes=75)
"""When therapist and room are free again after Ada's hour at ten."""


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def first(place: Place) -> Appointment:
    outcome = book(command(place), clock=CLOCK)
    assert isinstance(outcome, Booked)
    return Appointment.objects.get(pk=outcome.appointment.id)


def columns(first: Appointment, **changes: Any) -> dict[str, Any]:
    """A row like the first, of another client, therapist and room unless the test says the same."""
    values: dict[str, Any] = {**Appointment.objects.filter(pk=first.pk).values().get()}
    other = Client.objects.create(
        practice_id=first.practice_id,
        name="Bea",
        name_key=uuid4().hex,
        email="bea@clients.example",
        email_key="bea@clients.example",
        phone="+441174960124",
        created_at=NOW,
    )
    del values["id"]
    fresh = {
        "key": uuid4(),
        "calendar_uid": uuid4(),
        "cancel_token_hash": uuid4().hex,
        "client_id": other.pk,
        "therapist_id": _ben(first),
        "room_id": None,
    }
    return {**values, **fresh, **changes}


def _ben(first: Appointment) -> int:
    return Therapist.objects.get(code="ben", practice_id=first.practice_id).pk


def insert(values: dict[str, Any]) -> int:
    """One INSERT, past models and services."""
    meta = Appointment._meta
    fields = [field for field in meta.concrete_fields if not field.primary_key]
    given = [field.get_db_prep_save(values[field.attname], connection) for field in fields]
    names = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{meta.db_table}" ({names}) VALUES ({marks}) RETURNING "id"', given)
        return int(cursor.fetchone()[0])


def update(key: int, **changes: Any) -> None:
    """One UPDATE, past models and services."""
    meta = Appointment._meta
    fields: list[Any] = [meta.get_field(name) for name in changes]
    given = [
        field.get_db_prep_save(value, connection)
        for field, value in zip(fields, changes.values(), strict=True)
    ]
    names = ", ".join(f'"{field.column}" = %s' for field in fields)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{meta.db_table}" SET {names} WHERE "id" = %s', [*given, key])


def at(start: datetime, until: datetime, **more: Any) -> dict[str, Any]:
    """Session and busy time alike."""
    return {"starts_at": start, "busy_from": start, "ends_at": until, "busy_until": until, **more}


SHAPES = {
    "the same": (TEN, UNTIL, True),
    "inside": (TEN + 10 * MINUTE, TEN + 20 * MINUTE, True),
    "around": (TEN - 90 * MINUTE, UNTIL + 90 * MINUTE, True),
    "over the start": (TEN - 60 * MINUTE, TEN + MINUTE, True),
    "over the turnover alone": (UNTIL - MINUTE, UNTIL + 60 * MINUTE, True),
    "touching before": (TEN - 60 * MINUTE, TEN, False),
    "touching after": (UNTIL, UNTIL + 60 * MINUTE, False),
    "far away": (TEN + timedelta(days=3), UNTIL + timedelta(days=3), False),
}


@pytest.mark.parametrize("resource", ["therapist", "room"])
@pytest.mark.parametrize(("start", "until", "overlaps"), SHAPES.values(), ids=SHAPES.keys())
def test_an_insert_over_a_taken_time_is_refused(
    first: Appointment, resource: str, start: datetime, until: datetime, overlaps: bool
) -> None:
    taken = {f"{resource}_id": getattr(first, f"{resource}_id")}
    if not overlaps:
        insert(columns(first, **at(start, until), **taken))
        return
    with pytest.raises(IntegrityError, match=f"{resource}_free"):
        insert(columns(first, **at(start, until), **taken))
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("resource", ["therapist", "room"])
@pytest.mark.parametrize(("start", "until", "overlaps"), SHAPES.values(), ids=SHAPES.keys())
def test_an_update_into_a_taken_time_is_refused(
    first: Appointment, resource: str, start: datetime, until: datetime, overlaps: bool
) -> None:
    taken = {f"{resource}_id": getattr(first, f"{resource}_id")}
    away = at(TEN + timedelta(days=7), UNTIL + timedelta(days=7))
    key = insert(columns(first, **away, **taken))
    if not overlaps:
        update(key, **at(start, until))
        return
    with pytest.raises(IntegrityError, match=f"{resource}_free"):
        update(key, **at(start, until))


def test_a_client_is_in_one_place_but_needs_no_turnover(first: Appointment) -> None:
    mine = {"client_id": first.client_id}
    with pytest.raises(IntegrityError, match="client_free"):
        insert(columns(first, **at(TEN + 59 * MINUTE, UNTIL + 60 * MINUTE), **mine))
    insert(columns(first, **at(TEN + 60 * MINUTE, UNTIL + 60 * MINUTE), **mine))


def test_changing_the_therapist_or_taking_a_released_row_back_is_looked_at(first: Appointment) -> None:
    ann, ben = first.therapist_id, _ben(first)
    key = insert(columns(first, therapist_id=ben))
    with pytest.raises(IntegrityError, match="therapist_free"):
        update(key, therapist_id=ann)
    gone = insert(columns(first, therapist_id=ann, status=Status.CANCELLED, released_at=NOW))
    with pytest.raises(IntegrityError, match="therapist_free"):
        update(gone, status=Status.BOOKED, released_at=None)


def test_a_row_may_be_changed_over_its_own_time(first: Appointment) -> None:
    update(first.pk, **at(TEN + 15 * MINUTE, UNTIL + 15 * MINUTE))


def test_a_hold_takes_the_place_like_a_booking(first: Appointment) -> None:
    held = {"status": Status.HELD, "hold_expires_at": NOW, "client_id": None}
    with pytest.raises(IntegrityError, match="therapist_free"):
        insert(columns(first, therapist_id=first.therapist_id, **held))
    insert(columns(first, **held))


def test_a_knowing_overlap_needs_the_mark_and_the_reason(first: Appointment) -> None:
    same = {"therapist_id": first.therapist_id, "room_id": first.room_id}
    with pytest.raises(IntegrityError, match="appointment_overlap_has_reason"):
        insert(columns(first, may_overlap=True, **same))
    with pytest.raises(IntegrityError, match="_free"):
        insert(columns(first, override_reason="twins", **same))
    key = insert(columns(first, may_overlap=True, override_reason="twins", **same))
    with pytest.raises(IntegrityError, match="_free"):
        update(key, may_overlap=False)
    update(key, may_overlap=False, **at(UNTIL, UNTIL + 60 * MINUTE))


def test_beside_an_override_the_others_still_guard_each_other(first: Appointment) -> None:
    same = {"therapist_id": first.therapist_id}
    later = at(UNTIL - 10 * MINUTE, UNTIL + 60 * MINUTE)
    insert(columns(first, may_overlap=True, override_reason="urgent", **later, **same))
    # The row with the largest start is the override; the guard must look past it.
    with pytest.raises(IntegrityError, match="therapist_free"):
        insert(columns(first, **at(UNTIL - 5 * MINUTE, UNTIL + 30 * MINUTE), **same))


@pytest.mark.parametrize(
    ("change", "guard"),
    [
        ({"status": Status.BOOKED, "released_at": NOW}, "appointment_released_by_status"),
        ({"status": Status.CANCELLED}, "appointment_released_by_status"),
        ({"status": Status.HELD}, "appointment_hold_ends"),
        ({"client_id": None}, "appointment_of_somebody"),
        ({"busy_from": TEN + MINUTE}, "appointment_in_order"),
        ({"ends_at": TEN}, "appointment_in_order"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(first: Appointment, change: dict[str, Any], guard: str) -> None:
    with pytest.raises(IntegrityError, match=guard):
        insert(columns(first, **change))


def test_validation_says_so_before_the_database(first: Appointment) -> None:
    twin = Appointment(**columns(first, therapist_id=first.therapist_id))
    with pytest.raises(ValidationError) as caught:
        twin.validate_constraints()
    assert "therapist_free" in {error.code for error in caught.value.error_dict["__all__"]}
    twin.may_overlap, twin.override_reason = True, "twins"
    twin.validate_constraints()
