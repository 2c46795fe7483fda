"""A series as a calendar picture: weeks as rows, days as cells, sessions by their number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_DAY = timedelta(days=1)
_WEEK = 7


class Placed(Protocol):
    """Anything with a number and a beginning in the zone of its place."""

    @property
    def number(self) -> int:
        """Which session it is."""

    @property
    def starts(self) -> datetime:
        """When it begins."""

    @property
    def is_review(self) -> bool:
        """Whether it looks back."""

    @property
    def is_tentative(self) -> bool:
        """Whether it waits for the review."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One day; ``begins_month`` is set on the first day shown of a month."""

    day: date
    session: Placed | None
    begins_month: bool


def weeks(sessions: Sequence[Placed]) -> tuple[tuple[Cell, ...], ...]:
    """All weeks from the first session to the last, Monday first."""
    by_day = {session.starts.date(): session for session in sessions}
    first, last = min(by_day), max(by_day)
    start = first - first.weekday() * _DAY
    count = (last - start).days // _WEEK + 1
    days = [start + number * _DAY for number in range(count * _WEEK)]
    cells = [Cell(day, by_day.get(day), day == start or day.day == 1) for day in days]
    return tuple(tuple(cells[row : row + _WEEK]) for row in range(0, len(cells), _WEEK))
