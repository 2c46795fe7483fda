"""Checks of the danger rules and the limits on massage: that they can come true, and that they are safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.clinical import rules
from unpinch.clinical.knowledge import examples
from unpinch.clinical.values import Disposition, SourceClass

if TYPE_CHECKING:
    from collections.abc import Callable

    from unpinch.clinical.knowledge.base import Knowledge
    from unpinch.clinical.knowledge.faults import Faults
    from unpinch.clinical.knowledge.rows import RedFlag

_PRESSING = (Disposition.EMERGENCY, Disposition.URGENT)
_SUMMARIES = frozenset({"sc-wells-high", "rf-tearing-belly-back"})
"""Danger findings that stand in for others and need no rule of their own."""


def check(kb: Knowledge, faults: Faults) -> None:
    """Note every danger rule, danger condition and limit on massage that does not hold."""
    used: set[str] = set()
    for flag in kb.red_flags.values():
        used |= _flag(flag, kb, faults)
    _danger_conditions(kb, faults)
    for finding in kb.findings.values():
        danger = finding.group == "red-flag" and finding.self_report
        if danger and finding.code not in used | _SUMMARIES:
            what = f"no danger rule uses {finding.code!r}"
            faults.add("findings", finding.row, "code", what, "use it in red_flags.csv or change its group")
    _limits(kb, faults)
    examples.check(kb, faults)


def expand(kb: Knowledge, rule: rules.Rule) -> rules.Rule:
    """The rule with every worked-out finding replaced by its own rule."""
    return rules.substitute(rule, lambda code: kb.findings[code].derive)


def _flag(flag: RedFlag, kb: Knowledge, faults: Faults) -> frozenset[str]:
    """Check one danger rule; the findings that it uses."""

    def note(column: str, what: str, remedy: str) -> None:
        faults.add("red_flags", flag.row, column, what, remedy)

    full = expand(kb, flag.rule)
    used = rules.codes(flag.rule) | rules.codes(full)
    screens = {code: kb.screens[kb.findings[code].screen] for code in used}
    if not flag.points_to and not flag.note:
        remedy = "name a condition, or say in the note what it is about"
        note("points_to", "is empty and the note does not say why", remedy)
    if flag.disposition in _PRESSING and rules.has_not(full):
        remedy = "an unanswered question must never be safer than a no: say it with findings that are present"
        note("rule", "NOT in an urgent or emergency rule", remedy)
    for code, screen in screens.items():
        if screen.must_answer_before in ("booking", "session"):
            what = f"{code!r} is asked only before {screen.must_answer_before}"
            note("rule", what, "move the finding to a screen that must be answered before the answer")
    elsewhere = {"exam", "self-test", "about-you"}
    exam_only = all(kb.findings[code].screen in elsewhere for code in rules.codes(full))
    if flag.disposition in _PRESSING and not exam_only and not reachable(full, kb.must_answer):
        remedy = "add an alternative from a danger screen or move the finding"
        note("rule", "cannot come true from the screens that must be answered", remedy)
    if (flag.kind == "single") != alone_enough(full):
        remedy = "single = each alternative is one finding; combination = two or more must meet"
        note("kind", f"{flag.kind!r} does not fit the rule", remedy)
    return used


def reachable(rule: rules.Rule, usable: Callable[[str], bool]) -> bool:
    """Whether the rule can come true when only the usable findings can be answered yes."""
    match rule:
        case rules.Is(code) | rules.Compare(code):
            return usable(code)
        case rules.All(parts):
            return all(reachable(part, usable) for part in parts)
        case rules.Some(parts, least):
            return sum(reachable(part, usable) for part in parts) >= least
        case _:
            return True


def alone_enough(rule: rules.Rule) -> bool:
    """Whether every alternative of the rule is one finding by itself."""
    match rule:
        case rules.Is() | rules.Compare() | rules.Always():
            return True
        case rules.Some(parts, 1):
            return all(alone_enough(part) for part in parts)
        case _:
            return False


def _danger_conditions(kb: Knowledge, faults: Faults) -> None:
    for condition in kb.conditions.values():
        if condition.source_class is not SourceClass.DANGER:
            continue
        ranks = [flag.disposition.rank for flag in kb.red_flags.values() if condition.code in flag.points_to]
        if not ranks:
            what = f"no rule of red_flags.csv points to {condition.code!r}"
            remedy = "add a rule: a danger that cannot be reached will be missed"
            faults.add("conditions", condition.row, "code", what, remedy)
        elif max(ranks) < condition.disposition_default.rank:
            what = (
                f"no rule that points to {condition.code!r} is as urgent as {condition.disposition_default}"
            )
            faults.add("conditions", condition.row, "disposition_default", what, "add one or correct it")


def _limits(kb: Knowledge, faults: Faults) -> None:
    used: set[str] = set()
    for limit in kb.contraindications.values():
        full = expand(kb, limit.rule)
        used |= rules.codes(limit.rule) | rules.codes(full)
        if (limit.effect == "wait") != (limit.wait_days is not None):
            what = f"{limit.wait_days!r} with effect {limit.effect}"
            remedy = "effect wait has a number of days, the others have none"
            faults.add("contraindications", limit.row, "wait_days", what, remedy)
        if limit.effect == "avoid-region" and not limit.region:
            what = "is empty although a region is to be avoided"
            faults.add("contraindications", limit.row, "region", what, "name the region")
        if not reachable(full, lambda code: kb.screens[kb.findings[code].screen].must_answer_before != ""):
            what = "cannot come true from the screens that must be answered"
            remedy = "put one of its findings on a screen that must be answered"
            faults.add("contraindications", limit.row, "rule", what, remedy)
    for finding in kb.findings.values():
        if finding.screen in ("massage-safety", "today") and finding.code not in used:
            what = f"no contraindication uses {finding.code!r}"
            faults.add("findings", finding.row, "screen", what, "use it in contraindications.csv or move it")
