"""The lexicon and the topics name findings, values, regions and conditions that exist, and groups that can be found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unpinch.clinical.knowledge import lexicon_rows, rows
    from unpinch.clinical.knowledge.base import Knowledge
    from unpinch.clinical.knowledge.faults import Faults

_GROUP = re.compile(r"\{([^}]*)\}")


def check(kb: Knowledge, faults: Faults) -> None:
    """Note every name of the lexicon that leads nowhere."""
    groups = {row.code for row in kb.lexicon_words if row.kind in ("symptom", "word", "cue")}
    groups |= kb.lexicon_places.keys()
    for pattern in kb.lexicon:
        _check_pattern(pattern, groups, kb, faults)
    for topic in kb.topics.values():
        for condition in topic.conditions:
            if condition not in kb.conditions:
                what = f"{condition!r} is not a condition"
                faults.add("topics", topic.row, "conditions", what, "correct the code")
    regions = set(kb.findings["body-map"].choices) if "body-map" in kb.findings else set()
    for place in kb.lexicon_places.values():
        for region in place.regions:
            if region not in regions:
                what = f"{region!r} is not a place of the body map"
                faults.add("lexicon_places", place.row, "regions", what, "correct the code")


def _check_pattern(
    pattern: lexicon_rows.LexiconPattern, groups: set[str], kb: Knowledge, faults: Faults
) -> None:
    for name in _GROUP.findall(pattern.pattern):
        if name not in groups:
            what = f"there is no group {name!r} in lexicon_words.csv or lexicon_places.csv"
            faults.add("lexicon", pattern.row, "pattern", what, "correct the name")
    for code, value in pattern.says:
        finding = kb.findings.get(code)
        if finding is None or finding.is_worked_out or finding.is_region:
            what = f"{code!r} is not a question"
            faults.add("lexicon", pattern.row, "says", what, "name a finding that is asked")
        elif not _fits(finding, value):
            what = f"{value!r} is no answer to {code!r}"
            faults.add("lexicon", pattern.row, "says", what, "write yes, or one of the choices")


def _fits(finding: rows.Finding, value: str) -> bool:
    return value == "yes" if finding.answer_type == "yes-no" else value in finding.choices
