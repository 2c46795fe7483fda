"""The owner sets up what can be booked: the services and what cancelling them costs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.records.models import CancellationRule, Practice, Service, TherapistSkill
from unpinch.services.setup_rules import CancellationStep, ServiceDetails, checked_service
from unpinch.services.setup_writing import change, free_code, need_owner, note, note_change, one, practice_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.services.access import Caller

KINDS = ("swedish", "deep-tissue")
"""The kinds of massage that course plans speak of; a practice may have others besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSetup(ServiceDetails):
    """A service that is kept."""

    id: int
    code: str
    currency: str


def services(caller: Caller) -> tuple[ServiceSetup, ...]:
    """All services in the order of the list, in three queries; closed ones too."""
    need_owner(caller)
    currency = Practice.objects.values_list("currency", flat=True).get(pk=caller.practice_id)
    rows = Service.objects.filter(practice_id=caller.practice_id).order_by("position", "name", "pk")
    return tuple(_view(row, currency) for row in rows.prefetch_related("cancellation_rules"))


def service(caller: Caller, key: int) -> ServiceSetup:
    """One service; NotFoundError when the practice has no such."""
    need_owner(caller)
    row = one(Service.objects.select_related("practice"), caller, key, "service")
    return _view(row, row.practice.currency)


def add_service(caller: Caller, given: ServiceDetails, *, clock: Clock = SYSTEM_CLOCK) -> ServiceSetup:
    """A new service."""
    wanted = checked_service(given)
    with transaction.atomic():
        practice = practice_of(caller)
        code = free_code(wanted.name, Service.objects.filter(practice=practice))
        row = Service.objects.create(practice=practice, code=code, **_columns(wanted))
        _write_steps(row, wanted.cancellation)
        note(caller, "service.add", "service", row.pk, clock.now(), code=code)
    return service(caller, row.pk)


def change_service(
    caller: Caller, key: int, given: ServiceDetails, *, clock: Clock = SYSTEM_CLOCK
) -> ServiceSetup:
    """Change a service. What is booked keeps its length and price; only the cancellation policy counts at once."""
    wanted = checked_service(given)
    with transaction.atomic():
        practice_of(caller)
        row = one(Service.objects.all(), caller, key, "service")
        changed = change(row, _columns(wanted))
        if _steps(row.cancellation_rules.all()) != wanted.cancellation:
            _write_steps(row, wanted.cancellation)
            changed = (*changed, "cancellation")
        note_change(caller, "service", row.pk, changed, clock.now())
    return service(caller, key)


def skills(caller: Caller) -> tuple[str, ...]:
    """Every kind of massage that the practice knows of."""
    mine = {"practice_id": caller.practice_id}
    wanted = Service.objects.filter(**mine).values_list("skill", flat=True)
    learned = TherapistSkill.objects.filter(**mine).values_list("skill", flat=True)
    others = sorted({*wanted, *learned} - set(KINDS))
    return (*KINDS, *others)


def _columns(wanted: ServiceDetails) -> dict[str, object]:
    values = asdict(wanted)
    del values["cancellation"]
    return values


def _write_steps(row: Service, steps: Iterable[CancellationStep]) -> None:
    row.cancellation_rules.all().delete()
    CancellationRule.objects.bulk_create(
        CancellationRule(practice_id=row.practice_id, service=row, **asdict(step)) for step in steps
    )


def _steps(rows: Iterable[CancellationRule]) -> tuple[CancellationStep, ...]:
    ordered = sorted(rows, key=lambda rule: rule.notice_minutes)
    return tuple(CancellationStep(rule.notice_minutes, rule.fee_percent) for rule in ordered)


def _view(row: Service, currency: str) -> ServiceSetup:
    kept = {
        name: getattr(row, name) for name in ServiceDetails.__dataclass_fields__ if name != "cancellation"
    }
    return ServiceSetup(
        id=row.pk, code=row.code, currency=currency, cancellation=_steps(row.cancellation_rules.all()), **kept
    )
