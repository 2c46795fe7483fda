"""The checks that every load makes: whatever one table names exists in the other, and the figures add up.

They are cheap and keep the reasoning from failing half way. ``checks`` holds the rest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from unpinch.clinical import rules
from unpinch.clinical.knowledge import check_lexicon

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.clinical.knowledge import rows
    from unpinch.clinical.knowledge.base import Knowledge
    from unpinch.clinical.knowledge.faults import Faults
    from unpinch.clinical.knowledge.reading import RawTables

_ADD_UP = 1e-3
PARAMETERS = frozenset(
    {
        *(
            "something-else-prior",
            "group-damping",
            "unmarked-region-weight",
            "answer-noise",
            "doctor-first-mass",
        ),
        *(
            "settled-probability",
            "gain-floor",
            "optional-questions-max",
            "screen-questions-max",
            "companion-share",
        ),
        *("ticks-per-screen", "cost-tick", "cost-self-test", "reason-a-little", "reason-clearly"),
        *("reason-strongly", "ranking-floor", "plan-considers", "reading-grade-max"),
        "something-else-region",
        "core-region-chance",
        "answers-valid-days",
        "clearance-link-days",
        "clearance-valid-days",
        "danger-rule-weight",
    }
)
"""The rows of ``model.csv`` that the reasoning needs."""


def check_references(raw: RawTables, kb: Knowledge, faults: Faults) -> None:
    """Note every reference that leads nowhere and every sum that does not come out."""
    _sources(raw, kb, faults)
    _conditions(raw, kb, faults)
    _findings(kb, faults)
    _rules(kb, faults)
    _circles(kb, faults)
    _figures(kb, faults)
    check_lexicon.check(kb, faults)
    for code in sorted(PARAMETERS - kb.parameters.keys()):
        faults.add(
            "model", None, "code", f"no row {code!r}", "restore the row; the reasoning needs the number"
        )


def _sources(raw: RawTables, kb: Knowledge, faults: Faults) -> None:
    for name, found in raw.rows.items():
        if not found or not hasattr(found[0], "source_id"):
            continue
        for row in found:
            for source in row.source_id:
                if source not in kb.sources:
                    remedy = "add the source or correct the id (several ids are separated by spaces)"
                    faults.add(name, row.row, "source_id", f"{source!r} is not in sources.csv", remedy)


def _known(name: str, found: Iterable[Any], column: str, known: Iterable[str], faults: Faults) -> None:
    """Every code in ``column`` of ``found`` must be in ``known``."""
    allowed = frozenset(known)
    for row in found:
        value = getattr(row, column)
        for code in (value,) if isinstance(value, str) else value:
            if code not in allowed:
                faults.add(
                    name, row.row, column, f"{code!r} is not known", "correct the code or add a row for it"
                )


def _conditions(raw: RawTables, kb: Knowledge, faults: Faults) -> None:
    conditions = kb.conditions.keys()
    for name in ("levels", "likelihoods", "anatomy", "protocols", "natural_history"):
        _known(name, raw.rows[name], "condition", conditions, faults)
    _known("massage_evidence", kb.massage_evidence, "condition", {*conditions, "all"}, faults)
    _known("red_flags", kb.red_flags.values(), "points_to", conditions, faults)
    _known("rule_examples", kb.rule_examples.values(), "rules_that_must_fire", kb.red_flags, faults)
    _known("protocols", kb.protocols, "techniques", kb.techniques, faults)
    _treatment(kb, faults)


def _treatment(kb: Knowledge, faults: Faults) -> None:
    """What a course plan is built from: muscles, sites, limits, stages and spacing."""
    regions = {code for code, finding in kb.findings.items() if finding.is_region}
    _known("protocols", kb.protocols, "targets", kb.muscles, faults)
    _known("protocols", kb.protocols, "avoid_sites", kb.sites, faults)
    _known("sites", kb.sites.values(), "regions", regions, faults)
    for name, found in (
        ("muscles", kb.muscles),
        ("contraindications", kb.contraindications),
        ("other_care", kb.other_care),
    ):
        _known(name, found.values(), "regions", {*regions, "felt"}, faults)
    _known("contraindications", kb.contraindications.values(), "sites", kb.sites, faults)
    _known("care_for", kb.care_for, "condition", kb.conditions, faults)
    _known("care_for", kb.care_for, "care", kb.other_care, faults)
    _known("home_care", kb.home_care.values(), "regions", regions, faults)
    _known("day_check", kb.day_check.values(), "covers", kb.findings, faults)
    _known("seed_claims", kb.seed_claims.values(), "about", {*kb.conditions, "general"}, faults)
    for protocol in kb.protocols:
        _rule("protocols", protocol.row, "choose_when", protocol.choose_when, kb, faults)
        if protocol.per_week not in kb.spacing:
            what = f"{protocol.per_week} sessions a week have no row in spacing.csv"
            faults.add("protocols", protocol.row, "per_week", what, "add the spacing or change the number")
    for limit in kb.contraindications.values():
        if limit.effect == "light-pressure-only" and limit.pressure_max is None:
            what = "is empty although the pressure is limited"
            faults.add(
                "contraindications", limit.row, "pressure_max", what, "write the highest level, 1 to 5"
            )
    for stage in kb.stages:
        _rule("stages", stage.row, "rule", stage.rule, kb, faults)


def _findings(kb: Knowledge, faults: Faults) -> None:
    regions = {code for code, finding in kb.findings.items() if finding.is_region}
    _known("findings", kb.findings.values(), "screen", kb.screens, faults)
    _known("anatomy", kb.anatomy.values(), "sensory_regions", regions, faults)
    for name, found in (
        ("baselines", kb.baselines),
        ("finding_groups", kb.groups),
        ("number_ranges", kb.number_ranges),
        ("finding_phrases", kb.phrases),
    ):
        _known(name, found.values(), "finding", kb.findings, faults)
    levels = {(level.condition, level.level) for found in kb.levels.values() for level in found}
    for row in kb.likelihoods:
        finding = kb.findings.get(row.finding)
        if finding is None or finding.answer_type != "yes-no":
            what = f"{row.finding!r} is not a yes-no finding of findings.csv"
            faults.add("likelihoods", row.row, "finding", what, "add the finding or correct the code")
        if row.level and (row.condition, row.level) not in levels:
            what = f"{row.level!r} is not a level of {row.condition} in levels.csv"
            faults.add("likelihoods", row.row, "level", what, "correct the level")


def _rules(kb: Knowledge, faults: Faults) -> None:
    for finding in kb.findings.values():
        for column in ("ask_when", "derive", "fill"):
            _rule("findings", finding.row, column, getattr(finding, column), kb, faults)
    for flag in kb.red_flags.values():
        _rule("red_flags", flag.row, "rule", flag.rule, kb, faults)
    for limit in kb.contraindications.values():
        _rule("contraindications", limit.row, "rule", limit.rule, kb, faults)


def _rule(table: str, row: int, column: str, rule: rules.Rule | None, kb: Knowledge, faults: Faults) -> None:
    for atom in rules.atoms(rule) if rule else ():
        finding = kb.findings.get(atom.code)
        if finding is None:
            what = f"{atom.code!r} is not a code of findings.csv"
            faults.add(table, row, column, what, "add the finding or correct the spelling")
        elif isinstance(atom, rules.Is) and finding.answer_type != "yes-no":
            what = f"{atom.code!r} is not a yes-no finding"
            faults.add(table, row, column, what, "compare it with a value, such as age >= 50 or side = both")
        elif isinstance(atom, rules.Compare) and not _fits(atom, finding):
            what = f"{atom.code} {atom.sign} {atom.value} does not fit: it is of type {finding.answer_type}"
            remedy = "compare numbers with whole numbers, choices by = with one of their choices"
            faults.add(table, row, column, what, remedy)


def _fits(atom: rules.Compare, finding: rows.Finding) -> bool:
    if finding.answer_type == "number":
        return bool(re.fullmatch(r"\d+", atom.value))
    return (
        finding.answer_type in ("choice", "body-regions")
        and atom.sign == "="
        and atom.value in finding.choices
    )


def _circles(kb: Knowledge, faults: Faults) -> None:
    """No chain of derive, fill and ask_when may come back to itself."""
    state: dict[str, int] = {}

    def visit(code: str, path: tuple[str, ...]) -> None:
        if state.get(code) == 2 or code not in kb.findings:
            return
        if state.get(code) == 1:
            loop = " > ".join((*path[path.index(code) :], code))
            column = "derive" if kb.findings[code].derive else "ask_when"
            faults.add(
                "findings",
                kb.findings[code].row,
                column,
                f"goes round in a circle: {loop}",
                "break the circle",
            )
            return
        state[code] = 1
        for needed in sorted(needs(kb.findings[code])):
            visit(needed, (*path, code))
        state[code] = 2

    for code in kb.findings:
        visit(code, ())


def needs(finding: rows.Finding) -> frozenset[str]:
    """The findings that decide whether this one is asked, and what it is when it is not asked."""
    found = (finding.derive, finding.fill, finding.ask_when)
    return frozenset().union(*(rules.codes(rule) for rule in found if rule))


def _figures(kb: Knowledge, faults: Faults) -> None:
    total = sum(condition.prior for condition in kb.conditions.values())
    if abs(total - 1) > _ADD_UP:
        column = "prior_in_people_with_limb_or_spine_tingling"
        faults.add("conditions", None, column, f"the priors add up to {total:.4f}", "make them add up to 1")
    for condition, levels in kb.levels.items():
        share = sum(level.share for level in levels)
        if abs(share - 1) > _ADD_UP:
            what = f"the levels of {condition} add up to {share:.4f}"
            faults.add("levels", None, "share", what, "make them add up to 1")
    seen: dict[tuple[str, str, str], int] = {}
    for row in kb.likelihoods:
        if row.use != "model":
            continue
        key = (row.condition, row.level, row.finding)
        if key in seen:
            what = f"a second model row for the same condition, level and finding (see row {seen[key]})"
            faults.add("likelihoods", row.row, "use", what, "mark one of them reference")
        seen[key] = row.row
        if row.sensitivity is None:
            what = "is empty in a model row"
            faults.add("likelihoods", row.row, "sensitivity", what, "fill it in or mark the row reference")
        if row.finding in kb.findings and row.finding not in kb.baselines:
            what = f"{row.finding!r} has no row in baselines.csv"
            faults.add("likelihoods", row.row, "finding", what, "add its background rate")
