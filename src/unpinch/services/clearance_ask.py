"""Asks a doctor: keeps the question, makes link and code, and writes to doctor and person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.clinical import knowledge
from unpinch.clinical.clearance_states import LIVE, ClearanceState, Event, after
from unpinch.clinical.values import Disposition
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError
from unpinch.records.models import Clearance, StoredAssessment
from unpinch.services import audit, clearance, clearance_messages, consent, contact, gate, intake, outbox
from unpinch.services.clearance_link import hash_of, hash_of_code, new_code, new_token, state_at
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

LINK_DAYS = "clearance-link-days"


@dataclass(frozen=True, slots=True)
class AskCommand:
    """Who asks which doctor. With an address the doctor gets a message; without, the person takes a letter.

    ``born`` helps the doctor to know who it is, and may be left out.
    """

    assessment_key: UUID
    person_name: str
    person_email: str
    doctor_name: str = ""
    doctor_email: str = ""
    born: date | None = None
    is_letter: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """The question is kept. The three secrets are told once, here, and are not in the table."""

    id: int
    key: UUID
    token: str
    code: str
    person_token: str
    link_expires_at: datetime


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as the person who asked sees it."""

    id: int
    key: UUID
    assessment_key: UUID
    state: ClearanceState
    person_name: str
    born: date | None
    doctor_name: str
    is_letter: bool
    asked_at: datetime
    link_expires_at: datetime
    has_answer: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a doctor said about some answers (None: nothing that holds), and what the gate makes of it."""

    standing: clearance.Standing | None
    verdict: gate.Allowed | Refused
    stop: Refused | None = None
    """Why even what is booked must not take place."""

    @property
    def is_open(self) -> bool:
        """Whether booking is open because of the doctor's word."""
        return self.standing is not None and isinstance(self.verdict, gate.Allowed)


def ask(command: AskCommand, *, clock: Clock = SYSTEM_CLOCK) -> Asked | Refused:
    """Ask a doctor about stored answers. An earlier question about the same answers is superseded.

    Needs the consent ``doctor``. InputError (code ``name``, ``email``, ``doctor_name`` or ``doctor_email``) when
    somebody could not be reached by what was given.
    """
    now = clock.now()
    given = _checked(command, now)
    with transaction.atomic():
        assessment = StoredAssessment.objects.select_for_update(of=("self",)).filter(key=given.assessment_key)
        stored = intake.load(given.assessment_key)
        if stored.disposition in {Disposition.EMERGENCY, Disposition.URGENT}:
            return _DANGER
        if not consent.has_for(stored, "doctor"):
            return _NO_CONSENT
        _supersede(assessment.get(), now)
        return _keep(given, stored, now)


def asking_of(assessment_key: UUID | str, *, clock: Clock = SYSTEM_CLOCK) -> Asking | None:
    """The newest question about these answers; None when no doctor was asked."""
    stored = intake.load(assessment_key)
    row = Clearance.objects.filter(assessment_id=stored.id).order_by("-asked_at", "-pk").first()
    return None if row is None else _asking(row, stored.key, clock.now())


def asking_by_person(person_token: str, *, clock: Clock = SYSTEM_CLOCK) -> Asking | None:
    """The question behind the link in the person's own message; None for any other link."""
    row = (
        Clearance.objects.select_related("assessment").filter(person_token_hash=hash_of(person_token)).first()
    )
    return None if row is None else _asking(row, row.assessment.key, clock.now())


def outcome_of(assessment_key: UUID | str, *, clock: Clock = SYSTEM_CLOCK) -> Outcome:
    """What became of a question: the doctor's word as it stands, and whether booking is open now."""
    stored, now = intake.load(assessment_key), clock.now()
    standing = clearance.standing(stored, now)
    if standing is None or not (standing.closed or standing.about_these):
        return Outcome(None, gate.Allowed())
    stands = gate.still_stands(stored, now)
    return Outcome(
        standing, gate.may_book(stored, None, now), stands if isinstance(stands, Refused) else None
    )


def _asking(row: Clearance, assessment_key: UUID, now: datetime) -> Asking:
    return Asking(
        row.pk,
        row.key,
        assessment_key,
        state_at(row, now),
        row.person_name,
        date.fromisoformat(row.person_born) if row.person_born else None,
        row.doctor_name,
        row.way == "letter",
        row.asked_at,
        row.link_expires_at,
        row.version > 0,
    )


def _checked(command: AskCommand, now: datetime) -> AskCommand:
    doctor_email = "" if command.is_letter else _doctors_address(command.doctor_email)
    if command.born is not None and not 0 <= (now.date() - command.born).days <= 130 * 366:
        raise InputError(
            f"{command.born.isoformat()} cannot be a birthday of today's people. Please check the year.",
            code="born",
        )
    name = command.doctor_name.strip()
    return AskCommand(
        command.assessment_key,
        contact.read_name(command.person_name),
        contact.read_email(command.person_email),
        contact.read_name(name, field="doctor_name") if name else "",
        doctor_email,
        command.born,
        command.is_letter,
    )


def _doctors_address(email: str) -> str:
    try:
        return contact.read_email(email)
    except InputError as error:
        raise InputError(
            "This e-mail address of your doctor does not look right, so we could not ask. "
            "Please check it, or take a letter instead.",
            code="doctor_email",
        ) from error


def _supersede(assessment: StoredAssessment, now: datetime) -> None:
    for row in Clearance.objects.select_for_update(of=("self",)).filter(
        assessment=assessment, state__in=LIVE
    ):
        state = after(ClearanceState(row.state), Event.SUPERSEDE)
        assert state is not None
        row.state, row.ended_at, row.browser_hash = state, now, ""
        row.save(update_fields=["state", "ended_at", "browser_hash"])
        audit.record(row.practice_id, audit.VISITOR, "clearance.supersede", "clearance", row.pk, now)


def _keep(given: AskCommand, stored: intake.Stored, now: datetime) -> Asked:
    token, code, person_token = new_token(), new_code(), new_token()
    row = Clearance.objects.create(
        practice_id=stored.practice_id,
        assessment_id=stored.id,
        state=ClearanceState.REQUESTED,
        way="letter" if given.is_letter else "mail",
        doctor_name=given.doctor_name,
        doctor_email=given.doctor_email,
        person_name=given.person_name,
        person_email=given.person_email,
        person_born=given.born.isoformat() if given.born else "",
        token_hash=hash_of(token),
        code_hash=hash_of_code(code),
        person_token_hash=hash_of(person_token),
        asked_at=now,
        link_expires_at=now + timedelta(days=knowledge.load().number(LINK_DAYS)),
    )
    audit.record(
        row.practice_id, audit.VISITOR, "clearance.ask", "clearance", row.pk, now, by_letter=given.is_letter
    )
    if not given.is_letter:
        outbox.enqueue(clearance_messages.ask(row, token, 0), now)
    outbox.enqueue(clearance_messages.asked(row, person_token), now)
    return Asked(row.pk, row.key, token, code, person_token, row.link_expires_at)


_DANGER = Refused(
    "danger",
    "These answers need a doctor's help soon; a question by mail would be too slow. "
    "Please do what your answer page says.",
)
_NO_CONSENT = Refused(
    "consent", "We show your answers to a doctor only when you have agreed to it. Please sign that you do."
)
