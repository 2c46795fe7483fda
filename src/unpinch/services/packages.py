"""Packages ("six for five"): so many sessions of a service for one price, set by the owner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError
from unpinch.records.models import Package, Service
from unpinch.services.money import Money
from unpinch.services.setup_writing import need_owner, note, one, practice_of

if TYPE_CHECKING:
    from unpinch.services.access import Caller

FEWEST, MOST = 2, 30


@dataclass(frozen=True, slots=True)
class PackageSetup:
    """One package, beside what its sessions cost one by one."""

    id: int
    sessions: int
    price: Money
    one_by_one: Money


def packages(caller: Caller, service_id: int) -> tuple[PackageSetup, ...]:
    """The packages of a service, the smallest first."""
    need_owner(caller)
    service = one(Service.objects.select_related("practice"), caller, service_id, "service")
    currency = service.practice.currency
    return tuple(
        PackageSetup(
            row.pk,
            row.sessions,
            Money(row.price_minor, currency),
            Money(row.sessions * service.price_minor, currency),
        )
        for row in Package.objects.filter(service=service).order_by("sessions")
    )


def keep(
    caller: Caller, service_id: int, sessions: int, price_minor: int, *, clock: Clock = SYSTEM_CLOCK
) -> None:
    """Add a package, or give the one of so many sessions another price.

    InputError with code ``sessions`` or ``price`` for what is no package: it must be cheaper than one by one.
    """
    now = clock.now()
    if not FEWEST <= sessions <= MOST:
        raise InputError(f"A package has {FEWEST} to {MOST} sessions, not {sessions}.", code="sessions")
    with transaction.atomic():
        practice_of(caller)
        service = one(Service.objects.all(), caller, service_id, "service")
        if not 0 < price_minor < sessions * service.price_minor:
            raise InputError(
                "A package must cost something, and less than its sessions one by one.", code="price"
            )
        Package.objects.update_or_create(
            practice_id=caller.practice_id,
            service=service,
            sessions=sessions,
            defaults={"price_minor": price_minor},
        )
        note(caller, "package.keep", "service", service_id, now, sessions=sessions, price_minor=price_minor)


def remove(caller: Caller, service_id: int, package_id: int, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Sell a package no more. Courses that were booked with it keep their price."""
    now = clock.now()
    with transaction.atomic():
        need_owner(caller)
        row = one(Package.objects.filter(service_id=service_id), caller, package_id, "package")
        sessions = row.sessions
        row.delete()
        note(caller, "package.remove", "service", service_id, now, sessions=sessions)
