"""The worked examples of the danger rules: answers written down by hand, and what must come of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.clinical import rules
from unpinch.clinical.knowledge import logic
from unpinch.clinical.values import Disposition

if TYPE_CHECKING:
    from unpinch.clinical.knowledge.base import Knowledge
    from unpinch.clinical.knowledge.faults import Faults
    from unpinch.clinical.knowledge.rows import Finding, RuleExample

_AGE_UNLESS_SAID = 40


def check(kb: Knowledge, faults: Faults) -> None:
    """Note every example that does not come out as it says."""
    program = logic.Program(kb)
    for code, flag in kb.red_flags.items():
        program.flags[code] = program.add_rule(flag.rule)
    for example in kb.rule_examples.values():
        inputs = _inputs(example, kb, program, faults)
        if inputs is not None:
            _compare(example, kb, program, inputs, faults)


def _inputs(
    example: RuleExample, kb: Knowledge, program: logic.Program, faults: Faults
) -> logic.Inputs | None:
    """The inputs of an example: all that is not named is no, and the age is 40. None after a fault."""
    size = len(program.inputs)
    inputs = logic.Inputs([1] * size, [0] * size)
    _set(inputs, program, "age", str(_AGE_UNLESS_SAID))
    for part in filter(None, (part.strip() for part in example.answers.split(";"))):
        code, _, value = (word.strip() for word in part.partition("="))
        finding = kb.findings.get(code)
        if finding is None or finding.is_worked_out or not _is_answer(finding, value):
            what = f"{part!r} is not an answer that can be given"
            faults.add("rule_examples", example.row, "answers", what, "correct the code or the value")
            return None
        _set(inputs, program, code, value)
    return inputs


def _is_answer(finding: Finding, value: str) -> bool:
    if value == "unknown":
        return True
    if finding.answer_type == "yes-no":
        return value in ("yes", "no")
    return value.isdigit() if finding.answer_type == "number" else value in finding.choices


def _set(inputs: logic.Inputs, program: logic.Program, code: str, value: str) -> None:
    for number, atom in program.inputs_of.get(code, ()):
        inputs.given[number] = int(value != "unknown")
        if isinstance(atom, rules.Is) or code != atom.code:
            holds = value == "yes"
        elif value.isdigit():
            holds = rules.compare(atom.sign, int(value), int(atom.value))
        else:
            holds = value == atom.value
        inputs.yes[number] = int(holds)


def _compare(
    example: RuleExample, kb: Knowledge, program: logic.Program, inputs: logic.Inputs, faults: Faults
) -> None:
    sure, possible = program.run(inputs)
    fired = {code for code, slot in program.flags.items() if sure[slot]}
    undecided = any(possible[slot] for code, slot in program.flags.items() if code not in fired)
    floor = Disposition.DOCTOR_FIRST if undecided else Disposition.MASSAGE_OK
    got = max((*(kb.red_flags[code].disposition for code in fired), floor), key=lambda found: found.rank)
    if got is not example.disposition:
        named = ", ".join(sorted(fired)) or "none holds"
        what = f"the rules give {got} ({named}), not {example.disposition}"
        faults.add(
            "rule_examples", example.row, "disposition", what, "mend the rules, or the example if it is wrong"
        )
    for code in example.rules_that_must_fire:
        if code not in fired:
            what = f"rule {code!r} does not hold"
            faults.add(
                "rule_examples", example.row, "rules_that_must_fire", what, "mend the rule or the example"
            )
