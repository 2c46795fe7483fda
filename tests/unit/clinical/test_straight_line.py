"""The rules as one function: the same truths as step by step, for one person and for many at once."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from unpinch.clinical import findings, knowledge, localise, rules
from unpinch.clinical.knowledge.straight_line import Kind, Step, function

if TYPE_CHECKING:
    from collections.abc import Sequence

    from unpinch.clinical.knowledge.logic import Inputs, Program

KB = knowledge.load()
PROGRAMS = {"danger": findings.danger_program(KB), "evidence": localise.model(KB).program}


def step_by_step(
    steps: Sequence[Step], given: list[int], yes: list[int], everyone: int
) -> tuple[list[int], list[int]]:
    """What the function must say, told plainly."""
    sure: list[int] = []
    possible: list[int] = []
    for kind, parts, number, stays_open in steps:
        lows, highs = [sure[part] for part in parts], [possible[part] for part in parts]
        low = high = everyone
        match kind:
            case Kind.INPUT:
                silent = everyone & ~given[number]
                low = yes[number] | (silent & lows[0])
                high = low | (silent & highs[1] if stays_open else 0)
            case Kind.ALL:
                for one, other in zip(lows, highs, strict=True):
                    low, high = low & one, high & other
            case Kind.ANY | Kind.COUNT:
                low, high = rules.at_least(lows, number), rules.at_least(highs, number)
            case Kind.NOT:
                low, high = everyone & ~highs[0], everyone & ~lows[0]
            case Kind.ALWAYS:
                pass
        sure.append(low)
        possible.append(high)
    return sure, possible


def at_random(program: Program, chance: random.Random, people: int) -> Inputs:
    inputs = program.nothing_answered()
    for number in range(len(inputs.given)):
        inputs.given[number] = chance.getrandbits(people)
        inputs.yes[number] = inputs.given[number] & chance.getrandbits(people)
    return inputs


@pytest.mark.parametrize("people", [1, 3, 200])
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_function_says_what_the_steps_say(name: str, people: int) -> None:
    program, everyone = PROGRAMS[name], (1 << people) - 1
    for seed in range(20):
        inputs = at_random(program, random.Random(seed), people)
        plain = step_by_step(program._steps, inputs.given, inputs.yes, everyone)
        assert program.run(inputs, everyone) == plain


def test_many_at_once_are_each_alone() -> None:
    program, people = PROGRAMS["danger"], 40
    inputs = at_random(program, random.Random(7), people)
    sure, possible = program.run(inputs, (1 << people) - 1)
    for person in range(people):
        alone = program.nothing_answered()
        alone.given[:] = [bits >> person & 1 for bits in inputs.given]
        alone.yes[:] = [bits >> person & 1 for bits in inputs.yes]
        one = program.run(alone)
        assert one == ([b >> person & 1 for b in sure], [b >> person & 1 for b in possible])


@pytest.mark.parametrize(
    ("kind", "when_empty"), [(Kind.ALL, ([5], [5])), (Kind.ANY, ([0], [0])), (Kind.ALWAYS, ([5], [5]))]
)
def test_nothing_to_read(kind: Kind, when_empty: tuple[list[int], list[int]]) -> None:
    assert function([(kind, (), 1, False)])([], [], 5) == when_empty


def test_a_rule_that_is_added_later_is_part_of_the_next_run() -> None:
    program = type(PROGRAMS["danger"])(KB)
    first = program.add_rule(rules.Always())
    assert program.run(program.nothing_answered())[0][first] == 1
    later = program.add_rule(rules.Not(rules.Always()))
    assert program.run(program.nothing_answered())[0][later] == 0
