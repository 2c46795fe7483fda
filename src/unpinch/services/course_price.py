"""What a course costs. Packages ("six for five") come in here, and nowhere else in the booking of courses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.kernel.money import shares
from unpinch.records.models import Package

if TYPE_CHECKING:
    from unpinch.records.models import Service


@dataclass(frozen=True, slots=True)
class CoursePrice:
    """In the smallest coin of ``currency``: what one session costs, all of them, and all of them as a package.

    ``shares`` is what each session stands for in the total, in order; they add up to ``total_minor``.
    """

    each_minor: int
    sum_minor: int
    total_minor: int
    currency: str
    shares: tuple[int, ...]
    package: str = ""


def price_of(service: Service, sessions: int) -> CoursePrice:
    """The price of a course of so many sessions of one service: as a package, if there is one that is cheaper."""
    each, currency = service.price_minor, service.practice.currency
    plain = CoursePrice(each, each * sessions, each * sessions, currency, (each,) * sessions)
    total = (
        Package.objects.filter(service=service, sessions=sessions)
        .values_list("price_minor", flat=True)
        .first()
    )
    if total is None or total >= plain.total_minor:
        return plain
    return CoursePrice(
        each, plain.sum_minor, total, currency, shares(total, sessions), _name(sessions, total, each)
    )


def _name(sessions: int, total: int, each: int) -> str:
    """What the package is called: "6 for 5" when that is what it is."""
    paid, over = divmod(total, each)
    return f"{sessions} for {paid}" if not over and paid else f"{sessions} together"
