"""Keeps what a person said, when the person chose to book or to save, and finds it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction

from unpinch.clinical import findings, knowledge
from unpinch.clinical.assess import assess
from unpinch.clinical.values import Answers, Assessment, Disposition
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records import prepared
from unpinch.records.models import StoredAssessment
from unpinch.services import assessment_json, audit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any


NOT_STORED = 0
"""The id of answers that are in no table."""
_BY_KEY = prepared.Prepared(lambda: StoredAssessment.objects.filter(key=prepared.uuid("key")))


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored set of answers with the judgement as it was given."""

    id: int
    key: UUID
    practice_id: int
    client_id: int | None
    raw_answers: dict[str, Any]
    marks: tuple[str, ...]
    assessment: Assessment
    disposition: Disposition
    knowledge_version: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Replay:
    """The same answers judged with the tables of today. ``assessment`` is None when they cannot be read any more."""

    is_same_version: bool
    is_same_answer: bool
    assessment: Assessment | None


def store(
    answers: Answers,
    *,
    practice_id: int,
    marks: Sequence[str] = (),
    key: UUID | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> UUID:
    """Judge the answers, keep both, and give the key under which they are found again. Call it only on a wish.

    ``marks`` are the places tapped on the body chart with their side, for the therapist's picture. A caller that
    may be called twice brings its own ``key``: the same key keeps the answers once.
    """
    kb = knowledge.load()
    assessment = assess(answers, kb)
    now = clock.now()
    with transaction.atomic():
        row, is_new = StoredAssessment.objects.get_or_create(
            key=key or uuid4(),
            defaults={
                "practice_id": practice_id,
                "answers": findings.dump_answers(answers),
                "marks": list(marks),
                "result": assessment_json.dump(assessment),
                "disposition": assessment.disposition.value,
                "knowledge_version": assessment.knowledge_version,
                "created_at": now,
            },
        )
        if is_new:
            audit.record(practice_id, audit.VISITOR, "assessment.store", "assessment", row.pk, now)
    return row.key


def unsaved(answers: Answers, *, practice_id: int, now: datetime) -> Stored:
    """What :func:`store` would keep, for asking what would be allowed; nothing is kept."""
    kb = knowledge.load()
    assessment = assess(answers, kb)
    return Stored(
        id=NOT_STORED,
        key=UUID(int=0),
        practice_id=practice_id,
        client_id=None,
        raw_answers=findings.dump_answers(answers),
        marks=(),
        assessment=assessment,
        disposition=assessment.disposition,
        knowledge_version=assessment.knowledge_version,
        created_at=now,
    )


def load(key: UUID | str) -> Stored:
    """The stored assessment with this key; NotFoundError when there is none."""
    row = _BY_KEY.one(key=_uuid(key))
    if row is None:
        raise _unknown()
    return read_row(row)


def read_row(row: StoredAssessment) -> Stored:
    """A row as a value."""
    return Stored(
        id=row.pk,
        key=row.key,
        practice_id=row.practice_id,
        client_id=row.client_id,
        raw_answers=row.answers,
        marks=tuple(row.marks),
        assessment=assessment_json.load(row.result),
        disposition=Disposition(row.disposition),
        knowledge_version=row.knowledge_version,
        created_at=row.created_at,
    )


def replay(stored: Stored) -> Replay:
    """Judge stored answers again. With the same tables the answer is the same to the last digit."""
    kb = knowledge.load()
    try:
        again = assess(findings.parse_answers(stored.raw_answers, kb), kb)
    except InputError:
        # A table no longer knows a code or value of these answers.
        return Replay(is_same_version=False, is_same_answer=False, assessment=None)
    return Replay(
        is_same_version=kb.version == stored.knowledge_version,
        is_same_answer=again == stored.assessment,
        assessment=again,
    )


def _uuid(key: UUID | str) -> UUID:
    try:
        return key if isinstance(key, UUID) else UUID(key)
    except ValueError as error:
        raise _unknown() from error


def _unknown() -> NotFoundError:
    return NotFoundError("These answers are not stored here. Please go through the questions again.")
