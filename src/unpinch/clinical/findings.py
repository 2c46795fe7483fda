"""What a person can say: reading answers, writing them, and working out what follows from them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from unpinch.clinical import rules
from unpinch.clinical.knowledge import logic
from unpinch.clinical.values import UNSURE, Answers, Value
from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import Finding

_TOP_LEVEL = frozenset({"age", "sex", "answers"})
_KEPT_BACK = "prefer-not-to-say"
_SEXES = MappingProxyType(
    {
        "f": "female",
        "female": "female",
        "m": "male",
        "male": "male",
        "other": "prefer-not-to-say",
        "prefer-not-to-say": "prefer-not-to-say",
        "unsure": UNSURE,
    }
)


def parse_answers(raw: object, kb: Knowledge) -> Answers:
    """Answers from ``{"age": 44, "sex": "F", "answers": {code: value}}``; all three keys may be missing.

    A value is true or false, "unsure", a whole number, a choice, or a list of region codes; null means
    unanswered. Region codes answered by themselves are merged into the body map: any true marks it, and a map
    with a mark counts as complete. Raises :class:`InputError` that names every code and value it refuses.
    """
    if not isinstance(raw, Mapping) or not _TOP_LEVEL.issuperset(raw):
        raise InputError('Answers are an object with the keys "age", "sex" and "answers", and no others.')
    given = raw.get("answers") or {}
    if not isinstance(given, Mapping):
        raise InputError('"answers" must be an object from question code to value.')
    faults: list[str] = []
    values: dict[str, Value] = {}
    for code, value in (*given.items(), ("age", raw.get("age")), ("sex", raw.get("sex"))):
        if value is None:
            continue
        try:
            parsed = parse_value(str(code), value, kb)
            _refuse_second(str(code), parsed, values)
            values[str(code)] = parsed
        except InputError as error:
            faults.append(error.message)
    if faults:
        raise InputError("\n".join(faults))
    return Answers(MappingProxyType(_merge_regions(values)))


def dump_answers(answers: Answers) -> dict[str, Any]:
    """The same answers in the shape that ``parse_answers`` reads."""
    rest = {
        code: list(value) if isinstance(value, tuple) else value
        for code, value in sorted(answers.values.items())
        if code not in ("age", "sex")
    }
    return {"age": answers.get("age"), "sex": answers.get("sex"), "answers": rest}


def parse_value(code: str, value: object, kb: Knowledge) -> Value:
    """One checked answer; :class:`InputError` names the code and the value it refuses."""
    finding = kb.findings.get(code)
    if finding is None:
        near = difflib.get_close_matches(code, kb.findings, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else " See `unpinch questions`."
        raise InputError(f"{code!r} is not a question code, so its answer {value!r} cannot be used.{hint}")
    if finding.is_worked_out:
        raise InputError(
            f"{code!r} is worked out from other answers; answer those and leave it out (got {value!r})."
        )
    if code == "sex" and isinstance(value, str):
        value = _SEXES.get(value.lower(), value)
    if value == UNSURE and isinstance(value, str):
        return UNSURE
    parsed = _typed(finding, value, kb)
    if parsed is None:
        raise InputError(f"{code!r} cannot be {value!r}. {_expected(finding, kb)}")
    return parsed


def _typed(finding: Finding, value: object, kb: Knowledge) -> Value | None:
    """The value when it fits the finding, else None."""
    match finding.answer_type, value:
        case "yes-no", bool():
            return value
        case "number", int() if not isinstance(value, bool):
            limits = kb.number_ranges[finding.code]
            return value if limits.low <= value <= limits.high else None
        case "choice", str() if value in finding.choices:
            return value
        case "body-regions", list() | tuple():
            regions = dict.fromkeys(str(region) for region in value)
            return (
                tuple(region for region in finding.choices if region in regions)
                if _all_in(regions, finding)
                else None
            )
    return None


def _all_in(regions: Iterable[str], finding: Finding) -> bool:
    return all(region in finding.choices for region in regions)


def _expected(finding: Finding, kb: Knowledge) -> str:
    match finding.answer_type:
        case "yes-no":
            return 'Answer true, false or "unsure".'
        case "number":
            limits = kb.number_ranges[finding.code]
            return f'Answer a whole number from {limits.low} to {limits.high}, or "unsure".'
        case "choice":
            return f'Answer one of {", ".join(finding.choices)}, or "unsure".'
        case _:
            return (
                'Answer a list of region codes such as ["region-thumb", "region-index-finger"], or "unsure".'
            )


def _refuse_second(code: str, parsed: Value, values: Mapping[str, Value]) -> None:
    if code in values and values[code] != parsed:
        raise InputError(f"{code!r} is given twice, as {values[code]!r} and as {parsed!r}. Give it once.")


def _merge_regions(values: dict[str, Value]) -> dict[str, Value]:
    """Regions answered true join the body map, other regions are dropped. A mark wins over a no."""
    marked = {code for code, value in values.items() if code.startswith("region-") and value is True}
    on_map = values.get("body-map")
    if not marked and not isinstance(on_map, tuple):
        return values
    regions = marked | set(on_map if isinstance(on_map, tuple) else ())
    rest = {code: value for code, value in values.items() if not code.startswith("region-")}
    return {**rest, "body-map": tuple(sorted(regions))}


@lru_cache(maxsize=8)
def danger_program(kb: Knowledge) -> logic.Program:
    """Every finding, every condition for asking, and every danger rule, compiled."""
    program = logic.Program(kb)
    for code, finding in kb.findings.items():
        program.add_asking(code)
        if finding.answer_type == "yes-no":
            program.add_finding(code)
        if finding.fill:
            program.add_rule(finding.fill)
    for code, flag in kb.red_flags.items():
        program.flags[code] = program.add_rule(flag.rule)
    return program


def inputs_from(answers: Answers, program: logic.Program) -> logic.Inputs:
    """The answers of one person as inputs of a program. What was kept back is no evidence for anything."""
    inputs = program.nothing_answered()
    for code, value in answers.values.items():
        if value == UNSURE or (program.is_strict and value == _KEPT_BACK):
            continue
        for number, yes in _effects(code, value, program):
            inputs.given[number] = 1
            inputs.yes[number] = yes
    return inputs


def _effects(code: str, value: Value, program: logic.Program) -> Sequence[tuple[int, int]]:
    """The inputs that an answer fills, each with whether it holds. Kept, for the same answers come again."""
    if isinstance(value, tuple):  # there are too many body maps to keep them
        return [(number, int(_holds(code, value, atom))) for number, atom in program.inputs_of.get(code, ())]
    found = program.effects.get((code, value))
    if found is None:
        inputs = program.inputs_of.get(code, ())
        found = tuple((number, int(_holds(code, value, atom))) for number, atom in inputs)
        program.effects[code, value] = found
    return found


def _holds(code: str, value: Value, atom: rules.Is | rules.Compare) -> bool:
    if isinstance(atom, rules.Is) or code != atom.code:
        return value is True
    if isinstance(value, tuple):
        return atom.value in value
    if isinstance(value, int):
        return rules.compare(atom.sign, value, int(atom.value))
    return value == atom.value


@dataclass(frozen=True, slots=True)
class Facts:
    """What follows from a person's answers, as the danger rules see it: every truth is yes, no or unknown."""

    answers: Answers
    kb: Knowledge
    program: logic.Program
    sure: list[int]
    possible: list[int]

    def truth(self, code: str) -> rules.Truth:
        """The truth of a yes-no finding."""
        slot = self.program.finding[code]
        return self.sure[slot], self.possible[slot]

    def flag(self, code: str) -> rules.Truth:
        """The truth of a danger rule."""
        slot = self.program.flags[code]
        return self.sure[slot], self.possible[slot]

    def rule(self, rule: rules.Rule) -> rules.Truth:
        """The truth of a rule that is part of the tables."""
        slot = self.program.add_rule(rule)
        return self.sure[slot], self.possible[slot]

    def is_yes(self, code: str) -> bool:
        """Whether a yes-no finding is surely present."""
        return bool(self.sure[self.program.finding[code]])

    def may_apply(self, code: str) -> bool:
        """Whether the question applies to the person, or may do so."""
        return bool(self.possible[self.program.asking[code]])

    def is_filled(self, code: str) -> bool:
        """Whether the body map answers the question already."""
        fill = self.kb.findings[code].fill
        return fill is not None and bool(self.rule(fill)[0])


def facts_of(answers: Answers, kb: Knowledge) -> Facts:
    """Work out everything that follows from the answers."""
    program = danger_program(kb)
    sure, possible = program.run(inputs_from(answers, program))
    return Facts(answers, kb, program, sure, possible)
