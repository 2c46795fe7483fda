"""What leads from an answer to booking. The gate itself stands in the services; here is only which page to show."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.shortcuts import redirect, render

from unpinch.clinical import knowledge
from unpinch.clinical.values import Disposition
from unpinch.services import clearance, clearance_ask, intake
from unpinch.web.public import check
from unpinch.web.public.path import walk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.web.public.check import Check
    from unpinch.web.public.path import Path

_SESSION = "booking"
_WAITING = "waiting"
_CANNOT_READ = 422


def standing(request: HttpRequest) -> tuple[Path, Check]:
    """Where a person stands, and what they have said."""
    kb = knowledge.load()
    said = check.read(request, kb)
    return walk(said.answers, kb, said.told), said


def next_page(path: Path, said: Check) -> str | None:
    """Where to send a person who may not look at free times; None when they may."""
    if path.is_danger:
        return "answer"
    if not path.is_done:
        return "check"
    if path.assessment.disposition is Disposition.MASSAGE_OK:
        return None
    if said.agreement or (said.asked and clearance_ask.outcome_of(said.asked.key).is_open):
        return None
    return "doctor"


def turned_away(request: HttpRequest, path: Path, said: Check) -> HttpResponse | None:
    """Where to send a person who may not book; None when they may. A form sent too late is told so."""
    page = next_page(path, said)
    if page is None:
        return None
    if request.method == "POST" and not said.answers.values:
        return expired(request)
    return redirect(page)


def expired(request: HttpRequest) -> HttpResponse:
    """Say that the answers are gone: the time is over, or there are no cookies."""
    return render(request, "web/public/expired.html", status=_CANNOT_READ)


def choose(request: HttpRequest, path: Path, said: Check, choice: dict[str, str]) -> None:
    """Remember the chosen time in the session. Nothing is kept by the practice yet.

    The keys are made here, once: sending the next page twice keeps the answers once and books once.
    """
    current = fingerprint(path, said)
    before = chosen(request) or {}
    stored = before.get("stored") if before.get("fingerprint") == current else None
    if said.asked:
        stored = said.asked.stored  # the practice keeps these very answers already
    request.session[_SESSION] = {
        "fingerprint": current,
        "stored": stored or str(uuid4()),
        "key": str(uuid4()),
        **choice,
    }


def chosen(request: HttpRequest) -> dict[str, Any] | None:
    """What the session remembers about the booking under way."""
    found = request.session.get(_SESSION)
    return found if isinstance(found, dict) else None


def stored_for_waiting(request: HttpRequest, path: Path, said: Check) -> str:
    """The key under which the answers are kept when the person joins the waitlist: the same for the same answers."""
    if said.asked:
        return said.asked.stored
    current = fingerprint(path, said)
    before = request.session.get(_WAITING)
    if not isinstance(before, dict) or before.get("fingerprint") != current:
        before = request.session[_WAITING] = {"fingerprint": current, "stored": str(uuid4())}
    return str(before["stored"])


def is_current(request: HttpRequest, path: Path, said: Check) -> bool:
    """Whether the stored answers are those that the person gave last."""
    found = chosen(request)
    return found is not None and found.get("fingerprint") == fingerprint(path, said)


def keep(request: HttpRequest, path: Path, said: Check, practice_id: int) -> UUID:
    """Keep the answers, since the person now books. InputError when the doctor's name or day cannot be used."""
    return keep_under(UUID(request.session[_SESSION]["stored"]), path, said, practice_id)


def keep_under(key: UUID, path: Path, said: Check, practice_id: int) -> UUID:
    """Keep the answers under a key, once."""
    intake.store(path.answers, practice_id=practice_id, marks=[str(mark) for mark in said.marks], key=key)
    if said.agreement:
        clearance.record_unverified_agreement(
            key,
            doctor_name=said.agreement.doctor,
            agreed_on=date.fromisoformat(said.agreement.agreed_on),
            how=said.agreement.how,
        )
    return key


def fingerprint(path: Path, said: Check) -> str:
    """The same for the same answers, marks and agreement; tells nothing about them."""
    text = repr((sorted(path.answers.values.items()), said.marks, said.agreement))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
