"""The words of messages about a whole course: times, place and names, and never anything about health.

One course is one message with one calendar file. An iTIP request may speak of one event alone, so the file is
published: one event for each session, each with the UID under which later changes of that session are sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from django.conf import settings

from unpinch.gateways.calendar_file import CalendarEntry, published
from unpinch.services.appointment import AppointmentView, view
from unpinch.services.messages import Draft

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from unpinch.records.models import Appointment, Course

COURSE_PATH = "/course/{token}/"
"""Where the page of a course lives, for links in messages."""


def confirmation(course: Course, rows: Sequence[Appointment], token: str, now: datetime) -> Draft:
    """What a client gets on booking a course, with all sessions for the calendar."""
    count = len(rows)
    lines = [
        f"your {count} appointments are booked." if count > 1 else "your appointment is booked.",
        *_list(rows),
        *_tentative(rows),
        *_change(rows, token),
    ]
    return _draft(
        _Words("course-confirmation", f"Your {count} appointments", lines, token), course, rows, now
    )


def confirmed(course: Course, rows: Sequence[Appointment], token: str, now: datetime) -> Draft:
    """What a client gets when the sessions after the review are no longer tentative."""
    lines = ["your later appointments are now certain.", *_list(rows), *_change(rows, token)]
    words = _Words("course-certain", "Your later appointments are certain", lines, token)
    return _draft(words, course, rows, now)


def cancellation(course: Course, rows: Sequence[Appointment], token: str, now: datetime) -> Draft:
    """What a client gets when several sessions are given back at once; it takes them out of the calendar."""
    lines = [
        "these appointments are cancelled.",
        *_list(rows),
        f"To see what is left, open {_link(token)}",
        f"or call us: {view(rows[0]).phone}",
    ]
    words = _Words("course-cancellation", "Cancelled: your appointments", lines, token)
    return _draft(words, course, rows, now)


def calendar_file(rows: Sequence[Appointment], now: datetime) -> str:
    """All sessions as one file for someone's calendar."""
    return published([_entry(row, now) for row in rows])


@dataclass(frozen=True, slots=True)
class _Words:
    """The parts of a message that differ by kind."""

    kind: str
    subject: str
    lines: list[str]
    token: str


def _draft(words: _Words, course: Course, rows: Sequence[Appointment], now: datetime) -> Draft:
    shown = view(rows[0])
    said = [f"Hello {shown.client_name},", *words.lines]
    sequence = max(row.calendar_sequence for row in rows)
    return Draft(
        practice_id=course.practice_id,
        appointment_id=None,
        idempotency_key=f"{words.kind}:{course.pk}:{rows[0].course_session}:{sequence}",
        kind=words.kind,
        to=shown.client_email,
        subject=f"{words.subject} – {shown.practice}",
        text="\n\n".join(said) + "\n",
        html=_html(said, _link(words.token)),
        ics=calendar_file(rows, now),
        ics_method="PUBLISH",
    )


def _list(rows: Sequence[Appointment]) -> list[str]:
    shown = [view(row) for row in rows]
    first = shown[0]
    place = ", ".join(part for part in (first.practice, first.location, first.address) if part)
    times = "\n".join(f"{_time(row, one)}" for row, one in zip(rows, shown, strict=True))
    return [times, f"{first.service}, {place}"]


def _time(row: Appointment, shown: AppointmentView) -> str:
    day = f"{shown.starts:%A} {shown.starts.day} {shown.starts:%B %Y}"
    mark = " (not certain yet)" if row.is_tentative else ""
    clock = f"{shown.starts:%H:%M} to {shown.ends:%H:%M} ({shown.starts.tzname()})"
    return f"{row.course_session}. {day}, {clock} with {shown.therapist}{mark}"


def _tentative(rows: Sequence[Appointment]) -> list[str]:
    waiting = [row for row in rows if row.is_tentative]
    if not waiting:
        return []
    before = (waiting[0].course_session or 1) - 1
    return [
        f"After appointment {before} we look at how it goes. The ones after it are kept for you until then."
    ]


def _change(rows: Sequence[Appointment], token: str) -> list[str]:
    return [f"Need to change or cancel? Open {_link(token)}", f"or call us: {view(rows[0]).phone}"]


def _link(token: str) -> str:
    return f"{settings.PUBLIC_URL}{COURSE_PATH.format(token=token)}"


def _html(lines: Sequence[str], link: str) -> str:
    shown_link = escape(link)
    anchor = f'<a href="{shown_link}">{shown_link}</a>'
    paragraphs = [
        f"<p>{escape(line).replace(shown_link, anchor).replace(chr(10), '<br>')}</p>" for line in lines
    ]
    return "\n".join(
        ['<!doctype html><html lang="en"><meta charset="utf-8"><body>', *paragraphs, "</body></html>"]
    )


def _entry(row: Appointment, now: datetime) -> CalendarEntry:
    shown = view(row)
    return CalendarEntry(
        uid=row.calendar_uid,
        sequence=row.calendar_sequence,
        start=row.starts_at,
        end=row.ends_at,
        title=f"Appointment at {shown.practice}",
        place=", ".join(part for part in (shown.location, shown.address) if part),
        notes=f"With {shown.therapist}. Phone: {shown.phone}",
        organiser_name=shown.practice,
        organiser_email=row.practice.email,
        attendee_email=shown.client_email,
        written_at=now,
        status="CANCELLED" if row.released_at else "TENTATIVE" if row.is_tentative else "CONFIRMED",
    )
