"""Prepared queries: the same answers as Django's own, on every connection, and by way of the right index."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.db.models import IntegerField
from django.test.utils import CaptureQueriesContext

from clinic import CLOCK, NOW, TEN, command, make_practice
from unpinch.records import prepared
from unpinch.records.models import Appointment, Practice, Service
from unpinch.services.availability import FreeTimesQuery, free_times
from unpinch.services.booking import Booked, book

if TYPE_CHECKING:
    from clinic import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_practice()


def booked(place: Place) -> Appointment:
    outcome = book(command(place), clock=CLOCK)
    assert isinstance(outcome, Booked)
    return Appointment.objects.get(pk=outcome.appointment.id)


def test_rows_are_what_values_list_gives(place: Place) -> None:
    row = booked(place)
    names = ("pk", "key", "starts_at", "local_start", "released_at", "may_overlap", "room_id")
    query = prepared.Prepared(
        lambda: Appointment.objects.filter(
            key=prepared.uuid("key"), busy_from__gte=prepared.moment("first")
        ).values_list(*names)
    )
    same = list(Appointment.objects.values_list(*names))
    assert query.rows(key=row.key, first=TEN) == same
    assert query.row(key=row.key, first=TEN) == same[0]
    assert query.rows(key=row.key, first=TEN + timedelta(seconds=1)) == []
    assert query.row(key=uuid4(), first=TEN) is None


def test_one_is_the_model_with_its_relations_and_nothing_more_is_read(place: Place) -> None:
    row = booked(place)
    query = prepared.Prepared(
        lambda: Appointment.objects.select_related("practice", "room", "client", "assessment").filter(
            pk=prepared.number("key")
        )
    )
    found = query.one(key=row.pk)
    assert found is not None
    with CaptureQueriesContext(connection) as more:
        assert found.practice == place.practice
        assert found.room is not None
        assert found.client is not None
        assert found.client.name == "Ada Byron"
        assert found.assessment is not None
    assert not more.captured_queries
    with_all = Appointment.objects.select_related("assessment", "client").get(pk=row.pk)
    assert found.assessment.answers == with_all.assessment.answers  # type: ignore[union-attr]
    for field in Appointment._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(row, field.attname), field.name
    found.late_minutes = 5
    found.save(update_fields=["late_minutes"])
    assert Appointment.objects.get(pk=row.pk).late_minutes == 5
    assert query.one(key=0) is None


def test_an_empty_relation_is_none(place: Place) -> None:
    row = booked(place)
    query = prepared.Prepared(
        lambda: Appointment.objects.select_related("course").filter(pk=prepared.number("key"))
    )
    found = query.one(key=row.pk)
    assert found is not None
    assert found.course is None


def test_values_are_never_part_of_the_sql(place: Place) -> None:
    query = prepared.Prepared(lambda: Service.objects.filter(code=prepared.text("code")))
    assert query.one(code="' OR 1=1 --") is None
    assert query.one(code=place.swedish.code) == place.swedish


def test_the_sql_is_made_once_for_a_connection(place: Place) -> None:
    made = []

    def make() -> object:
        made.append(1)
        return Practice.objects.filter(pk=prepared.number("key"))

    query: prepared.Prepared[Practice] = prepared.Prepared(make)  # type: ignore[arg-type]
    for _ in range(3):
        assert query.one(key=place.practice.pk) == place.practice
    assert len(made) == 1


def test_another_thread_makes_its_own() -> None:
    query = prepared.Prepared(lambda: Practice.objects.filter(pk=prepared.number("key")))
    assert query.one(key=0) is None
    mine = vars(connections["default"])["prepared_plans"]
    seen = []

    def other() -> None:
        query.one(key=0)
        seen.append(vars(connections["default"])["prepared_plans"])
        connections["default"].close()

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert query in seen[0]
    assert seen[0] is not mine


def test_a_slot_has_a_name_and_a_kind() -> None:
    assert prepared.Slot("a", IntegerField()) == prepared.Slot("a", IntegerField())
    with pytest.raises(KeyError, match="key"):
        prepared.Prepared(lambda: Practice.objects.filter(pk=prepared.number("key"))).rows()


def test_free_times_and_bookings_go_by_the_indexes_of_what_is_to_come(place: Place) -> None:
    """However long the history: the time of a day is found by the partial index, on both databases."""
    booked(place)
    with CaptureQueriesContext(connection) as caught:
        free_times(FreeTimesQuery(place.practice.pk, "swedish-60", NOW.date()), clock=CLOCK)
        book(command(place, name="Bea Lamb", starts=TEN + timedelta(hours=3)), clock=CLOCK)
    plans = {}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # a table of one row needs no index
        for query in caught.captured_queries:
            sql = query["sql"]
            if sql.startswith("SELECT") and ' FROM "records_appointment" ' in sql:
                explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
                cursor.execute(explain + sql.replace("%", "%%"))
                plans[sql] = "\n".join(str(line) for line in cursor.fetchall())
    assert len(plans) >= 5
    for sql, plan in plans.items():
        assert "SCAN records_appointment" not in plan, (sql, plan)
        assert "Seq Scan on records_appointment" not in plan, (sql, plan)
    days = [plan for sql, plan in plans.items() if '"busy_from" >=' in sql]
    assert len(days) == 2
    if connection.vendor == "sqlite":  # PostgreSQL takes whichever index it likes on a table of two rows
        assert all("appointment_by_day" in plan for plan in days), days
