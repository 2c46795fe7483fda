"""An appointment as a value for pages and messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Manager, QuerySet

    from unpinch.records.models import Appointment


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """One appointment. ``starts`` and ``ends`` carry the zone of the place; nothing here is about health."""

    id: int
    starts: datetime
    ends: datetime
    service: str
    minutes: int
    price_minor: int
    currency: str
    therapist: str
    room: str
    location: str
    address: str
    phone: str
    practice: str
    client_name: str
    client_email: str
    status: str
    is_cancelled: bool


def with_names(rows: Manager[Appointment] | QuerySet[Appointment]) -> QuerySet[Appointment]:
    """The rows with everything :func:`view` needs, read in the same query."""
    return rows.select_related("practice", "therapist", "room", "location", "service", "client")


def view(row: Appointment) -> AppointmentView:
    """A row (from :func:`with_names`) as a value."""
    zone = ZoneInfo(row.time_zone)
    starts, ends = row.starts_at.astimezone(zone), row.ends_at.astimezone(zone)
    return AppointmentView(
        id=row.pk,
        starts=starts,
        ends=ends,
        service=row.service.name,
        minutes=_minutes(row),
        price_minor=row.price_minor,
        currency=row.practice.currency,
        therapist=row.therapist.name,
        room="" if row.room is None else row.room.name,
        location=row.location.name,
        address=row.location.address,
        phone=row.location.phone or row.practice.phone,
        practice=row.practice.name,
        client_name="" if row.client is None else row.client.name,
        client_email="" if row.client is None else row.client.email,
        status=str(row.status),
        is_cancelled=row.released_at is not None,
    )


def _minutes(row: Appointment) -> int:
    length: Any = row.ends_at - row.starts_at
    return int(length.total_seconds()) // 60
