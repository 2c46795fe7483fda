"""Writes the record book, and finds out whether anybody tampered with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction

from unpinch.records import prepared
from unpinch.records.chain import FIRST, content_of, link
from unpinch.records.models import AuditEvent, Practice

if TYPE_CHECKING:
    from datetime import datetime

VISITOR = "visitor"
SYSTEM = "system"
_LAST = prepared.Prepared(
    lambda: (
        AuditEvent.objects.filter(practice_id=prepared.number("practice"), number__isnull=False)
        .order_by("-number")
        .values_list("number", "chain")[:1]
    )
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the chain. Noted down elsewhere, it proves later that nothing before it was changed."""

    number: int
    chain: str

    def __str__(self) -> str:
        return f"{self.number}:{self.chain}"


@dataclass(frozen=True, slots=True)
class Sound:
    """The lines hold together; ``last`` is the end of the chain."""

    practice: str
    last: Mark


@dataclass(frozen=True, slots=True)
class Broken:
    """The first line that does not hold, and why."""

    practice: str
    number: int
    why: str


def record(
    practice_id: int,
    actor: str,
    action: str,
    kind: str,
    key: object,
    at: datetime,
    **details: str | int | bool | None,
) -> None:
    """Add one line, in the transaction of what it speaks about. ``details`` never say anything about health.

    ``about=CLIENT_ID`` says which client it concerns: with it the line is on that client's own page. For the kinds
    that ``record_lines`` knows (``client``, ``appointment``, ``course`` and others) it is found without. A reading
    of somebody's health record is a line, too, with an action that ends in ``.read``.
    """
    about = details.pop("about", None)
    assert about is None or isinstance(about, int)
    words = (actor, action, kind, str(key))
    line = AuditEvent(
        practice_id=practice_id,
        at=at,
        actor=actor,
        action=action,
        object_kind=kind,
        object_id=str(key),
        about=about,
        details=details,
        content=content_of(practice_id, at, words, about, details),
    )
    if connection.vendor == "postgresql":
        line.save(force_insert=True)  # the database chains it when the transaction ends
        return
    # One transaction writes at a time: the last line stays the last one until this is in.
    with transaction.atomic(savepoint=False):
        last = _last(practice_id)
        line.number = last.number + 1
        line.chain = link(last.chain, line.number, line.content)
        line.save(force_insert=True)


def actor_of(user_id: int | None) -> str:
    """The name under which someone stands in the book."""
    return VISITOR if user_id is None else f"user:{user_id}"


def verify(since: Mark | None = None) -> tuple[Sound | Broken, ...]:
    """Every practice's chain, looked through from its first line. ``since`` must be a place in one of them."""
    found = tuple(
        _verify(practice_id, name) for practice_id, name in Practice.objects.values_list("pk", "name")
    )
    if since is None or any(isinstance(one, Broken) for one in found):
        return found
    if since == Mark(0, FIRST) or AuditEvent.objects.filter(number=since.number, chain=since.chain).exists():
        return found
    return (
        Broken(found[0].practice if found else "", since.number, "it is not the line that was noted down"),
    )


def _verify(practice_id: int, name: str) -> Sound | Broken:
    last = Mark(0, FIRST)
    # A line without a number was put in past the chain: unpinch commits none.
    if AuditEvent.objects.filter(practice_id=practice_id, number__isnull=True).exists():
        return Broken(name, _last(practice_id).number + 1, "it was put in without a place in the chain")
    rows = AuditEvent.objects.filter(practice_id=practice_id).order_by("number")
    for row in rows.iterator(chunk_size=2000):
        why = _what_is_wrong(row, last)
        if why:
            return Broken(name, last.number + 1, why)
        last = Mark(last.number + 1, str(row.chain))
    return Sound(name, last)


def _what_is_wrong(row: AuditEvent, last: Mark) -> str:
    if row.number != last.number + 1:
        return "it is missing"
    words = (row.actor, row.action, row.object_kind, row.object_id)
    if row.content != content_of(row.practice_id, row.at, words, row.about, row.details):
        return "what it says was changed"
    if row.chain != link(last.chain, row.number, row.content):
        return "it does not follow from the line before"
    return ""


def _last(practice_id: int) -> Mark:
    rows = _LAST.rows(practice=practice_id)
    return next((Mark(number or 0, chain or FIRST) for number, chain in rows), Mark(0, FIRST))
