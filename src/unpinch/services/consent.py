"""What people agreed to: one signature per purpose under a dated text, withdrawable at any time.

``has`` is the question that all others ask. Only a signature under the text shown today counts as new; an older
text that was signed still holds until it is withdrawn.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, get_args

from django.db import transaction
from django.db.models import Q

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import Client, StoredAssessment
from unpinch.records.models import Consent as ConsentRow
from unpinch.services import audit, contact

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from unpinch.services.intake import Stored

Purpose = Literal["treatment", "doctor", "reminders", "statistics"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
ADULT_AT = 18
"""Full age in most countries; a law of the land, and no clinical figure."""
_LONGEST_PATH = 20_000
_LONGEST_RELATION = 60
_PATH = re.compile(r"[ML0-9 .,-]*")


@dataclass(frozen=True, slots=True)
class Text:
    """The words that somebody signs."""

    purpose: Purpose
    version: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: a typed name, and a drawn line if there is one. ``relation`` is set by a parent or guardian."""

    name: str
    path: str = ""
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose consent: a client's or, before somebody has booked, that of a set of answers."""

    practice_id: int
    client_id: int | None = None
    assessment_key: UUID | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """One signature as it stands."""

    id: int
    text: Text
    signed_name: str
    signature_path: str
    guardian_relation: str
    given_at: datetime
    withdrawn_at: datetime | None


@lru_cache(maxsize=1)
def texts() -> tuple[Text, ...]:
    """Every text that was ever shown, the newest of a purpose last."""
    raw = tomllib.loads(files("unpinch.services").joinpath("consent_texts.toml").read_text("utf-8"))
    return tuple(
        Text(row["purpose"], row["version"], row["title"], " ".join(row["text"].split()))
        for row in raw["text"]
    )


def text_for(purpose: Purpose) -> Text:
    """The text that is shown today."""
    return [text for text in texts() if text.purpose == purpose][-1]


def give(
    purpose: Purpose,
    signature: Signature,
    whose: Whose,
    *,
    actor: str = audit.VISITOR,
    clock: Clock = SYSTEM_CLOCK,
) -> Consent:
    """Keep a signature under today's text.

    InputError with code ``signature``, ``signature_path`` or ``relation`` when it cannot be kept.
    """
    now = clock.now()
    checked = _checked(signature)
    practice_id = whose.practice_id
    with transaction.atomic():
        assessment = _assessment(whose.assessment_key, practice_id)
        client = whose.client_id
        if client is not None and not Client.objects.filter(pk=client, practice_id=practice_id).exists():
            raise NotFoundError("There is no such client here.")
        row = ConsentRow.objects.create(
            practice_id=practice_id,
            client_id=client,
            assessment=assessment,
            purpose=purpose,
            text_version=text_for(purpose).version,
            signed_name=checked.name,
            signature_path=checked.path,
            guardian_relation=checked.relation,
            given_at=now,
        )
        audit.record(practice_id, actor, "consent.give", "consent", row.pk, now, purpose=purpose)
    return _view(row)


def has(client_id: int, purpose: Purpose) -> bool:
    """Whether this client agreed to it, and has not taken it back."""
    return _of_client(client_id).filter(purpose=purpose, withdrawn_at__isnull=True).exists()


def has_for(stored: Stored, purpose: Purpose) -> bool:
    """The same for somebody who may not have booked yet."""
    rows = ConsentRow.objects.filter(assessment_id=stored.id)
    if stored.client_id is not None:
        rows = rows | _of_client(stored.client_id)
    return rows.filter(purpose=purpose, withdrawn_at__isnull=True).exists()


def of_client(client_id: int) -> tuple[Consent, ...]:
    """Every signature of a client, the newest first, the withdrawn ones too."""
    return tuple(_view(row) for row in _of_client(client_id).order_by("-given_at", "-pk"))


def withdraw(client_id: int, purpose: Purpose, *, actor: str, clock: Clock = SYSTEM_CLOCK) -> int:
    """Take back every signature for a purpose; gives their number. What was done before stays as it was."""
    now = clock.now()
    with transaction.atomic():
        rows = list(
            _of_client(client_id)
            .filter(purpose=purpose, withdrawn_at__isnull=True)
            .values_list("pk", "practice_id")
        )
        ConsentRow.objects.filter(pk__in=[key for key, _ in rows]).update(withdrawn_at=now)
        for key, practice_id in rows:
            audit.record(practice_id, actor, "consent.withdraw", "consent", key, now, purpose=purpose)
    return len(rows)


def needs_guardian(stored: Stored) -> bool:
    """Whether the answers are those of a minor. An age that nobody gave is no minor's: the interview asks for it."""
    age = stored.raw_answers.get("age")
    return isinstance(age, int) and age < ADULT_AT


def has_guardian(stored: Stored, *, client_id: int | None = None) -> bool:
    """Whether a parent or guardian has signed for treatment."""
    rows = ConsentRow.objects.filter(assessment_id=stored.id)
    owner = client_id or stored.client_id
    if owner is not None:
        rows = rows | _of_client(owner)
    held = rows.filter(purpose="treatment", withdrawn_at__isnull=True)
    return any(row.guardian_relation for row in held)


def _of_client(client_id: int) -> QuerySet[ConsentRow]:
    return ConsentRow.objects.filter(Q(client_id=client_id) | Q(assessment__client_id=client_id))


def _assessment(key: UUID | None, practice_id: int) -> StoredAssessment | None:
    if key is None:
        return None
    row = StoredAssessment.objects.filter(key=key, practice_id=practice_id).first()
    if row is None:
        raise NotFoundError("These answers are not stored here. Please go through the questions again.")
    return row


def _checked(signature: Signature) -> Signature:
    name = contact.read_name(signature.name, field="signature")
    path = signature.path.strip()
    if len(path) > _LONGEST_PATH or not _PATH.fullmatch(path):
        raise InputError(
            "The drawn signature cannot be read. Please draw it again, or leave it out: your typed name is enough.",
            code="signature_path",
        )
    relation = " ".join(signature.relation.split())
    if len(relation) > _LONGEST_RELATION:
        raise InputError(
            f"We can keep {_LONGEST_RELATION} characters here. Write for example mother, father or guardian.",
            code="relation",
        )
    return Signature(name, path, relation)


def _view(row: ConsentRow) -> Consent:
    text = next(text for text in texts() if (text.purpose, text.version) == (row.purpose, row.text_version))
    return Consent(
        row.pk,
        text,
        row.signed_name,
        row.signature_path,
        row.guardian_relation,
        row.given_at,
        row.withdrawn_at,
    )
