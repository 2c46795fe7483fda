"""The note of a session: begun with what is known, saved while it is written, signed once, amended in the open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.clinical import note_states
from unpinch.clinical.note_states import Amendment, Note
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.records.models import Appointment, NoteAmendment, NoteVersion, SessionNote
from unpinch.services import audit, outbox, session_messages, session_words
from unpinch.services.appointment import AppointmentView, view
from unpinch.services.outcomes import Refused
from unpinch.services.session_own import own_row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from unpinch.services.access import Caller


@dataclass(frozen=True, slots=True)
class Added:
    """One amendment with who and when."""

    text: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note as it stands. ``number`` is the version to build on (0: nothing is kept yet)."""

    appointment: AppointmentView
    text: Mapping[str, str]
    number: int
    signed_at: datetime | None
    signed_by: str
    amendments: tuple[Added, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """The draft is kept as version ``number``. ``clashed`` names fields in which two windows had written."""

    number: int
    text: Mapping[str, str]
    clashed: tuple[str, ...] = ()


def read(appointment_id: int, caller: Caller, *, clock: Clock = SYSTEM_CLOCK) -> NoteView:
    """The note, or a proposal from what is known when none is kept. The reading is written down."""
    now = clock.now()
    with transaction.atomic():
        row = own_row(appointment_id, caller)
        actor = audit.actor_of(caller.user_id)
        audit.record(row.practice_id, actor, "note.read", "appointment", row.pk, now, about=row.client_id)
        found = SessionNote.objects.select_related("signed_by").filter(appointment=row).first()
        if found is None:
            proposed = note_states.text_of(session_words.proposal(row))
            return NoteView(view(row), proposed, 0, None, "", ())
        note = _note(found)
        signer = found.signed_by
        return NoteView(
            appointment=view(row),
            text=note.text,
            number=note.number,
            signed_at=found.signed_at,
            signed_by="" if signer is None else signer.name or signer.email,
            amendments=tuple(_added(found)),
        )


def save(
    appointment_id: int, base: int, text: Mapping[str, str], caller: Caller, *, clock: Clock = SYSTEM_CLOCK
) -> Saved | Refused:
    """Keep a draft written on version ``base`` (0: on the proposal). Nothing that another window wrote is lost."""
    now = clock.now()
    with transaction.atomic():
        row = own_row(appointment_id, caller, for_change=True)
        return _save(row, base, text, caller, now)


def sign(
    appointment_id: int, base: int, text: Mapping[str, str], caller: Caller, *, clock: Clock = SYSTEM_CLOCK
) -> Saved | Refused:
    """Save what is on the screen and sign it; the client is told that a summary is there.

    Refused when another window wrote meanwhile: then it is shown with all texts, to be read before signing.
    """
    now = clock.now()
    with transaction.atomic():
        row = own_row(appointment_id, caller, for_change=True)
        saved = _save(row, base, text, caller, now)
        if isinstance(saved, Refused):
            return saved
        if saved.text != note_states.text_of(text):
            return _REFUSALS["changed"]
        found = SessionNote.objects.get(appointment=row)
        step = note_states.sign(_note(found), saved.number)
        if step.refusal is not None:
            return _REFUSALS[step.refusal]
        found.signed_at, found.signed_by_id = now, caller.user_id
        found.save(update_fields=["signed_at", "signed_by"])
        actor = audit.actor_of(caller.user_id)
        audit.record(row.practice_id, actor, "note.sign", "appointment", row.pk, now, about=row.client_id)
        outbox.enqueue(session_messages.summary(row), now)
    return saved


def amend(
    appointment_id: int, text: str, reason: str, caller: Caller, *, clock: Clock = SYSTEM_CLOCK
) -> Added | Refused:
    """Add to a signed note, with the reason; what was signed stays as it was."""
    now = clock.now()
    with transaction.atomic():
        row = own_row(appointment_id, caller, for_change=True)
        found = SessionNote.objects.filter(appointment=row).first()
        if found is None:
            return _REFUSALS["not-signed"]
        step = note_states.amend(_note(found), text, reason)
        if step.refusal is not None:
            return _REFUSALS[step.refusal]
        kept = step.note.amendments[-1]
        made = NoteAmendment.objects.create(
            practice_id=row.practice_id,
            note=found,
            number=len(step.note.amendments),
            text=kept.text,
            reason=kept.reason,
            added_by_id=caller.user_id,
            added_at=now,
        )
        actor = audit.actor_of(caller.user_id)
        audit.record(row.practice_id, actor, "note.amend", "appointment", row.pk, now, about=row.client_id)
    return Added(made.text, made.reason, caller.name, now)


def _save(
    row: Appointment, base: int, text: Mapping[str, str], caller: Caller, now: datetime
) -> Saved | Refused:
    found = SessionNote.objects.filter(appointment=row).first()
    if found is None:
        found = SessionNote.objects.create(practice_id=row.practice_id, appointment=row)
        before = note_states.begin(session_words.proposal(row))
        _keep(found, before, caller, now)
        actor = audit.actor_of(caller.user_id)
        audit.record(row.practice_id, actor, "note.begin", "appointment", row.pk, now, about=row.client_id)
    else:
        before = _note(found)
    step = note_states.save(before, max(base, 1), text)
    if step.refusal is not None:
        return _REFUSALS[step.refusal]
    if step.note.number > before.number:
        _keep(found, step.note, caller, now)
    return Saved(step.note.number, step.note.text, step.clashed)


def _keep(found: SessionNote, note: Note, caller: Caller, now: datetime) -> None:
    NoteVersion.objects.create(
        practice_id=found.practice_id,
        note=found,
        number=note.number,
        text=dict(note.text),
        saved_by_id=caller.user_id,
        saved_at=now,
    )


def _note(found: SessionNote) -> Note:
    versions = tuple(note_states.text_of(row.text) for row in found.versions.order_by("number"))
    amendments = tuple(Amendment(row.text, row.reason) for row in found.amendments.order_by("number"))
    return Note(versions, found.signed_at is not None, amendments)


def _added(found: SessionNote) -> list[Added]:
    rows = found.amendments.select_related("added_by").order_by("number")
    return [
        Added(row.text, row.reason, row.added_by.name or row.added_by.email, row.added_at) for row in rows
    ]


_REFUSALS = {
    "signed": Refused("signed", "This note is signed. What comes later goes into an amendment."),
    "not-signed": Refused("not-signed", "This note is not signed yet. Please change the draft itself."),
    "changed": Refused(
        "changed",
        "Another window has written into this note. Please read it as it stands now, and sign then.",
    ),
    "empty": Refused("empty", "There is nothing in it yet. Please write at least a word."),
    "too-long": Refused("too-long", "A field holds at most 8000 characters. Please shorten it."),
    "unknown-version": Refused(
        "unknown-version",
        "This page is too old to be saved. Please copy your text, reload, and put it in again.",
    ),
}
