"""What the desk sees of the outbox: each message with what became of it, and another try for those that failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Message, MessageState, Practice
from unpinch.services import audit, permissions
from unpinch.services.outcomes import Refused
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from datetime import datetime

    from unpinch.services.access import Caller

PAGE = 50
_TRY_AGAIN = (MessageState.FAILED, MessageState.UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Seen:
    """One message. ``at`` is when it was sent or, if it was not, when it was written, in the practice's zone."""

    id: int
    kind: str
    to: str
    subject: str
    state: str
    state_name: str
    at: datetime
    next_try: datetime | None
    attempts: int
    fault: str
    appointment_id: int | None
    can_try_again: bool


@dataclass(frozen=True, slots=True)
class Outbox:
    """A page of messages, the newest first. ``before`` leads to the next page; None: this was the last."""

    messages: tuple[Seen, ...]
    before: int | None


def look(
    caller: Caller, *, state: str = "", appointment_id: int | None = None, before: int | None = None
) -> Outbox:
    """Messages of one state, of one appointment, or all, in two queries."""
    _need_desk(caller)
    rows = Message.objects.filter(practice_id=caller.practice_id)
    if state in MessageState.values:
        rows = rows.filter(state=state)
    if appointment_id is not None:
        rows = rows.filter(appointment_id=appointment_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    zone = ZoneInfo(Practice.objects.values_list("time_zone", flat=True).get(pk=caller.practice_id))
    found = list(rows.order_by("-pk").defer("text", "html", "ics")[: PAGE + 1])
    shown = found[:PAGE]
    return Outbox(tuple(_seen(row, zone) for row in shown), shown[-1].pk if len(found) > PAGE else None)


def try_again(caller: Caller, message_id: int, *, clock: Clock = SYSTEM_CLOCK) -> str | Refused:
    """Send a message that was given up, or perhaps sent, once more; gives its kind."""
    _need_desk(caller)
    now = clock.now()
    with transaction.atomic():
        row = (
            Message.objects.select_for_update().filter(practice_id=caller.practice_id, pk=message_id).first()
        )
        if row is None:
            raise NotFoundError("There is no such message in your practice.")
        if row.state not in _TRY_AGAIN:
            return Refused("not-failed", "This message waits, or was sent: there is nothing to try again.")
        row.state, row.attempts, row.due_at, row.claim = MessageState.WAITING, 0, now, None
        row.save(update_fields=["state", "attempts", "due_at", "claim"])
        actor = audit.actor_of(caller.user_id)
        audit.record(row.practice_id, actor, "message.again", "message", row.pk, now, what=row.kind)
    return row.kind


def _need_desk(caller: Caller) -> None:
    if not permissions.can_work_at_desk(caller, Thing(caller.practice_id)):
        raise NotFoundError("The outbox is for the front desk and the owner.")


def _seen(row: Message, zone: ZoneInfo) -> Seen:
    state = MessageState(row.state)
    waits = state is MessageState.WAITING and row.attempts > 0
    return Seen(
        id=row.pk,
        kind=row.kind,
        to=row.to,
        subject=row.subject,
        state=str(state),
        state_name=str(state.label),
        at=(row.sent_at or row.created_at).astimezone(zone),
        next_try=row.due_at.astimezone(zone) if waits else None,
        attempts=row.attempts,
        fault=row.last_fault,
        appointment_id=row.appointment_id,
        can_try_again=state in _TRY_AGAIN,
    )
