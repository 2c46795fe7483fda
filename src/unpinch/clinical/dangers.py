"""Danger rules over a person's answers. They only raise: nothing that fits something harmless lowers them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from unpinch.clinical import findings, rules
from unpinch.clinical.knowledge import logic
from unpinch.clinical.values import UNSURE, Answers, Disposition, RaisedFlag, SourceClass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.clinical.findings import Facts
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import Contraindication, RedFlag


ORDINARY_PATTERN = "sc-ordinary-pattern"
"""The worked-out finding that something ordinary brings the trouble on or eases it."""

CORE_OPEN = "sc-core-open"
"""The worked-out finding that a danger question that matters most for the place has no answer yet."""

_SIGN_SCREENS, _RISK_SCREEN = "danger-", "health-history"
"""Where signs of danger are asked about, and risks."""


@dataclass(frozen=True, slots=True)
class Dangers:
    """The rules that hold, most urgent first, and the open questions that could still raise the urgency.

    ``is_plain`` says that the picture is of the kind in which a danger sign nobody mentioned is not to be expected.
    """

    raised: tuple[RaisedFlag, ...]
    open_questions: tuple[str, ...]
    is_plain: bool = False

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
    return Dangers(raised, open_questions(facts, floor), is_plain=not raised and is_plain(facts))


def is_plain(facts: Facts, *, but_for_pattern: bool = False) -> bool:
    """Whether nothing was said that makes an unmentioned danger sign likelier than in anybody.

    Something ordinary brings the trouble on or eases it; it is felt in a limb alone, or else the danger questions
    that matter most for the place were denied; no danger question was met with "not sure"; and no sign or risk was
    reported on which a rule that could still come true rests. More denials can only help, more signs only hinder.
    ``but_for_pattern`` leaves the ordinary cause out of account.
    """
    if facts.truth(CORE_OPEN)[1] or not (but_for_pattern or facts.is_yes(ORDINARY_PATTERN)):
        return False
    if any(value == UNSURE and facts.kb.must_answer(code) for code, value in facts.answers.values.items()):
        return False
    reported = {
        code for code, value in facts.answers.values.items() if value is True and _tells(facts.kb, code)
    }
    waiting = undecided(facts, Disposition.MASSAGE_OK)
    return not any(reported & rests_on(facts.kb, flag) for flag in waiting)


def _tells(kb: Knowledge, code: str) -> bool:
    """Whether a yes is a sign of danger, or a risk that few people have."""
    screen = kb.findings[code].screen
    if screen == _RISK_SCREEN:
        return kb.baselines[code].base_rate < kb.number("common-risk")
    return screen.startswith(_SIGN_SCREENS)


def raised_flags(facts: Facts) -> tuple[RaisedFlag, ...]:
    """The danger rules that hold, most urgent first, each with the findings that raised it.

    Of equally urgent ones those that point to dangers alone come first: the first one says what to do.
    """
    conditions = facts.kb.conditions
    found = [flag for flag in facts.kb.red_flags.values() if facts.flag(flag.code)[0]]
    kinds = {flag.code: {conditions[code].source_class for code in flag.points_to} for flag in found}
    found.sort(key=lambda flag: (-flag.disposition.rank, kinds[flag.code] != {SourceClass.DANGER}))
    return tuple(_raised(flag, facts) for flag in found)


def floor_of(facts: Facts) -> Disposition:
    """The disposition of the most urgent rule that holds, without its reasons."""
    flags, sure = facts.program.flags, facts.sure
    holding = (flag.disposition for flag in _most_urgent_first(facts.kb) if sure[flags[flag.code]])
    return next(holding, Disposition.MASSAGE_OK)


@lru_cache(maxsize=8)
def _most_urgent_first(kb: Knowledge) -> tuple[RedFlag, ...]:
    return tuple(sorted(kb.red_flags.values(), key=lambda flag: -flag.disposition.rank))


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


def rests_on(kb: Knowledge, flag: RedFlag) -> frozenset[str]:
    """The findings that can be answered on which a danger rule rests."""
    return _leaves(kb)[flag.code]


@lru_cache(maxsize=8)
def _leaves(kb: Knowledge) -> dict[str, frozenset[str]]:
    return {code: logic.leaves(kb, flag.rule) for code, flag in kb.red_flags.items()}


def undecided(facts: Facts, floor: Disposition) -> tuple[RedFlag, ...]:
    """The rules that could still come true and would raise the urgency above ``floor``."""
    flags, sure, possible = facts.program.flags, facts.sure, facts.possible
    return tuple(
        flag
        for flag in facts.kb.red_flags.values()
        if possible[flags[flag.code]] > sure[flags[flag.code]] and flag.disposition.rank > floor.rank
    )


def questions_that_matter(facts: Facts, floor: Disposition) -> frozenset[str]:
    """The unanswered findings that could still make a rule raise the urgency above ``floor``."""
    roots = [facts.program.flags[flag.code] for flag in undecided(facts, floor)]
    return frozenset(facts.program.unanswered(roots, facts.sure, facts.possible))


def open_questions(facts: Facts, floor: Disposition) -> tuple[str, ...]:
    """A smallest set of unanswered questions that, all answered no, leave no rule undecided (greedy)."""
    program, chosen = facts.program, dict[str, None]()
    inputs = findings.inputs_from(facts.answers, program)
    sure, possible = facts.sure, facts.possible
    waiting = [program.flags[flag.code] for flag in undecided(facts, floor)]
    while waiting:
        unknown = [[*program.unanswered([slot], sure, possible)] for slot in waiting]
        picked = [codes[0] for codes in unknown if len(codes) == 1] or [
            codes[0] for codes in unknown if codes
        ][:1]
        chosen |= dict.fromkeys(picked)
        for code in picked:
            for number, _ in program.inputs_of[code]:
                inputs.given[number] = 1
        sure, possible = program.run(inputs)
        waiting = [slot for slot in waiting if sure[slot] != possible[slot]] if picked else []
    return tuple(code for code in facts.kb.findings if code in chosen)


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
