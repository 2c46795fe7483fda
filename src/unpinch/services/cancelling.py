"""Gives an appointment back, within the policy of its service; what is due back comes with the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.records.models import Appointment, CancellationRule, Status
from unpinch.scheduling import policy
from unpinch.services import audit, freed, messages, outbox
from unpinch.services.appointment import AppointmentView, view
from unpinch.services.links import by_token
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What cancelling would cost now, in the smallest coin: ``fee_minor`` is kept, ``back_minor`` is given back."""

    fee_percent: int
    fee_minor: int
    back_minor: int


@dataclass(frozen=True, slots=True)
class Cancelled:
    """It is given back. ``was_already`` says that it had been cancelled before."""

    appointment: AppointmentView
    was_already: bool = False
    fee_minor: int = 0
    back_minor: int = 0


def terms_of(token: str, *, clock: Clock = SYSTEM_CLOCK) -> Terms:
    """What cancelling an appointment by its link would cost now."""
    return terms(by_token(token), clock.now())


def terms(row: Appointment, now: datetime) -> Terms:
    """What cancelling costs at this moment, by the rules of the service."""
    percent = policy.fee_percent(_rules(row.service_id), row.starts_at - now)
    fee = policy.share(row.price_minor, percent)
    return Terms(percent, fee, row.price_minor - fee)


def cancel(token: str, *, clock: Clock = SYSTEM_CLOCK) -> Cancelled | Refused:
    """Give an appointment back by its link. Once it has begun, it can no longer be cancelled."""
    now = clock.now()
    with transaction.atomic():
        row = by_token(token, for_change=True)
        if row.released_at is not None:
            return Cancelled(view(row), was_already=True)
        if row.starts_at <= now or row.status != Status.BOOKED:
            return Refused(
                "too-late",
                "This appointment has begun or is over, so it cannot be cancelled here. Please call us.",
            )
        kept = terms(row, now)
        release(row, now, actor=f"client:{row.client_id}", fee_minor=kept.fee_minor)
    return Cancelled(view(row), fee_minor=kept.fee_minor, back_minor=kept.back_minor)


def release(row: Appointment, now: datetime, *, actor: str, fee_minor: int = 0, reason: str = "") -> None:
    """Cancel a row (from :func:`with_names`, locked) inside a transaction, with its audit line and message."""
    give_back(row, now, actor=actor, fee_minor=fee_minor, reason=reason)
    outbox.enqueue(messages.cancellation(row, now), now)
    freed.tell(row.practice_id, now)


def give_back(row: Appointment, now: datetime, *, actor: str, fee_minor: int = 0, reason: str = "") -> None:
    """Cancel a row as :func:`release` does, for those who tell the client, and who waits, of several at once.

    The room of a double room goes over to whoever shares it.
    """
    row.status, row.released_at, row.cancel_fee_minor = Status.CANCELLED, now, fee_minor
    row.calendar_sequence += 1
    row.save(update_fields=["status", "released_at", "cancel_fee_minor", "calendar_sequence"])
    hand_over_room(row.pk, row.room_id)
    details = {"reason": reason} if reason else {}
    audit.record(
        row.practice_id,
        actor,
        "appointment.cancel",
        "appointment",
        row.pk,
        now,
        fee_minor=fee_minor,
        **details,
    )


def hand_over_room(key: int, room_id: int | None) -> None:
    """Give the room that an appointment has just left to the one who lies beside it in the same room."""
    if room_id is None:
        return
    beside = list(Appointment.objects.filter(shares_room_with=key, released_at__isnull=True).order_by("pk"))
    for number, other in enumerate(beside):
        other.room_id = room_id if number == 0 else None
        other.shares_room_with = None if number == 0 else beside[0]
        other.save(update_fields=["room", "shares_room_with"])


def _rules(service_id: int) -> Iterable[policy.FeeRule]:
    rows = CancellationRule.objects.filter(service_id=service_id)
    return [policy.FeeRule(*row) for row in rows.values_list("notice_minutes", "fee_percent")]
