"""One line for each case that missed anything, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.clinical.values import Disposition

if TYPE_CHECKING:
    from unpinch.cli.evaluation.judge import Result


def kinds(result: Result) -> tuple[str, ...]:
    """What the case missed; empty when nothing."""
    found = []
    if not result.is_exact:
        found.append(_disposition_kind(result))
    if result.truth.is_nerve_or_mimic and result.rank != 1:
        found.append("not-first" if result.rank is not None and result.rank <= 3 else "not-in-three")
    if result.truth.source_class is not None and not result.is_class_right:
        found.append("source-class")
    if result.has_root and (result.levels_off is None or result.levels_off > 1):
        found.append("root-level")
    return tuple(found)


def _disposition_kind(result: Result) -> str:
    if result.is_danger_at_massage:
        return "danger-at-massage"
    if result.is_flagged_danger_delayed:
        return "danger-delayed"
    if result.is_overtriaged:
        return "over-triage"
    return "too-urgent" if result.is_safe else "not-urgent-enough"


def reason(result: Result) -> str:
    """What was said, what was true, and what made the difference."""
    parts = []
    if not result.is_exact:
        parts.append(f"said {result.disposition}, truth {result.truth.disposition}; {_why(result)}")
    if result.truth.is_nerve_or_mimic and result.rank != 1:
        first, chance = result.ranking[0]
        parts.append(f"first {first} ({chance:.2f}), truth {result.truth.condition} {_place(result)}")
    if result.truth.source_class is not None and not result.is_class_right:
        parts.append(f"class {result.source_class}, truth {result.truth.source_class}")
    if result.has_root and (result.levels_off is None or result.levels_off > 1):
        off = "not stated" if result.levels_off is None else f"{result.levels_off} roots off"
        parts.append(f"level {result.truth.level} {off}")
    return "; ".join(parts)


def _why(result: Result) -> str:
    """What the disposition rests on."""
    if result.flags:
        return f"raised by {', '.join(result.flags)}"
    if result.disposition is Disposition.DOCTOR_FIRST and result.open_dangers:
        return f"no danger rule holds, {result.open_dangers} danger questions open"
    return "no danger rule holds"


def _place(result: Result) -> str:
    return "not listed" if result.rank is None else f"at place {result.rank}"
