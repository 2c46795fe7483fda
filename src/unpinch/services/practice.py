"""What a practice offers, and a therapist's own calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import NotFoundError, SetupError
from unpinch.records.models import Appointment, Location, Practice, Service, Status, Therapist
from unpinch.scheduling.calendar import day_span
from unpinch.services import audit, clearance, intake, permissions
from unpinch.services.appointment import AppointmentView, view, with_names
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.services.access import Caller
    from unpinch.services.clearance import Agreement
    from unpinch.services.intake import Stored


@dataclass(frozen=True, slots=True)
class LocationView:
    """A place of the practice. ``phone`` is the practice's when the place has none of its own."""

    id: int
    code: str
    name: str
    address: str
    phone: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service that people can book themselves. ``price_minor`` is in the smallest coin of the currency."""

    id: int
    code: str
    name: str
    description: str
    skill: str
    minutes: int
    price_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class TherapistView:
    """A therapist as clients see them."""

    id: int
    code: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class PracticeView:
    """Everything the public pages say about the practice."""

    id: int
    slug: str
    name: str
    phone: str
    email: str
    country: str
    time_zone: str
    terms: str
    locations: tuple[LocationView, ...]
    services: tuple[ServiceView, ...]
    therapists: tuple[TherapistView, ...]


@dataclass(frozen=True, slots=True)
class DayView:
    """One local day of a therapist."""

    day: date
    appointments: tuple[AppointmentView, ...]


@dataclass(frozen=True, slots=True)
class SessionView:
    """An appointment with what the therapist needs to know before it."""

    appointment: AppointmentView
    client_name: str
    client_phone: str
    stored: Stored | None
    agreement: Agreement | None
    course_id: int | None


def current_practice() -> PracticeView:
    """The practice of this installation; SetupError while there is none."""
    practice = Practice.objects.order_by("pk").first()
    if practice is None:
        raise _no_practice()
    return _practice(practice)


def current_practice_id() -> int:
    """The key of the practice of this installation; SetupError while there is none."""
    found = Practice.objects.order_by("pk").values_list("pk", flat=True).first()
    if found is None:
        raise _no_practice()
    return found


def current_time_zone() -> str | None:
    """The zone of the practice of this installation; None while there is none."""
    return Practice.objects.order_by("pk").values_list("time_zone", flat=True).first()


def _no_practice() -> SetupError:
    return SetupError(
        "There is no practice in the database yet. Open the address that `unpinch serve` prints when it starts "
        "to set one up, or start with `unpinch serve --demo` for a made-up one."
    )


def _practice(practice: Practice) -> PracticeView:
    mine = {"practice": practice, "is_active": True}
    services = Service.objects.filter(**mine, is_self_bookable=True).order_by("position", "name")
    return PracticeView(
        id=practice.pk,
        slug=practice.slug,
        name=practice.name,
        phone=practice.phone,
        email=practice.email,
        country=practice.country,
        time_zone=practice.time_zone,
        terms=practice.terms,
        locations=tuple(_location(row, practice) for row in Location.objects.filter(**mine).order_by("name")),
        services=tuple(_service(row, practice) for row in services),
        therapists=tuple(
            TherapistView(row.pk, row.code, row.name, row.about)
            for row in Therapist.objects.filter(**mine).order_by("position", "name")
        ),
    )


def _location(row: Location, practice: Practice) -> LocationView:
    return LocationView(row.pk, row.code, row.name, row.address, row.phone or practice.phone, row.time_zone)


def _service(row: Service, practice: Practice) -> ServiceView:
    return ServiceView(
        row.pk,
        row.code,
        row.name,
        row.description,
        row.skill,
        row.minutes,
        row.price_minor,
        practice.currency,
    )


def therapist_days(
    therapist_id: int, *, first_day: date | None = None, days: int = 7, clock: Clock = SYSTEM_CLOCK
) -> tuple[DayView, ...]:
    """A therapist's appointments, one entry per local day of the practice, from ``first_day`` (today when None)."""
    therapist = Therapist.objects.select_related("practice").filter(pk=therapist_id).first()
    if therapist is None:
        raise NotFoundError("There is no such therapist here.")
    zone = ZoneInfo(therapist.practice.time_zone)
    start = first_day or clock.now().astimezone(zone).date()
    span = day_span(start, start + timedelta(days=days - 1), zone)
    rows = with_names(Appointment.objects).filter(
        therapist_id=therapist_id, released_at__isnull=True, busy_from__gte=span.start - timedelta(days=1)
    )
    booked = rows.exclude(status=Status.HELD)
    found = booked.filter(starts_at__gte=span.start, starts_at__lt=span.end).order_by("starts_at")
    return _by_day((view(row) for row in found), start, days)


def therapist_today(therapist_id: int, *, clock: Clock = SYSTEM_CLOCK) -> DayView:
    """A therapist's appointments of today."""
    return therapist_days(therapist_id, days=1, clock=clock)[0]


def _by_day(found: Iterable[AppointmentView], start: date, days: int) -> tuple[DayView, ...]:
    sorted_in: dict[date, list[AppointmentView]] = {start + timedelta(days=n): [] for n in range(days)}
    for appointment in found:
        # A place in another zone may reckon a late session to the day before or after.
        day = min(max(appointment.starts.date(), start), start + timedelta(days=days - 1))
        sorted_in[day].append(appointment)
    return tuple(DayView(day, tuple(rows)) for day, rows in sorted_in.items())


def session_for_staff(appointment_id: int, caller: Caller, *, clock: Clock = SYSTEM_CLOCK) -> SessionView:
    """An appointment with its intake, for who may read it. The reading is written in the record book.

    NotFoundError when it does not exist or is not for this caller.
    """
    now: datetime = clock.now()
    with transaction.atomic():
        row = with_names(Appointment.objects).select_related("assessment").filter(pk=appointment_id).first()
        if row is None or not permissions.can_read_health(
            caller, Thing(row.practice_id, therapist_id=row.therapist_id)
        ):
            raise NotFoundError("There is no such appointment in your calendar.")
        actor = audit.actor_of(caller.user_id)
        audit.record(row.practice_id, actor, "session.read", "appointment", row.pk, now, about=row.client_id)
    stored = None if row.assessment is None else intake.read_row(row.assessment)
    agreement = None if stored is None else clearance.latest_agreement(stored.id)
    client_phone = "" if row.client is None else row.client.phone
    return SessionView(view(row), view(row).client_name, client_phone, stored, agreement, row.course_id)
