"""The owner says on which days a place is shut: closures, and the public holidays that the practice observes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import holidays
from django.db import transaction
from django.db.models import F

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError
from unpinch.records.models import Closure, Location
from unpinch.services.setup_rules import checked_days
from unpinch.services.setup_writing import need_owner, note, one, practice_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from unpinch.services.access import Caller

_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class ClosureDetails:
    """Local days, both included, on which a place is shut; without a place the whole practice is."""

    first_day: date
    last_day: date
    reason: str = ""
    location_code: str = ""


@dataclass(frozen=True, slots=True)
class ClosureSetup:
    """A closure that is kept."""

    id: int
    first_day: date
    last_day: date
    reason: str
    location_code: str
    location: str


@dataclass(frozen=True, slots=True)
class HolidayView:
    """A public holiday. ``is_observed`` says that the whole practice is shut on it, for whatever reason."""

    day: date
    name: str
    is_observed: bool


def closures(caller: Caller, today: date) -> tuple[ClosureSetup, ...]:
    """The closures that are not over, the next one first."""
    need_owner(caller)
    rows = Closure.objects.filter(practice_id=caller.practice_id, last_day__gte=today)
    return tuple(_view(row) for row in rows.select_related("location").order_by("first_day", "pk"))


def add_closure(caller: Caller, given: ClosureDetails, *, clock: Clock = SYSTEM_CLOCK) -> ClosureSetup:
    """Shut a place, or the practice. What is booked then stays until somebody moves it."""
    checked_days(given.first_day, given.last_day)
    reason = " ".join(given.reason.split())
    if len(reason) > _LONGEST_REASON:
        raise InputError(
            f"This reason has {len(reason)} characters and we can keep {_LONGEST_REASON}.", code="reason"
        )
    with transaction.atomic():
        practice = practice_of(caller)
        at = None
        if given.location_code:
            at = Location.objects.filter(practice=practice, code=given.location_code).first()
            if at is None:
                raise InputError(f"There is no location {given.location_code!r}.", code="location_code")
        row = Closure.objects.create(
            practice=practice, location=at, first_day=given.first_day, last_day=given.last_day, reason=reason
        )
        _note(caller, "closure.add", row, clock)
    return _view(row)


def remove_closure(caller: Caller, key: int, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Open again on these days."""
    with transaction.atomic():
        practice_of(caller)
        row = one(Closure.objects.select_related("location"), caller, key, "closure")
        _note(caller, "closure.remove", row, clock)
        row.delete()


def public_holidays(caller: Caller, country: str, part: str, year: int) -> tuple[HolidayView, ...]:
    """The public holidays of a year in a country, or a part of it; InputError for one that is not known."""
    need_owner(caller)
    shut = set(_single_days(caller, year).values_list("first_day", flat=True))
    return tuple(HolidayView(day, name, day in shut) for day, name in holidays_of(country, part, year))


def observe(
    caller: Caller, country: str, part: str, year: int, days: Iterable[date], *, clock: Clock = SYSTEM_CLOCK
) -> int:
    """Shut the practice on just these public holidays of a year: ticked ones are added, others opened again.

    Other closures stay as they are. How many days changed.
    """
    known = dict(holidays_of(country, part, year))
    wanted = set(days) & set(known)
    with transaction.atomic():
        practice = practice_of(caller)
        standing = {row.first_day: row for row in _single_days(caller, year) if row.first_day in known}
        for day in sorted(wanted - set(standing)):
            row = Closure.objects.create(practice=practice, first_day=day, last_day=day, reason=known[day])
            _note(caller, "closure.add", row, clock)
        for day in sorted(set(standing) - wanted):
            _note(caller, "closure.remove", standing[day], clock)
            standing[day].delete()
    return len(wanted ^ set(standing))


def countries() -> dict[str, tuple[str, ...]]:
    """The countries whose public holidays are known, with their parts."""
    return {
        code: tuple(parts) for code, parts in holidays.list_supported_countries().items() if len(code) == 2
    }


@lru_cache(maxsize=64)
def holidays_of(country: str, part: str, year: int) -> tuple[tuple[date, str], ...]:
    """The public holidays of a year in order, by name. A day that two share stands once, with both names."""
    known = countries()
    if country not in known or (part and part not in known[country]):
        raise InputError(
            f"The public holidays of {country} {part} are not known. Choose one of the list, or add closures by hand.",
            code="country",
        )
    if not 2000 <= year <= 2100:
        raise InputError(f"{year} is no year to plan for.", code="year")
    found = holidays.country_holidays(country, subdiv=part or None, years=year)
    return tuple(sorted((day, name) for day, name in found.items() if day.year == year))


def _single_days(caller: Caller, year: int) -> QuerySet[Closure]:
    return Closure.objects.filter(
        practice_id=caller.practice_id, location=None, first_day__year=year, last_day=F("first_day")
    )


def _note(caller: Caller, action: str, row: Closure, clock: Clock) -> None:
    note(
        caller,
        action,
        "closure",
        row.pk,
        clock.now(),
        first_day=row.first_day.isoformat(),
        last_day=row.last_day.isoformat(),
        location=row.location_id,
    )


def _view(row: Closure) -> ClosureSetup:
    at = row.location
    return ClosureSetup(
        row.pk,
        row.first_day,
        row.last_day,
        row.reason,
        "" if at is None else at.code,
        "" if at is None else at.name,
    )
