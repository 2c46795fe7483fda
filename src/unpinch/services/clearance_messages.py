"""The words of messages about a doctor's say: that there is something to read, and where. Never what it says."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from django.conf import settings

from unpinch.services.messages import Draft

if TYPE_CHECKING:
    from unpinch.records.models import Clearance

LINK_PATH = "/for-doctors/open/{token}"
NEWS_PATH = "/doctor/news/{token}"


def link(token: str) -> str:
    """The whole address of a doctor's link."""
    return settings.PUBLIC_URL + LINK_PATH.format(token=token)


def ask_prefix(row: Clearance) -> str:
    """How the keys of all messages to the doctor about one question begin."""
    return f"clearance-ask:{row.key}:"


def ask(row: Clearance, token: str, number: int) -> Draft:
    """What the doctor gets: who asks, and the link. The patient's name stands behind the link alone."""
    hello = f"Dear {row.doctor_name}," if row.doctor_name else "Dear doctor,"
    lines = [
        hello,
        f"one of your patients asks for your opinion before a booking at {row.practice.name}.",
        "It takes about a minute, and no account is needed. Open the link yourself: it lets in one device only.",
        link(token),
        f"Until: {row.link_expires_at:%d %B %Y}. Questions? Call {row.practice.name}: {row.practice.phone}",
    ]
    subject = f"A patient of yours asks for your opinion – {row.practice.name}"
    return _draft(row, f"{ask_prefix(row)}{number}", "clearance-ask", row.doctor_email, subject, lines)


def asked(row: Clearance, person_token: str) -> Draft:
    """What the person gets when the doctor was asked: the page where the answer will stand."""
    lines = [
        f"Hello {row.person_name},",
        "thank you. Your request is on its way. We write to you when there is an answer.",
        f"You can look at any time: {settings.PUBLIC_URL}{NEWS_PATH.format(token=person_token)}",
        f"Questions? Call us: {row.practice.phone}",
    ]
    subject = f"Your request is on its way – {row.practice.name}"
    return _draft(row, f"clearance-asked:{row.key}", "clearance-asked", row.person_email, subject, lines)


def news_for_person(row: Clearance) -> Draft:
    """That there is an answer. The link to it was in the message before."""
    lines = [
        f"Hello {row.person_name},",
        "there is news about your request. Open the link in our earlier message to read it and to go on.",
        f"You cannot find it? Call us: {row.practice.phone}",
    ]
    subject = f"News about your request – {row.practice.name}"
    key = f"clearance-news:{row.key}:{row.version}"
    return _draft(row, key, "clearance-news", row.person_email, subject, lines)


def news_for_practice(row: Clearance) -> Draft:
    """That an answer came in."""
    lines = [
        "An answer to one of your requests has come in.",
        f"Log in to read it: {settings.PUBLIC_URL}/clearances",
    ]
    key = f"clearance-news-practice:{row.key}:{row.version}"
    subject = "A request was answered"
    return _draft(row, key, "clearance-news", row.practice.email, subject, lines)


def on_hold(row: Clearance, *, name: str, email: str, event: str) -> Draft:
    """What a client gets when booked appointments are on hold."""
    lines = [
        f"Hello {name},",
        "one or more of your appointments with us are on hold. Please do not come before we have spoken.",
        f"Call us: {row.practice.phone}. We find out together what is best.",
    ]
    subject = f"Please call us about your appointments – {row.practice.name}"
    return _draft(row, f"on-hold:{row.key}:{event}", "on-hold", email, subject, lines)


def on_hold_for_practice(row: Clearance, *, count: int, event: str) -> Draft:
    """What the practice gets when booked appointments are on hold."""
    lines = [
        f"Booked appointments are on hold: {count}. Please speak with the client and settle them.",
        f"Log in to see which: {settings.PUBLIC_URL}/clearances",
    ]
    subject = "Appointments on hold"
    return _draft(row, f"on-hold-practice:{row.key}:{event}", "on-hold", row.practice.email, subject, lines)


def _draft(row: Clearance, key: str, kind: str, to: str, subject: str, lines: list[str]) -> Draft:
    return Draft(
        practice_id=row.practice_id,
        appointment_id=None,
        idempotency_key=key,
        kind=kind,
        to=to,
        subject=subject,
        text="\n\n".join(lines) + "\n",
        html=_html(lines),
        ics="",
        ics_method="",
    )


def _html(lines: list[str]) -> str:
    paragraphs = [f"<p>{_line(line)}</p>" for line in lines]
    return "\n".join(
        ['<!doctype html><html lang="en"><meta charset="utf-8"><body>', *paragraphs, "</body></html>"]
    )


def _line(line: str) -> str:
    """A line with its address, if it has one, as a link."""
    before, found, after = line.partition(f"{settings.PUBLIC_URL}/")
    address, space, rest = (found + after).partition(" ")
    if not found:
        return escape(line)
    return f'{escape(before)}<a href="{escape(address)}">{escape(address)}</a>{space}{escape(rest)}'
