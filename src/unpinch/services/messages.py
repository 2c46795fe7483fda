"""The words of messages about appointments: time, place and name, and never anything about health."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from django.conf import settings

from unpinch.gateways.calendar_file import CalendarEntry, Method
from unpinch.gateways.calendar_file import calendar_file as write_calendar_file
from unpinch.services.appointment import AppointmentView, view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from unpinch.records.models import Appointment, WaitlistEntry

APPOINTMENT_PATH = "/appointment/{token}/"
"""Where the page of an appointment lives, for links in messages."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message ready for the outbox. The same ``idempotency_key`` is never kept twice."""

    practice_id: int
    appointment_id: int | None
    idempotency_key: str
    kind: str
    to: str
    subject: str
    text: str
    html: str
    ics: str
    ics_method: str
    useful_until: datetime | None = None
    appointment_sequence: int | None = None
    by: str = "mail"


def confirmation(row: Appointment, token: str, now: datetime) -> Draft:
    """What a client gets on booking, with the appointment for the calendar."""
    shown = view(row)
    link = f"{settings.PUBLIC_URL}{APPOINTMENT_PATH.format(token=token)}"
    lines = [
        f"Hello {shown.client_name},",
        "your appointment is booked.",
        *facts(shown),
        f"Need to change or cancel it? Open {link}",
        f"or call us: {shown.phone}",
    ]
    subject = f"Your appointment on {day_words(shown)}"
    return _draft(row, _Words("confirmation", subject, lines, link, "REQUEST"), now)


def change(row: Appointment, token: str, now: datetime) -> Draft:
    """What a client gets when an appointment has moved; it moves the entry in the calendar too."""
    shown = view(row)
    link = f"{settings.PUBLIC_URL}{APPOINTMENT_PATH.format(token=token)}"
    lines = [
        f"Hello {shown.client_name},",
        "your appointment has a new time.",
        *facts(shown),
        f"Need to change or cancel it? Open {link}",
        f"or call us: {shown.phone}",
    ]
    subject = f"New time: your appointment on {day_words(shown)}"
    return _draft(row, _Words("change", subject, lines, link, "REQUEST"), now)


def cancellation(row: Appointment, now: datetime) -> Draft:
    """What a client gets when an appointment is cancelled; it takes the entry out of the calendar."""
    shown = view(row)
    lines = [
        f"Hello {shown.client_name},",
        "your appointment is cancelled.",
        *facts(shown),
        f"To book another time, open {settings.PUBLIC_URL}/",
        f"or call us: {shown.phone}",
    ]
    subject = f"Cancelled: your appointment on {day_words(shown)}"
    return _draft(row, _Words("cancellation", subject, lines, f"{settings.PUBLIC_URL}/", "CANCEL"), now)


def waitlist_joined(entry: WaitlistEntry, link: str) -> Draft:
    """What someone gets on joining the waitlist: the link to look at it and to leave it."""
    first, last = entry.first_day, entry.last_day
    practice = entry.service.practice
    what = f"{entry.service.name}, from {first.day} {first:%B} to {last.day} {last:%B}"
    lines = [
        f"Hello {entry.client.name},",
        f"you are on our waitlist: {what}.",
        "When something that suits you becomes free, we hold it for you and write to you.",
        f"To look at it, or to leave the list, open {link}",
        f"or call us: {practice.phone}",
    ]
    return Draft(
        practice_id=entry.practice_id,
        appointment_id=None,
        idempotency_key=f"waitlist-joined:{entry.key}",
        kind="waitlist-joined",
        to=entry.client.email,
        subject=f"You are on the waitlist – {practice.name}",
        text="\n\n".join(lines) + "\n",
        html=html_of(lines, link),
        ics="",
        ics_method="",
    )


def waitlist_offer(entry: WaitlistEntry, rows: Sequence[Appointment], link: str, now: datetime) -> Draft:
    """What someone on the waitlist gets when a place is held for them: which, how to take it, until when."""
    del now
    shown = [view(row) for row in rows]
    first = shown[0]
    zone = first.starts.tzinfo
    assert entry.offer_expires_at is not None
    until = entry.offer_expires_at.astimezone(zone)
    lines = [
        f"Hello {entry.client.name},",
        "a place has become free, and we hold it for you."
        if len(shown) == 1
        else f"{len(shown)} sessions have become free, and we hold them all for you.",
        *(line for one in shown for line in (facts(one) if one is first else facts(one)[:2])),
        (
            f"We hold it until {until:%A} {until.day} {until:%B}, {until:%H:%M} ({until.tzname()}). "
            f"To take it or to say no, open {link}"
        ),
        f"or call us: {first.phone}",
    ]
    return Draft(
        practice_id=entry.practice_id,
        appointment_id=None,
        idempotency_key=f"waitlist-offer:{entry.key}:{entry.offer_number}",
        kind="waitlist-offer",
        to=entry.client.email,
        subject=f"A place for you on {day_words(first)} – {first.practice}",
        text="\n\n".join(lines) + "\n",
        html=html_of(lines, link),
        ics="",
        ics_method="",
    )


def download(row: Appointment, now: datetime) -> str:
    """The calendar file of an appointment for someone who downloads it."""
    return _calendar(row, "CANCEL" if row.released_at else "PUBLISH", now)


@dataclass(frozen=True, slots=True)
class _Words:
    """The parts of a message that differ by kind."""

    kind: str
    subject: str
    lines: list[str]
    link: str
    method: Method


def _draft(row: Appointment, words: _Words, now: datetime) -> Draft:
    shown = view(row)
    return Draft(
        practice_id=row.practice_id,
        appointment_id=row.pk,
        idempotency_key=f"{words.kind}:{row.calendar_uid}:{row.calendar_sequence}",
        kind=words.kind,
        to=shown.client_email,
        subject=f"{words.subject} – {row.practice.name}",
        text="\n\n".join(words.lines) + "\n",
        html=html_of(words.lines, words.link),
        ics=_calendar(row, words.method, now),
        ics_method=words.method,
    )


def facts(shown: AppointmentView) -> list[str]:
    """When, what and where, in the zone of the place."""
    return [
        f"{day_words(shown)}, {shown.starts:%H:%M} to {shown.ends:%H:%M} ({shown.starts.tzname()})",
        f"{shown.service} with {shown.therapist}",
        ", ".join(part for part in (shown.practice, shown.location, shown.address) if part),
    ]


def day_words(shown: AppointmentView) -> str:
    """The day as a person says it."""
    return f"{shown.starts:%A} {shown.starts.day} {shown.starts:%B %Y}"


def html_of(lines: list[str], link: str) -> str:
    """The paragraphs as a page, with the link to be pressed."""
    shown_link = escape(link)
    anchor = f'<a href="{shown_link}">{shown_link}</a>'
    paragraphs = [f"<p>{escape(line).replace(shown_link, anchor)}</p>" for line in lines]
    return "\n".join(
        ['<!doctype html><html lang="en"><meta charset="utf-8"><body>', *paragraphs, "</body></html>"]
    )


def _calendar(row: Appointment, method: Method, now: datetime) -> str:
    shown = view(row)
    entry = CalendarEntry(
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
    )
    return write_calendar_file(entry, method)
