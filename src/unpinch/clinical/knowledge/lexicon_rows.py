"""The rows of the three tables that say how people speak: words, places and patterns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WordKind = Literal["symptom", "word", "cue", "list", "spelling", "leave"]


@dataclass(frozen=True, slots=True)
class LexiconWord:
    """A group of phrases under one name.

    ``symptom`` groups make a place named beside them a place that is felt; ``word`` groups only stand in patterns;
    ``cue`` groups turn a meaning round or put it in doubt; ``list`` groups are single words used one by one, in the
    order of the file (numbers count from their first); ``spelling`` says which slips mean ``code``; ``leave``
    holds real words that are never taken for slips.
    """

    row: int
    kind: WordKind
    code: str
    phrases: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class LexiconPlace:
    """A part of the body as people name it. A ``coarse`` place gives way to finer ones of the same part."""

    row: int
    place: str
    part: str
    coarse: bool
    regions: tuple[str, ...]
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LexiconPattern:
    """A way of saying something, and the answers it stands for. ``counts_when_over``: also true of the past."""

    row: int
    pattern: str
    says: tuple[tuple[str, str], ...]
    counts_when_over: bool
    note: str
