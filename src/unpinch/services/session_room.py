"""The session in the room: begin, press, halt, go on, end. Every event is kept, and the state follows from them.

Whoever adds an event locks the session's row, judges the event against the state so far, and writes it with the
next number in the same transaction.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal, cast
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.crypto import get_random_string

from unpinch.clinical import findings, knowledge, pressure, room
from unpinch.clinical.pressure import Event, Pressure
from unpinch.clinical.room import NoRoom, RoomPlan
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import Appointment, AppointmentBlock, RoomEvent, RoomSession, Status
from unpinch.services import (
    audit,
    clearance,
    gate,
    intake,
    outbox,
    session_check,
    session_messages,
)
from unpinch.services.appointment import AppointmentView, view
from unpinch.services.outcomes import Refused
from unpinch.services.session_own import own_row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.clinical.pressure import Phase, Why
    from unpinch.services.access import Caller
    from unpinch.services.session_check import Done

By = Literal["client", "therapist"]
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""For codes that are read aloud and typed: no vowels, so that no word comes of it."""
CODE_LENGTH = 6
_NAMED = tuple(
    f"appointment__{name}" for name in ("practice", "therapist", "room", "location", "service", "client")
)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as it is kept. ``why`` says why it changed nothing, and is empty when it did."""

    number: int
    event: Event
    why: Why
    by: By
    at: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """A session under way or over, as of its event number ``last``."""

    id: int
    appointment_id: int
    phase: Phase
    code: str
    plan: RoomPlan
    usual: dict[str, int]
    state: Pressure
    happened: tuple[Happened, ...]
    last: int
    started_at: datetime
    ended_at: datetime | None

    @property
    def step_began(self) -> datetime:
        """When the technique under way began."""
        steps = [one.at for one in self.happened if one.event.kind == "step" and not one.why]
        return steps[-1] if steps else self.started_at


@dataclass(frozen=True, slots=True)
class Screen:
    """What the therapist looks at before and during a session. ``plan`` is why not, when nothing may be done."""

    appointment: AppointmentView
    plan: RoomPlan | NoRoom
    usual: dict[str, int]
    check: Done | None
    hindrance: Refused | None
    room: Room | None


def screen(appointment_id: int, caller: Caller, *, clock: Clock = SYSTEM_CLOCK) -> Screen:
    """The screen of a session; NotFoundError for all but its therapist. The reading is written down."""
    now = clock.now()
    with transaction.atomic():
        row = own_row(appointment_id, caller)
        actor = audit.actor_of(caller.user_id)
        audit.record(row.practice_id, actor, "room.read", "appointment", row.pk, now, about=row.client_id)
        found = RoomSession.objects.filter(appointment=row).first()
        plan = room.load(found.plan["room"]) if found else _plan(row, now)
        hindrance = None if found else _hindrance(row, plan, now)
    shown = _room(found) if found else None
    usual = shown.usual if shown else usual_of(row)
    return Screen(view(row), plan, usual, session_check.last_of(row.pk), hindrance, shown)


def begin(appointment_id: int, caller: Caller, *, clock: Clock = SYSTEM_CLOCK) -> Room | Refused:
    """Begin the session. Refused while the check of the day is not clear, or anything else stands in the way."""
    now = clock.now()
    with transaction.atomic():
        row = own_row(appointment_id, caller, for_change=True)
        found = RoomSession.objects.filter(appointment=row).first()
        if found is not None:
            return _room(found)
        plan = _plan(row, now)
        refused = _hindrance(row, plan, now)
        if refused is not None:
            return refused
        assert isinstance(plan, RoomPlan)  # anything else hinders
        code = _fresh_code()
        made = RoomSession.objects.create(
            practice_id=row.practice_id,
            appointment=row,
            phase="running",
            code=code,
            code_hash=hash_of(code),
            plan={"room": room.dump(plan), "usual": usual_of(row)},
            started_at=now,
        )
        actor = audit.actor_of(caller.user_id)
        audit.record(row.practice_id, actor, "room.begin", "appointment", row.pk, now, about=row.client_id)
    return _room(made)


def press(room_id: int, event: Event, by: By, *, clock: Clock = SYSTEM_CLOCK) -> Happened:
    """Judge one event and keep it, whether it changed something or not. After the end nothing is kept any more."""
    now = clock.now()
    with transaction.atomic():
        row = (
            RoomSession.objects.select_for_update(of=("self",))
            .select_related("appointment__therapist")
            .get(pk=room_id)
        )
        plan = room.load(row.plan["room"])
        changed = pressure.after(_state(plan, row.plan["usual"], _happened(row)), event)
        if changed.why in ("over", "unknown-region"):
            return Happened(row.last, event, changed.why, by, now)
        row.last += 1
        RoomEvent.objects.create(
            practice_id=row.practice_id,
            session=row,
            number=row.last,
            what={**asdict(event), "why": changed.why},
            by=by,
            at=now,
        )
        if changed.state.phase != "running":
            _end(row, changed.state.phase, by, now)
        row.save(update_fields=["last", "phase", "code", "code_hash", "ended_at"])
    return Happened(row.last, event, changed.why, by, now)


def press_for(appointment_id: int, event: Event, caller: Caller, *, clock: Clock = SYSTEM_CLOCK) -> Happened:
    """An event from the therapist's screen."""
    row = own_row(appointment_id, caller)
    found = RoomSession.objects.filter(appointment=row).first()
    if found is None:
        raise NotFoundError("This session has not begun. Please begin it first.")
    return press(found.pk, event, "therapist", clock=clock)


def recheck(room_id: int, said: dict[str, bool], by: By, *, clock: Clock = SYSTEM_CLOCK) -> bool | None:
    """The short re-check after something electric or numb; True when all halted places may go on.

    A yes ends the session. None when a question has no answer: then everything stays halted.
    """
    kb = knowledge.load()
    asked = [row.code for row in kb.day_check.values() if row.in_room]
    if any(code not in said for code in asked):
        return None
    passed = not any(said[code] for code in asked)
    with transaction.atomic():
        row = RoomSession.objects.select_for_update().get(pk=room_id)
        for code in sorted(_room(row).state.halted):
            press(room_id, Event("recheck", code, passed=passed), by, clock=clock)
    return passed


def of_appointment(appointment_id: int, caller: Caller) -> Room | None:
    """The session of an appointment for its therapist; None when it has not begun."""
    row = own_row(appointment_id, caller)
    found = RoomSession.objects.filter(appointment=row).first()
    return None if found is None else _room(found)


def by_id(room_id: int) -> Room:
    """The session with this number, for a caller who has shown a right to it."""
    return _room(RoomSession.objects.get(pk=room_id))


def hash_of(code: str) -> str:
    """What the table keeps of a code to find it by."""
    return hashlib.sha256(f"unpinch.room:{code}".encode()).hexdigest()


def usual_of(row: Appointment) -> dict[str, int]:
    """The pressure that was comfortable last time, by region: what the client called right, or where it ended."""
    before = (
        RoomSession.objects.filter(appointment__client=row.client, practice_id=row.practice_id)
        .exclude(appointment=row)
        .exclude(phase="running")
        .order_by("-started_at", "-pk")
        .first()
    )
    return {} if before is None else comfortable(_room(before))


def comfortable(found: Room) -> dict[str, int]:
    """By region: the last pressure that the client called right, else the last one; none for what was halted."""
    state = pressure.begin(found.plan.ceilings, found.plan.start, found.usual)
    right: dict[str, int] = {}
    touched: set[str] = set()
    for one in found.happened:
        state = pressure.after(state, one.event).state
        if one.event.region:
            touched.add(one.event.region)
        if one.event.kind == "same" and not one.why:
            right[one.event.region] = state.regions[one.event.region].level
    halted = {one.event.region for one in found.happened if one.event.kind == "halt"}
    last = {code: region.level for code, region in state.regions.items() if code in touched}
    return {code: level for code, level in {**last, **right}.items() if code not in halted}


def _plan(row: Appointment, now: datetime) -> RoomPlan | NoRoom:
    known = session_check.picture_of(row)
    if known is None or row.assessment is None:
        return NoRoom("no-answers", "No answers belong to this appointment, so nobody knows what is safe.")
    kb = knowledge.load()
    try:
        answers = findings.parse_answers(known.raw_answers, kb)
    except InputError:
        return NoRoom("no-answers", "The answers are too old to be read. Please ask the questions again.")
    return room.plan_room(answers, kb, clearance.binding(intake.read_row(row.assessment), now))


def _hindrance(row: Appointment, plan: RoomPlan | NoRoom, now: datetime) -> Refused | None:
    """Why the session cannot begin now."""
    if not session_check.is_its_day(row, now):
        return Refused("not-today", "A session begins on its own day. Please look at your calendar.")
    if AppointmentBlock.objects.filter(appointment=row).exists():
        return Refused("on-hold", "This appointment is on hold. Do not begin; speak with the client first.")
    assert row.assessment is not None or isinstance(plan, NoRoom)
    if row.assessment is not None:
        standing = gate.still_stands(intake.read_row(row.assessment), now, moving=[row.pk])
        if isinstance(standing, Refused):
            return standing
    if isinstance(plan, NoRoom):
        return Refused(plan.code, plan.reason)
    check = session_check.last_of(row.pk)
    if check is None or check.state != "clear":
        return Refused(
            "check-open", "The check of today is not done or not clear. Please ask the client first."
        )
    return None


def _end(row: RoomSession, phase: Phase, by: By, now: datetime) -> None:
    row.phase, row.ended_at, row.code, row.code_hash = phase, now, "", None
    appointment = row.appointment
    if appointment.status == Status.BOOKED:
        appointment.status = Status.COMPLETED
        appointment.save(update_fields=["status"])
    user_id = appointment.therapist.user_id
    actor = f"client:{appointment.client_id}" if by == "client" else audit.actor_of(user_id)
    about = appointment.client_id
    audit.record(row.practice_id, actor, "room.end", "appointment", appointment.pk, now, about=about)
    outbox.enqueue(session_messages.day_after(appointment), now, due=_day_after(appointment, now))


def _day_after(appointment: Appointment, now: datetime) -> datetime:
    """When the client is asked how it went: the next day at the hour of the practice's knowledge."""
    zone = ZoneInfo(appointment.time_zone)
    hour = int(knowledge.load().number("day-after-hour"))
    day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def _fresh_code() -> str:
    """A code that no running session has."""
    while True:
        code = get_random_string(CODE_LENGTH, LETTERS)
        if not RoomSession.objects.filter(code_hash=hash_of(code)).exists():
            return code


def _room(row: RoomSession) -> Room:
    plan, happened = room.load(row.plan["room"]), _happened(row)
    usual = {code: int(level) for code, level in row.plan["usual"].items()}
    return Room(
        id=row.pk,
        appointment_id=row.appointment_id,
        phase=cast("Phase", row.phase),
        code=row.code,
        plan=plan,
        usual=usual,
        state=_state(plan, usual, happened),
        happened=happened,
        last=row.last,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def _state(plan: RoomPlan, usual: dict[str, int], happened: Iterable[Happened]) -> Pressure:
    start = pressure.begin(plan.ceilings, plan.start, usual)
    return pressure.replay(start, tuple(one.event for one in happened))


def _happened(row: RoomSession) -> tuple[Happened, ...]:
    return tuple(read_event(one) for one in RoomEvent.objects.filter(session=row).order_by("number"))


def read_event(row: RoomEvent) -> Happened:
    """A row as a value."""
    what = dict(row.what)
    why = what.pop("why")
    return Happened(row.number, Event(**what), why, cast("By", row.by), row.at)
