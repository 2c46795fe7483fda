"""The lines of the record book as people read them: a client's own, and all of them for the owner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Q
from django.db.models.functions import Cast

from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import (
    Appointment,
    AuditEvent,
    Clearance,
    Client,
    Consent,
    Course,
    StoredAssessment,
    User,
)
from unpinch.services import permissions
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from unpinch.services.access import Caller

PAGE = 50
_ACTOR = re.compile(r"(user|client):(\d+)")
_ROLES = {"client": "client", "therapist": "therapist", "desk": "front desk", "owner": "owner"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``who`` is a name or what stands for one; ``is_reading`` says that health records were looked at."""

    number: int
    at: datetime
    who: str
    role: str
    action: str
    kind: str
    key: str
    is_reading: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, the newest first. ``older`` is the number to go on from, None at the end."""

    lines: tuple[Line, ...]
    older: int | None


def lines_about(caller: Caller, *, before: int | None = None) -> Page:
    """The lines about the client who asks."""
    client_id = caller.client_id
    thing = Thing(caller.practice_id, client_id=client_id)
    if client_id is None or not permissions.can_read_record_book(caller, thing):
        raise NotFoundError("There is nothing about you in the record book.")
    about = (
        Q(about=client_id)
        | Q(object_kind="client", object_id=str(client_id))
        | _of_kind("appointment", Appointment.objects.filter(client_id=client_id))
        | _of_kind("course", Course.objects.filter(client_id=client_id))
        | _of_kind(
            "consent", Consent.objects.filter(Q(client_id=client_id) | Q(assessment__client_id=client_id))
        )
        | _of_kind("clearance", Clearance.objects.filter(assessment__client_id=client_id))
        | _of_kind("assessment", StoredAssessment.objects.filter(client_id=client_id))
        | Q(actor__in=(f"client:{client_id}", f"user:{caller.user_id}"))
    )
    return _page(AuditEvent.objects.filter(about, practice_id=caller.practice_id), before, caller)


def all_lines(caller: Caller, *, before: int | None = None) -> Page:
    """All lines of the practice, for its owner."""
    if not permissions.can_run_practice(caller, Thing(caller.practice_id)):
        raise NotFoundError("The record book is for the owner of the practice.")
    return _page(AuditEvent.objects.filter(practice_id=caller.practice_id), before, caller)


def _of_kind(kind: str, rows: QuerySet[Any]) -> Q:
    keys = rows.annotate(text=Cast("pk", CharField())).values_list("text", flat=True)
    return Q(object_kind=kind, object_id__in=keys)


def _page(rows: QuerySet[AuditEvent], before: int | None, caller: Caller) -> Page:
    numbered = rows.filter(number__isnull=False)
    if before is not None:
        numbered = numbered.filter(number__lt=before)
    found = list(numbered.order_by("-number")[: PAGE + 1])
    shown = found[:PAGE]
    names = _names(shown, caller)
    lines = tuple(_line(row, names) for row in shown)
    return Page(lines, lines[-1].number if len(found) > PAGE else None)


def _line(row: AuditEvent, names: dict[str, tuple[str, str]]) -> Line:
    who, role = names.get(row.actor, ("", row.actor.partition(":")[0]))
    return Line(
        row.number or 0,
        row.at,
        who,
        role,
        row.action,
        row.object_kind,
        row.object_id,
        row.action.endswith(".read"),
    )


def _names(rows: Iterable[AuditEvent], caller: Caller) -> dict[str, tuple[str, str]]:
    """Names and roles for the actors of some lines, in two queries."""
    found: dict[str, set[int]] = {"user": set(), "client": set()}
    for row in rows:
        match = _ACTOR.fullmatch(row.actor)
        if match:
            found[match[1]].add(int(match[2]))
    names: dict[str, tuple[str, str]] = {"visitor": ("", "visitor"), "system": ("", "system")}
    users = User.objects.filter(pk__in=found["user"], practice_id=caller.practice_id)
    for key, name, role in users.values_list("pk", "name", "role"):
        names[f"user:{key}"] = (name, _ROLES.get(role, role))
    clients = Client.objects.filter(pk__in=found["client"], practice_id=caller.practice_id)
    for key, name in clients.values_list("pk", "name"):
        names[f"client:{key}"] = (name, "client")
    names[f"user:{caller.user_id}"] = ("", "you")
    if caller.client_id is not None:
        names[f"client:{caller.client_id}"] = ("", "you")
    return names
