"""What stands in the readable part of an export, in plain words."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from unpinch.clinical import knowledge
from unpinch.gateways.record import Entry, RecordWords, Section
from unpinch.records import personal
from unpinch.records.models import (
    Appointment,
    Clearance,
    ClearanceAnswer,
    Client,
    Consent,
    Course,
    ReliefReading,
    StoredAssessment,
    WaitlistEntry,
)
from unpinch.services import consent, fhir, relief

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from unpinch.clinical.knowledge import Knowledge

_YES_NO = {True: "yes", False: "no"}
_TOLD = {
    "massage-ok": "Massage can be tried.",
    "doctor-first": "See a doctor first.",
    "urgent": "See a doctor soon.",
    "emergency": "Get help at once.",
}


def words_of(client: Client, now: datetime) -> RecordWords:
    """Everything to read about a client; ``now`` in the zone in which times are told."""
    zone = now.tzinfo
    assert zone is not None
    practice = client.practice
    return RecordWords(
        lang="en",
        paper="us-letter" if practice.country == "US" else "a4",
        practice=practice.name,
        title="What we keep about you",
        lead=f"As of {_time(now, zone)}. The tables beside this document hold every line of it, and more detail.",
        foot=f"{practice.name} · {practice.phone} · {practice.email}",
        nothing="Nothing.",
        sections=tuple(
            Section(title, tuple(entries))
            for title, entries in (
                ("You", [_you(client, zone)]),
                ("Appointments", _appointments(client, zone)),
                ("Waiting list", _waits(client, zone)),
                ("What you told us", _answers(client, zone)),
                ("Courses and how it went", _courses(client, zone)),
                ("Your doctor", _doctors(client, zone)),
                ("What you agreed to", _consents(client, zone)),
            )
        ),
    )


def letters_of(client: Client) -> list[bytes]:
    """The letters that the person took away, without their codes."""
    copies = [row.letter_copy for row in personal.rows_of(Clearance, client)]
    return [base64.b64decode(copy) for copy in copies if copy]


def _you(client: Client, zone: tzinfo) -> Entry:
    lines = [
        ("Name", client.name),
        ("E-mail", client.email),
        ("Phone", client.phone),
        ("With us since", _time(client.created_at, zone)),
        ("Log-in", client.user.email if client.user else "none"),
    ]
    return Entry("", tuple(lines))


def _appointments(client: Client, zone: tzinfo) -> list[Entry]:
    rows = personal.rows_of(Appointment, client).select_related(
        "service", "therapist", "location", "practice"
    )
    return [
        Entry(
            _time(row.starts_at, zone),
            (
                ("What", row.service.name),
                ("Who and where", f"{row.therapist.name}, {row.location.name}"),
                ("Price", _money(row.price_minor, row.practice.currency)),
                ("How it stands", str(row.get_status_display())),
            ),
        )
        for row in rows.order_by("starts_at")
    ]


def _waits(client: Client, zone: tzinfo) -> list[Entry]:
    return [
        Entry(
            _time(row.created_at, zone),
            (
                ("What", row.service.name),
                ("Days", f"{row.first_day} to {row.last_day}"),
                ("How it stands", str(row.get_state_display())),
            ),
        )
        for row in personal.rows_of(WaitlistEntry, client).select_related("service")
    ]


def _answers(client: Client, zone: tzinfo) -> list[Entry]:
    kb = knowledge.load()
    return [_one_interview(row, zone, kb) for row in personal.rows_of(StoredAssessment, client)]


def _one_interview(row: StoredAssessment, zone: tzinfo, kb: Knowledge) -> Entry:
    raw = row.answers
    lines = [("Our answer", _TOLD.get(row.disposition, row.disposition))]
    lines += [(label, str(raw[key])) for label, key in (("Age", "age"), ("Sex", "sex")) if raw.get(key)]
    # What was said no to stands last: there is much of it.
    told = sorted(raw.get("answers", {}).items(), key=lambda one: one[1] is False)
    lines += [(fhir.question_of(code, kb), text) for code, value in told if (text := _value(value))]
    return Entry(_time(row.created_at, zone), tuple(lines))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _YES_NO[value]
    if isinstance(value, list):
        return ", ".join(filter(None, (_value(one) for one in value)))
    if value is None:
        return ""
    return str(value).removeprefix("region-").replace("-", " ")


def _courses(client: Client, zone: tzinfo) -> list[Entry]:
    entries = []
    for row in personal.rows_of(Course, client):
        lines = [("Sessions", str(row.sessions)), ("How it stands", str(row.get_state_display()))]
        entries.append(Entry(f"Course of {_time(row.created_at, zone)}", tuple(lines)))
    for row in personal.rows_of(ReliefReading, client):
        said = relief.reading_of(row)
        lines = [("Pain, 0 to 10", f"{said.pain:g}")] if said.pain is not None else []
        lines += [(f"{one.name}, 0 to 10", str(one.can)) for one in said.activities]
        if said.overall is not None:
            lines.append(("Change on the whole, -7 to 7", str(said.overall)))
        entries.append(Entry(f"How it was on {_time(row.said_at, zone)}", tuple(lines)))
    return entries


def _doctors(client: Client, zone: tzinfo) -> list[Entry]:
    entries = [
        Entry(
            f"Asked on {_time(row.asked_at, zone)}",
            (("Doctor", row.doctor_name or "not named"), ("How it stands", row.state)),
        )
        for row in personal.rows_of(Clearance, client)
    ]
    for row in personal.rows_of(ClearanceAnswer, client):
        said = tuple(
            (key.replace("_", " ").capitalize(), text)
            for key, one in row.word.items()
            if (text := _plain(one))
        )
        entries.append(Entry(f"Answered on {_time(row.answered_at, zone)} by {row.by_name}", said))
    return entries


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(
            f"{key.replace('_', ' ')}: {text}" for key, one in value.items() if (text := _plain(one))
        )
    if isinstance(value, list):
        return ", ".join(filter(None, (_plain(one) for one in value)))
    if isinstance(value, bool):
        return _YES_NO[value]
    return "" if value is None else str(value)


def _consents(client: Client, zone: tzinfo) -> list[Entry]:
    titles = {(text.purpose, text.version): text for text in consent.texts()}
    entries = []
    for row in personal.rows_of(Consent, client):
        text = titles.get((row.purpose, row.text_version))
        lines = [
            (
                "Signed by",
                f"{row.signed_name} {f'({row.guardian_relation})' if row.guardian_relation else ''}".strip(),
            ),
            ("On", _time(row.given_at, zone)),
            ("The words", text.text if text else row.text_version),
        ]
        if row.withdrawn_at:
            lines.append(("Taken back on", _time(row.withdrawn_at, zone)))
        entries.append(Entry(text.title if text else row.purpose, tuple(lines)))
    return entries


def _time(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M}"


def _money(minor: int, currency: str) -> str:
    return f"{minor / 100:.2f} {currency}"
