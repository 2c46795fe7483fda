"""Free times as a week to look at: days across, the places of a day below each other, the next free time first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.services.availability import FreeTime

_FIRST_YEAR, _LAST_YEAR = 1970, 2999
DAYS = 7
"""How many days one page shows."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One free time with the text that its button sends."""

    free: FreeTime
    value: str


@dataclass(frozen=True, slots=True)
class AtPlace:
    """The free times of one day at one place."""

    location: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week. ``is_open`` says that its times are shown from the start."""

    day: date
    places: tuple[AtPlace, ...]
    is_open: bool

    @property
    def count(self) -> int:
        """How many times there are to choose from."""
        return sum(len(place.offers) for place in self.places)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from ``start``. ``first`` is the earliest time of them, None when nothing is free."""

    start: date
    days: tuple[Day, ...]
    first: Offer | None

    @property
    def last(self) -> date:
        """The last of its days."""
        return self.start + timedelta(days=DAYS - 1)


def week_of(free: Iterable[FreeTime], start: date) -> Week:
    """The times of the seven days from ``start``.

    Where several therapists are free at one time and place, the first of them stands for all.
    """
    by_day: dict[date, dict[str, list[Offer]]] = {start + timedelta(days=n): {} for n in range(DAYS)}
    seen: set[tuple[datetime, str]] = set()
    first: Offer | None = None
    for time in free:
        places = by_day.get(time.starts.date())
        if places is None or (time.starts, time.location_code) in seen:
            continue
        seen.add((time.starts, time.location_code))
        offer = offer_of(time)
        first = first or offer
        places.setdefault(time.location, []).append(offer)
    opened = first.free.starts.date() if first else None
    days = tuple(
        Day(
            day, tuple(AtPlace(name, tuple(offers)) for name, offers in sorted(places.items())), day == opened
        )
        for day, places in by_day.items()
    )
    return Week(start, days, first)


def offer_of(time: FreeTime) -> Offer:
    """A free time with the text of its button."""
    return Offer(time, f"{time.starts.isoformat()}|{time.location_code}|{time.therapist_code}")


def read_choice(text: str) -> dict[str, str] | None:
    """A button's text as a choice; None when it is not one of ours."""
    try:
        starts, location, therapist = text.split("|")
        moment = datetime.fromisoformat(starts)
        if moment.tzinfo is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            return None
    except ValueError:
        return None
    return {"starts": starts, "location": location, "therapist": therapist}
