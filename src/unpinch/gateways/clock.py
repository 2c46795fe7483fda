"""What time it is: read once per use case, and handed down from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Something that tells the time."""

    def now(self) -> datetime:
        """This moment, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """This moment, in UTC."""
        return datetime.now(tz=UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stands still: for tests, and for loading a demonstration."""

    at: datetime

    def now(self) -> datetime:
        """Always the same moment."""
        return self.at


SYSTEM_CLOCK = SystemClock()
