"""Taking a consent back, with what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.clinical.clearance_states import ClearanceState, Event, after
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.records.models import Clearance
from unpinch.services import audit, consent

if TYPE_CHECKING:
    from datetime import datetime

    from unpinch.services.consent import Purpose


def withdraw(client_id: int, purpose: Purpose, *, actor: str, clock: Clock = SYSTEM_CLOCK) -> int:
    """Take back every signature of a client for a purpose; gives their number.

    Without the consent ``doctor`` no doctor may look any more: open questions are taken back, and the links of
    answered ones are shut. An answer that was given stays: it keeps the client safe.
    """
    now = clock.now()
    with transaction.atomic():
        count = consent.withdraw(client_id, purpose, actor=actor, clock=clock)
        if purpose == "doctor" and count:
            _shut_links(client_id, actor, now)
    return count


def _shut_links(client_id: int, actor: str, now: datetime) -> None:
    rows = Clearance.objects.select_for_update(of=("self",)).filter(
        assessment__client_id=client_id, link_expires_at__gt=now
    )
    for row in rows.filter(state__in=[ClearanceState.REQUESTED, ClearanceState.OPENED]):
        row.state = after(ClearanceState(row.state), Event.REVOKE) or row.state
        row.ended_at, row.browser_hash = now, ""
        row.save(update_fields=["state", "ended_at", "browser_hash"])
        audit.record(row.practice_id, actor, "clearance.revoke", "clearance", row.pk, now)
    for row in rows.filter(state=ClearanceState.ANSWERED):
        row.link_expires_at, row.browser_hash = now, ""
        row.save(update_fields=["link_expires_at", "browser_hash"])
        audit.record(row.practice_id, actor, "clearance.shut-link", "clearance", row.pk, now)
