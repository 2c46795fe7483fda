"""The danger signs of a condition as a reader can use them: short statements under the step that each calls for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.clinical import dangers, rules
from unpinch.clinical.explain import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import Condition, RedFlag
    from unpinch.clinical.values import Disposition

_MOST_SIGNS = 6
_OTHER_HALF = {
    "lower": frozenset({"area-neck", "area-arm", "area-hand", "area-forearm"}),
    "upper": frozenset({"area-leg", "area-foot", "region-low-back"}),
}
"""What a question must be asked of to be about the half of the body that a condition is not in."""
_DANGER_SIGNS = frozenset({"red-flag", "motor"})


@dataclass(frozen=True, slots=True)
class DangerGroup:
    """Signs that call for the same step, as short statements about the reader."""

    disposition: Disposition
    signs: tuple[str, ...]


def groups_of(flags: Iterable[RedFlag], condition: Condition, kb: Knowledge) -> Iterable[DangerGroup]:
    """Signs that are a danger by themselves, under the step that each calls for, no sign twice."""
    told: set[str] = set()
    by_step: dict[Disposition, list[str]] = {}
    for flag in flags:
        if flag.kind != "single":
            continue
        for code in sorted(dangers.rests_on(kb, flag)):
            if code not in told and _is_sign_of(code, condition, kb):
                told.add(code)
                by_step.setdefault(flag.disposition, []).append(phrase(kb, code, present=True))
    for step, signs in by_step.items():
        yield DangerGroup(step, tuple(dict.fromkeys(signs))[:_MOST_SIGNS])


def _is_sign_of(code: str, condition: Condition, kb: Knowledge) -> bool:
    """Whether a finding is a danger sign that can be told and that is not about the other half of the body."""
    finding = kb.findings[code]
    if code not in kb.phrases or finding.group not in _DANGER_SIGNS:
        return False
    asked_of = rules.codes(finding.ask_when) if finding.ask_when else frozenset()
    elsewhere = _OTHER_HALF.get(condition.body_half, frozenset())
    return not asked_of or not asked_of <= elsewhere
