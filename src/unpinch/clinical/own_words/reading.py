"""From a text to what was heard in it. Pure, and in time that grows with the length of the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from unpinch.clinical import dangers, findings
from unpinch.clinical.own_words import figures, places
from unpinch.clinical.own_words.heard import Danger, Doubt, Heard, HeardFinding
from unpinch.clinical.own_words.lexicon import lexicon_of
from unpinch.clinical.own_words.matching import matches
from unpinch.clinical.own_words.protected import protected
from unpinch.clinical.own_words.scope import clauses_of, scope_of
from unpinch.clinical.own_words.tokens import Token, sentences, tokens_of
from unpinch.clinical.values import Answers, Disposition, Value
from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.own_words.heard import Why
    from unpinch.clinical.own_words.matching import Match
    from unpinch.clinical.own_words.places import Felt
    from unpinch.clinical.own_words.scope import Scope

MOST_CHARACTERS = 10_000
"""A longer text is refused: a sentence or two is asked for, and nothing is read by halves."""
_SHOWN_IN_DOUBT: frozenset[Why] = frozenset({"not-sure", "somebody-else", "two-meanings"})
_YES_NO: Mapping[str, bool] = {"yes": True, "no": False}
_TELLING = frozenset({"strength", "danger-weakness", "danger-arm", "danger-leg"})
"""The screens whose questions are about what an arm or leg does: a place named with one of them is felt."""
_FREE_OF_SCOPE = frozenset({"age", "sex"})


@dataclass(slots=True)
class _Notes:
    """What was found so far: for each finding the values said, with their tokens."""

    tokens: tuple[Token, ...]
    text: str
    yes: dict[str, list[tuple[Value, int, int]]] = field(default_factory=dict)
    no: dict[str, tuple[int, int]] = field(default_factory=dict)
    doubts: dict[str, tuple[Why, int, int]] = field(default_factory=dict)

    def say(self, code: str, value: Value, first: int, last: int) -> None:
        """Note that a value was said."""
        self.yes.setdefault(code, []).append((value, first, last))

    def span(self, first: int, last: int) -> tuple[str, int, int]:
        """The person's own words at some tokens, and where they stand."""
        start, end = self.tokens[first].start, self.tokens[last - 1].end
        return self.text[start:end], start, end


def read(text: str, kb: Knowledge) -> Heard:
    """What a person's own words seem to say, to be looked over by that person. InputError when the text is too long."""
    if len(text) > MOST_CHARACTERS:
        raise InputError(
            f"The text has {len(text)} characters; {MOST_CHARACTERS} are the most that is read. Tell it in a few sentences."
        )
    lexicon = lexicon_of(kb)
    tokens = tokens_of(text, lexicon)
    words = [token.text for token in tokens]
    told = sentences(tokens)
    clauses = [clauses_of(words, sentence, lexicon) for sentence in told]
    scope = scope_of(words, told, clauses, lexicon)
    flat = [clause for own in clauses for clause in own]
    notes = _Notes(tokens, text)
    _patterns(matches(words, flat, lexicon), scope, notes, kb)
    for clause in flat:
        _figures(figures.figures_in(words, clause, lexicon, kb), scope, notes)
    telling = frozenset(
        at
        for code, said in notes.yes.items()
        if kb.findings[code].screen in _TELLING
        for _, first, last in said
        for at in range(first, last)
    )
    _places(places.felt_in(words, flat, lexicon, scope, telling), notes)
    _no_pain(notes, kb)
    return _heard(notes, kb)


def _patterns(found: list[Match], scope: Scope, notes: _Notes, kb: Knowledge) -> None:
    guarded = protected(kb)
    spent = frozenset(
        at
        for match in found
        if any(code in guarded for code, _ in match.pattern.row.says)
        for at in range(match.first, match.last)
        if at in scope.noes and _spells(match, notes.tokens[at].text)
    )
    for match in found:
        is_guarded = any(code in guarded for code, _ in match.pattern.row.says)
        meant = scope.judge(match, spent if is_guarded else frozenset())
        for code, value in match.pattern.row.says:
            if (meant == "over" and match.pattern.row.counts_when_over) or meant == "yes":
                notes.say(code, _YES_NO.get(value, value), match.first, match.last)
            elif meant != "no":
                notes.doubts.setdefault(code, (meant, match.first, match.last))
            elif value == "yes":
                notes.no.setdefault(code, (match.first, match.last))


def _spells(match: Match, word: str) -> bool:
    return any((word,) in item.by_first.get(word, ()) for item in match.pattern.items)


def _figures(found: Iterable[figures.Figure], scope: Scope, notes: _Notes) -> None:
    for figure in found:
        why = scope.doubts.get(figure.first)
        if why is None or (figure.code in _FREE_OF_SCOPE and why != "somebody-else"):
            notes.say(figure.code, figure.value, figure.first, figure.last)


def _places(felt: Felt, notes: _Notes) -> None:
    regions = felt.regions()
    if regions:
        first, last = felt.places[0].first, felt.places[-1].last
        notes.say("body-map", regions, first, last)
    side = places.side_of(felt, "side" in notes.yes)
    if side is not None:
        notes.say("side", side[0], side[1], side[1] + 1)


def _no_pain(notes: _Notes, kb: Knowledge) -> None:
    """A person who tells of pain has not come without pain."""
    told = notes.yes.get("q-shooting") or notes.yes.get("q-dull-ache") or notes.yes.get("q-burning")
    if told and "q-painless" not in notes.yes and "q-painless" not in protected(kb):
        notes.no.setdefault("q-painless", (told[0][1], told[0][2]))


def _heard(notes: _Notes, kb: Knowledge) -> Heard:
    heard: list[HeardFinding] = []
    doubts: list[Doubt] = []
    for code, said in notes.yes.items():
        value, first, last = said[0]
        if any(other != value for other, _, _ in said):
            doubts.append(Doubt(code, "two-meanings", *notes.span(first, last)))
        else:
            heard.append(HeardFinding(code, findings.parse_value(code, value, kb), *notes.span(first, last)))
    for code, (first, last) in notes.no.items():
        if code not in notes.yes and code not in notes.doubts and code not in protected(kb):
            words, start, end = notes.span(first, last)
            heard.append(HeardFinding(code, value=False, words=words, start=start, end=end))
    doubts += [
        Doubt(code, why, *notes.span(first, last))
        for code, (why, first, last) in notes.doubts.items()
        if code not in notes.yes
    ]
    order = {code: number for number, code in enumerate(kb.findings)}
    heard.sort(key=lambda found: order[found.code])
    doubts.sort(key=lambda found: order[found.code])
    return Heard(tuple(heard), tuple(doubts), _dangers(heard, doubts, kb))


def _dangers(heard: list[HeardFinding], doubts: list[Doubt], kb: Knowledge) -> tuple[Danger, ...]:
    """The urgent rules that would hold if all of it were true, each finding with the most urgent one it is part of."""
    named: dict[str, HeardFinding | Doubt] = {found.code: found for found in heard if found.value is True}
    named.update(
        {doubt.code: doubt for doubt in doubts if doubt.why in _SHOWN_IN_DOUBT and _is_yes_no(doubt.code, kb)}
    )
    values: dict[str, Value] = {found.code: found.value for found in heard}
    values.update(dict.fromkeys(named, True))
    facts = findings.facts_of(Answers(values), kb)
    out: dict[str, Danger] = {}
    for flag in dangers.raised_flags(facts):
        if flag.disposition.rank < Disposition.URGENT.rank:
            continue
        for code in flag.because:
            if code in named and code not in out and kb.findings[code].group != "history":
                out[code] = Danger(code, named[code].words, flag.action, flag.disposition)
    return tuple(out.values())


def _is_yes_no(code: str, kb: Knowledge) -> bool:
    return kb.findings[code].answer_type == "yes-no"
