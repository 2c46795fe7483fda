"""Finding patterns among tokens, in time that grows with the text and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from unpinch.clinical.own_words.lexicon import Item, Lexicon, Pattern, Phrase

_GAP = 5
"""How many words a gap may hold."""
_PARTING = frozenset({"and", "or", "but"})


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern found from token ``first`` up to, without, ``last``."""

    pattern: Pattern
    first: int
    last: int


def phrase_end(
    words: Sequence[str], at: int, by_first: Mapping[str, tuple[Phrase, ...]], stop: int
) -> int | None:
    """Where the longest phrase that stands at ``at`` ends; None when none does."""
    for phrase in by_first.get(words[at], ()) if at < stop else ():
        if at + len(phrase) <= stop and tuple(words[at : at + len(phrase)]) == phrase:
            return at + len(phrase)
    return None


def all_ends(
    words: Sequence[str], at: int, by_first: Mapping[str, tuple[Phrase, ...]], stop: int
) -> set[int]:
    """Where every phrase that stands at ``at`` ends."""
    found = by_first.get(words[at], ()) if at < stop else ()
    return {
        at + len(phrase)
        for phrase in found
        if at + len(phrase) <= stop and tuple(words[at : at + len(phrase)]) == phrase
    }


def matches(words: Sequence[str], clauses: Sequence[range], lexicon: Lexicon) -> list[Match]:
    """Every pattern that stands within one clause, once for each place where it begins."""
    found = []
    for clause in clauses:
        for at in clause:
            for pattern in lexicon.patterns.get(words[at], ()):
                end = _end(words, at, pattern.items, clause.stop)
                if end is not None:
                    found.append(Match(pattern, at, end))
    return found


def _end(words: Sequence[str], at: int, items: Sequence[Item], stop: int) -> int | None:
    """The nearest end of the pattern from ``at``, following every way at once."""
    ways = {at}
    for item in items:
        ways = _step(words, ways, item, stop)
        if not ways:
            return None
    return min(ways)


def _step(words: Sequence[str], ways: set[int], item: Item, stop: int) -> set[int]:
    if item.is_gap:
        return {end for way in ways for end in _gap_ends(words, way, stop, is_wide=item.is_wide)}
    ends = {end for way in ways for end in all_ends(words, way, item.by_first, stop)}
    return ends | ways if item.may_miss else ends


def _gap_ends(words: Sequence[str], at: int, stop: int, *, is_wide: bool) -> range:
    """From here on, over a few words; past an "and" only when the gap is wide: else what follows is something else."""
    most = min(at + _GAP, stop)
    for end in range(at, most):
        if words[end] in _PARTING and not is_wide:
            return range(at, end + 1)
    return range(at, most + 1)
