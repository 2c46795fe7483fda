"""Tells the waitlist that a place has become free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.records.models import WaitlistEntry, WaitState

if TYPE_CHECKING:
    from datetime import datetime


def tell(practice_id: int, now: datetime) -> None:
    """Have every wish looked at in the next round, inside the transaction that frees the place."""
    waiting = WaitlistEntry.objects.filter(practice_id=practice_id, state=WaitState.WAITING)
    if waiting.exists():
        waiting.filter(look_at__gt=now).update(look_at=now)
