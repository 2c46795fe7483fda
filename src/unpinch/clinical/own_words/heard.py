"""What was heard: plain values, each with the very words that it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from unpinch.clinical.values import Disposition, Value

Why = Literal["over", "not-sure", "somebody-else", "only-a-thought", "two-meanings"]
"""Why something is asked and not taken: it is over, in doubt, about another person, a worry, or said two ways."""


@dataclass(frozen=True, slots=True)
class HeardFinding:
    """One answer that the words stand for. ``words`` are the person's own, ``start`` counts characters from 0."""

    code: str
    value: Value
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something named but not clearly meant: it stays an open question."""

    code: str
    why: Why
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Danger:
    """A hint that the words may name a danger. Only the answer to the question ``code`` counts."""

    code: str
    words: str
    action: str
    disposition: Disposition


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything heard in one text. A finding that a danger rule uses is never among ``findings`` as a no.

    ``dangers`` come most urgent first.
    """

    findings: tuple[HeardFinding, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    dangers: tuple[Danger, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was understood."""
        return not (self.findings or self.doubts or self.dangers)

    def get(self, code: str) -> HeardFinding | None:
        """What was heard about one finding."""
        return next((found for found in self.findings if found.code == code), None)
