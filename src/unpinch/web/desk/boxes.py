"""Where things stand in the picture of a day: rows of five minutes, named by classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.web.calendar_css import STEP_MINUTES, STEPS_A_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from unpinch.services.staff_calendar import CalendarDay, Column, Entry, StaffCalendar

_FIRST, _LAST = 8, 18
"""The hours that are shown even of an empty day."""


@dataclass(frozen=True, slots=True)
class Window:
    """The hours that the picture shows, the same for all its days."""

    first: int
    last: int

    @property
    def hours(self) -> range:
        """The full hours that begin in it."""
        return range(self.first, self.last)

    def row(self, moment: datetime, day: date) -> int:
        """The step of a moment on a day, cut to the window."""
        minutes = (moment.date() - day).days * 1440 + moment.hour * 60 + moment.minute
        return min(max(minutes // STEP_MINUTES - self.first * 12, 0), (self.last - self.first) * 12)

    def classes(self, starts: datetime, ends: datetime, day: date) -> str:
        """The classes that place something; empty for what lies outside."""
        low, high = self.row(starts, day), self.row(ends, day)
        return f"at-{low} for-{high - low}" if high > low else ""


@dataclass(frozen=True, slots=True)
class Box:
    """An entry in its place. ``before`` and ``after`` place its turnover; empty where there is none."""

    entry: Entry
    place: str
    before: str
    after: str
    kind: str
    lane: str
    row: int
    steps: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A column as the picture shows it."""

    column: Column
    day: date
    open: tuple[str, ...]
    boxes: tuple[Box, ...]
    now: str
    has_lanes: bool


def window(calendar: StaffCalendar) -> Window:
    """The hours to show: a working day, and whatever lies outside of it."""
    first, last = _FIRST, _LAST
    for day in calendar.days:
        for column in day.columns:
            spans = [(entry.busy_from, entry.busy_until) for entry in column.entries if entry.kind != "away"]
            # A room is open all day: that says nothing about the hours to show.
            spans += [
                (work.start.astimezone(calendar.zone), work.end.astimezone(calendar.zone))
                for work in column.open
                if (work.end - work.start).total_seconds() < 23 * 3600
            ]
            for start, end in spans:
                start_hour = start.hour if start.date() >= day.day else 0
                end_hour = -(-(end.hour * 60 + end.minute) // 60) if end.date() == day.day else 24
                first, last = min(first, start_hour), max(last, end_hour)
    return Window(first, min(max(last, first + 1), STEPS_A_DAY // 12))


def shown(calendar: StaffCalendar, day: CalendarDay, frame: Window) -> tuple[Shown, ...]:
    """The columns of a day with everything in its place."""
    return tuple(_shown(calendar, day.day, column, frame) for column in day.columns)


def _shown(calendar: StaffCalendar, day: date, column: Column, frame: Window) -> Shown:
    lanes = _lanes(column.entries)
    boxes = tuple(
        box
        for entry, lane in zip(column.entries, lanes, strict=True)
        if (box := _box(entry, lane, day, frame)) is not None
    )
    works = tuple(
        frame.classes(work.start.astimezone(calendar.zone), work.end.astimezone(calendar.zone), day)
        for work in column.open
    )
    is_today = calendar.now.date() == day and calendar.now.hour in frame.hours
    now = f"at-{frame.row(calendar.now, day)}" if is_today else ""
    return Shown(column, day, tuple(place for place in works if place), boxes, now, any(lanes))


def _box(entry: Entry, lane: int, day: date, frame: Window) -> Box | None:
    place = frame.classes(entry.starts, entry.ends, day)
    if not place:
        return None
    kind = {"appointment": f"is-{entry.status}", "hold": "is-held", "away": "is-away"}[entry.kind]
    row = frame.row(entry.starts, day)
    return Box(
        entry,
        place,
        frame.classes(entry.busy_from, entry.starts, day),
        frame.classes(entry.ends, entry.busy_until, day),
        kind,
        "lane-2" if lane else "",
        row,
        frame.row(entry.ends, day) - row,
    )


def _lanes(entries: Iterable[Entry]) -> list[int]:
    """0 for what stands alone; 1 for what lies over something before it."""
    found: list[int] = []
    last_end: datetime | None = None
    for entry in entries:
        if entry.kind == "away":
            found.append(0)
            continue
        lies_over = last_end is not None and entry.starts < last_end
        found.append(1 if lies_over else 0)
        if not lies_over:
            last_end = entry.ends
    return found
