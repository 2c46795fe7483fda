"""Writes the record book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.records.models import AuditEvent

if TYPE_CHECKING:
    from datetime import datetime

VISITOR = "visitor"
SYSTEM = "system"


def record(
    practice_id: int,
    actor: str,
    action: str,
    kind: str,
    key: object,
    at: datetime,
    **details: str | int | bool | None,
) -> None:
    """Add one line, in the transaction of what it speaks about. ``details`` never say anything about health."""
    AuditEvent.objects.create(
        practice_id=practice_id,
        at=at,
        actor=actor,
        action=action,
        object_kind=kind,
        object_id=str(key),
        details=details,
    )


def actor_of(user_id: int | None) -> str:
    """The name under which someone stands in the book."""
    return VISITOR if user_id is None else f"user:{user_id}"
