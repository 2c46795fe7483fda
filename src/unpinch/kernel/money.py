"""Sums in the smallest coin: what somebody owes, what has been paid, and what is left of it.

Everything is a whole number, and nothing is rounded away: the parts of a package add up to its price, and what
is covered, what is owed and what is left add up to what came in and what is to be paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that nobody mistakes for each other (no I, L, O, U)."""
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BASE = len(CODE_ALPHABET)


@dataclass(frozen=True, slots=True)
class Charge:
    """Something to be paid: for which appointment, how much, and by when."""

    id: int
    amount: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Covered:
    """A charge with how much of it is paid."""

    charge: Charge
    paid: int

    @property
    def open(self) -> int:
        """What is still to be paid of it."""
        return self.charge.amount - self.paid


@dataclass(frozen=True, slots=True)
class Account:
    """All charges in the order in which they fall due, each with what covers it, and what is left as credit."""

    charges: tuple[Covered, ...]
    paid_in: int
    left: int

    @property
    def owed(self) -> int:
        """What is to be paid in all, now and later."""
        return sum(one.open for one in self.charges)

    @property
    def used(self) -> int:
        """How much of what was paid has been used."""
        return self.paid_in - self.left

    def due_by(self, moment: datetime) -> int:
        """What is to be paid by a moment."""
        return sum(one.open for one in self.charges if one.charge.due_at <= moment)


def settle(charges: Iterable[Charge], paid_in: int) -> Account:
    """What was paid covers what falls due first. ``paid_in`` below nought (more given back than paid) covers nothing."""
    left = paid_in
    covered = []
    for charge in sorted(charges, key=lambda one: (one.due_at, one.id)):
        part = max(0, min(left, charge.amount))
        left -= part
        covered.append(Covered(charge, part))
    return Account(tuple(covered), paid_in, left)


def shares(total: int, parts: int) -> tuple[int, ...]:
    """A price over so many sessions, as evenly as whole coins allow; the first ones bear what is over."""
    each, over = divmod(total, parts)
    return tuple(each + (number < over) for number in range(parts))


def with_check(digits: str) -> str:
    """A code with its last letter, which tells a mistyped one from a right one."""
    return digits + CODE_ALPHABET[_remainder(digits)]


def read_code(text: str) -> str | None:
    """A code as it was typed, with or without gaps, in capitals or not; None when it cannot be one."""
    code = "".join(text.split()).replace("-", "").upper().translate(_MISREAD)
    if len(code) < 2 or any(letter not in CODE_ALPHABET for letter in code):
        return None
    return code if with_check(code[:-1]) == code else None


def shown_code(code: str) -> str:
    """A code in groups of four, as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _remainder(digits: str) -> int:
    """The Luhn sum to the base of the alphabet: every single mistyped letter changes it, and most swaps do."""
    total = 0
    for place, letter in enumerate(reversed(digits)):
        value = CODE_ALPHABET.index(letter)
        if place % 2 == 0:
            value = value * 2 // _BASE + value * 2 % _BASE
        total += value
    return -total % _BASE
