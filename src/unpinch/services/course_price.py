"""What a course costs. Packages ("six for five") come in here, and nowhere else in the booking of courses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    """The price of a course of so many sessions of one service."""
    each = service.price_minor
    return CoursePrice(each, each * sessions, each * sessions, service.practice.currency, (each,) * sessions)
