"""Which words are meant: what a "no" reaches, whose trouble it is, whether it is over, in doubt or only a thought.

A "no" reaches to the end of its clause. "Can't" is never a no: "can't feel" and "can't pee" are symptoms.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from unpinch.clinical.own_words.matching import phrase_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from unpinch.clinical.own_words.heard import Why
    from unpinch.clinical.own_words.lexicon import Lexicon
    from unpinch.clinical.own_words.matching import Match

Meant = Literal["yes", "no"]
_HARD_MARKS = frozenset(";:()")
_SHORT = 4


@dataclass(slots=True)
class Scope:
    """What holds for each token. ``noes`` are the tokens of a no, with the end of what each reaches."""

    noes: dict[int, int] = field(default_factory=dict)
    doubts: dict[int, Why] = field(default_factory=dict)

    def judge(self, match: Match, spent: frozenset[int]) -> Meant | Why:
        """What a match means; ``spent`` are the noes that are themselves part of a way of saying something."""
        own = range(match.first, match.last)
        for at in own:
            if at in self.doubts:
                return self.doubts[at]
        literal = any(at in own for at in self.noes) and _names_a_no(match)
        for at, stop in self.noes.items():
            if at in spent or (literal and at in own):
                continue
            if at < match.last and stop > match.first:
                return "no"
        return "yes"


def _names_a_no(match: Match) -> bool:
    """Whether the pattern spells out a no as a word of its own."""
    noes = ("not", "no", "without", "never")
    return any((word,) in item.by_first.get(word, ()) for item in match.pattern.items for word in noes)


def clauses_of(words: Sequence[str], sentence: range, lexicon: Lexicon) -> list[range]:
    """The clauses of a sentence. A comma or "and" parts clauses only when somebody or something new begins one."""
    found, first = [], sentence.start
    for at in sentence:
        if at > first and _begins_clause(words, at, sentence.stop, lexicon):
            found.append(range(first, at))
            first = at
    found.append(range(first, sentence.stop))
    return found


def _begins_clause(words: Sequence[str], at: int, stop: int, lexicon: Lexicon) -> bool:
    if words[at - 1] in _HARD_MARKS or _is(words, at, "but", stop, lexicon):
        return True
    if words[at] in (",", "and", "or") and at + 1 < stop:
        return _is(words, at + 1, "subject", stop, lexicon)
    return False


def _is(words: Sequence[str], at: int, cue: str, stop: int, lexicon: Lexicon) -> bool:
    return phrase_end(words, at, lexicon.cues[cue], stop) is not None


def cues_in(words: Sequence[str], where: range, cue: str, lexicon: Lexicon) -> Iterable[range]:
    """Every place where a cue stands in a stretch of tokens."""
    at = where.start
    while at < where.stop:
        end = phrase_end(words, at, lexicon.cues[cue], where.stop)
        if end is not None:
            yield range(at, end)
        at = end or at + 1


def scope_of(
    words: Sequence[str], sentences: Sequence[range], clauses: Sequence[Sequence[range]], lexicon: Lexicon
) -> Scope:
    """Read the cues of a whole text."""
    scope = Scope()
    is_other = False
    for number, sentence in enumerate(sentences):
        following = sentences[number + 1] if number + 1 < len(sentences) else range(0)
        for at, clause in enumerate(clauses[number]):
            _noes(words, clause, lexicon, scope)
            _over(words, clause, clauses[number][at - 1] if at else None, lexicon, scope)
            is_other = _is_other(words, clause, lexicon, before=is_other)
            if is_other:
                _mark(scope, clause, "somebody-else")
        _in_doubt(words, sentence, lexicon, scope)
        _asked(words, sentence, following, lexicon, scope)
    return scope


def _mark(scope: Scope, where: Iterable[int], why: Why) -> None:
    for at in where:
        scope.doubts.setdefault(at, why)


def _noes(words: Sequence[str], clause: range, lexicon: Lexicon, scope: Scope) -> None:
    harmless = {
        at
        for cue in ("not-a-no", "cannot", "unsure", "unsure-all")
        for own in cues_in(words, clause, cue, lexicon)
        for at in own
    }
    at = clause.start
    while at < clause.stop:
        end = phrase_end(words, at, lexicon.phrases, clause.stop)
        if end is not None and _is(words, at, "not", clause.stop, lexicon):
            harmless |= set(range(at, end))  # "no feeling", "no strength": the no is a part of the symptom
        at += 1
    for own in cues_in(words, clause, "not", lexicon):
        if own.start not in harmless:
            scope.noes[own.start] = clause.stop


def _over(words: Sequence[str], clause: range, before: range | None, lexicon: Lexicon, scope: Scope) -> None:
    """Past and done: the clause that says so, and the one before when this one only says that it went."""
    ended = list(cues_in(words, clause, "ended", lexicon))
    ended += [
        own for own in cues_in(words, clause, "ended-last", lexicon) if _stands_last(words, own, clause)
    ]
    if not ended or any(True for _ in cues_in(words, clause, "cannot", lexicon)):
        return
    starts = any(words[at] in lexicon.lists["starting"] for at in clause)
    is_long_ago = all(words[own.stop - 1] == "ago" for own in ended)
    if not (starts and is_long_ago):
        _mark(scope, clause, "over")
    only_says_so = not any(_is_symptom(words, at, clause.stop, lexicon) for at in clause)
    if (
        before is not None
        and only_says_so
        and any(True for _ in cues_in(words, clause, "over-there", lexicon))
    ):
        _mark(scope, before, "over")


def _stands_last(words: Sequence[str], own: range, clause: range) -> bool:
    return own.stop == clause.stop or not words[own.stop][0].isalnum()


def _is_symptom(words: Sequence[str], at: int, stop: int, lexicon: Lexicon) -> bool:
    return phrase_end(words, at, lexicon.symptoms, stop) is not None


def _is_other(words: Sequence[str], clause: range, lexicon: Lexicon, *, before: bool) -> bool:
    """Whether a clause is about somebody else. It stays so until the person speaks of themselves again."""
    named = [at for own in cues_in(words, clause, "other", lexicon) for at in own]
    speaks_of_self = any(_is(words, at, "me", clause.stop, lexicon) for at in clause if at not in named)
    if speaks_of_self:
        return False
    return bool(named) or before


def _in_doubt(words: Sequence[str], sentence: range, lexicon: Lexicon, scope: Scope) -> None:
    for own in cues_in(words, sentence, "what-if", lexicon):
        _mark(scope, range(own.start, sentence.stop), "only-a-thought")
    for own in cues_in(words, sentence, "unsure", lexicon):
        _mark(scope, range(own.start, sentence.stop), "not-sure")
    for own in cues_in(words, sentence, "unsure-all", lexicon):
        stands_last = sentence.stop - own.stop <= 1
        asks_else = own.stop < sentence.stop and words[own.stop] in (
            "what",
            "why",
            "how",
            "where",
            "who",
            "which",
        )
        if not asks_else:
            _mark(scope, sentence if stands_last else range(own.start, sentence.stop), "not-sure")


def _asked(words: Sequence[str], sentence: range, following: range, lexicon: Lexicon, scope: Scope) -> None:
    """A question of the person. A short one with its own yes or no is an answer; "why" takes the thing for granted."""
    if words[sentence.stop - 1] != "?":
        return
    if following and _is(words, following.start, "yes", following.stop, lexicon):
        return
    if (
        following
        and len(sentence) <= 2 * _SHORT
        and _is(words, following.start, "no", following.stop, lexicon)
    ):
        scope.noes.setdefault(sentence.start - 1, sentence.stop)
        return
    if (
        words[sentence.start] in lexicon.lists["asking"]
        or "if" in words[sentence.start : sentence.stop]
        or len(sentence) <= _SHORT
    ):
        _mark(scope, sentence, "only-a-thought")
