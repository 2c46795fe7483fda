"""Erases a client. What stays is the practice's accounts: that a session was booked, when and for how much, by nobody.

The record book stays as it is: its lines name numbers and no people, and say nothing about health.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import NotFoundError
from unpinch.records import personal
from unpinch.records.models import (
    Appointment,
    Client,
    LedgerEntry,
    LoginStep,
    Role,
    Status,
    User,
    Voucher,
    WaitlistEntry,
    WaitState,
)
from unpinch.services import audit, permissions
from unpinch.services.links import hash_of
from unpinch.services.outcomes import Refused
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from datetime import datetime

    from unpinch.services.access import Caller

NOBODY = "@erased.invalid"
"""How the address of somebody ends who was erased; no mail can ever be sent there."""


@dataclass(frozen=True, slots=True)
class Erased:
    """It is done: how many lines went, and how many nameless appointments stay."""

    lines: int
    appointments: int


def own(caller: Caller, *, clock: Clock = SYSTEM_CLOCK) -> Erased | Refused:
    """Erase the client who asks, with the account."""
    thing = Thing(caller.practice_id, client_id=caller.client_id)
    if caller.client_id is None or not permissions.is_own(caller, thing):
        raise NotFoundError("We keep no bookings or answers of yours.")
    return erase(caller.client_id, actor=audit.actor_of(caller.user_id), clock=clock)


def erase(client_id: int, *, actor: str, clock: Clock = SYSTEM_CLOCK) -> Erased | Refused:
    """Erase a client in one transaction. Refused while something is still to come: that is settled first."""
    now = clock.now()
    with transaction.atomic():
        client = Client.objects.select_for_update(of=("self",)).filter(pk=client_id).first()
        if client is None or client.email_key.endswith(NOBODY):
            raise NotFoundError("There is no such client here.")
        if refused := standing_in_the_way(client_id, now):
            return refused
        # Found before anything changes: rows are found by the keys that go.
        found = [
            (model, list(personal.rows_of(model, client).values_list("pk", flat=True)))
            for model in personal.personal_models()
        ]
        kept = [pk for model, pks in found if model is Appointment for pk in pks]
        for row in Appointment.objects.filter(pk__in=kept):
            _take_name_off(row)
        money = dict(found)
        LedgerEntry.objects.filter(pk__in=money[LedgerEntry]).update(course=None, note="")
        Voucher.objects.filter(pk__in=money[Voucher]).update(note="")
        lines = 0
        for model, pks in found:
            if personal.goes(model):
                lines += model._default_manager.filter(pk__in=pks).delete()[0]  # noqa: SLF001 - Django's own name
        _forget(client)
        audit.record(
            client.practice_id, actor, "client.erase", "client", client.pk, now, about=client.pk, lines=lines
        )
    return Erased(lines, len(kept))


def standing_in_the_way(client_id: int, now: datetime) -> Refused | None:
    """What must be settled before a client can be erased."""
    ahead = Appointment.objects.filter(client_id=client_id, ends_at__gt=now, released_at__isnull=True)
    if ahead.filter(status__in=[Status.BOOKED, Status.HELD]).exists():
        return Refused(
            "bookings-ahead",
            "There are appointments to come. Cancel them first, or wait until they are over.",
        )
    if WaitlistEntry.objects.filter(
        client_id=client_id, state__in=[WaitState.WAITING, WaitState.OFFERED]
    ).exists():
        return Refused("waiting", "There is a place on the waiting list. Leave the list first.")
    return None


def _take_name_off(row: Appointment) -> None:
    row.assessment = row.course = row.waitlist_entry = row.group = None
    row.course_session = None
    row.override_reason = "erased" if row.may_overlap else ""
    row.late_minutes = 0
    # Links that somebody still has lead nowhere from now on.
    row.calendar_uid = uuid4()
    row.cancel_token_hash = hash_of(secrets.token_urlsafe(32))
    row.save()


def _forget(client: Client) -> None:
    user = client.user
    client.user = None
    client.name, client.name_key = "Erased", f"erased-{client.pk}"
    client.email = client.email_key = f"erased-{client.pk}{NOBODY}"
    client.phone = ""
    client.save()
    if user is not None and user.role == Role.CLIENT:
        LoginStep.objects.filter(practice_id=user.practice_id, email_key=user.email).delete()
        User.objects.filter(pk=user.pk).delete()
