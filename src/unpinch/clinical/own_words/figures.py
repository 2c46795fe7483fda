"""Numbers that people say: age, how long, how strong, how far pregnant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.own_words.lexicon import Lexicon

_VAGUE = {"a": 1, "an": 1, "last": 1, "past": 1, "this": 1, "couple": 2, "few": 3, "several": 4, "half": 0.5}
_DAYS = {"day": 1, "week": 7, "fortnight": 14, "month": 30.4, "year": 365}
_MANY_DAYS = {"days": 4, "weeks": 21, "months": 120, "years": 1000}
_BANDS = ((42, "less-than-6-weeks"), (90, "6-weeks-to-3-months"), (366, "3-months-to-1-year"))
_LONGEST = "more-than-1-year"
_WEEKS_PREGNANT = ((12, "weeks-1-12"), (27, "weeks-13-27"), (45, "weeks-28-or-more"))
_WEEKS_IN_MONTH = 4.35
_LONGEST_NUMBER = 6


@dataclass(frozen=True, slots=True)
class Figure:
    """A value said at some tokens."""

    code: str
    value: int | str
    first: int
    last: int


def figures_in(words: Sequence[str], clause: range, lexicon: Lexicon, kb: Knowledge) -> Iterator[Figure]:
    """Every figure of one clause."""
    for at in clause:
        found = number_at(words, at, clause.stop, lexicon)
        if found is not None and found[0].is_integer():
            number, end = int(found[0]), found[1]
            yield from _age(words, (at, end), number, clause, lexicon, kb)
            yield from _score(words, (at, end), number, clause, kb)
            yield from _pregnancy(words, (at, end), number, clause)
        yield from _duration(words, at, clause, lexicon)
    yield from _sex(words, clause, lexicon)


def number_at(words: Sequence[str], at: int, stop: int, lexicon: Lexicon) -> tuple[float, int] | None:
    """The number that begins at a token, and where it ends."""
    word = words[at] if at < stop else ""
    if word[:1].isdigit() and len(word) <= _LONGEST_NUMBER:
        return float(word.replace(",", ".")), at + 1
    units, tens = lexicon.lists["units"], lexicon.lists["tens"]
    if word in tens[1:]:
        ten = 10.0 * (tens.index(word) + 1)
        follows = words[at + 1] if at + 1 < stop else ""
        is_joined = follows in units[1:10]
        return (ten + units.index(follows), at + 2) if is_joined else (ten, at + 1)
    return (float(units.index(word)), at + 1) if word in units else None


def _age(
    words: Sequence[str], own: tuple[int, int], number: int, clause: range, lexicon: Lexicon, kb: Knowledge
) -> Iterator[Figure]:
    """A number that is said to be an age: "I'm 48", "48 years old", "a man of 54"."""
    limits = kb.number_ranges["age"]
    after = list(words[own[1] : min(own[1] + 2, clause.stop)])
    before = list(words[max(own[0] - 3, clause.start) : own[0]])
    says_old = after in (["year", "old"], ["years", "old"]) or after[:1] == ["yo"]
    is_other = bool(after) and (after[0] in lexicon.lists["age-stops"] or after[0] in ("year", "years"))
    is_said = before[-2:] in (["i", "am"], ["age", "of"]) or before[-1:] in (["aged"], ["age"])
    is_person = before[-1:] == ["of"] and before[-2:-1] and before[-2] in _people(lexicon)
    if limits.low <= number <= limits.high and (says_old or ((is_said or is_person) and not is_other)):
        yield Figure("age", number, *own)


def _score(
    words: Sequence[str], own: tuple[int, int], number: int, clause: range, kb: Knowledge
) -> Iterator[Figure]:
    """How strong, out of ten."""
    after = list(words[own[1] : min(own[1] + 3, clause.stop)])
    spelt = after[:2] == ["out", "of"] and after[2:] in (["10"], ["ten"])
    if (spelt or after[:2] == ["/", "10"]) and 0 <= number <= kb.number_ranges["q-pain-score"].high:
        yield Figure("q-pain-score", number, own[0], own[1] + (3 if spelt else 2))


def _pregnancy(words: Sequence[str], own: tuple[int, int], number: int, clause: range) -> Iterator[Figure]:
    """How far pregnant, or how long since a birth."""
    unit = words[own[1]] if own[1] < clause.stop else ""
    if unit not in ("weeks", "months"):
        return
    weeks = number if unit == "weeks" else round(number * _WEEKS_IN_MONTH)
    said = set(words[clause.start : clause.stop])
    if "pregnant" in said and "ago" not in said:
        band = next((code for most, code in _WEEKS_PREGNANT if 1 <= weeks <= most), None)
        if band:
            yield Figure("h-pregnancy", band, own[0], own[1] + 1)
    elif "ago" in said and said & {"birth", "baby"} and weeks <= 52:
        band = "birth-in-last-6-weeks" if weeks <= 6 else "birth-in-last-year"
        yield Figure("h-pregnancy", band, own[0], own[1] + 1)


def _duration(words: Sequence[str], at: int, clause: range, lexicon: Lexicon) -> Iterator[Figure]:
    """How long it has lasted, as one of the choices; only where the clause speaks of the trouble."""
    found = _days_at(words, at, clause.stop, lexicon)
    if found is None:
        return
    days, end = found
    before = set(words[max(at - 3, clause.start) : at])
    leads = bool(before & {"for", "since", "past", "last", "over", "about", "around", "the"})
    is_said = leads or (end < clause.stop and words[end] in ("ago", "now"))
    is_span = bool(before & {"within", "every", "in"})
    said = set(words[clause.start : clause.stop])
    is_trouble = not said.isdisjoint(lexicon.lists["trouble"]) and said.isdisjoint(
        lexicon.lists["other-spans"]
    )
    if is_said and is_trouble and not is_span:
        yield Figure("t-duration", next((code for most, code in _BANDS if days < most), _LONGEST), at, end)


def _days_at(words: Sequence[str], at: int, stop: int, lexicon: Lexicon) -> tuple[float, int] | None:
    """A stretch of time in days: "six weeks", "a couple of months", "since yesterday", "for years"."""
    word, before = words[at], words[at - 1] if at else ""
    if word in ("yesterday", "today") or (word == "this" and words[at + 1 : at + 2] == ["morning"]):
        return (1, at + 1) if before == "since" else None
    if word in _MANY_DAYS:
        return (_MANY_DAYS[word], at + 1) if before == "for" else None
    found = number_at(words, at, stop, lexicon) or ((_VAGUE[word], at + 1) if word in _VAGUE else None)
    if found is None:
        return None
    number, end = found
    while end < stop and words[end] in ("of", "a", "couple", "few", "or", "to", "more", "whole", "long"):
        number = max(number, _VAGUE.get(words[end], 0))
        end += 1
        following = number_at(words, end, stop, lexicon) if words[end - 1] in ("or", "to") else None
        if following is not None:
            number, end = max(number, following[0]), following[1]
    unit = words[end].removesuffix("s") if end < stop else ""
    return (number * _DAYS[unit], end + 1) if unit in _DAYS else None


def _people(lexicon: Lexicon) -> tuple[str, ...]:
    return lexicon.lists["male"] + lexicon.lists["female"]


def _sex(words: Sequence[str], clause: range, lexicon: Lexicon) -> Iterator[Figure]:
    """A man or woman who says so of themselves."""
    said = words[clause.start : clause.stop]
    if "i" not in said and "old" not in said:
        return
    for at in clause:
        if words[at] in _people(lexicon) and words[at - 1] not in ("the", "this", "that", "my"):
            yield Figure("sex", "male" if words[at] in lexicon.lists["male"] else "female", at, at + 1)
            return
