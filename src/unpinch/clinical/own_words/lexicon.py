"""The tables of the lexicon, made ready for reading: once for each knowledge base."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from unpinch.kernel.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.lexicon_rows import LexiconPattern, LexiconPlace

Phrase = tuple[str, ...]
_SPLIT = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+")
FILLERS = frozenset({"my", "the", "that", "this", "left", "right", "both", "whole", "your", "a"})
"""Words that may stand inside the name of a place: "the back of my left leg"."""


@dataclass(frozen=True, slots=True)
class Item:
    """One step of a pattern: phrases of which one must stand next (none: a gap of a few words).

    A wide gap also reaches past an "and".
    """

    by_first: Mapping[str, tuple[Phrase, ...]]
    may_miss: bool
    is_gap: bool = False
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern ready to be matched, and the row it came from. ``firsts`` are the words that can begin it."""

    items: tuple[Item, ...]
    firsts: frozenset[str]
    row: LexiconPattern


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Everything needed to read a text. Two are the same only when they are the same object."""

    cues: Mapping[str, Mapping[str, tuple[Phrase, ...]]]
    lists: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, tuple[Phrase, ...]]
    symptoms: Mapping[str, tuple[Phrase, ...]]
    places: Mapping[str, tuple[tuple[Phrase, LexiconPlace], ...]]
    spellings: Mapping[Phrase, Phrase]
    patterns: Mapping[str, tuple[Pattern, ...]]
    vocabulary: frozenset[str]
    left_alone: frozenset[str]
    by_letter: Mapping[str, tuple[str, ...]]

    def knows(self, word: str) -> bool:
        """Whether a word is one of ours, or a real word that is no slip."""
        return word in self.vocabulary or word in self.left_alone

    def words_like(self, word: str) -> tuple[str, ...]:
        """Our words that begin with the same letter."""
        return self.by_letter.get(word[0], ())


def split(phrase: str) -> Phrase:
    """A phrase as words; hyphens part words."""
    return tuple(_SPLIT.findall(phrase.lower()))


@lru_cache(maxsize=8)
def lexicon_of(kb: Knowledge) -> Lexicon:
    """The lexicon of a knowledge base. KnowledgeError names a pattern that cannot be read."""
    groups = {
        row.code: tuple(map(split, row.phrases))
        for row in kb.lexicon_words
        if row.kind in ("symptom", "word")
    }
    named = {row.place: tuple(map(split, row.phrases)) for row in kb.lexicon_places.values()}
    cues = {row.code: tuple(map(split, row.phrases)) for row in kb.lexicon_words if row.kind == "cue"}
    patterns = [_pattern(row, {**named, **groups, **cues}) for row in kb.lexicon]
    spoken = [*(p for all_ in (*groups.values(), *named.values()) for p in all_)]
    vocabulary = frozenset(
        word
        for phrase in (*spoken, *(p for all_ in cues.values() for p in all_), *_pattern_words(patterns))
        for word in phrase
    )
    return Lexicon(
        cues={code: _by_first(found) for code, found in cues.items()},
        lists={row.code: row.phrases for row in kb.lexicon_words if row.kind == "list"},
        phrases=_by_first(phrase for found in groups.values() for phrase in found),
        symptoms=_by_first(
            split(phrase) for row in kb.lexicon_words if row.kind == "symptom" for phrase in row.phrases
        ),
        places=_places(kb),
        spellings={
            split(wrong): split(row.code)
            for row in kb.lexicon_words
            if row.kind == "spelling"
            for wrong in row.phrases
        },
        patterns=_by_start(patterns),
        vocabulary=vocabulary,
        left_alone=frozenset(
            word
            for row in kb.lexicon_words
            if row.kind == "leave"
            for phrase in row.phrases
            for word in split(phrase)
        ),
        by_letter=_by_letter(vocabulary),
    )


def _pattern_words(patterns: Iterable[Pattern]) -> Iterable[Phrase]:
    return (
        phrase
        for pattern in patterns
        for item in pattern.items
        for all_ in item.by_first.values()
        for phrase in all_
    )


def _by_letter(vocabulary: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(vocabulary):
        found[word[0]].append(word)
    return {letter: tuple(words) for letter, words in found.items()}


def _by_first(phrases: Iterable[Phrase]) -> Mapping[str, tuple[Phrase, ...]]:
    """Phrases by their first word, the longest first."""
    found: dict[str, dict[Phrase, None]] = defaultdict(dict)
    for phrase in phrases:
        found[phrase[0]][phrase] = None
    return {word: tuple(sorted(own, key=len, reverse=True)) for word, own in found.items()}


def _places(kb: Knowledge) -> Mapping[str, tuple[tuple[Phrase, LexiconPlace], ...]]:
    """Places by the first word of their names without fillers, the longest name first."""
    found: dict[str, list[tuple[Phrase, LexiconPlace]]] = defaultdict(list)
    for row in kb.lexicon_places.values():
        for name in row.phrases:
            bare = tuple(word for word in split(name) if word not in FILLERS)
            found[bare[0]].append((bare, row))
    return {word: tuple(sorted(own, key=lambda one: -len(one[0]))) for word, own in found.items()}


def _by_start(patterns: Iterable[Pattern]) -> Mapping[str, tuple[Pattern, ...]]:
    found: dict[str, list[Pattern]] = defaultdict(list)
    for pattern in patterns:
        for word in pattern.firsts:
            found[word].append(pattern)
    return {word: tuple(own) for word, own in found.items()}


def _pattern(row: LexiconPattern, groups: Mapping[str, tuple[Phrase, ...]]) -> Pattern:
    items = tuple(_item(part, row, groups) for part in row.pattern.split())
    firsts: set[str] = set()
    for item in items:
        firsts |= set(item.by_first)
        if not item.may_miss:
            break
    if not firsts or items[0].is_gap:
        raise KnowledgeError(
            f"lexicon.csv: row {row.row}: {row.pattern!r} begins with no word. Remedy: begin with one."
        )
    return Pattern(items, frozenset(firsts), row)


def _item(part: str, row: LexiconPattern, groups: Mapping[str, tuple[Phrase, ...]]) -> Item:
    """One part of a pattern: ``..`` and ``...`` are gaps, else words or {groups} with / between.

    ``_`` stands for a space, and ``?`` at the end of the part says that it may miss.
    """
    if part in ("..", "..."):
        return Item({}, may_miss=True, is_gap=True, is_wide=part == "...")
    phrases: list[Phrase] = []
    may_miss = part.endswith("?")
    for one in part.replace("?", "").split("/"):
        if one.startswith("{") and one.endswith("}"):
            if one[1:-1] not in groups:
                raise KnowledgeError(
                    f"lexicon.csv: row {row.row}: there is no group {one} in lexicon_words.csv or lexicon_places.csv. "
                    "Remedy: correct the name."
                )
            phrases += groups[one[1:-1]]
        elif words := split(one.replace("_", " ")):
            phrases.append(words)
    return Item(_by_first(phrases), may_miss)
