"""After a session, for the client by link: a plain summary with what to do at home, and the question of the day after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.clinical import aftercare, knowledge
from unpinch.clinical.progress import Reading
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock, FixedClock
from unpinch.records.models import Appointment, DayAfter, Moment, RoomSession, SessionNote
from unpinch.services import (
    audit,
    outbox,
    relief,
    session_link,
    session_messages,
    session_room,
    session_words,
)
from unpinch.services.appointment import AppointmentView, view
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from unpinch.clinical.aftercare import AfterVerdict
    from unpinch.clinical.knowledge.rows import AfterEffect, HomeCare
    from unpinch.services.session_room import Room
    from unpinch.services.session_words import PlaceDone


@dataclass(frozen=True, slots=True)
class Summary:
    """What the client reads about the session. ``see_doctor`` when it was stopped for a danger sign: no care then."""

    appointment: AppointmentView
    places: tuple[PlaceDone, ...]
    techniques: tuple[str, ...]
    care: tuple[HomeCare, ...]
    own_care: str
    next_session: AppointmentView | None
    see_doctor: bool
    was_stopped: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """What to ask on the day after. ``said`` is what followed from an earlier answer, None when there is none."""

    appointment: AppointmentView
    effects: tuple[AfterEffect, ...]
    said: str | None


@dataclass(frozen=True, slots=True)
class SayCommand:
    """What the client feels: effect code to yes or no. ``key`` is made once per form."""

    key: UUID
    said: Mapping[str, bool]


def summary(token: str) -> Summary | Refused:
    """The summary of a session; Refused until the therapist has signed the note."""
    row = session_link.by_token(token)
    found = RoomSession.objects.filter(appointment=row).first()
    if found is None or not SessionNote.objects.filter(appointment=row, signed_at__isnull=False).exists():
        return Refused("not-yet", "Your page is not ready yet. We write to you when it is.")
    room = session_room.by_id(found.pk)
    failed = has_failed(room)
    worked = tuple(place for place in session_words.places_done(room) if not place.was_halted)
    closed = {*(one.code for one in room.plan.closed)}
    closed |= {one.event.region for one in room.happened if one.event.kind == "halt"}
    coming = session_words.next_session(row)
    return Summary(
        appointment=view(row),
        places=worked,
        techniques=session_words.techniques_done(room),
        care=() if failed else aftercare.home_care([one.code for one in worked], closed, knowledge.load()),
        own_care="" if failed else room.plan.home_care,
        next_session=None if coming is None else view(coming),
        see_doctor=failed,
        was_stopped=room.phase == "stopped",
    )


def has_failed(room: Room) -> bool:
    """Whether a short re-check was not passed."""
    return any(one.event.kind == "recheck" and not one.event.passed for one in room.happened)


def sheet(token: str) -> Sheet | Refused:
    """What to ask on the day after; Refused while there was no session."""
    row = session_link.by_token(token)
    if not RoomSession.objects.filter(appointment=row, ended_at__isnull=False).exists():
        return Refused(
            "not-yet", "There is nothing to ask yet. We write to you on the day after your session."
        )
    said = DayAfter.objects.filter(appointment=row).order_by("-said_at", "-pk").first()
    return Sheet(view(row), tuple(knowledge.load().after_effects.values()), said.outcome if said else None)


def say(token: str, command: SayCommand, *, clock: Clock = SYSTEM_CLOCK) -> AfterVerdict | Refused:
    """Keep what the client says. An alarm tells the practice and, within a course, stops it by its own rules."""
    now = clock.now()
    with transaction.atomic():
        row = session_link.by_token(token)
        found = RoomSession.objects.select_for_update().filter(appointment=row).first()
        if found is None or found.ended_at is None:
            refused = sheet(token)
            assert isinstance(refused, Refused)
            return refused
        hours = (now - found.ended_at).total_seconds() / 3600
        verdict = aftercare.judge_after(hours, command.said, knowledge.load())
        _, is_new = DayAfter.objects.get_or_create(
            practice_id=row.practice_id,
            key=command.key,
            defaults={
                "appointment": row,
                "outcome": verdict.outcome,
                "said": dict(command.said),
                "said_at": now,
            },
        )
        if is_new:
            _follow(row, command, verdict, now)
    return verdict


def last_of(appointment_id: int) -> tuple[str, tuple[str, ...]] | None:
    """What followed from the day after, and what was felt in words; for the therapist."""
    row = DayAfter.objects.filter(appointment_id=appointment_id).order_by("-said_at", "-pk").first()
    if row is None:
        return None
    effects = knowledge.load().after_effects
    return row.outcome, tuple(
        effects[code].text for code, felt in row.said.items() if felt and code in effects
    )


def _follow(row: Appointment, command: SayCommand, verdict: AfterVerdict, now: datetime) -> None:
    actor = f"client:{row.client_id}"
    audit.record(row.practice_id, actor, "session.day-after", "appointment", row.pk, now, about=row.client_id)
    if verdict.outcome in ("alarm", "call"):
        outbox.enqueue(session_messages.alarm_for_practice(row, now), now)
    if verdict.outcome == "alarm" and row.course_id is not None:
        reading = Reading(is_worse_for_days=verdict.lasts_too_long, has_new_sign=verdict.has_new_sign)
        told = relief.SayCommand(row.course_id, command.key, Moment.SESSION, reading, row.pk)
        relief.say(told, actor=actor, clock=FixedClock(now))
