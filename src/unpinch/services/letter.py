"""The letter that a person takes to the doctor; the practice keeps a copy that answers nothing."""

from __future__ import annotations

import base64
from dataclasses import replace

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.gateways.letter import LetterPicture, LetterWords, letter_pdf
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Clearance
from unpinch.services import audit, clearance_link, clearance_messages
from unpinch.services.outcomes import Refused

__all__ = ["LetterPicture", "LetterWords", "copy_of", "take"]


def take(
    token: str, code: str, words: LetterWords, *, copy_says: str, clock: Clock = SYSTEM_CLOCK
) -> bytes | Refused:
    """The letter as a PDF with link and code in it. Its first making leaves a copy without them in the record.

    ``token`` and ``code`` are those of the question: only who asked knows them.
    """
    now = clock.now()
    step = clearance_link.look(token, clock=clock)
    if isinstance(step, Refused):
        return step
    with transaction.atomic():
        row = Clearance.objects.select_for_update(of=("self",)).get(key=step.key)
        full = replace(words, code=clearance_link.shown_code(code), link=clearance_messages.link(token))
        if not row.letter_copy:
            plain = replace(words, code="", link="", address="", until="", copy=copy_says)
            row.letter_copy = base64.b64encode(letter_pdf(plain, row.asked_at)).decode()
            row.save(update_fields=["letter_copy"])
        audit.record(row.practice_id, audit.VISITOR, "clearance.letter", "clearance", row.pk, now)
    return letter_pdf(full, row.asked_at)


def copy_of(clearance_id: int, *, practice_id: int, actor: str, clock: Clock = SYSTEM_CLOCK) -> bytes:
    """The practice's copy; NotFoundError when no letter was taken. The reading is written in the record book."""
    with transaction.atomic():
        row = Clearance.objects.filter(pk=clearance_id, practice_id=practice_id).first()
        if row is None or not row.letter_copy:
            raise NotFoundError("There is no letter for this question.")
        audit.record(practice_id, actor, "clearance.read-letter", "clearance", row.pk, clock.now())
    return base64.b64decode(row.letter_copy)
