"""Which times are free, for people who look for one."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records import prepared
from unpinch.records.models import Service
from unpinch.services import free_time

MOST_DAYS = 92
_SERVICE = prepared.Prepared(
    lambda: Service.objects.select_related("practice").filter(
        practice_id=prepared.number("practice"), code=prepared.text("code"), is_active=True
    )
)


@dataclass(frozen=True, slots=True)
class FreeTimesQuery:
    """A service over some local days, at one place or all, with one therapist or any."""

    practice_id: int
    service_code: str
    first_day: date
    days: int = 7
    location_code: str | None = None
    therapist_code: str | None = None


class FreeTime(NamedTuple):
    """One start that can be booked. ``starts`` carries the zone of the place."""

    starts: datetime
    location_code: str
    location: str
    therapist_code: str
    therapist: str


def free_times(query: FreeTimesQuery, *, clock: Clock = SYSTEM_CLOCK) -> tuple[FreeTime, ...]:
    """Every start that can be booked, the earliest first: one entry per therapist and place.

    Seven queries whatever the number of therapists, days and stored appointments. NotFoundError for a service
    that people cannot book themselves.
    """
    if not 1 <= query.days <= MOST_DAYS:
        raise InputError(
            f"{query.days} days cannot be listed at once; ask for 1 to {MOST_DAYS}.", code="days"
        )
    service = bookable_service(query.practice_id, query.service_code)
    wanted = free_time.Wanted(
        service,
        query.first_day,
        query.first_day + timedelta(days=query.days - 1),
        query.location_code,
        query.therapist_code,
    )
    return listed(free_time.find(wanted, clock.now()))


def listed(found: free_time.Found) -> tuple[FreeTime, ...]:
    """Openings with the names that people know, the earliest first."""
    by_place = [_at(place, found.therapists) for place in found.places]
    if len(by_place) == 1:
        return tuple(by_place[0])
    return tuple(heapq.merge(*by_place, key=lambda time: time.starts.astimezone(UTC)))


def _at(place: free_time.AtLocation, therapists: dict[int, free_time.Named]) -> list[FreeTime]:
    # A start costs one conversion of time however many therapists are free then.
    code, name, zone = place.location.code, place.location.name, place.zone
    names = {key: (therapist.code, therapist.name) for key, therapist in therapists.items()}
    return [
        FreeTime(starts, code, name, *names[therapist])
        for starts, free in ((start.astimezone(zone), who) for start, who in place.openings.by_start())
        for therapist in free
    ]


def bookable_service(practice_id: int, code: str) -> Service:
    """The service with its practice; NotFoundError when people cannot book it themselves."""
    service = active_service(practice_id, code)
    if not service.is_self_bookable:
        raise _unknown()
    return service


def active_service(practice_id: int, code: str) -> Service:
    """The service with its practice, whoever may book it; NotFoundError when the practice does not offer it."""
    service = _SERVICE.one(practice=practice_id, code=code)
    if service is None:
        raise _unknown()
    return service


def _unknown() -> NotFoundError:
    return NotFoundError("This service cannot be booked here. Please choose one from the list.")
