"""What would change the advice. Every sentence is found by answering one thing differently and judging again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from unpinch.clinical import dangers, disposition, explain, findings, localise
from unpinch.clinical.values import Disposition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Answers, Value

_URGENT_EXAMPLES = 2
_CONDITION_EXAMPLES = 2
_TRIED = 24


@dataclass(frozen=True, slots=True)
class Change:
    """Other answers to ``findings`` and what would be said then; ``text`` is one sentence or two."""

    findings: tuple[str, ...]
    text: str
    disposition: Disposition
    condition: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The part of a judgement that a change is about."""

    disposition: Disposition
    condition: str


def changes(answers: Answers, kb: Knowledge) -> tuple[Change, ...]:
    """What would change the advice most: the open questions denied, a danger sign more, another picture.

    At most five, the one that lowers the urgency first. Empty when nothing tried would change anything.
    """
    now = _judge(answers, kb)
    found = chain(
        _open_denied(answers, kb, now), _more_urgent(answers, kb, now), _other_picture(answers, kb, now)
    )
    return tuple(found)


def _judge(answers: Answers, kb: Knowledge) -> _Outcome:
    facts = findings.facts_of(answers, kb)
    judged = dangers.judge(facts)
    decided = disposition.decide(judged, disposition.by_likelihood(answers, kb))
    chances = localise.heeding(kb, localise.posterior(answers, kb), judged.raised)
    return _Outcome(decided, localise.ranking(kb, chances)[0].code)


def _open_denied(answers: Answers, kb: Knowledge, now: _Outcome) -> Iterable[Change]:
    """What would be said if every open danger question were answered no (a number: none; a choice: the first)."""
    open_codes = dangers.judge(findings.facts_of(answers, kb)).open_questions
    if not open_codes or any(kb.findings[code].answer_type != "yes-no" for code in open_codes):
        return
    denied: Mapping[str, Value] = dict.fromkeys(open_codes, False)
    then = _judge(answers.merged(denied), kb)
    if then.disposition is not now.disposition:
        text = kb.say("whatif-open", count=str(len(open_codes)), then=_said(then, now, kb))
        yield Change(open_codes, text, then.disposition, then.condition)


def _more_urgent(answers: Answers, kb: Knowledge, now: _Outcome) -> Iterable[Change]:
    """One more danger sign that fits the likely conditions and would raise the urgency."""
    told = 0
    for code in _danger_candidates(answers, kb, now):
        then = _judge(answers.merged({code: True}), kb)
        if then.disposition.rank > max(now.disposition.rank, Disposition.DOCTOR_FIRST.rank):
            yield _change((code,), then, now, kb)
            told += 1
        if told == _URGENT_EXAMPLES:
            return


def _danger_candidates(answers: Answers, kb: Knowledge, now: _Outcome) -> list[str]:
    """Danger signs not reported, those of rules that point to the likely conditions first."""
    facts = findings.facts_of(answers, kb)
    likely = {ranked.code for ranked in localise.ranking(kb, localise.posterior(answers, kb))[:3]}
    flags = [flag for flag in kb.red_flags.values() if flag.disposition.rank > now.disposition.rank]
    flags.sort(key=lambda flag: (not likely & set(flag.points_to), flag.kind != "single"))
    codes = dict.fromkeys(
        code
        for flag in flags
        for code in sorted(dangers.rests_on(kb, flag))
        if kb.findings[code].group in ("red-flag", "motor") and kb.findings[code].answer_type == "yes-no"
    )
    open_codes = [code for code in codes if answers.get(code) is not True and facts.may_apply(code)]
    return [code for code in open_codes if code in kb.phrases][:_TRIED]


def _other_picture(answers: Answers, kb: Knowledge, now: _Outcome) -> Iterable[Change]:
    """One more answer that would make another condition fit best."""
    told = 0
    for code in _picture_candidates(answers, kb, now):
        then = _judge(answers.merged({code: True}), kb)
        if then.condition != now.condition:
            yield _change((code,), then, now, kb)
            told += 1
        if told == _CONDITION_EXAMPLES:
            return


def _picture_candidates(answers: Answers, kb: Knowledge, now: _Outcome) -> list[str]:
    """Unanswered findings that speak most for the next conditions against the first."""
    if now.disposition.rank >= Disposition.URGENT.rank:
        return []
    arrays = localise.model(kb)
    facts = findings.facts_of(answers, kb)
    chances = localise.posterior(answers, kb)
    ranked = [row.code for row in localise.ranking(kb, chances)]
    own = np.array([h.condition == ranked[0] for h in arrays.hypotheses])
    rivals = np.array([h.condition in ranked[1:4] for h in arrays.hypotheses])
    speaks = np.log(arrays.present[rivals].max(axis=0) / arrays.present[own].mean(axis=0))
    order = [arrays.codes[int(i)] for i in np.argsort(-speaks, kind="stable")]
    return [
        code
        for code in order
        if code not in answers
        and code in kb.phrases
        and kb.findings[code].self_report
        and not kb.findings[code].is_region
        and not kb.findings[code].is_worked_out
        and kb.findings[code].group not in ("red-flag", "history")
        and facts.may_apply(code)
    ][:_TRIED]


def _change(codes: tuple[str, ...], then: _Outcome, now: _Outcome, kb: Knowledge) -> Change:
    statement = explain.phrase(kb, codes[0], present=True)
    text = kb.say("whatif-yes", statement=statement, then=_said(then, now, kb))
    return Change(codes, text, then.disposition, then.condition)


def _said(then: _Outcome, now: _Outcome, kb: Knowledge) -> str:
    """The part of the new judgement that differs, in words."""
    if then.disposition is not now.disposition:
        return kb.say(f"then-{then.disposition}")
    return kb.say("then-condition", name=kb.conditions[then.condition].plain_name)
