"""A compiled rule program as one Python function: a line for each step, without a loop that asks what each step is.

The tables become a few hundred lines such as ``s7 = s3 & s5``, written from numbers alone: no text of a table
ever reaches the source. It does the same as reading the steps one by one, in a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, TypeAlias

from unpinch.clinical import rules


class Kind(Enum):
    """What a step does."""

    INPUT = "input"
    ALL = "all"
    ANY = "any"
    COUNT = "count"
    NOT = "not"
    ALWAYS = "always"


Step: TypeAlias = tuple[Kind, tuple[int, ...], int, bool]
"""What to do, the slots to read, a number (the count to reach, or the input to take), and stays open."""

Run: TypeAlias = Callable[[list[int], list[int], int], tuple[list[int], list[int]]]
"""From who answered, who said yes, and everyone: the sure and the possible half of every slot."""


def function(steps: Sequence[Step]) -> Run:
    """The function that works out every step in turn."""
    lines = ["def run(given, yes, everyone):"]
    for slot, step in enumerate(steps):
        lines += [f"    {line}" for line in _lines(slot, step)]
    halves = (", ".join(f"{half}{slot}" for slot in range(len(steps))) for half in "sp")
    lines.append("    return {}, {}".format(*(f"[{half}]" for half in halves)))
    made: dict[str, Any] = {"at_least": rules.at_least}
    exec(compile("\n".join(lines), "<rules>", "exec"), made)  # noqa: S102 - numbers alone, see above
    run: Run = made["run"]
    return run


def _lines(slot: int, step: Step) -> list[str]:
    kind, parts, number, stays_open = step
    match kind:
        case Kind.INPUT:
            fill, applies = parts
            rest = f"s{slot} | silent & p{applies}" if stays_open else f"s{slot}"
            return [
                f"silent = everyone & ~given[{number}]",
                f"s{slot} = yes[{number}] | silent & s{fill}",
                f"p{slot} = {rest}",
            ]
        case Kind.ALL | Kind.ANY:
            sign = " & " if kind is Kind.ALL else " | "
            none = "everyone" if kind is Kind.ALL else "0"
            return [f"{half}{slot} = " + (sign.join(f"{half}{p}" for p in parts) or none) for half in "sp"]
        case Kind.COUNT:
            return [
                f"{half}{slot} = at_least([{', '.join(f'{half}{p}' for p in parts)}], {number})"
                for half in "sp"
            ]
        case Kind.NOT:
            return [f"s{slot} = everyone & ~p{parts[0]}", f"p{slot} = everyone & ~s{parts[0]}"]
        case Kind.ALWAYS:
            return [f"s{slot} = p{slot} = everyone"]
