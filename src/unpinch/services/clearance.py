"""The doctor's say. For now: a person's own word that their doctor agrees, kept and shown as unverified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from unpinch.clinical.values import Disposition
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, RefusedError
from unpinch.records.models import DoctorAgreement, Practice
from unpinch.services import audit, contact, intake

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from unpinch.services.intake import Stored

_LONGEST_AGO_DAYS = 366


@dataclass(frozen=True, slots=True)
class Agreement:
    """A person's word that a doctor agrees. ``is_verified`` is False until the practice has heard from the doctor."""

    id: int
    assessment_id: int
    doctor_name: str
    agreed_on: date
    how: str
    recorded_at: datetime
    is_verified: bool


@dataclass(frozen=True, slots=True)
class DoctorNote:
    """What the printed note for a doctor shows."""

    practice_name: str
    practice_phone: str
    practice_email: str
    stored: Stored
    written_on: date


def record_unverified_agreement(
    key: UUID | str, *, doctor_name: str, agreed_on: date, how: str = "", clock: Clock = SYSTEM_CLOCK
) -> Agreement:
    """Keep the person's word that this doctor agreed to massage on that day.

    InputError for a name or day that cannot be; RefusedError when the answers need help sooner than that.
    """
    now = clock.now()
    stored = intake.load(key)
    if stored.disposition in {Disposition.EMERGENCY, Disposition.URGENT}:
        raise RefusedError(
            "These answers need a doctor's help soon; no agreement changes that. "
            "Please do what your answer page says.",
            code="danger",
        )
    name = contact.read_name(doctor_name, field="doctor_name")
    _check_day(agreed_on, stored.practice_id, now)
    with transaction.atomic():
        row = DoctorAgreement.objects.create(
            practice_id=stored.practice_id,
            assessment_id=stored.id,
            doctor_name=name,
            agreed_on=agreed_on,
            how=how,
            recorded_at=now,
        )
        audit.record(
            stored.practice_id, audit.VISITOR, "agreement.record-unverified", "assessment", stored.id, now
        )
    return read_row(row)


def can_have_agreed(day: date, today: date) -> bool:
    """Whether a doctor's agreement of that day counts: not to come, and not more than a year ago."""
    return 0 <= (today - day).days <= _LONGEST_AGO_DAYS


def latest_agreement(assessment_id: int) -> Agreement | None:
    """The last agreement recorded for these answers."""
    row = DoctorAgreement.objects.filter(assessment_id=assessment_id).order_by("-recorded_at", "-pk").first()
    return None if row is None else read_row(row)


def doctor_note(key: UUID | str, *, clock: Clock = SYSTEM_CLOCK) -> DoctorNote:
    """What to print for the doctor about these answers."""
    stored = intake.load(key)
    practice = Practice.objects.get(pk=stored.practice_id)
    today = clock.now().astimezone(ZoneInfo(practice.time_zone)).date()
    return DoctorNote(practice.name, practice.phone, practice.email, stored, today)


def read_row(row: DoctorAgreement) -> Agreement:
    """A row as a value."""
    return Agreement(
        id=row.pk,
        assessment_id=row.assessment_id,
        doctor_name=row.doctor_name,
        agreed_on=row.agreed_on,
        how=row.how,
        recorded_at=row.recorded_at,
        is_verified=row.verified_at is not None,
    )


def _check_day(agreed_on: date, practice_id: int, now: datetime) -> None:
    zone = Practice.objects.values_list("time_zone", flat=True).get(pk=practice_id)
    today = now.astimezone(ZoneInfo(zone)).date()
    if not 0 <= (today - agreed_on).days <= _LONGEST_AGO_DAYS:
        raise InputError(
            f"{agreed_on.isoformat()} is in the future or more than a year ago. "
            "Please give the day on which your doctor agreed.",
            code="agreed_on",
        )
