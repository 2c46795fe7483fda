"""Where it is felt: the places named beside a symptom, and the side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.clinical.own_words.lexicon import FILLERS
from unpinch.clinical.own_words.matching import phrase_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from unpinch.clinical.knowledge.lexicon_rows import LexiconPlace
    from unpinch.clinical.own_words.lexicon import Lexicon
    from unpinch.clinical.own_words.scope import Scope

_SIDES = ("left", "right")
_MOST_FILLERS = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A place at some tokens."""

    place: LexiconPlace
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Felt:
    """The places felt, and the sides that were said of them, each with the token it stands at."""

    places: tuple[Named, ...]
    sides: tuple[tuple[str, int], ...]

    def regions(self) -> tuple[str, ...]:
        """The regions of the body map, without coarse places where a finer one of the same part was named."""
        fine = {named.place.part for named in self.places if not named.place.coarse}
        kept = [named.place for named in self.places if not (named.place.coarse and named.place.part in fine)]
        return tuple(dict.fromkeys(region for place in kept for region in place.regions))


def felt_in(
    words: Sequence[str], clauses: Sequence[range], lexicon: Lexicon, scope: Scope, telling: frozenset[int]
) -> Felt:
    """The places of the clauses that tell of a symptom, and of those that only go on from one.

    ``telling`` are the tokens of what was understood to be felt.
    """
    places: list[Named] = []
    sides: list[tuple[str, int]] = []
    before = False
    for clause in clauses:
        goes_on = before and words[clause.start] in lexicon.lists["links"]
        counts = goes_on or not telling.isdisjoint(clause) or _tells_of_symptom(words, clause, lexicon, scope)
        before = counts
        if counts and not _is_fine(words, clause, lexicon):
            places += [named for named in _named_in(words, clause, lexicon) if not _is_no(scope, named.first)]
            sides += _sides_in(words, clause, lexicon, scope)
    return Felt(tuple(places), tuple(sides))


def _is_no(scope: Scope, at: int) -> bool:
    return at in scope.doubts or any(no <= at < stop for no, stop in scope.noes.items())


def _tells_of_symptom(words: Sequence[str], clause: range, lexicon: Lexicon, scope: Scope) -> bool:
    said = (at for at in clause if phrase_end(words, at, lexicon.symptoms, clause.stop) is not None)
    return any(not _is_no(scope, at) for at in said)


def _is_fine(words: Sequence[str], clause: range, lexicon: Lexicon) -> bool:
    return (
        any(words[at] in lexicon.lists["fine"] for at in clause)
        or "other" in words[clause.start : clause.start + 3]
    )


def _named_in(words: Sequence[str], clause: range, lexicon: Lexicon) -> list[Named]:
    found, at = [], clause.start
    while at < clause.stop:
        named = _place_at(words, at, clause.stop, lexicon)
        if named is not None:
            found.append(named)
        at = named.last if named else at + 1
    return found


def _place_at(words: Sequence[str], at: int, stop: int, lexicon: Lexicon) -> Named | None:
    for name, place in lexicon.places.get(words[at], ()):
        end = _name_end(words, at, stop, name)
        if end is not None:
            return Named(place, at, end)
    return None


def _name_end(words: Sequence[str], at: int, stop: int, name: tuple[str, ...]) -> int | None:
    """Where a name ends when it stands here with small words between, such as "the back of my left leg"."""
    for part in name:
        skipped = 0
        while at < stop and words[at] != part and words[at] in FILLERS and skipped < _MOST_FILLERS:
            at, skipped = at + 1, skipped + 1
        if at >= stop or words[at] != part:
            return None
        at += 1
    return at


def _sides_in(words: Sequence[str], clause: range, lexicon: Lexicon, scope: Scope) -> list[tuple[str, int]]:
    """Left and right where they speak of a place: "right" alone has too many meanings."""
    found = []
    for at in clause:
        if words[at] in _SIDES and not _is_no(scope, at):
            after = words[at + 1 : min(at + 4, clause.stop)]
            names = any(
                _place_at(words, n, clause.stop, lexicon) for n in range(at + 1, min(at + 3, clause.stop))
            )
            is_end = (
                words[at - 1] in ("the", "my") and words[at - 2] in ("on", "to")
                if at >= clause.start + 2
                else False
            )
            if names or "side" in after[:1] or "one" in after[:1] or is_end:
                found.append((words[at], at))
    return found


def side_of(felt: Felt, says_both: bool) -> tuple[str, int] | None:  # noqa: FBT001 - one plain fact
    """The one side that was said; None when nothing was, or both were and not as one."""
    if says_both:
        return None
    named = {side for side, _ in felt.sides}
    return felt.sides[0] if len(named) == 1 else None
