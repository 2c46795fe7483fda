"""Everything that is kept about one client, as one file: FHIR for programs, tables for a spreadsheet, a PDF to read."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.gateways.record import record_pdf
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records import personal
from unpinch.records.models import AuditEvent, Client
from unpinch.services import audit, contact, fhir, permissions, privacy_words
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from unpinch.services.access import Caller

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_READ_ME = """\
Everything that {practice} keeps about you, as of {day}.

record.pdf      for reading
fhir.json       for other health programs: a bundle of HL7 FHIR, release 4
tables/*.csv    every line of every table that speaks about you, for a spreadsheet; times are UTC
letters/*.pdf   letters to doctors that you took with you

Not in it: what lets somebody in (passwords and keys of links are kept as fingerprints only).
This file speaks about your health. Keep it where only you can read it.
"""


@dataclass(frozen=True, slots=True)
class Export:
    """One zip, and the name to save it under."""

    name: str
    content: bytes


def own(caller: Caller, *, clock: Clock = SYSTEM_CLOCK) -> Export:
    """Everything about the client who asks."""
    thing = Thing(caller.practice_id, client_id=caller.client_id)
    if caller.client_id is None or not permissions.is_own(caller, thing):
        raise NotFoundError("We keep no bookings or answers of yours.")
    return export(caller.client_id, actor=audit.actor_of(caller.user_id), clock=clock)


def client_called(email: str, name: str = "") -> Client:
    """The client with this address, for whoever works on the machine; the name tells apart who share one."""
    whose = contact.Contact(name, email.strip(), "")
    found = Client.objects.filter(email_key=whose.email_key).order_by("pk")
    if name:
        found = found.filter(name_key=whose.name_key)
    rows = list(found[:2])
    if not rows:
        raise NotFoundError(
            f"There is no client with the address {email}{f' and the name {name}' if name else ''}."
        )
    if len(rows) > 1:
        raise InputError(f"Several people share the address {email}. Say who is meant with --name.")
    return rows[0]


def export(client_id: int, *, actor: str, clock: Clock = SYSTEM_CLOCK) -> Export:
    """Everything about a client, at one moment, with a line in the record book."""
    now = clock.now()
    with transaction.atomic():
        client = Client.objects.select_related("practice", "user").filter(pk=client_id).first()
        if client is None:
            raise NotFoundError("There is no such client here.")
        audit.record(client.practice_id, actor, "client.export", "client", client.pk, now, about=client.pk)
        content = _packed(client, now)
    return Export(f"my-data-{now:%Y-%m-%d}.zip", content)


def _packed(client: Client, now: datetime) -> bytes:
    made = io.BytesIO()
    words = privacy_words.words_of(client, now.astimezone(ZoneInfo(client.practice.time_zone)))
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("READ-ME.txt", _READ_ME.format(practice=client.practice.name, day=f"{now:%Y-%m-%d}"))
        packed.writestr("record.pdf", record_pdf(words, now))
        packed.writestr("fhir.json", json.dumps(fhir.bundle(client, now), indent=1, ensure_ascii=False))
        for name, rows in tables(client):
            if rows:
                packed.writestr(f"tables/{name}.csv", _csv(rows))
        for number, letter in enumerate(privacy_words.letters_of(client), start=1):
            packed.writestr(f"letters/letter-{number}.pdf", letter)
    return made.getvalue()


def tables(client: Client) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    """Every table that speaks about the client, with its lines."""
    for model in personal.personal_models():
        columns = personal.columns_of(model)
        rows = personal.rows_of(model, client)
        yield model.__name__, [{column: getattr(row, column) for column in columns} for row in rows]
    if client.user is not None:
        user = client.user
        yield "User", [{name: getattr(user, name) for name in personal.columns_of(type(user))}]
        for name in personal.OF_ACCOUNTS:
            found = personal.account_rows(name, user)
            columns = personal.columns_of(found.model)
            yield name, [{column: getattr(row, column) for column in columns} for row in found]
    lines = AuditEvent.objects.filter(practice_id=client.practice_id, about=client.pk).order_by("pk")
    columns = ("at", "actor", "action", "object_kind", "object_id", "details")
    yield "RecordBook", [{column: getattr(row, column) for column in columns} for row in lines]


def _csv(rows: list[dict[str, Any]]) -> str:
    made = io.StringIO()
    writer = csv.DictWriter(made, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return made.getvalue()


def _cell(value: Any) -> str:
    """A value as text. What a spreadsheet would take for a formula gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = value.astimezone(UTC).isoformat() if hasattr(value, "astimezone") else str(value)
    is_number = isinstance(value, int | float)
    return f"'{text}" if text.startswith(_FORMULA) and not is_number else text
