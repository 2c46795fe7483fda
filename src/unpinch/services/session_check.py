"""The check on the day of a session: what is asked, what was said, and what follows at once.

A new danger sign puts the appointment on hold in the same transaction, whoever said it. Only the therapist, who
asks again and hears the answers, takes that hold away; the link never does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django.db import transaction

from unpinch.clinical import day_check, findings, knowledge
from unpinch.clinical.progress import Reading
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock, FixedClock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import (
    Appointment,
    AppointmentBlock,
    Moment,
    SessionCheck,
    Status,
    StoredAssessment,
)
from unpinch.services import (
    assessment_json,
    audit,
    clearance,
    intake,
    links,
    outbox,
    relief,
    session_link,
    session_messages,
)
from unpinch.services.appointment import AppointmentView, view, with_names
from unpinch.services.outcomes import Refused
from unpinch.services.session_own import own_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from unpinch.clinical.day_check import DayVerdict, Said, State
    from unpinch.clinical.knowledge.rows import DayRow
    from unpinch.clinical.values import Answers, Value
    from unpinch.services.access import Caller

REASON = "day-check"
"""The code of a hold that a check has put on an appointment."""

_STOPPED = Refused(
    "stopped", "You have told us already, and we are glad you did. Please do what is written below."
)
_NO_ANSWERS = Refused(
    "no-answers",
    "No answers belong to this appointment. Please go through the questions first; it takes a few minutes.",
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What to ask for one appointment. ``said`` is the last check of it, None when there is none."""

    appointment: AppointmentView
    before: Answers
    lines: tuple[DayRow, ...]
    said: Done | None


@dataclass(frozen=True, slots=True)
class Done:
    """A check that was made: what follows, what is new, and who asked (empty: the client answered by link)."""

    state: State
    disposition: str
    action: str
    news: tuple[str, ...]
    pain: int | None
    asked_by: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class SayCommand:
    """What was said. ``key`` is made once per form; ``pain`` (0 to 10) may be missing while lines are open."""

    key: UUID
    said: Said
    pain: int | None


def sheet(token: str, *, clock: Clock = SYSTEM_CLOCK) -> Sheet | Refused:
    """What to ask the client who has the link; Refused on another day than the session's."""
    row = session_link.by_token(token)
    if is_stopped(row.pk):
        return _STOPPED
    return _too_early_or_late(row, clock.now()) or _sheet(row)


def sheet_for(appointment_id: int, caller: Caller, *, clock: Clock = SYSTEM_CLOCK) -> Sheet | Refused:
    """The same for the therapist who asks. NotFoundError when it is somebody else's session."""
    row = own_row(appointment_id, caller)
    return _too_early_or_late(row, clock.now()) or _sheet(row)


def say(token: str, command: SayCommand, *, clock: Clock = SYSTEM_CLOCK) -> Done | Refused:
    """Keep what the client said by link, with all that follows, in one transaction."""
    row = session_link.by_token(token)
    if is_stopped(row.pk):
        return _STOPPED
    return _say(row.pk, command, f"client:{row.client_id}", None, clock.now())


def ask(
    appointment_id: int, command: SayCommand, caller: Caller, *, clock: Clock = SYSTEM_CLOCK
) -> Done | Refused:
    """The same from the screen of the therapist, who heard it. A clear check frees what a check had stopped."""
    row = own_row(appointment_id, caller)
    return _say(row.pk, command, audit.actor_of(caller.user_id), caller.user_id, clock.now())


def can_ask(appointment_id: int, caller: Caller, *, clock: Clock = SYSTEM_CLOCK) -> bool:
    """Whether this person may ask the client the lines now: the therapist, on the day."""
    try:
        row = own_row(appointment_id, caller)
    except NotFoundError:
        return False
    return _too_early_or_late(row, clock.now()) is None


def token_today(appointment_token: str, *, clock: Clock = SYSTEM_CLOCK) -> str:
    """The secret of the session's own link for whoever has the appointment's; empty on any other day."""
    row = links.by_token(appointment_token)
    has_check = row.assessment_id is not None and is_its_day(row, clock.now())
    return session_link.token_of(row.calendar_uid) if has_check else ""


def is_its_day(row: Appointment, now: datetime) -> bool:
    """Whether the session is booked for today."""
    return _too_early_or_late(row, now) is None


def last_of(appointment_id: int) -> Done | None:
    """The check that counts for an appointment; None when none was made."""
    row = _last_row(appointment_id)
    return None if row is None else _done(row)


def states_of(appointment_ids: Iterable[int]) -> dict[int, State]:
    """The state of the last check of each appointment that has one, in one query."""
    rows = SessionCheck.objects.filter(appointment_id__in=list(appointment_ids)).order_by("said_at", "pk")
    return {key: cast("State", state) for key, state in rows.values_list("appointment_id", "state")}


def is_stopped(appointment_id: int) -> bool:
    """Whether a check has stopped this session, and nobody has asked again since."""
    return AppointmentBlock.objects.filter(appointment_id=appointment_id, reason=REASON).exists()


def picture_of(row: Appointment) -> intake.Stored | None:
    """What is known of the client as of now: the newest picture of a check, else the answers booked on."""
    if row.assessment is None:
        return None
    newer = _pictures(row)
    own = newer.filter(appointment=row).first() or newer.filter(state="clear").first()
    return intake.read_row(row.assessment if own is None or own.assessment is None else own.assessment)


def _sheet(row: Appointment) -> Sheet | Refused:
    before = _known_before(row)
    if before is None:
        return _NO_ANSWERS
    return Sheet(view(row), before, day_check.lines(before, knowledge.load()), last_of(row.pk))


def _known_before(row: Appointment) -> Answers | None:
    """What was known before this day's checks of this appointment."""
    if row.assessment is None:
        return None
    earlier = _pictures(row).filter(state="clear").exclude(appointment=row).first()
    kept = row.assessment if earlier is None or earlier.assessment is None else earlier.assessment
    try:
        return findings.parse_answers(kept.answers, knowledge.load())
    except InputError:
        return None  # the tables no longer know an answer: it must be asked anew


def _pictures(row: Appointment) -> QuerySet[SessionCheck]:
    """The client's checks since they booked that changed the picture, the newest first."""
    assert row.assessment is not None
    return (
        SessionCheck.objects.filter(
            appointment__client=row.client,
            assessment__isnull=False,
            said_at__gte=row.assessment.created_at,
        )
        .select_related("assessment")
        .order_by("-said_at", "-pk")
    )


def _say(
    appointment_id: int, command: SayCommand, actor: str, user_id: int | None, now: datetime
) -> Done | Refused:
    if command.pain is not None and not 0 <= command.pain <= 10:
        raise InputError(f"{command.pain} is not on the scale. Choose a number from 0 to 10.", code="pain")
    with transaction.atomic():
        row = (
            with_names(Appointment.objects)
            .select_related("assessment", "course")
            .select_for_update(of=("self",))
            .get(pk=appointment_id)
        )
        if refused := _too_early_or_late(row, now):
            return refused
        twin = SessionCheck.objects.filter(practice_id=row.practice_id, key=command.key).first()
        if twin is not None:
            return _done(twin)
        before = _known_before(row)
        if before is None:
            return _NO_ANSWERS
        bound = clearance.binding(intake.read_row(row.assessment), now) if row.assessment else None
        verdict = day_check.judge(before, command.said, knowledge.load(), bound)
        kept = _keep(row, before, verdict, command, user_id, now)
        details = {"state": verdict.state}
        audit.record(
            row.practice_id,
            actor,
            "session.check",
            "appointment",
            row.pk,
            now,
            about=row.client_id,
            **details,
        )
        _hold_or_free(row, verdict, user_id, now)
        _feed_course(row, command, actor, now)
    return _done(kept)


def _keep(
    row: Appointment,
    before: Answers,
    verdict: DayVerdict,
    command: SayCommand,
    user_id: int | None,
    now: datetime,
) -> SessionCheck:
    assert row.assessment is not None
    picture = None
    if not day_check.is_same_picture(before, verdict.answers):
        picture = StoredAssessment.objects.create(
            practice_id=row.practice_id,
            client_id=row.client_id,
            answers=findings.dump_answers(verdict.answers),
            marks=row.assessment.marks,
            result=assessment_json.dump(verdict.assessment),
            disposition=verdict.assessment.disposition.value,
            knowledge_version=verdict.assessment.knowledge_version,
            created_at=now,
        )
    return SessionCheck.objects.create(
        practice_id=row.practice_id,
        key=command.key,
        appointment=row,
        state=verdict.state,
        said={"rows": dict(command.said.rows), "details": _plain(command.said.details), "pain": command.pain},
        verdict={
            "disposition": verdict.disposition.value,
            "action": verdict.action,
            "news": list(verdict.news),
        },
        assessment=picture,
        asked_by_id=user_id,
        said_at=now,
    )


def _plain(details: Mapping[str, Value]) -> dict[str, Any]:
    return {code: list(value) if isinstance(value, tuple) else value for code, value in details.items()}


def _hold_or_free(row: Appointment, verdict: DayVerdict, user_id: int | None, now: datetime) -> None:
    if verdict.state == "stop":
        AppointmentBlock.objects.update_or_create(
            appointment=row,
            defaults={
                "practice_id": row.practice_id,
                "clearance": None,
                "reason": REASON,
                "since": now,
            },
        )
        audit.record(row.practice_id, audit.SYSTEM, "session.stop", "appointment", row.pk, now)
        outbox.enqueue(session_messages.stopped_for_practice(row, now), now)
    elif verdict.state == "clear" and user_id is not None:
        gone, _ = AppointmentBlock.objects.filter(appointment=row, reason=REASON).delete()
        if gone:
            audit.record(row.practice_id, audit.SYSTEM, "session.free", "appointment", row.pk, now)


def _feed_course(row: Appointment, command: SayCommand, actor: str, now: datetime) -> None:
    """The pain of today is a point on the course's curve."""
    if row.course_id is None or command.pain is None:
        return
    reading = Reading(pain=float(command.pain))
    said = relief.SayCommand(row.course_id, command.key, Moment.SESSION, reading, row.pk)
    relief.say(said, actor=actor, clock=FixedClock(now))


def _too_early_or_late(row: Appointment, now: datetime) -> Refused | None:
    zone = ZoneInfo(row.time_zone)
    day, today = row.starts_at.astimezone(zone).date(), now.astimezone(zone).date()
    if row.status != Status.BOOKED:
        return Refused("over", "This session is over, so there is nothing to check any more.")
    if today < day:
        return Refused(
            "too-early", "Please answer on the day of your session, so that we know how you are on that day."
        )
    if today > day:
        return Refused("over", "The day of this session is over, so there is nothing to check any more.")
    return None


def _last_row(appointment_id: int) -> SessionCheck | None:
    rows = SessionCheck.objects.filter(appointment_id=appointment_id).select_related("asked_by")
    return rows.order_by("-said_at", "-pk").first()


def _done(row: SessionCheck) -> Done:
    verdict = cast("dict[str, Any]", row.verdict)
    return Done(
        state=cast("State", row.state),
        disposition=verdict["disposition"],
        action=verdict["action"],
        news=tuple(verdict["news"]),
        pain=row.said["pain"],
        asked_by="" if row.asked_by is None else row.asked_by.name or row.asked_by.email,
        said_at=row.said_at,
    )
