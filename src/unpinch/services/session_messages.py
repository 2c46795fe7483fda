"""The words of messages about a session: that there is something to read or to say, and never what."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django.conf import settings

from unpinch.services import session_link
from unpinch.services.appointment import view
from unpinch.services.messages import Draft

if TYPE_CHECKING:
    from datetime import datetime

    from unpinch.records.models import Appointment

CHECK_PATH = "/session/{token}/check"
AFTER_PATH = "/session/{token}/after"
NEXT_DAY_PATH = "/session/{token}/next-day"


def stopped_for_practice(row: Appointment, now: datetime) -> Draft:
    """What the practice gets when a check has put today's session on hold."""
    lines = [
        "An appointment of today is on hold, because of what the client told us.",
        f"Please log in at once and call the client: {settings.PUBLIC_URL}/appointments/{row.pk}",
    ]
    key = f"session-stopped:{row.calendar_uid}:{now.timestamp():.0f}"
    return _draft(row, key, row.practice.email, "An appointment of today is on hold", lines)


def day_check(row: Appointment) -> Draft:
    """What a client gets on the day: a link to one page of questions."""
    shown = view(row)
    link = f"{settings.PUBLIC_URL}{CHECK_PATH.format(token=session_link.token_of(row.calendar_uid))}"
    lines = [
        f"Hello {shown.client_name},",
        f"we see you today at {shown.starts:%H:%M}. Before you come, please answer one page. It takes a minute:",
        link,
        f"Questions? Call us: {shown.phone}",
    ]
    key = f"session-check:{row.calendar_uid}:{row.calendar_sequence}"
    return _draft(row, key, shown.client_email, f"One minute before you come – {row.practice.name}", lines)


def summary(row: Appointment) -> Draft:
    """What a client gets once the therapist has signed: a link to a page for them."""
    shown = view(row)
    link = f"{settings.PUBLIC_URL}{AFTER_PATH.format(token=session_link.token_of(row.calendar_uid))}"
    lines = [
        f"Hello {shown.client_name},",
        "thank you for coming. There is a page for you about your visit:",
        link,
        f"Questions? Call us: {shown.phone}",
    ]
    return _draft(
        row,
        f"session-summary:{row.calendar_uid}",
        shown.client_email,
        f"After your visit – {row.practice.name}",
        lines,
    )


def day_after(row: Appointment) -> Draft:
    """What a client gets on the day after: a link to a few questions."""
    shown = view(row)
    link = f"{settings.PUBLIC_URL}{NEXT_DAY_PATH.format(token=session_link.token_of(row.calendar_uid))}"
    lines = [
        f"Hello {shown.client_name},",
        "how are you today? Please answer a few questions; it takes half a minute:",
        link,
        f"Questions? Call us: {shown.phone}",
    ]
    return _draft(
        row,
        f"session-day-after:{row.calendar_uid}",
        shown.client_email,
        f"How are you? – {row.practice.name}",
        lines,
    )


def alarm_for_practice(row: Appointment, now: datetime) -> Draft:
    """What the practice gets when the day after went badly."""
    lines = [
        "A client has answered the questions of the day after. Please call them.",
        f"Log in to read it: {settings.PUBLIC_URL}/appointments/{row.pk}",
    ]
    key = f"session-alarm:{row.calendar_uid}:{now.timestamp():.0f}"
    return _draft(row, key, row.practice.email, "Please call a client", lines)


def _draft(row: Appointment, key: str, to: str, subject: str, lines: list[str]) -> Draft:
    return Draft(
        practice_id=row.practice_id,
        appointment_id=row.pk,
        idempotency_key=key,
        kind=key.partition(":")[0],
        to=to,
        subject=subject,
        text="\n\n".join(lines) + "\n",
        html=_html(lines),
        ics="",
        ics_method="",
    )


def _html(lines: list[str]) -> str:
    def paragraph(line: str) -> str:
        text = escape(line)
        return f'<p><a href="{text}">{text}</a></p>' if line.startswith("http") else f"<p>{text}</p>"

    return "\n".join(
        [
            '<!doctype html><html lang="en"><meta charset="utf-8"><body>',
            *map(paragraph, lines),
            "</body></html>",
        ]
    )
