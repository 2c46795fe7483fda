"""Find a place in the calendar for every session of the demonstration: pure, and the same for the same day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from unpinch.services.practice_file import PracticePlan, ServicePlan

_STEP = timedelta(minutes=15)
_DAYS_TRIED = (0, 1, -1, 2, -2, 3, -3, 4, 5)


@dataclass(frozen=True, slots=True)
class Slot:
    """A session with its therapist and room; ``busy_until`` adds the turnover. Moments are aware."""

    therapist: str
    location: str
    room: str
    starts: datetime
    ends: datetime
    busy_until: datetime


@dataclass(slots=True)
class DemoCalendar:
    """The calendar as it fills: who and what is taken when."""

    plan: PracticePlan
    zone: ZoneInfo
    _taken: dict[tuple[str, str], list[tuple[datetime, datetime]]] = field(default_factory=dict)

    def take(self, service: ServicePlan, therapist: str, client: str, near: date, turn: int) -> Slot | None:
        """Take a free time on ``near`` or the days around it; ``turn`` spreads sessions over the day."""
        for shift in _DAYS_TRIED:
            free = [
                slot
                for slot in self._candidates(service, therapist, near + timedelta(days=shift))
                if self._is_free("client", client, slot.starts, slot.ends)
            ]
            if free:
                slot = free[turn % len(free)]
                self._mark("therapist", therapist, slot.starts, slot.busy_until)
                self._mark("room", f"{slot.location}/{slot.room}", slot.starts, slot.busy_until)
                self._mark("client", client, slot.starts, slot.ends)
                return slot
        return None

    def _candidates(self, service: ServicePlan, therapist: str, day: date) -> Iterator[Slot]:
        """Every free time on this day, with the first free room."""
        person = next(item for item in self.plan.therapists if item.code == therapist)
        if any(off.who == therapist and off.first <= day <= off.last for off in self.plan.absences):
            return
        for hours in person.hours:
            if hours.weekday != day.weekday() or self._is_closed(hours.location, day):
                continue
            start = datetime.combine(day, hours.starts, self.zone)
            end = datetime.combine(day, hours.ends, self.zone)
            while start + timedelta(minutes=service.minutes + service.turnover_after_minutes) <= end:
                slot = self._slot(service, therapist, hours.location, start)
                if slot is not None:
                    yield slot
                start += _STEP

    def _slot(self, service: ServicePlan, therapist: str, location: str, start: datetime) -> Slot | None:
        ends = start + timedelta(minutes=service.minutes)
        busy_until = ends + timedelta(minutes=service.turnover_after_minutes)
        if not self._is_free("therapist", therapist, start, busy_until):
            return None
        for room in next(item.rooms for item in self.plan.locations if item.code == location):
            if self._is_free("room", f"{location}/{room}", start, busy_until):
                return Slot(therapist, location, room, start, ends, busy_until)
        return None

    def _is_closed(self, location: str, day: date) -> bool:
        return any(off.who in {"", location} and off.first <= day <= off.last for off in self.plan.closures)

    def _is_free(self, kind: str, name: str, start: datetime, end: datetime) -> bool:
        return all(not (start < until and since < end) for since, until in self._taken.get((kind, name), []))

    def _mark(self, kind: str, name: str, start: datetime, end: datetime) -> None:
        self._taken.setdefault((kind, name), []).append((start, end))


def noon(day: date, zone: ZoneInfo) -> datetime:
    """The middle of a day, for things that happened on it at no particular time."""
    return datetime.combine(day, time(12), zone)
