"""The facts that decide when sessions can start, each by one prepared query."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import Q

from unpinch.records import prepared as slot
from unpinch.records.models import Appointment, Closure, Location, Room, Status, TimeOff, WorkingHours
from unpinch.scheduling.availability import WeeklyHours
from unpinch.scheduling.calendar import Interval

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from unpinch.records.models import Service

Rows: TypeAlias = dict[int, list[Interval]]
Hours: TypeAlias = dict[int, dict[int, list[WeeklyHours]]]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Named:
    """A therapist or place by key, code and name."""

    id: int
    code: str
    name: str


def locations(practice_id: int, code: str | None) -> list[tuple[Named, str]]:
    """The places that are open, or the one with this code, with their time zones."""
    given = {"practice": practice_id} if code is None else {"practice": practice_id, "location": code}
    return [
        (Named(key, its_code, name), zone)
        for key, its_code, name, zone in _locations(has_code=code is not None).rows(**given)
    ]


def therapists(
    service: Service, days: tuple[date, date], place: str | None, code: str | None
) -> tuple[dict[int, Named], Hours]:
    """Who has the skill and works on these days, at the place and with the code if they are given, and when."""
    given: dict[str, Any] = {
        "practice": service.practice_id,
        "skill": service.skill,
        "first": days[0] - 2 * _DAY,
        "last": days[1] + _DAY,
        **({} if place is None else {"location": place}),
        **({} if code is None else {"therapist": code}),
    }
    names: dict[int, Named] = {}
    hours: Hours = defaultdict(lambda: defaultdict(list))
    query = _hours(has_place=place is not None, has_code=code is not None)
    for where, key, its_code, name, *when in query.rows(**given):
        if key not in names:
            names[key] = Named(key, its_code, name)
        hours[where][key].append(WeeklyHours(*when))
    return names, hours


def rooms(service: Service) -> dict[int, list[int]]:
    """The rooms of the kind that the service needs, by place."""
    found: dict[int, list[int]] = defaultdict(list)
    for place, room in _ROOMS.rows(practice=service.practice_id, kind=service.room_kind):
        found[place].append(room)
    return found


def appointments(
    practice_id: int, reach: Interval, now: datetime, ignore: frozenset[int]
) -> tuple[Rows, Rows]:
    """What therapists and rooms are taken for. A hold that has run out takes nothing, released or not yet."""
    busy: Rows = defaultdict(list)
    taken: Rows = defaultdict(list)
    rows = _APPOINTMENTS.rows(practice=practice_id, first=reach.start, last=reach.end)
    for key, status, expires, therapist, own_room, shared_room, start, end in rows:
        if key in ignore or (status == Status.HELD and expires is not None and expires <= now):
            continue
        interval = Interval(start, end)
        busy[therapist].append(interval)
        room = own_room or shared_room
        if room is not None:
            taken[room].append(interval)
    return busy, taken


def time_off(practice_id: int, reach: Interval) -> Rows:
    """When therapists are away."""
    found: Rows = defaultdict(list)
    for therapist, start, end in _TIME_OFF.rows(practice=practice_id, first=reach.start, last=reach.end):
        found[therapist].append(Interval(start, end))
    return found


def closures(practice_id: int, reach: Interval) -> list[tuple[int | None, date, date]]:
    """Closed local days: where (None is everywhere), the first and the last."""
    rows = _CLOSURES.rows(practice=practice_id, first=reach.start.date() - _DAY, last=reach.end.date() + _DAY)
    return [(where, first, last) for where, first, last in rows]


@lru_cache
def _locations(*, has_code: bool) -> slot.Prepared[Location]:
    def make() -> QuerySet[Location, Any]:
        rows = Location.objects.filter(practice_id=slot.number("practice"), is_active=True)
        rows = rows.filter(code=slot.text("location")) if has_code else rows
        return rows.order_by("name", "pk").values_list("pk", "code", "name", "time_zone")

    return slot.Prepared(make)


@lru_cache
def _hours(*, has_place: bool, has_code: bool) -> slot.Prepared[WorkingHours]:
    def make() -> QuerySet[WorkingHours, Any]:
        rows = WorkingHours.objects.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=slot.date("last")),
            Q(valid_to__isnull=True) | Q(valid_to__gte=slot.date("first")),
            practice_id=slot.number("practice"),
            therapist__is_active=True,
            # Without a region: skills for one region alone are matched when a plan says the region.
            therapist__skills__skill=slot.text("skill"),
            therapist__skills__region="",
        )
        rows = rows.filter(location__code=slot.text("location")) if has_place else rows
        rows = rows.filter(therapist__code=slot.text("therapist")) if has_code else rows
        return rows.order_by("therapist__position", "therapist_id", "pk").values_list(
            "location_id",
            "therapist_id",
            "therapist__code",
            "therapist__name",
            "weekday",
            "starts",
            "ends",
            "valid_from",
            "valid_to",
        )

    return slot.Prepared(make)


_ROOMS = slot.Prepared(
    lambda: (
        Room.objects.filter(practice_id=slot.number("practice"), kind=slot.text("kind"), is_active=True)
        .order_by("pk")
        .values_list("location_id", "pk")
    )
)
_APPOINTMENTS = slot.Prepared(
    lambda: Appointment.objects.filter(
        practice_id=slot.number("practice"),
        released_at__isnull=True,
        busy_from__gte=slot.moment("first"),
        busy_from__lt=slot.moment("last"),
    ).values_list(
        "pk",
        "status",
        "hold_expires_at",
        "therapist_id",
        "room_id",
        "shares_room_with__room_id",
        "busy_from",
        "busy_until",
    )
)
_TIME_OFF = slot.Prepared(
    lambda: TimeOff.objects.filter(
        practice_id=slot.number("practice"),
        ends_at__gt=slot.moment("first"),
        starts_at__lt=slot.moment("last"),
    ).values_list("therapist_id", "starts_at", "ends_at")
)
_CLOSURES = slot.Prepared(
    lambda: Closure.objects.filter(
        practice_id=slot.number("practice"),
        last_day__gte=slot.date("first"),
        first_day__lte=slot.date("last"),
    ).values_list("location_id", "first_day", "last_day")
)
