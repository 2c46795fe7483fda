"""Appointments as a calendar file: times in UTC, one event for each, nothing about health."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from icalendar import Calendar, Event, vCalAddress, vText

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
Status = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """What a calendar needs to know. The same ``uid`` with a higher ``sequence`` replaces the entry."""

    uid: UUID
    sequence: int
    start: datetime
    end: datetime
    title: str
    place: str
    notes: str
    organiser_name: str
    organiser_email: str
    attendee_email: str
    written_at: datetime
    status: Status = "CONFIRMED"


def calendar_file(entry: CalendarEntry, method: Method) -> str:
    """The file, ready to be attached or downloaded. ``PUBLISH`` is for a download and names no attendee."""
    return _file([_event(entry, method)], method)


def published(entries: Sequence[CalendarEntry]) -> str:
    """Several appointments as one file; only publishing may speak of more than one (RFC 5546, 3.2)."""
    return _file([_event(entry, "PUBLISH") for entry in entries], "PUBLISH")


def _event(entry: CalendarEntry, method: Method) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@unpinch")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.written_at)
    event.add("dtstart", entry.start)
    event.add("dtend", entry.end)
    event.add("summary", entry.title)
    event.add("location", entry.place)
    event.add("description", entry.notes)
    event.add("status", "CANCELLED" if method == "CANCEL" else entry.status)
    organiser = vCalAddress(f"mailto:{entry.organiser_email}")
    organiser.params["cn"] = vText(entry.organiser_name)
    event.add("organizer", organiser)
    if method != "PUBLISH":
        attendee = vCalAddress(f"mailto:{entry.attendee_email}")
        attendee.params["partstat"] = vText("ACCEPTED")
        event.add("attendee", attendee)
    return event


def _file(events: Sequence[Event], method: Method) -> str:
    calendar = Calendar()
    calendar.add("prodid", "-//unpinch//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for event in events:
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written.decode()
