"""Where a question to a doctor stands, and what may happen next: one table, and nothing beside it.

An unanswered question expires with its link, an answer with the day to which it holds. A doctor may answer again
while the question stands. What is expired, revoked or superseded stays so.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class ClearanceState(StrEnum):
    """Where one question to a doctor stands."""

    REQUESTED = "requested"
    OPENED = "opened"
    ANSWERED = "answered"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class Event(StrEnum):
    """What can happen to a question."""

    OPEN = "open"
    ANSWER = "answer"
    EXPIRE = "expire"
    REVOKE = "revoke"
    SUPERSEDE = "supersede"


LIVE = frozenset({ClearanceState.REQUESTED, ClearanceState.OPENED, ClearanceState.ANSWERED})
"""The states in which something can still happen."""

TABLE = MappingProxyType(
    {
        (ClearanceState.REQUESTED, Event.OPEN): ClearanceState.OPENED,
        (ClearanceState.OPENED, Event.OPEN): ClearanceState.OPENED,
        (ClearanceState.ANSWERED, Event.OPEN): ClearanceState.ANSWERED,
        # A paper or telephone answer comes to a question that nobody opened.
        (ClearanceState.REQUESTED, Event.ANSWER): ClearanceState.ANSWERED,
        (ClearanceState.OPENED, Event.ANSWER): ClearanceState.ANSWERED,
        (ClearanceState.ANSWERED, Event.ANSWER): ClearanceState.ANSWERED,
        **{(state, Event.EXPIRE): ClearanceState.EXPIRED for state in LIVE},
        **{(state, Event.REVOKE): ClearanceState.REVOKED for state in LIVE},
        **{(state, Event.SUPERSEDE): ClearanceState.SUPERSEDED for state in LIVE},
    }
)


def after(state: ClearanceState, event: Event) -> ClearanceState | None:
    """The state after an event; None when that cannot happen in this state."""
    return TABLE.get((state, event))
