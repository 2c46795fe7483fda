"""Keeps messages with the booking they speak about, and sends each at most once.

A worker first claims a message and commits that, then sends it, then marks it. If the worker dies in between,
nobody knows whether the mail server has it: the message is shown to staff as perhaps sent, and not sent again.

What was sent is kept without its links and codes: they open things, and whoever reads the table need not have them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from unpinch.gateways import mail, sms
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.gateways.mail import Letter, Outcome
from unpinch.gateways.sms import Text
from unpinch.records.models import Message, MessageState, Status

if TYPE_CHECKING:
    from unpinch.services.messages import Draft

_BATCH = 50
_LEASE = timedelta(minutes=5)
_WAITS = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60, 240, 720, 1440))
"""How long to wait after the first, second, … try that failed; after the last the message is given up."""

_LINK = re.compile(r"(https?://[^/\s]+/)\S+")
_ALL_SECRET = {"login-code"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one round did."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0
    uncertain: int = 0
    dropped: int = 0

    @property
    def any(self) -> bool:
        """Whether there was anything to do."""
        return bool(self.sent or self.put_off or self.given_up or self.uncertain or self.dropped)


def enqueue(draft: Draft, now: datetime, *, due: datetime | None = None) -> None:
    """Keep a message for sending (from ``due`` on), in the transaction of what it speaks about."""
    Message.objects.create(
        practice_id=draft.practice_id,
        appointment_id=draft.appointment_id,
        idempotency_key=draft.idempotency_key,
        kind=draft.kind,
        by=draft.by,
        to=draft.to,
        subject=draft.subject,
        text=draft.text,
        html=draft.html,
        ics=draft.ics,
        ics_method=draft.ics_method,
        useful_until=draft.useful_until,
        appointment_sequence=draft.appointment_sequence,
        due_at=due or now,
        created_at=now,
    )


def deliver_due(*, clock: Clock = SYSTEM_CLOCK) -> Delivery:
    """Send what is due, up to fifty messages; any number of workers may do so at once."""
    now = clock.now()
    counted = dict.fromkeys(MessageState, 0)
    counted[MessageState.UNCERTAIN] = _set_aside_abandoned(now)
    due = Message.objects.filter(state=MessageState.WAITING, due_at__lte=now).order_by("due_at", "pk")
    for key in list(due.values_list("pk", flat=True)[:_BATCH]):
        message = _claim(key, now)
        if message is not None:
            counted[_deliver(message, now)] += 1
    return Delivery(
        sent=counted[MessageState.SENT],
        put_off=counted[MessageState.WAITING],
        given_up=counted[MessageState.FAILED],
        uncertain=counted[MessageState.UNCERTAIN],
        dropped=counted[MessageState.DROPPED],
    )


def _set_aside_abandoned(now: datetime) -> int:
    abandoned = Message.objects.filter(state=MessageState.SENDING, due_at__lte=now)
    if not abandoned.exists():
        return 0  # an update would take SQLite's write lock every second for nothing
    return abandoned.update(state=MessageState.UNCERTAIN, last_fault="worker stopped")


def _claim(key: int, now: datetime) -> Message | None:
    """Make the message this worker's: of several that try, the database lets one change the row."""
    claim = uuid4()
    won = Message.objects.filter(pk=key, state=MessageState.WAITING, due_at__lte=now).update(
        state=MessageState.SENDING, claim=claim, due_at=now + _LEASE
    )
    return Message.objects.select_related("practice", "appointment").get(pk=key) if won else None


def _deliver(message: Message, now: datetime) -> MessageState:
    if _is_stale(message, now):
        message.state = MessageState.DROPPED
    else:
        is_text = message.by == "sms"
        report = sms.send(Text(message.to, message.text)) if is_text else mail.send(_letter(message))
        message.attempts += 1
        message.last_fault = report.fault[:100]
        message.state = _state_after(report.outcome, message.attempts)
    if message.state is MessageState.SENT:
        message.sent_at = now
    elif message.state is MessageState.WAITING:
        message.due_at = now + _WAITS[message.attempts - 1]
    if message.state in {MessageState.SENT, MessageState.DROPPED}:
        message.text, message.html = without_secrets(message), ""
    # Only while the claim is still ours: a worker that was slow for minutes must not undo what came after it.
    Message.objects.filter(pk=message.pk, claim=message.claim).update(
        attempts=message.attempts,
        last_fault=message.last_fault,
        state=message.state,
        sent_at=message.sent_at,
        due_at=message.due_at,
        text=message.text,
        html=message.html,
    )
    return message.state


def without_secrets(message: Message) -> str:
    """The text without what opens something: links end after the name of the server, and codes are left out."""
    if message.kind in _ALL_SECRET:
        return ""
    return re.sub(_LINK, r"\g<1>…", message.text)


def _is_stale(message: Message, now: datetime) -> bool:
    """Whether it is too late for it, or what it speaks of has changed since."""
    if message.useful_until is not None and message.useful_until <= now:
        return True
    row, sequence = message.appointment, message.appointment_sequence
    if row is None or sequence is None:
        return False
    return row.status != Status.BOOKED or row.calendar_sequence != sequence


def _state_after(outcome: Outcome, attempts: int) -> MessageState:
    if outcome is Outcome.SENT:
        return MessageState.SENT
    if outcome is Outcome.UNKNOWN:
        return MessageState.UNCERTAIN
    if outcome is Outcome.REFUSED or attempts > len(_WAITS):
        return MessageState.FAILED
    return MessageState.WAITING


def _letter(message: Message) -> Letter:
    return Letter(
        id=message.idempotency_key.replace(":", "."),
        sender_name=message.practice.name,
        reply_to=message.practice.email,
        to=message.to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        ics=message.ics,
        ics_method=message.ics_method,
    )
