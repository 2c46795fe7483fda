"""Danger rules over a person's answers. They only raise: nothing that fits something harmless lowers them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from unpinch.clinical import findings, rules
from unpinch.clinical.findings import Facts
from unpinch.clinical.knowledge import logic
from unpinch.clinical.values import Answers, Disposition, RaisedFlag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import Contraindication, RedFlag


@dataclass(frozen=True, slots=True)
class Dangers:
    """The rules that hold, most urgent first, and the open questions that could still raise the urgency."""

    raised: tuple[RaisedFlag, ...]
    open_questions: tuple[str, ...]

    @property
    def disposition(self) -> Disposition:
        """What the danger rules alone ask for. An open question counts as doctor-first."""
        if self.raised:
            return self.raised[0].disposition
        return Disposition.DOCTOR_FIRST if self.open_questions else Disposition.MASSAGE_OK


def judge(facts: Facts) -> Dangers:
    """Every danger rule that holds for the person, and the smallest set of open danger questions."""
    raised = raised_flags(facts)
    floor = raised[0].disposition if raised else Disposition.MASSAGE_OK
    return Dangers(raised, open_questions(facts, floor))


def raised_flags(facts: Facts) -> tuple[RaisedFlag, ...]:
    """The danger rules that hold, most urgent first, each with the findings that raised it."""
    found = [flag for flag in facts.kb.red_flags.values() if facts.flag(flag.code)[0]]
    found.sort(key=lambda flag: -flag.disposition.rank)
    return tuple(_raised(flag, facts) for flag in found)


def floor_of(facts: Facts) -> Disposition:
    """The disposition of the most urgent rule that holds, without its reasons."""
    ranks = (flag.disposition for flag in facts.kb.red_flags.values() if facts.flag(flag.code)[0])
    return max(ranks, key=lambda disposition: disposition.rank, default=Disposition.MASSAGE_OK)


def _raised(flag: RedFlag, facts: Facts) -> RaisedFlag:
    return RaisedFlag(
        code=flag.code,
        disposition=flag.disposition,
        action=flag.action,
        why=flag.why,
        points_to=flag.points_to,
        because=tuple(dict.fromkeys(_because(flag.rule, facts))),
        source_ids=flag.source_id,
    )


def _because(rule: rules.Rule, facts: Facts) -> Iterable[str]:
    """The answered findings that make a rule true, in reading order."""
    if not facts.rule(rule)[0]:
        return
    match rule:
        case rules.Is(code):
            derive = facts.kb.findings[code].derive
            if derive is None or facts.kb.findings[code].is_region:
                yield code
            else:
                yield from _because(derive, facts)
        case rules.Compare(code):
            yield code
        case rules.All(parts) | rules.Some(parts):
            for part in parts:
                yield from _because(part, facts)


@dataclass(frozen=True, slots=True)
class _Branch:
    """A part of a rule: the slot of its truth, its parts, and the finding it asks about when it has none."""

    slot: int
    parts: tuple[_Branch, ...]
    code: str


@lru_cache(maxsize=8)
def _trees(kb: Knowledge) -> dict[str, _Branch]:
    return {code: _branch(kb, flag.rule) for code, flag in kb.red_flags.items()}


def _branch(kb: Knowledge, rule: rules.Rule) -> _Branch:
    """The rule down to what can be answered, with worked-out findings opened up."""
    slot = findings.danger_program(kb).add_rule(rule)
    match rule:
        case rules.Is(code):
            derive = kb.findings[code].derive
            return _Branch(slot, (_branch(kb, derive),) if derive else (), code)
        case rules.Compare(code):
            return _Branch(slot, (), code)
        case rules.Not(part):
            return _Branch(slot, (_branch(kb, part),), "")
        case rules.All(parts) | rules.Some(parts):
            return _Branch(slot, tuple(_branch(kb, part) for part in parts), "")
        case _:
            return _Branch(slot, (), "")


def _undecided_leaves(branch: _Branch, facts: Facts) -> Iterable[str]:
    """The unanswered findings that keep a rule undecided."""
    if facts.sure[branch.slot] == facts.possible[branch.slot]:
        return
    if not branch.parts and branch.code:
        yield branch.code
    for part in branch.parts:
        yield from _undecided_leaves(part, facts)


def undecided(facts: Facts, floor: Disposition) -> tuple[RedFlag, ...]:
    """The rules that could still come true and would raise the urgency above ``floor``."""
    return tuple(
        flag
        for flag in facts.kb.red_flags.values()
        if flag.disposition.rank > floor.rank and facts.flag(flag.code) == (0, 1)
    )


def questions_that_matter(facts: Facts, floor: Disposition) -> frozenset[str]:
    """The unanswered findings that could still make a rule raise the urgency above ``floor``."""
    trees = _trees(facts.kb)
    waiting = undecided(facts, floor)
    return frozenset(code for flag in waiting for code in _undecided_leaves(trees[flag.code], facts))


def open_questions(facts: Facts, floor: Disposition) -> tuple[str, ...]:
    """A smallest set of unanswered questions that, all answered no, leave no rule undecided (greedy)."""
    kb, chosen = facts.kb, dict[str, None]()
    inputs = findings.inputs_from(facts.answers, facts.program)
    trees, assumed = _trees(kb), facts
    waiting = undecided(facts, floor)
    while waiting:
        unknown = [
            [code for code in _undecided_leaves(trees[flag.code], assumed) if code not in chosen]
            for flag in waiting
        ]
        forced = [codes[0] for codes in unknown if len(codes) == 1]
        picked = forced or [codes[0] for codes in unknown if codes][:1]
        if not picked:
            break
        for code in picked:
            chosen[code] = None
            for number, _ in facts.program.inputs_of[code]:
                inputs.given[number] = 1
        sure, possible = facts.program.run(inputs)
        assumed = Facts(facts.answers, kb, facts.program, sure, possible)
        waiting = tuple(flag for flag in waiting if assumed.flag(flag.code) == (0, 1))
    return tuple(code for code in kb.findings if code in chosen)


@lru_cache(maxsize=8)
def _limit_program(kb: Knowledge) -> logic.Program:
    program = logic.Program(kb, before=("answer", "booking", "session"))
    for limit in kb.contraindications.values():
        program.add_rule(limit.rule)
    return program


def contraindications(answers: Answers, kb: Knowledge) -> tuple[tuple[Contraindication, bool], ...]:
    """The limits on massage that hold, each with whether it is certain. An unknown one holds too."""
    program = _limit_program(kb)
    sure, possible = program.run(findings.inputs_from(answers, program))
    found = []
    for limit in kb.contraindications.values():
        slot = program.add_rule(limit.rule)
        if possible[slot]:
            found.append((limit, bool(sure[slot])))
    return tuple(found)


def open_limit_questions(answers: Answers, kb: Knowledge) -> tuple[str, ...]:
    """The unanswered questions, before a booking, on which a limit on massage still hangs."""
    program = _limit_program(kb)
    _, possible = program.run(findings.inputs_from(answers, program))
    answered = {code for code, value in answers.values.items() if value != "unsure"}
    hanging: set[str] = set()
    for limit, certain in contraindications(answers, kb):
        if not certain:
            hanging |= logic.leaves(kb, limit.rule) - answered
    return tuple(
        code
        for code in kb.findings
        if code in hanging
        and any(kb.must_answer(code, before) for before in ("answer", "booking"))
        and bool(possible[program.add_asking(code)])
    )
