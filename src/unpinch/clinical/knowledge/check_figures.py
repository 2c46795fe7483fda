"""Checks of conditions, likelihoods and plans: conditions can be told apart, and plans are safe."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from unpinch.clinical.values import Disposition, SourceClass

if TYPE_CHECKING:
    from unpinch.clinical.knowledge.base import Knowledge
    from unpinch.clinical.knowledge.faults import Faults
    from unpinch.clinical.knowledge.rows import Likelihood, Protocol

_ICD = re.compile(r"[A-Z]\d[\dA-Z](\.[\dA-Z]{1,4})?")
_LOCAL = (SourceClass.SPINAL, SourceClass.SOFT_TISSUE)
_TELLING_LOCAL, _TELLING = 12, 6


def check(kb: Knowledge, faults: Faults) -> None:
    """Note every condition, likelihood, baseline and plan that does not hold."""
    _codes(kb, faults)
    _telling(kb, faults)
    _baselines(kb, faults)
    for row in kb.likelihoods:
        if (row.kind == "expert") != (row.source_id == ("expert",)):
            what = f"{' '.join(row.source_id)!r} with kind {row.kind}"
            faults.add(
                "likelihoods",
                row.row,
                "source_id",
                what,
                "expert rows cite expert, measured rows cite a study",
            )
    if list(kb.pressure_scale) != [1, 2, 3, 4, 5]:
        faults.add("pressure_scale", None, "level", "the levels must be 1, 2, 3, 4, 5", "put them in order")
    for technique in kb.techniques.values():
        match = re.fullmatch(r"([1-5])(?:-([1-5]))?", technique.pressure_scale)
        if not match or (match[2] and match[2] <= match[1]):
            what = f"{technique.pressure_scale!r} is not a level or a range of levels"
            faults.add("techniques", technique.row, "pressure_scale", what, "write 2 or 2-3, from 1 to 5")
    for protocol in kb.protocols:
        _protocol(protocol, kb, faults)


def _codes(kb: Knowledge, faults: Faults) -> None:
    for condition in kb.conditions.values():
        for code in condition.icd10cm:
            if not _ICD.fullmatch(code):
                what = f"{code!r} does not look like an ICD-10-CM code"
                faults.add(
                    "conditions", condition.row, "icd10cm", what, "write codes such as M54.12, separated by ;"
                )


def _telling(kb: Knowledge, faults: Faults) -> None:
    """Every condition needs findings that tell it from others, and local ones a row for every region."""
    rows = defaultdict(list)
    for row in kb.likelihoods:
        rows[row.condition].append(row)
    regions = {code for code, finding in kb.findings.items() if finding.is_region}
    for condition in kb.conditions.values():
        own = rows[condition.code]
        telling = {row.finding for row in own if row.finding not in regions and _tells(row)}
        local = condition.source_class in _LOCAL
        need = _TELLING_LOCAL if local else _TELLING
        if len(telling) < need:
            what = f"only {len(telling)} findings tell {condition.code} from others"
            remedy = f"likelihoods.csv should hold {need} rows for it with a ratio under .5 or over 2"
            faults.add("conditions", condition.row, "code", what, remedy)
        if local and not regions <= {row.finding for row in own if not row.level}:
            what = f"some body regions of {condition.code} have no row"
            remedy = "give likelihoods.csv a row without level for every region"
            faults.add("conditions", condition.row, "code", what, remedy)


def _tells(row: Likelihood) -> bool:
    return any(ratio is not None and not 0.5 < ratio < 2 for ratio in (row.lr_positive, row.lr_negative))


def _baselines(kb: Knowledge, faults: Faults) -> None:
    for finding in kb.findings.values():
        if finding.answer_type == "yes-no" and not finding.is_worked_out and finding.code not in kb.baselines:
            what = f"{finding.code!r} has no row in baselines.csv"
            faults.add("findings", finding.row, "code", what, "add its background rate")


def _protocol(protocol: Protocol, kb: Knowledge, faults: Faults) -> None:
    def note(column: str, what: str, remedy: str) -> None:
        faults.add("protocols", protocol.row, column, what, remedy)

    condition = kb.conditions[protocol.condition]
    if condition.source_class is SourceClass.DANGER:
        note("condition", f"{protocol.condition!r} is a danger", "no massage plan for a danger")
    elif condition.disposition_default is not Disposition.MASSAGE_OK and not protocol.approval:
        note("approval", f"no although the condition is {condition.disposition_default}", "set yes")
    if protocol.pressure_start > protocol.pressure_max:
        what = f"{protocol.pressure_max} is under the start pressure {protocol.pressure_start}"
        note("pressure_max", what, "start at or under the ceiling")
    if protocol.sessions_min > protocol.sessions_max:
        note("sessions_max", f"{protocol.sessions_max} is under sessions_min", "swap or correct them")
    if protocol.review_after_sessions > protocol.sessions_max:
        note("review_after_sessions", "is after the last session", "review before the course ends")
