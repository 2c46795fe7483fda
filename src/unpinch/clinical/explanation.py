"""The whole account of one answer: what spoke for and against each possibility, what was not known, what would change it.

``explain`` holds the parts that every answer needs at once; this costs some dozens of judgements and is for the
answer page and for programs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from unpinch.clinical import explain, localise, whatif
from unpinch.clinical.values import UNSURE, Disposition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Answers, Assessment, RankedCondition, Reason, SourceRef

SourceUse = Literal["danger-rule", "measured-sign", "estimated-sign", "massage-study", "condition"]
_MOST_CONDITIONS = 4
_LEAST_PROBABILITY = 0.02
_MOST_REASONS = 4
_MOST_UNKNOWN = 8


@dataclass(frozen=True, slots=True)
class Weighed:
    """One possible condition with the person's own answers that spoke for and against it, strongest first."""

    code: str
    name: str
    plain_name: str
    probability: float
    reasons_for: tuple[Reason, ...]
    reasons_against: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A question that has no answer: never asked, left open, or "not sure". ``is_danger`` when it holds up the advice."""

    code: str
    question: str
    is_danger: bool


@dataclass(frozen=True, slots=True)
class UsedSource:
    """A source and what it was used for. ``certainty`` is that of a study on massage, else empty."""

    source: SourceRef
    use: SourceUse
    certainty: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The account of one answer. ``conditions`` begins with the likeliest; ``not_this`` says what the answer is not."""

    conditions: tuple[Weighed, ...]
    unknown: tuple[Unknown, ...]
    changes: tuple[whatif.Change, ...]
    sources: tuple[UsedSource, ...]
    not_this: tuple[str, ...]


def explanation(answers: Answers, found: Assessment, kb: Knowledge) -> Explanation:
    """The account of the judgement ``found`` on ``answers``. Every change it names was tried out."""
    worth = [
        ranked
        for place, ranked in enumerate(found.ranking[:_MOST_CONDITIONS])
        if place == 0 or ranked.probability >= _LEAST_PROBABILITY
    ]
    return Explanation(
        conditions=tuple(_weighed(ranked, answers, kb) for ranked in worth),
        unknown=tuple(_unknown(answers, found, kb)),
        changes=whatif.changes(answers, kb),
        sources=tuple(_sources(found, kb)),
        not_this=tuple(row.text for code, row in kb.wording.items() if code.startswith("not-this-")),
    )


def _weighed(ranked: RankedCondition, answers: Answers, kb: Knowledge) -> Weighed:
    reasons = explain.reasons(answers, kb, ranked.code)
    return Weighed(
        code=ranked.code,
        name=ranked.name,
        plain_name=ranked.plain_name,
        probability=ranked.probability,
        reasons_for=tuple(one for one in reasons if one.direction == "for")[:_MOST_REASONS],
        reasons_against=tuple(one for one in reasons if one.direction == "against")[:_MOST_REASONS],
    )


def _unknown(answers: Answers, found: Assessment, kb: Knowledge) -> Iterable[Unknown]:
    """Open danger questions first, then what the person was not sure about and the reasoning could have used."""
    for code in found.open_dangers[:_MOST_UNKNOWN]:
        yield Unknown(code, kb.findings[code].question, is_danger=True)
    if found.disposition.rank >= Disposition.URGENT.rank:
        return
    used = set(localise.model(kb).codes)
    unsure = (code for code, value in answers.values.items() if isinstance(value, str) and value == UNSURE)
    left = [code for code in unsure if code in used and code not in found.open_dangers]
    for code in left[: max(_MOST_UNKNOWN - len(found.open_dangers), 0)]:
        yield Unknown(code, kb.findings[code].question, is_danger=False)


def _sources(found: Assessment, kb: Knowledge) -> Iterable[UsedSource]:
    """Every source once, with the first thing it was used for, in the order of the answer."""
    seen: set[str] = set()
    for source_id, use, certainty in _uses(found, kb):
        if source_id not in seen:
            seen.add(source_id)
            yield UsedSource(kb.source(source_id), use, certainty)


def _uses(found: Assessment, kb: Knowledge) -> Iterable[tuple[str, SourceUse, str]]:
    for flag in found.red_flags:
        yield from ((source, "danger-rule", "") for source in flag.source_ids)
    for reason in found.reasons:
        use: SourceUse = "measured-sign" if reason.measured else "estimated-sign"
        yield from ((source, use, "") for source in reason.source_ids)
    for line in found.massage.evidence:
        yield from ((source, "massage-study", line.certainty) for source in line.source_ids)
    if found.ranking:
        yield from ((source, "condition", "") for source in kb.conditions[found.ranking[0].code].source_id)
