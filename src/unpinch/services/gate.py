"""The one gate: whether someone's answers allow a booking. Every door asks here, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from unpinch.clinical import knowledge
from unpinch.clinical.values import Disposition
from unpinch.services import intake
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from unpinch.services.clearance import Agreement
    from unpinch.services.intake import Stored

ANSWERS_VALID_DAYS = "answers-valid-days"
"""The number of the knowledge tables that says for how many days answers may be booked on."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Booking may go ahead. ``on_agreement`` says that it rests on the person's word about their doctor."""

    on_agreement: bool = False


def may_book(stored: Stored, agreement: Agreement | None, now: datetime) -> Allowed | Refused:
    """Whether this person may book now.

    Only ``massage-ok`` may, once every danger question is answered, and ``doctor-first`` with an agreement about
    these very answers. Answers that are too old are asked again. Answers given under other tables are judged
    again, and the stricter judgement counts.
    """
    disposition, open_dangers = stored.disposition, stored.assessment.open_dangers
    kb = knowledge.load()
    if stored.knowledge_version != kb.version:
        again = intake.replay(stored).assessment
        if again is None:
            return _ASK_AGAIN
        disposition = max(disposition, again.disposition, key=lambda found: found.rank)
        open_dangers = again.open_dangers
    if disposition in {Disposition.EMERGENCY, Disposition.URGENT}:
        return _DANGER
    age = now - stored.created_at
    if not timedelta() <= age <= timedelta(days=kb.number(ANSWERS_VALID_DAYS)):
        return _ASK_AGAIN
    if disposition is Disposition.MASSAGE_OK:
        return _ASK_DANGERS if open_dangers else Allowed()
    if agreement is not None and agreement.assessment_id == stored.id:
        return Allowed(on_agreement=True)
    return _DOCTOR_FIRST


_DANGER = Refused(
    "danger",
    "Your answers need a doctor's help soon, so massage cannot be booked. Please do what your answer page says.",
)
_ASK_AGAIN = Refused(
    "answers-outdated",
    "Your answers are too old to book on. Please go through the questions again; it takes a few minutes.",
)
_ASK_DANGERS = Refused(
    "danger-questions-open",
    "Some questions about danger signs have no answer yet. Please answer them, and book then.",
)
_DOCTOR_FIRST = Refused(
    "doctor-first",
    "Please ask a doctor before you book. When your doctor agrees, tell us so and book then.",
)
