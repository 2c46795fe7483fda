"""Finds a therapist and a room for a session and takes them; the database decides who was first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction

from unpinch.records.models import Appointment, Location, Service, Status
from unpinch.services import free_time

_GUARDS = ("therapist_free", "room_free", "client_free")


class KeyInUseError(Exception):
    """Another transaction has just booked with the same key: look again and find its appointment."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a session fits now."""

    location_id: int
    zone: ZoneInfo
    therapist_id: int
    room_id: int
    rooms_in_all: int


def spot(
    service: Service, location_code: str, therapist_code: str, starts: datetime, now: datetime
) -> Spot | None:
    """The place for exactly this start, by the rule that lists free times; None when it is not free."""
    zone_name = (
        Location.objects.filter(practice_id=service.practice_id, code=location_code)
        .values_list("time_zone", flat=True)
        .first()
    )
    if zone_name is None:
        return None
    day = starts.astimezone(ZoneInfo(zone_name)).date()
    wanted = free_time.Wanted(service, day, day, location_code, therapist_code, at=starts)
    found = free_time.find(wanted, now)
    for at in found.places:
        for therapist in found.therapists:
            if at.openings.has(starts, therapist):
                rooms = at.openings.rooms_at(starts)
                return Spot(at.location.id, at.zone, therapist, rooms[0], len(at.openings.rooms))
    return None


def has_other(client_id: int, service: Service, starts: datetime) -> bool:
    """Whether the client has another appointment during the session."""
    return Appointment.objects.filter(
        client_id=client_id,
        released_at__isnull=True,
        starts_at__lt=starts + timedelta(minutes=service.minutes),
        ends_at__gt=starts,
    ).exists()


def draft(service: Service, at: Spot, starts: datetime, key: UUID, now: datetime) -> Appointment:
    """The row of a session at a spot, still without a client and not saved."""
    unit = free_time.unit_of(service)
    ends = starts + timedelta(minutes=unit.minutes)
    return Appointment(
        practice_id=service.practice_id,
        key=key,
        therapist_id=at.therapist_id,
        room_id=at.room_id,
        service=service,
        location_id=at.location_id,
        starts_at=starts,
        ends_at=ends,
        busy_from=starts - timedelta(minutes=unit.before),
        busy_until=ends + timedelta(minutes=unit.after),
        local_start=starts.astimezone(at.zone).strftime("%Y-%m-%dT%H:%M"),
        time_zone=at.zone.key,
        status=Status.BOOKED,
        price_minor=service.price_minor,
        calendar_uid=uuid4(),
        booked_at=now,
    )


def insert(row: Appointment) -> bool:
    """Save a new appointment, inside a transaction. False when therapist, room or client were taken meanwhile."""
    if connection.vendor == "postgresql":
        return _insert_unless_taken(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if any(guard in str(error) for guard in _GUARDS):
            return False
        raise
    return True


def _insert_unless_taken(row: Appointment) -> bool:
    # A plain INSERT never books twice, but racing ones wait for each other until one is killed as a deadlock:
    # answers take seconds. ON CONFLICT DO NOTHING waits for the first and then gives way.
    Appointment.objects.bulk_create([row], ignore_conflicts=True)
    found = (
        Appointment.objects.filter(practice_id=row.practice_id, key=row.key)
        .values_list("pk", "calendar_uid")
        .first()
    )
    if found is None:
        return False
    row.pk, uid = found
    if uid != row.calendar_uid:
        raise KeyInUseError
    return True
