"""The words of reminders: time, place and name, or that there is something to say; never anything about health."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings

from unpinch.gateways import sms
from unpinch.services import course_link, links, session_messages
from unpinch.services.appointment import view
from unpinch.services.course_messages import COURSE_PATH
from unpinch.services.messages import APPOINTMENT_PATH, Draft, day_words, facts, html_of

if TYPE_CHECKING:
    from unpinch.records.models import Appointment, Course

RELIEF_PATH = "/relief/{token}/"
"""Where somebody says how it goes, for links in messages."""


def reminder(row: Appointment, kind: str) -> Draft:
    """What a client gets some time before an appointment, with the way to change it and to stop reminders."""
    shown = view(row)
    link = f"{settings.PUBLIC_URL}{APPOINTMENT_PATH.format(token=links.token_of(row.calendar_uid))}"
    if row.client is not None and row.client.remind_by_sms and sms.is_set_up():
        return _as_text(row, kind, link)
    lines = [
        f"Hello {shown.client_name},",
        "this is to remind you of your appointment.",
        *facts(shown),
        f"Need to change or cancel it, or no more reminders? Open {link}",
        f"or call us: {shown.phone}",
    ]
    return _of_appointment(row, kind, f"Reminder: your appointment on {day_words(shown)}", lines, link)


def day_check(row: Appointment, kind: str) -> Draft:
    """What a client gets on the day of a session: the link to one page of questions."""
    return replace(
        session_messages.day_check(row),
        kind=kind,
        useful_until=row.starts_at,
        appointment_sequence=row.calendar_sequence,
    )


def before_review(row: Appointment, kind: str) -> Draft:
    """What a client gets the day before a session that looks back: the link to say how it goes."""
    assert row.course is not None
    shown = view(row)
    link = _relief_link(row.course)
    lines = [
        f"Hello {shown.client_name},",
        f"on {day_words(shown)} we look back together. Please take one minute before you come: {link}",
        f"Questions? Call us: {shown.phone}",
    ]
    return _of_appointment(row, kind, "One minute before your appointment", lines, link)


def weeks_after(row: Appointment, kind: str) -> Draft:
    """What a client gets weeks after the first session of a course: the link to say how it is now."""
    assert row.course is not None
    shown = view(row)
    link = _relief_link(row.course)
    lines = [
        f"Hello {shown.client_name},",
        f"some weeks ago you first came to {shown.practice}. Please tell us in one minute how it is now: {link}",
        f"No more questions like this? Open {settings.PUBLIC_URL}{_course_path(row.course)} or call us: {shown.phone}",
    ]
    draft = _of_appointment(row, kind, "One minute: how is it now?", lines, link)
    return replace(draft, idempotency_key=f"{kind}:{row.course.link_uid}", appointment_sequence=None)


def _as_text(row: Appointment, kind: str, link: str) -> Draft:
    """A reminder in the few words of a text message."""
    assert row.client is not None
    shown = view(row)
    when = f"{shown.starts:%a} {shown.starts.day} {shown.starts:%b, %H:%M} ({shown.starts.tzname()})"
    words = f"{shown.practice}: your appointment is on {when}, {shown.location}. To change it: {link}"
    return replace(
        _of_appointment(row, kind, "Reminder", [words], link), by="sms", to=row.client.phone, text=words
    )


def _of_appointment(row: Appointment, kind: str, subject: str, lines: list[str], link: str) -> Draft:
    return Draft(
        practice_id=row.practice_id,
        appointment_id=row.pk,
        idempotency_key=f"{kind}:{row.calendar_uid}:{row.calendar_sequence}",
        kind=kind,
        to=view(row).client_email,
        subject=f"{subject} – {row.practice.name}",
        text="\n\n".join(lines) + "\n",
        html=html_of(lines, link),
        ics="",
        ics_method="",
        useful_until=row.starts_at,
        appointment_sequence=row.calendar_sequence,
    )


def _relief_link(course: Course) -> str:
    assert course.link_uid is not None
    return f"{settings.PUBLIC_URL}{RELIEF_PATH.format(token=course_link.token_of(course.link_uid))}"


def _course_path(course: Course) -> str:
    assert course.link_uid is not None
    return COURSE_PATH.format(token=course_link.token_of(course.link_uid))
