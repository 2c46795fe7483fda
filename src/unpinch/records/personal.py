"""Which tables speak about a client, how their rows are found, and what becomes of them when the client goes.

Rows are found along the keys from table to table, so that a new table is found by itself; what becomes of it must be
said in ``TABLES`` all the same, and a test fails until it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from django.apps import apps
from django.db.models import ForeignKey, Model, Q, QuerySet

from unpinch.records.models import Client, Message, User

Fate = Literal["goes", "stays-without-name"]
_SECRET = re.compile(
    r"(_hash|^hash|^password|^secret|^credential|^challenge|^claim|^code$|^last_step|^letter_copy)"
)
"""Columns that no export shows: they let somebody in, or are a file of their own."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What holds for one table. ``kind`` is a line of ``retention.csv``."""

    kind: str
    fate: Fate = "goes"


TABLES: dict[str, Personal] = {
    "Client": Personal("treatment", "stays-without-name"),
    "Appointment": Personal("accounts", "stays-without-name"),
    "AppointmentBlock": Personal("treatment"),
    "Clearance": Personal("treatment"),
    "ClearanceAnswer": Personal("treatment"),
    "Consent": Personal("treatment"),
    "Course": Personal("treatment"),
    "CourseReview": Personal("treatment"),
    "DayAfter": Personal("treatment"),
    "DoctorAgreement": Personal("treatment"),
    "LedgerEntry": Personal("accounts", "stays-without-name"),
    "Message": Personal("messages"),
    "NoteAmendment": Personal("treatment"),
    "NoteVersion": Personal("treatment"),
    "ReliefReading": Personal("treatment"),
    "RoomEvent": Personal("treatment"),
    "RoomSession": Personal("treatment"),
    "SessionCheck": Personal("treatment"),
    "SessionNote": Personal("treatment"),
    "StoredAssessment": Personal("treatment"),
    "Voucher": Personal("accounts", "stays-without-name"),
    "WaitlistEntry": Personal("waits"),
}
"""Every table with a way to a client."""
OF_ACCOUNTS = ("SignIn", "LoginStep", "Authenticator", "RecoveryCode", "Passkey")
"""Tables of the account a client logs in with; they go with it."""


def goes(model: type[Model]) -> bool:
    """Whether the rows of a table go with their client; those of a table that nobody has thought of yet do."""
    known = TABLES.get(model.__name__)
    return known is None or known.fate == "goes"


def personal_models() -> tuple[type[Model], ...]:
    """Every table with a way to a client, whoever points to others before those."""
    found = [model for model in apps.get_app_config("records").get_models() if _ways(model)]
    ordered: list[type[Model]] = []
    while len(ordered) < len(found):
        left = [model for model in found if model not in ordered]
        ordered += [
            model
            for model in left
            if not any(model in _targets(other) for other in left if other is not model)
        ]
    return tuple(ordered)


def rows_of(model: type[Model], client: Client) -> QuerySet[Any]:
    """The rows of a table that speak about this client."""
    wanted = Q(pk__in=[])
    for way in _ways(model):
        wanted |= Q(**{way: client.pk})
    if model is Message and not _shares_address(client):
        wanted |= Q(appointment__isnull=True, to__iexact=client.email, practice_id=client.practice_id)
    rows: QuerySet[Any] = model._default_manager.filter(wanted)
    return rows.distinct().order_by("pk")


def account_rows(model_name: str, user: User) -> QuerySet[Any]:
    """The rows of a table of the account."""
    model = apps.get_app_config("records").get_model(model_name)
    rows: QuerySet[Any] = model._default_manager.filter(user=user)
    return rows.order_by("pk")


def columns_of(model: type[Model]) -> tuple[str, ...]:
    """The columns that the person may see: all but what lets somebody in."""
    return tuple(field.attname for field in model._meta.concrete_fields if not _SECRET.search(field.attname))


@lru_cache(maxsize=128)
def _ways(model: type[Model]) -> tuple[str, ...]:
    """The lookups from a row to its client: by its own key where it must have one, else along every key."""
    if model is Client:
        return ("pk",)
    keys = [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.remote_field.model is not model
    ]
    own = [field for field in keys if field.remote_field.model is Client]
    if own and not own[0].null:
        return (own[0].name,)
    found = []
    for field in keys:
        target = field.remote_field.model
        ways = () if target is User else _ways(target)
        found += [field.name if target is Client else f"{field.name}__{way}" for way in ways]
    return tuple(found)


def _targets(model: type[Model]) -> set[type[Model]]:
    return {
        field.remote_field.model for field in model._meta.concrete_fields if isinstance(field, ForeignKey)
    }


def _shares_address(client: Client) -> bool:
    same = Client.objects.filter(practice_id=client.practice_id, email_key=client.email_key)
    return same.exclude(pk=client.pk).exists()
