"""What a cell of a table may hold: one converter per kind of column, from text to a typed value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unpinch.clinical import rules

if TYPE_CHECKING:
    from collections.abc import Callable


class CellError(ValueError):
    """A cell that cannot be used: what is wrong and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the file and how its cells are read."""

    name: str
    read: Callable[[str], Any]


def text(name: str, *, required: bool = False) -> Column:
    """Free text."""

    def read(cell: str) -> str:
        if required and not cell:
            raise CellError("is empty", "fill it in")
        return cell

    return Column(name, read)


def key(name: str) -> Column:
    """A code in kebab-case."""

    def read(cell: str) -> str:
        if not rules.KEBAB.fullmatch(cell):
            raise CellError(f"{cell!r} is not kebab-case", "use small letters, digits and single hyphens")
        return cell

    return Column(name, read)


def words(name: str, *, separator: str = " ", required: bool = False) -> Column:
    """A list of codes."""
    seen: dict[str, tuple[str, ...]] = {}

    def read(cell: str) -> tuple[str, ...]:
        found = seen.get(cell)
        if found is None:
            found = seen[cell] = tuple(part.strip() for part in cell.split(separator) if part.strip())
            if required and not found:
                raise CellError("is empty", "fill it in; estimates cite expert or t_expert")
        elif required and not found:
            raise CellError("is empty", "fill it in; estimates cite expert or t_expert")
        return found

    return Column(name, read)


def one_of(name: str, *allowed: str, to: Callable[[str], Any] = str) -> Column:
    """One of a few words, turned into a value by ``to``."""
    values = {word: to(word) for word in allowed}

    def read(cell: str) -> Any:
        try:
            return values[cell]
        except KeyError:
            listed = ", ".join(word or "(blank)" for word in allowed)
            raise CellError(f"{cell!r} is not allowed", f"use one of {listed}") from None

    return Column(name, read)


def yes_no(name: str) -> Column:
    """yes or no."""
    return one_of(name, "yes", "no", to=lambda word: word == "yes")


def number(
    name: str,
    low: float | None = None,
    high: float | None = None,
    *,
    blank: bool = False,
    open_ends: bool = False,
) -> Column:
    """A number within limits; ``open_ends`` leaves the limits themselves out."""

    def read(cell: str) -> float | None:
        if blank and not cell:
            return None
        try:
            value = float(cell)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise CellError(
                f"{cell!r} is not a number", "write a plain number" + (" or leave it blank" * blank)
            )
        _within(cell, value, (low, high), open_ends=open_ends)
        return value

    return Column(name, read)


def whole(name: str, low: int, high: int, *, blank: bool = False) -> Column:
    """A whole number within limits."""

    def read(cell: str) -> int | None:
        if blank and not cell:
            return None
        try:
            value = int(cell)
        except ValueError:
            remedy = "write a whole number" + (" or leave it blank" * blank)
            raise CellError(f"{cell!r} is not a whole number", remedy) from None
        _within(cell, value, (low, high), open_ends=False)
        return value

    return Column(name, read)


def _within(cell: str, value: float, limits: tuple[float | None, float | None], *, open_ends: bool) -> None:
    low, high = limits
    too_low = low is not None and (value < low or (open_ends and value == low))
    too_high = high is not None and (value > high or (open_ends and value == high))
    if too_low or too_high:
        strictly = "strictly " if open_ends else ""
        top = "any size" if high is None else f"{high:g}"
        raise CellError(f"{cell} is out of range", f"it must lie {strictly}between {low or 0:g} and {top}")


def rule(name: str, *, blank: bool = False, always: bool = False, never: str = "") -> Column:
    """A rule. ``always``: the word always (any case) may stand; ``never``: this word means no rule at all."""

    def read(cell: str) -> rules.Rule | None:
        if (blank and not cell) or (never and cell == never):
            return None
        if always and cell.lower() == "always":
            return rules.Always()
        try:
            parsed = rules.parse(cell)
        except rules.RuleError as error:
            what = f"the rule {cell!r} cannot be read: {error}"
            raise CellError(what, "write it as the grammar in README.md says") from None
        if not always and "ALWAYS" in cell.split():
            raise CellError("ALWAYS is not allowed here", "name a finding")
        return parsed

    return Column(name, read)
