"""The rule language of the knowledge tables: reading it, and working it out with three values.

    rule       = part { "OR" part } | part { "AND" part }      AND and OR never mix without brackets
    part       = "NOT" part | "(" rule ")" | count | comparison | code | "ALWAYS"
    count      = "COUNT" "(" rule { "," rule } ")" ">=" number
    comparison = code ( ">=" | "<=" | ">" | "<" | "=" ) value

A truth is a pair ``(sure, possible)``: yes is ``(1, 1)``, no is ``(0, 0)``, unknown is ``(0, 1)``. AND and OR
then work on each half alone, NOT swaps the halves, and a rule costs a few integer operations. The halves are
bit sets: bit i belongs to person i, so one run of a :class:`Program` serves one person or ten thousand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""The shape of every code in the tables."""

_TOKEN = re.compile(r"\s*(>=|<=|[<>=(),]|[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)")
_SIGNS = frozenset({">=", "<=", "<", ">", "="})

Truth = tuple[int, int]
"""``(sure, possible)`` as bit sets over persons."""


class RuleError(ValueError):
    """A rule text that cannot be read; the message says where."""


@dataclass(frozen=True, slots=True)
class Is:
    """A yes-no finding that is present."""

    code: str


@dataclass(frozen=True, slots=True)
class Compare:
    """A number against a whole number, or a choice or body map against one of its choices."""

    code: str
    sign: str
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a rule."""

    part: Rule


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold (AND)."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least ``least`` parts must hold: OR is ``least=1``, COUNT any number."""

    parts: tuple[Rule, ...]
    least: int = 1


@dataclass(frozen=True, slots=True)
class Always:
    """Holds for everyone."""


Rule = Is | Compare | Not | All | Some | Always


@lru_cache(maxsize=4096)
def parse(text: str) -> Rule:
    """The rule that ``text`` writes down; :class:`RuleError` says what cannot be read and where."""
    reader = _Reader(_tokens(text))
    rule = reader.rule()
    reader.end()
    return rule


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise RuleError(f"cannot read {text[at : at + 15].strip()!r}")
        found.append(match.group(1))
        at = match.end()
    return found


class _Reader:
    """Recursive descent over the tokens of one rule."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, want: str = "") -> str:
        found = self._peek()
        if not found or (want and found != want):
            before = " ".join(self._tokens[max(0, self._at - 3) : self._at]) or "the start"
            raise RuleError(f"expected {want or 'more'} after {before!r}, found {found or 'the end'!r}")
        self._at += 1
        return found

    def end(self) -> None:
        """Nothing may follow a whole rule."""
        if self._peek():
            raise RuleError(f"unexpected {self._peek()!r}")

    def rule(self) -> Rule:
        """One rule: parts joined by AND, or by OR."""
        parts, words = [self._part()], set()
        while self._peek() in ("AND", "OR"):
            words.add(self._take())
            parts.append(self._part())
        if len(words) > 1:
            raise RuleError("AND and OR are mixed without brackets")
        if len(parts) == 1:
            return parts[0]
        return All(tuple(parts)) if "AND" in words else Some(tuple(parts))

    def _part(self) -> Rule:
        word = self._take()
        if word == "NOT":
            return Not(self._part())
        if word == "(":
            inner = self.rule()
            self._take(")")
            return inner
        if word == "COUNT":
            return self._count()
        if word == "ALWAYS":
            return Always()
        if not KEBAB.fullmatch(word):
            raise RuleError(f"{word!r} is not a finding code")
        if self._peek() in _SIGNS:
            return Compare(word, self._take(), self._take())
        return Is(word)

    def _count(self) -> Rule:
        self._take("(")
        parts = [self.rule()]
        while self._peek() == ",":
            self._take()
            parts.append(self.rule())
        self._take(")")
        self._take(">=")
        least = self._take()
        if not least.isdigit() or not 1 <= int(least) <= len(parts):
            raise RuleError(f"COUNT of {len(parts)} things cannot reach {least}")
        return Some(tuple(parts), int(least))


def atoms(rule: Rule) -> Iterator[Is | Compare]:
    """The findings and comparisons that a rule is built of, in reading order."""
    match rule:
        case Is() | Compare():
            yield rule
        case Not(part):
            yield from atoms(part)
        case All(parts) | Some(parts):
            for part in parts:
                yield from atoms(part)


def codes(rule: Rule) -> frozenset[str]:
    """The codes of findings that a rule names."""
    return frozenset(atom.code for atom in atoms(rule))


def has_not(rule: Rule) -> bool:
    """Whether a NOT stands anywhere in the rule."""
    match rule:
        case Not():
            return True
        case All(parts) | Some(parts):
            return any(has_not(part) for part in parts)
        case _:
            return False


def substitute(rule: Rule, replace: Callable[[str], Rule | None]) -> Rule:
    """The rule with every plain finding replaced, again and again, by what ``replace`` gives for its code."""
    match rule:
        case Is(code):
            inner = replace(code)
            return rule if inner is None else substitute(inner, replace)
        case Not(part):
            return Not(substitute(part, replace))
        case All(parts):
            return All(tuple(substitute(part, replace) for part in parts))
        case Some(parts, least):
            return Some(tuple(substitute(part, replace) for part in parts), least)
        case _:
            return rule


def compare(sign: str, left: int, right: int) -> bool:
    """One comparison of whole numbers."""
    match sign:
        case ">=":
            return left >= right
        case "<=":
            return left <= right
        case "<":
            return left < right
        case ">":
            return left > right
        case _:
            return left == right


def at_least(halves: Sequence[int], least: int) -> int:
    """The bits that are set in at least ``least`` of the numbers."""
    if least == 1:
        union = 0
        for half in halves:
            union |= half
        return union
    reached = [0] * least
    for half in halves:
        for rank in range(least - 1, 0, -1):
            reached[rank] |= reached[rank - 1] & half
        reached[0] |= half
    return reached[-1]
