"""Questions to doctors as staff see them: who asked whom, how it stands, and the way to write an answer down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Appointment, Clearance, ClearanceAnswer, StoredAssessment
from unpinch.services import clearance_answer, permissions
from unpinch.services.clearance_link import state_at

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from unpinch.clinical.clearance_states import ClearanceState
    from unpinch.services.access import Caller
    from unpinch.services.clearance_answer import Answered, WrittenDown
    from unpinch.services.outcomes import Refused

MOST = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One question. Nothing in it tells what was said: the front desk sees the list, too."""

    id: int
    assessment_key: UUID
    person: str
    doctor: str
    state: ClearanceState
    asked_at: datetime
    has_letter: bool
    how: str
    entered_by: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose answers a doctor's word is written down for."""

    assessment_key: UUID
    person: str


def entries(caller: Caller, *, clock: Clock = SYSTEM_CLOCK) -> tuple[Entry, ...]:
    """The last hundred questions that this person may know of, the newest first; three queries."""
    now = clock.now()
    rows = Clearance.objects.select_related("assessment__client").filter(practice_id=caller.practice_id)
    if not permissions.can_work_at_desk(caller, permissions.Thing(caller.practice_id)):
        mine = Appointment.objects.filter(therapist_id=caller.therapist_id or 0, released_at__isnull=True)
        rows = rows.filter(assessment__client__in=mine.values("client_id"))
    found = list(rows.exclude(state="superseded").order_by("-asked_at", "-pk")[:MOST])
    last = {
        answer.clearance_id: answer
        for answer in ClearanceAnswer.objects.select_related("entered_by")
        .filter(clearance__in=found)
        .order_by("number")
    }
    return tuple(_entry(row, last.get(row.pk), now) for row in found)


def subject(caller: Caller, assessment_key: UUID) -> Subject:
    """Whose answers these are; NotFoundError when this person may not write an answer to them down."""
    row = StoredAssessment.objects.select_related("client").filter(key=assessment_key).first()
    if row is None or not _may_enter(caller, row):
        raise NotFoundError("There are no such answers here.")
    question = Clearance.objects.filter(assessment=row).order_by("-asked_at", "-pk").first()
    asked_by = question.person_name if question else ""
    return Subject(row.key, row.client.name if row.client else asked_by)


def write_down(caller: Caller, command: WrittenDown, *, clock: Clock = SYSTEM_CLOCK) -> Answered | Refused:
    """Keep what a doctor said on paper or by telephone, if this person may."""
    subject(caller, command.assessment_key)
    return clearance_answer.write_down(command, practice_id=caller.practice_id, clock=clock)


def _may_enter(caller: Caller, row: StoredAssessment) -> bool:
    treats = (
        row.client_id is not None
        and Appointment.objects.filter(
            Q(client_id=row.client_id), therapist_id=caller.therapist_id or 0, released_at__isnull=True
        ).exists()
    )
    thing = permissions.Thing(
        row.practice_id, row.client_id, caller.therapist_id if treats and caller.therapist_id else None
    )
    return permissions.can_enter_clearance(caller, thing)


def _entry(row: Clearance, last: ClearanceAnswer | None, now: datetime) -> Entry:
    client = row.assessment.client
    return Entry(
        id=row.pk,
        assessment_key=row.assessment.key,
        person=client.name if client else row.person_name,
        doctor=row.doctor_name,
        state=state_at(row, now),
        asked_at=row.asked_at,
        has_letter=bool(row.letter_copy),
        how=last.how if last else "",
        entered_by=str(last.entered_by) if last and last.entered_by else "",
    )
