"""The doctor's say: what a person reports of it, and what doctors said themselves and still holds.

The person's own word that their doctor agrees is kept and shown as unverified. A doctor's own answer outranks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q

from unpinch.clinical import knowledge
from unpinch.clinical.clearance import Clearance
from unpinch.clinical.clearance_states import ClearanceState
from unpinch.clinical.doctors_word import DoctorsWord, covers, parse_word
from unpinch.clinical.values import Disposition
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, RefusedError
from unpinch.records import prepared
from unpinch.records.models import Clearance as ClearanceRow
from unpinch.records.models import ClearanceAnswer, DoctorAgreement, Practice
from unpinch.services import audit, contact, intake

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from unpinch.services.intake import Stored

_LONGEST_AGO_DAYS = 366
_AGREEMENT = prepared.Prepared(
    lambda: DoctorAgreement.objects.filter(assessment_id=prepared.number("assessment")).order_by(
        "-recorded_at", "-pk"
    )[:1]
)
_ANSWERED = prepared.Prepared(
    lambda: ClearanceRow.objects.filter(
        assessment_id=prepared.number("assessment"), version__gt=0, practice_id=prepared.number("practice")
    ).values_list("pk")[:1]
)
_ANSWERED_PERSON = prepared.Prepared(
    lambda: ClearanceRow.objects.filter(
        Q(assessment_id=prepared.number("assessment")) | Q(assessment__client_id=prepared.number("client")),
        version__gt=0,
        practice_id=prepared.number("practice"),
    ).values_list("pk")[:1]
)


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


@dataclass(frozen=True, slots=True)
class Standing:
    """What doctors themselves have said about a person, as far as it holds now.

    ``closed`` is set when the last word was a no, a wish to be called, or was taken back. ``about_these`` says that
    a yes speaks about the answers at hand. ``since`` is when the doctor first answered: sessions count from then;
    ``spoke_at`` is when the doctor answered last.
    """

    clearance_id: int
    word: DoctorsWord | None
    closed: Literal["", "no", "call", "revoked"]
    about_these: bool
    since: datetime
    spoke_at: datetime
    until: datetime | None
    by_name: str
    how: str
    said_on: date


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
    row = _AGREEMENT.one(assessment=assessment_id)
    return None if row is None else read_row(row)


def standing(stored: Stored, now: datetime, *, client_id: int | None = None) -> Standing | None:
    """The last thing a doctor said about this person, whatever set of answers it was about; None when none did.

    Inside a transaction the doctors' rows stay locked until its end, so that no answer slips in between looking
    and booking.
    """
    owner = client_id or stored.client_id
    if not _has_answered(stored, owner):
        return None
    mine = (
        Q(assessment_id=stored.id) | Q(assessment__client_id=owner) if owner else Q(assessment_id=stored.id)
    )
    rows = ClearanceRow.objects.filter(mine, version__gt=0, practice_id=stored.practice_id).order_by("pk")
    if connection.in_atomic_block:
        rows = rows.select_for_update(of=("self",))
    by_row = {row.pk: row for row in rows}
    if not by_row:
        return None
    answers = list(ClearanceAnswer.objects.filter(clearance_id__in=by_row).order_by("answered_at", "pk"))
    last = max(answers, key=lambda answer: (_spoke_at(by_row[answer.clearance_id], answer), answer.pk))
    row = by_row[last.clearance_id]
    first = min(answer.answered_at for answer in answers if answer.clearance_id == row.pk)
    return _standing(row, last, first, stored, now)


def _has_answered(stored: Stored, owner: int | None) -> bool:
    """Whether a doctor ever said anything: of most people none did, and that is found out cheaply."""
    given = {"assessment": stored.id, "practice": stored.practice_id}
    return bool(_ANSWERED_PERSON.rows(client=owner, **given) if owner else _ANSWERED.rows(**given))


def binding(stored: Stored, now: datetime) -> Clearance | None:
    """What binds a course plan made now: a doctor's answer that holds, else the person's word that one agreed."""
    found = standing(stored, now)
    if found is None:
        agreed = stored.disposition is Disposition.DOCTOR_FIRST and latest_agreement(stored.id) is not None
        return Clearance("yes") if agreed else None
    if found.closed:
        return Clearance("no")
    today = now.astimezone(ZoneInfo(_zone(stored.practice_id))).date()
    return found.word.on(today) if found.word and found.about_these else None


def _spoke_at(row: ClearanceRow, answer: ClearanceAnswer) -> datetime:
    revoked = row.state == ClearanceState.REVOKED and row.ended_at is not None
    return row.ended_at if revoked and row.ended_at else answer.answered_at


def _standing(
    row: ClearanceRow, last: ClearanceAnswer, first: datetime, stored: Stored, now: datetime
) -> Standing | None:
    word = parse_word(last.word, knowledge.load())
    closed: Literal["", "no", "call", "revoked"] = ""
    if row.state == ClearanceState.REVOKED:
        closed = "revoked"
    elif word.say in ("no", "call"):
        closed = "no" if word.say == "no" else "call"
    elif row.valid_until is not None and row.valid_until <= now:
        return None
    same = row.assessment_id == stored.id
    return Standing(
        clearance_id=row.pk,
        word=None if closed else word,
        closed=closed,
        about_these=same or covers(intake.read_row(row.assessment).assessment, stored.assessment),
        since=first,
        spoke_at=last.answered_at,
        until=row.valid_until,
        by_name=last.by_name,
        how=last.how,
        said_on=last.said_on,
    )


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
    today = now.astimezone(ZoneInfo(_zone(practice_id))).date()
    if not 0 <= (today - agreed_on).days <= _LONGEST_AGO_DAYS:
        raise InputError(
            f"{agreed_on.isoformat()} is in the future or more than a year ago. "
            "Please give the day on which your doctor agreed.",
            code="agreed_on",
        )


def _zone(practice_id: int) -> str:
    return Practice.objects.values_list("time_zone", flat=True).get(pk=practice_id)
