"""What leads from an answer to booking. The gate itself stands in the services; here is only which page to show."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from unpinch.clinical.values import Disposition
from unpinch.services import clearance, intake

if TYPE_CHECKING:
    from django.http import HttpRequest

    from unpinch.web.public.check import Check
    from unpinch.web.public.path import Path

_SESSION = "booking"


def next_page(path: Path, said: Check) -> str | None:
    """Where to send a person who may not look at free times; None when they may."""
    if path.is_danger:
        return "answer"
    if not path.is_done:
        return "check"
    if path.assessment.disposition is Disposition.MASSAGE_OK:
        return None
    return None if said.agreement else "doctor"


def choose(request: HttpRequest, path: Path, said: Check, practice_id: int, choice: dict[str, str]) -> None:
    """Keep the answers, since the person now books, and remember the chosen time in the session."""
    fingerprint = _fingerprint(path, said)
    before = request.session.get(_SESSION, {})
    stored = before.get("stored") if before.get("fingerprint") == fingerprint else None
    request.session[_SESSION] = {
        "fingerprint": fingerprint,
        "stored": stored or str(_store(path, said, practice_id)),
        "key": str(uuid4()),
        **choice,
    }


def chosen(request: HttpRequest) -> dict[str, Any] | None:
    """What the session remembers about the booking under way."""
    found = request.session.get(_SESSION)
    return found if isinstance(found, dict) else None


def is_current(request: HttpRequest, path: Path, said: Check) -> bool:
    """Whether the stored answers are those that the person gave last."""
    found = chosen(request)
    return found is not None and found.get("fingerprint") == _fingerprint(path, said)


def _store(path: Path, said: Check, practice_id: int) -> UUID:
    key = intake.store(path.answers, practice_id=practice_id, marks=[str(mark) for mark in said.marks])
    if said.agreement:
        clearance.record_unverified_agreement(
            key,
            doctor_name=said.agreement.doctor,
            agreed_on=date.fromisoformat(said.agreement.agreed_on),
            how=said.agreement.how,
        )
    return key


def _fingerprint(path: Path, said: Check) -> str:
    """The same for the same answers, marks and agreement; tells nothing about them."""
    text = repr((sorted(path.answers.values.items()), said.marks, said.agreement))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
