"""How long what is kept (``retention.csv``), and the deleting of what is older."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.records.models import (
    Appointment,
    AppointmentBlock,
    Clearance,
    ClearanceAnswer,
    Client,
    Consent,
    DoctorAgreement,
    LedgerEntry,
    Message,
    MessageState,
    ReliefReading,
    SessionCheck,
    SignIn,
    StoredAssessment,
    WaitlistEntry,
    WaitState,
)
from unpinch.services import audit, consent, erasure
from unpinch.services.erasure import NOBODY, Erased

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from django.db.models import QuerySet

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Rule:
    """How long one kind of record is kept, from when on, what happens then, and why that long."""

    kind: str
    days: int
    starts: str
    then: str
    why: str
    law: str
    source: str


@dataclass(frozen=True, slots=True)
class Due:
    """How many of a kind are older than they should be."""

    rule: Rule
    count: int


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """The table, by kind."""
    text = files("unpinch.services").joinpath("retention.csv").read_text("utf-8")
    return {
        row[0]: Rule(row[0], int(row[1]), row[2], row[3], row[4], row[5], row[6])
        for row in csv.reader(text.splitlines()[1:])
    }


def due(*, clock: Clock = SYSTEM_CLOCK) -> tuple[Due, ...]:
    """What would go now. Nothing is changed."""
    now = clock.now()
    return tuple(Due(rule, len(_FINDERS[kind](_before(kind, now)))) for kind, rule in rules().items())


def apply(*, actor: str = audit.SYSTEM, clock: Clock = SYSTEM_CLOCK) -> tuple[Due, ...]:
    """Let go what is due, each kind in transactions of its own, with lines in the record book; what went."""
    now = clock.now()
    return tuple(Due(rule, _let_go(kind, actor, now, clock)) for kind, rule in rules().items())


def _let_go(kind: str, actor: str, now: datetime, clock: Clock) -> int:
    if kind.startswith("treatment"):
        gone = [erasure.erase(pk, actor=actor, clock=clock) for pk in _FINDERS[kind](_before(kind, now))]
        return sum(isinstance(one, Erased) for one in gone)
    with transaction.atomic():
        found = _FINDERS[kind](_before(kind, now))
        by_practice = _DELETERS[kind](found)
        for practice_id, count in by_practice.items():
            audit.record(
                practice_id,
                actor,
                "retention.apply",
                "practice",
                practice_id,
                now,
                record_kind=kind,
                count=count,
            )
    return len(found)


def _before(kind: str, now: datetime) -> datetime:
    return now - timedelta(days=rules()[kind].days)


def _clients(before: datetime, *, minors: bool) -> list[int]:
    """Clients with whom there was nothing since, and whose records are those of minors or not."""
    since = Q(client=OuterRef("pk"))
    quiet = (
        Client.objects.filter(created_at__lt=before)
        .exclude(email_key__endswith=NOBODY)
        .exclude(Exists(Appointment.objects.filter(since, ends_at__gte=before)))
        .exclude(Exists(StoredAssessment.objects.filter(since, created_at__gte=before)))
        .exclude(Exists(ReliefReading.objects.filter(since, said_at__gte=before)))
        .exclude(Exists(WaitlistEntry.objects.filter(since, created_at__gte=before)))
    )
    return [pk for pk in quiet.order_by("pk").values_list("pk", flat=True) if _was_minor(pk) is minors]


def _was_minor(client_id: int) -> bool:
    """Whether any answers of this client give an age below full age, or a guardian signed."""
    if Consent.objects.filter(client_id=client_id).exclude(guardian_relation="").exists():
        return True
    ages = (row.answers.get("age") for row in StoredAssessment.objects.filter(client_id=client_id))
    return any(isinstance(age, int) and age < consent.ADULT_AT for age in ages)


def _adults(before: datetime) -> list[int]:
    return _clients(before, minors=False)


def _minors(before: datetime) -> list[int]:
    return _clients(before, minors=True)


def _accounts(before: datetime) -> list[int]:
    shared = Appointment.objects.filter(shares_room_with=OuterRef("pk"))
    nameless = Q(client__email_key__endswith=NOBODY) | Q(client=None)
    paid_since = LedgerEntry.objects.filter(appointment=OuterRef("pk"), at__gte=before)
    old = Appointment.objects.filter(nameless, ends_at__lt=before)
    return _keys(old.exclude(Exists(shared)).exclude(Exists(paid_since)))


def _unclaimed(before: datetime) -> list[int]:
    of_it = Q(assessment=OuterRef("pk"))
    used = (Appointment, WaitlistEntry, SessionCheck)
    rows = StoredAssessment.objects.filter(client=None, created_at__lt=before)
    for model in used:
        rows = rows.exclude(Exists(model._default_manager.filter(of_it)))  # noqa: SLF001 - Django's own name
    return _keys(rows)


def _messages(before: datetime) -> list[int]:
    under_way = (MessageState.WAITING, MessageState.SENDING)
    return _keys(Message.objects.filter(created_at__lt=before).exclude(state__in=under_way))


def _waits(before: datetime) -> list[int]:
    ended = (WaitState.BOOKED, WaitState.LEFT, WaitState.LAPSED, WaitState.OVER)
    return _keys(WaitlistEntry.objects.filter(created_at__lt=before, state__in=ended, appointments=None))


def _log_ins(before: datetime) -> list[int]:
    return _keys(SignIn.objects.filter(Q(expires_at__lt=before) | Q(ended_at__lt=before)))


def _keys(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _deleting(model: Any) -> Callable[[Iterable[int]], dict[int, int]]:
    def delete(keys: Iterable[int]) -> dict[int, int]:
        wanted, counts = list(keys), Counter[int]()
        for start in range(0, len(wanted), _BATCH):  # databases take so many parameters and no more
            rows = model.objects.filter(pk__in=wanted[start : start + _BATCH])
            counts.update(rows.values_list("practice_id", flat=True))
            rows.delete()
        return counts

    return delete


def _delete_accounts(keys: Iterable[int]) -> dict[int, int]:
    rows = list(keys)
    LedgerEntry.objects.filter(appointment__in=rows).delete()
    return _deleting(Appointment)(rows)


def _delete_unclaimed(keys: Iterable[int]) -> dict[int, int]:
    rows = list(keys)
    AppointmentBlock.objects.filter(clearance__assessment__in=rows).delete()
    ClearanceAnswer.objects.filter(clearance__assessment__in=rows).delete()
    for model in (Clearance, Consent, DoctorAgreement):
        model._default_manager.filter(assessment__in=rows).delete()  # noqa: SLF001 - Django's own name
    return _deleting(StoredAssessment)(rows)


_FINDERS: dict[str, Callable[[datetime], list[int]]] = {
    "treatment": _adults,
    "treatment-of-minors": _minors,
    "accounts": _accounts,
    "unclaimed": _unclaimed,
    "messages": _messages,
    "waits": _waits,
    "log-ins": _log_ins,
}
_DELETERS: dict[str, Callable[[Iterable[int]], dict[int, int]]] = {
    "accounts": _delete_accounts,
    "unclaimed": _delete_unclaimed,
    "messages": _deleting(Message),
    "waits": _deleting(WaitlistEntry),
    "log-ins": _deleting(SignIn),
}
