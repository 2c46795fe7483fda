"""Which times are free, for people who look for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import Service
from unpinch.services import free_time

MOST_DAYS = 92


@dataclass(frozen=True, slots=True)
class FreeTimesQuery:
    """A service over some local days, at one place or all, with one therapist or any."""

    practice_id: int
    service_code: str
    first_day: date
    days: int = 7
    location_code: str | None = None
    therapist_code: str | None = None


@dataclass(frozen=True, slots=True)
class FreeTime:
    """One start that can be booked. ``starts`` carries the zone of the place."""

    starts: datetime
    location_code: str
    location: str
    therapist_code: str
    therapist: str


def free_times(query: FreeTimesQuery, *, clock: Clock = SYSTEM_CLOCK) -> tuple[FreeTime, ...]:
    """Every start that can be booked, the earliest first: one entry per therapist and place.

    Nine queries whatever the number of therapists, days and stored appointments. NotFoundError for a service
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
    """Openings with the names that people know."""
    times = [
        FreeTime(
            opening.start.astimezone(place.zone),
            place.location.code,
            place.location.name,
            found.therapists[opening.therapist].code,
            found.therapists[opening.therapist].name,
        )
        for place in found.places
        for opening in place.openings
    ]
    times.sort(key=lambda time: time.starts)
    return tuple(times)


def bookable_service(practice_id: int, code: str) -> Service:
    """The service with its practice; NotFoundError when people cannot book it themselves."""
    service = active_service(practice_id, code)
    if not service.is_self_bookable:
        raise _unknown()
    return service


def active_service(practice_id: int, code: str) -> Service:
    """The service with its practice, whoever may book it; NotFoundError when the practice does not offer it."""
    services = Service.objects.select_related("practice")
    service = services.filter(practice_id=practice_id, code=code, is_active=True).first()
    if service is None:
        raise _unknown()
    return service


def _unknown() -> NotFoundError:
    return NotFoundError("This service cannot be booked here. Please choose one from the list.")
