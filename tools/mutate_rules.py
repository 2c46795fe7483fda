"""Breaks each danger rule in small ways and lists the breaks that no worked example notices.

A part is dropped, AND becomes OR and OR becomes AND, a count or an age moves by one, an urgency falls by a step. A break
that changes no disposition and no rule that must fire in `rule_examples.csv` or `tests/unit/danger_edges.csv` survives:
either an example is missing, or the part does not matter.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from unpinch.clinical import knowledge, rules
from unpinch.clinical.knowledge import examples, logic
from unpinch.clinical.knowledge.faults import Faults
from unpinch.clinical.knowledge.rows import RuleExample
from unpinch.clinical.values import Disposition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from unpinch.clinical.knowledge.base import Knowledge

EDGES = Path(__file__).resolve().parent.parent / "tests" / "unit" / "danger_edges.csv"

_STEPS = (Disposition.MASSAGE_OK, Disposition.DOCTOR_FIRST, Disposition.URGENT, Disposition.EMERGENCY)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A broken rule and what was broken."""

    what: str
    rule: rules.Rule
    disposition: Disposition


def mutants(rule: rules.Rule, disposition: Disposition) -> Iterator[Mutant]:
    """Every small break of one rule."""
    yield Mutant("urgency lowered", rule, _STEPS[disposition.rank - 1])
    for what, broken in breaks(rule):
        yield Mutant(what, broken, disposition)


def breaks(rule: rules.Rule) -> Iterator[tuple[str, rules.Rule]]:
    """Every rule that differs from this one in one place."""
    match rule:
        case rules.Compare(code, sign, value) if value.isdigit():
            for moved in (int(value) + 1, int(value) - 1):
                yield f"{code} {sign} {moved}", rules.Compare(code, sign, str(moved))
        case rules.Not(part):
            yield "NOT dropped", part
            yield from ((what, rules.Not(broken)) for what, broken in breaks(part))
        case rules.All(parts):
            yield "AND is OR", rules.Some(parts)
            yield from ((what, rules.All(left)) for what, left in _parts(parts, "AND"))
        case rules.Some(parts, least):
            yield from _counts(parts, least)
            kept = ((what, left) for what, left in _parts(parts, "OR") if len(left) >= least)
            yield from ((what, rules.Some(left, least)) for what, left in kept)


def _counts(parts: tuple[rules.Rule, ...], least: int) -> Iterator[tuple[str, rules.Rule]]:
    """One more or one fewer must hold; of OR, all."""
    if least == 1:
        yield "OR is AND", rules.All(parts)
        return
    for other in (least - 1, least + 1):
        if other <= len(parts):
            yield f"COUNT >= {other}", rules.Some(parts, other)


def _parts(parts: tuple[rules.Rule, ...], word: str) -> Iterator[tuple[str, tuple[rules.Rule, ...]]]:
    """Each part left out, and each part broken."""
    for at, part in enumerate(parts):
        if len(parts) > 1:
            yield f"{word} without {short(part)}", parts[:at] + parts[at + 1 :]
        for what, broken in breaks(part):
            yield what, (*parts[:at], broken, *parts[at + 1 :])


def short(rule: rules.Rule) -> str:
    """The codes of a part, for reading."""
    return "/".join(dict.fromkeys(atom.code for atom in rules.atoms(rule)))[:60]


@dataclass(frozen=True, slots=True)
class Bench:
    """The worked examples, ready to be run against any rule."""

    kb: Knowledge
    program: logic.Program
    inputs: tuple[logic.Inputs, ...]


def with_edges(kb: Knowledge) -> Knowledge:
    """The knowledge with the edges of the tests beside its own examples."""
    found = dict(kb.rule_examples)
    with EDGES.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            fires = (row["rule"],) if row["fires"] == "yes" else ()
            code = f"edge-{number}"
            disposition = Disposition(row["disposition"])
            found[code] = RuleExample(number, code, row["answers"], disposition, fires, "")
    return replace(kb, rule_examples=found)


def bench(kb: Knowledge) -> Bench:
    """Compile the rules and read the examples."""
    program = logic.Program(kb)
    for flag in kb.red_flags.values():
        program.add_rule(flag.rule)
        # Moved thresholds are inputs too: they must be there before the examples are read.
        for mutant in mutants(flag.rule, flag.disposition):
            program.add_rule(mutant.rule)
    read = (examples._inputs(e, kb, program, Faults()) for e in kb.rule_examples.values())  # noqa: SLF001 - the checker's own reading
    return Bench(kb, program, tuple(inputs for inputs in read if inputs is not None))


def survivors(kb: Knowledge) -> Iterator[tuple[str, str]]:
    """Each break that no example notices: the code of the rule and what was broken."""
    table = bench(kb)
    runs = [table.program.run(inputs) for inputs in table.inputs]
    wanted = list(kb.rule_examples.values())
    for code, flag in kb.red_flags.items():
        without = [_without(table, code, run) for run in runs]
        for mutant in mutants(flag.rule, flag.disposition):
            slot = table.program.add_rule(mutant.rule)
            if not any(
                _notices(code, mutant, example, (sure[slot], possible[slot]), rest)
                for example, (sure, possible), rest in zip(wanted, runs, without, strict=True)
            ):
                yield code, mutant.what


def _without(table: Bench, left_out: str, run: tuple[list[int], list[int]]) -> Disposition:
    """What the other rules make of an example."""
    sure, possible = run
    got = Disposition.MASSAGE_OK
    for code, flag in table.kb.red_flags.items():
        slot = table.program.add_rule(flag.rule)
        if code != left_out and possible[slot]:
            level = flag.disposition if sure[slot] else Disposition.DOCTOR_FIRST
            got = max(got, level, key=lambda found: found.rank)
    return got


def _notices(code: str, mutant: Mutant, example: RuleExample, truth: rules.Truth, rest: Disposition) -> bool:
    """Whether the example comes out otherwise, or a rule that must fire stays silent."""
    sure, possible = truth
    own = mutant.disposition if sure else Disposition.DOCTOR_FIRST
    got = max(rest, own, key=lambda found: found.rank) if possible else rest
    return got is not example.disposition or (code in example.rules_that_must_fire and not sure)


def main() -> int:
    """List what survives, and how many of how many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rules", nargs="*", help="codes of rules; all when left out")
    only = set(parser.parse_args().rules)
    kb = with_edges(knowledge.load())
    if only:
        kb = replace(kb, red_flags={code: flag for code, flag in kb.red_flags.items() if code in only})
    total = sum(len(list(mutants(f.rule, f.disposition))) for f in kb.red_flags.values())
    found = list(survivors(kb))
    for code, what in found:
        print(f"{code}: {what}")
    print(f"{len(found)} of {total} breaks survive")
    return 0


if __name__ == "__main__":
    sys.exit(main())
