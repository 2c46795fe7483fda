"""What is free near a time that somebody else has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from unpinch.services import free_time
from unpinch.services.availability import FreeTime, listed

if TYPE_CHECKING:
    from datetime import datetime

    from unpinch.records.models import Service
    from unpinch.services.place import Wish

_MOST = 6
_DAYS = 7


@dataclass(frozen=True, slots=True)
class Taken:
    """The time is not free any more. ``alternatives`` are free now, the nearest first."""

    alternatives: tuple[FreeTime, ...]


def near(
    service: Service,
    wish: Wish,
    now: datetime,
    *,
    ignore: frozenset[int] = frozenset(),
    any_notice: bool = False,
) -> tuple[FreeTime, ...]:
    """The nearest free times of the days around, those of the wished therapist first among equals."""
    day = wish.starts.date()
    wanted = free_time.Wanted(
        service,
        day - timedelta(days=1),
        day + timedelta(days=_DAYS),
        location_code=wish.location_code,
        ignore=ignore,
        any_notice=any_notice,
    )
    nearest = sorted(
        listed(free_time.find(wanted, now)),
        key=lambda time: (abs(time.starts - wish.starts), time.therapist_code != wish.therapist_code),
    )
    return tuple(nearest[:_MOST])
