"""All rules of the tables compiled into one straight-line program over three-valued facts.

What an unanswered finding counts as is decided here, and only here:

- worked out: whatever its rule says;
- filled in from the body map: yes when its ``fill`` rule surely holds;
- does not apply (``ask_when`` is no): no;
- on a screen that must be answered: unknown;
- on any other screen: no.

With ``strict`` every unanswered finding is unknown: what the person said, and nothing read into silence. Only the
rough place stands in for the body map: once a place is marked there, no other is left open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.clinical import rules
from unpinch.clinical.knowledge import straight_line
from unpinch.clinical.knowledge.straight_line import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from unpinch.clinical.knowledge.base import Knowledge
    from unpinch.clinical.knowledge.straight_line import Step

_NEVER = rules.Not(rules.Always())


STAND_IN = "main-area"
"""The rough place of those who mark nothing on the body map."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was answered, per input: bit sets of the persons who answered and of those who said yes."""

    given: list[int]
    yes: list[int]


class Program:
    """The compiled rules. ``finding``, ``asking`` and ``rule`` give the slot in which a truth ends up."""

    def __init__(self, kb: Knowledge, *, strict: bool = False, before: tuple[str, ...] = ("answer",)) -> None:
        self._kb = kb
        self.is_strict = strict
        self._before = before
        self._steps: list[Step] = []
        self._ready: straight_line.Run | None = None
        self._code_of: list[str] = []
        self._memo: dict[rules.Rule, int] = {}
        self.inputs: dict[rules.Is | rules.Compare, int] = {}
        self.finding: dict[str, int] = {}
        self.asking: dict[str, int] = {}
        self.flags: dict[str, int] = {}
        self.effects: dict[tuple[str, object], tuple[tuple[int, int], ...]] = {}
        self.inputs_of: dict[str, list[tuple[int, rules.Is | rules.Compare]]] = {}

    def add_finding(self, code: str) -> int:
        """The slot with the truth of a yes-no finding."""
        if code not in self.finding:
            self.finding[code] = self.add_rule(rules.Is(code))
        return self.finding[code]

    def add_asking(self, code: str) -> int:
        """The slot that says whether a finding applies to the person."""
        if code not in self.asking:
            self.asking[code] = self.add_rule(self._kb.findings[code].ask_when or _NEVER)
        return self.asking[code]

    def add_rule(self, rule: rules.Rule) -> int:
        """The slot with the truth of a rule."""
        slot = self._memo.get(rule)
        if slot is None:
            slot = self._memo[rule] = self._compile(rule)
        return slot

    def _compile(self, rule: rules.Rule) -> int:
        step: Step
        match rule:
            case rules.Is(code):
                finding = self._kb.findings[code]
                if finding.derive:
                    return self.add_rule(finding.derive)
                return self.add_rule(_NEVER) if finding.is_worked_out else self._input(rule)
            case rules.Compare():
                return self._input(rule)
            case rules.Not(part):
                step = (Kind.NOT, (self.add_rule(part),), 0, False)
            case rules.All(parts):
                step = (Kind.ALL, tuple(self.add_rule(part) for part in parts), 0, False)
            case rules.Some(parts, least):
                kind = Kind.ANY if least == 1 else Kind.COUNT
                step = (kind, tuple(self.add_rule(part) for part in parts), least, False)
            case rules.Always():
                step = (Kind.ALWAYS, (), 0, False)
        return self._append(step)

    def _input(self, atom: rules.Is | rules.Compare) -> int:
        finding = self._kb.findings[atom.code]
        must = self.is_strict or any(self._kb.must_answer(atom.code, before) for before in self._before)
        fill = self.add_rule(finding.fill or _NEVER) if isinstance(atom, rules.Is) else self.add_rule(_NEVER)
        always = self.is_strict and atom.code != STAND_IN
        applies = self.add_rule(rules.Always()) if always else self.add_asking(atom.code)
        self.effects.clear()
        number = self.inputs[atom] = len(self.inputs)
        self._code_of.append(atom.code)
        self.inputs_of.setdefault(atom.code, []).append((number, atom))
        if isinstance(atom, rules.Compare) and atom.code == "body-map":
            self.inputs_of.setdefault(atom.value, []).append((number, atom))
        return self._append((Kind.INPUT, (fill, applies), number, must))

    def _append(self, step: Step) -> int:
        self._steps.append(step)
        self._ready = None
        return len(self._steps) - 1

    def nothing_answered(self) -> Inputs:
        """Inputs of people who said nothing; to be filled in."""
        return Inputs([0] * len(self.inputs), [0] * len(self.inputs))

    def run(self, inputs: Inputs, everyone: int = 1) -> tuple[list[int], list[int]]:
        """The sure and the possible half of every slot. ``everyone`` has one bit set per person."""
        if self._ready is None:
            self._ready = straight_line.function(self._steps)
        return self._ready(inputs.given, inputs.yes, everyone)

    def unanswered(self, roots: Iterable[int], sure: list[int], possible: list[int]) -> dict[str, None]:
        """The findings whose missing answers keep the truths in ``roots`` undecided, for one person."""
        found: dict[str, None] = {}
        seen: set[int] = set()
        waiting = list(roots)
        while waiting:
            slot = waiting.pop()
            if slot in seen or sure[slot] == possible[slot]:
                continue
            seen.add(slot)
            kind, parts, number, _ = self._steps[slot]
            if kind is Kind.INPUT:
                found[self._code_of[number]] = None
            else:
                waiting.extend(reversed(parts))
        return found


def leaves(kb: Knowledge, rule: rules.Rule) -> frozenset[str]:
    """The findings on which a rule rests and that can be answered. Body regions count as the map."""
    found: set[str] = set()
    waiting: Sequence[str] = sorted(rules.codes(rule))
    seen: set[str] = set()
    while waiting:
        code, *waiting = waiting
        if code in seen:
            continue
        seen.add(code)
        finding = kb.findings[code]
        if finding.derive:
            waiting = [*waiting, *sorted(rules.codes(finding.derive))]
        elif not finding.is_worked_out:
            found.add(code)
    return frozenset(found)
