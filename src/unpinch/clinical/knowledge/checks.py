"""The thorough check of the tables, for tests and for those who edit them.

Everything that ``load`` checks, and: shape and reading age of every question, dangers that can be reached,
rules that say what their kind says, the worked examples of the danger rules, and plans that hold together.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from unpinch.clinical.knowledge import check_dangers, check_figures
from unpinch.clinical.knowledge.reading_age import grade

if TYPE_CHECKING:
    from pathlib import Path

    from unpinch.clinical.knowledge.base import Knowledge
    from unpinch.clinical.knowledge.faults import Faults
    from unpinch.clinical.knowledge.reading import RawTables
    from unpinch.clinical.knowledge.rows import Finding

_LONGEST = 200
_MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:home|tmp|work|usr|var|mnt|root|srv|opt|etc)/|\b[A-Z]:\\|file://")
_SOURCE_WORD = re.compile(r"(?<![\w/.-])t_[a-z0-9_]+")


def check_all(folder: Path, raw: RawTables, kb: Knowledge, faults: Faults) -> None:
    """Note every fault that a load does not look for."""
    for name in raw.rows:
        _cells(folder, name, kb, faults)
    _screens(kb, faults)
    for finding in kb.findings.values():
        _finding_shape(finding, kb, faults)
        _question(finding, kb, faults)
    _repeats(kb, faults)
    _texts(kb, faults)
    _web_addresses(kb, faults)
    check_dangers.check(kb, faults)
    check_figures.check(kb, faults)


def _cells(folder: Path, name: str, kb: Knowledge, faults: Faults) -> None:
    """No stray spaces, line breaks, machine paths, or mentions of sources that are not listed."""
    content = (folder / f"{name}.csv").read_text(encoding="utf-8")
    lines = list(csv.reader(io.StringIO(content, newline="")))
    for number, cells in enumerate(lines[1:], 2):
        for column, cell in zip(lines[0], cells, strict=True):
            if cell != cell.strip() or "\n" in cell:
                faults.add(
                    name, number, column, f"spaces at an end or a line break in {cell!r}", "remove them"
                )
            if "/" in cell and _MACHINE_PATH.search(cell):
                faults.add(name, number, column, f"a machine path in {cell!r}", "leave paths of machines out")
            if "t_" in cell and "/" not in cell and column not in ("source_id", "id"):
                for source in _SOURCE_WORD.findall(cell):
                    if source not in kb.sources:
                        what = f"the text names {source!r}, which is not in sources.csv"
                        faults.add(name, number, column, what, "correct the id")


def _screens(kb: Knowledge, faults: Faults) -> None:
    used = {finding.screen for finding in kb.findings.values()}
    positions = defaultdict(list)
    for row in kb.screens.values():
        positions[row.position].append(row.screen)
        if row.screen not in used:
            what = f"no finding is on screen {row.screen!r}"
            faults.add("screens", row.row, "screen", what, "remove the screen or correct its name")
        if len(positions[row.position]) > 1:
            what = f"{row.position} is used by {positions[row.position][0]} too"
            faults.add("screens", row.row, "position", what, "number the screens 1, 2, 3 ...")


def _finding_shape(finding: Finding, kb: Knowledge, faults: Faults) -> None:
    """What is asked, filled in or worked out must say so in each of its columns."""

    def note(column: str, what: str, remedy: str) -> None:
        faults.add("findings", finding.row, column, what, remedy)

    filled = finding.is_worked_out or finding.is_region
    if filled != (finding.ask_when is None):
        remedy = "worked-out findings and map regions are never asked; all others say when"
        note("ask_when", f"does not fit screen {finding.screen!r}", remedy)
    if finding.derive and not filled:
        note("derive", "stands on a finding that is asked", "clear it, change the screen, or use fill")
    if (finding.screen == "exam") == finding.self_report:
        remedy = "self_report is no for the exam screen and yes elsewhere"
        note("self_report", f"does not fit screen {finding.screen!r}", remedy)
    if (finding.answer_type in ("choice", "body-regions")) != bool(finding.choices):
        remedy = "choices are for choice and body-regions, separated by |"
        note("choices", f"does not fit answer type {finding.answer_type}", remedy)
    if finding.answer_type == "number" and finding.code not in kb.number_ranges:
        note("answer_type", "is number without limits", "add a row to number_ranges.csv")
    for choice in finding.choices:
        if finding.self_report and (finding.code, choice) not in kb.choice_texts:
            note("choices", f"{choice!r} has no words to show", "add a row to choices.csv")


def _question(finding: Finding, kb: Knowledge, faults: Faults) -> None:
    def note(what: str, remedy: str) -> None:
        faults.add("findings", finding.row, "question", what, remedy)

    if finding.is_worked_out != finding.question.startswith("("):
        remedy = "worked-out findings begin with a bracket such as (worked out), and no others do"
        note("has the wrong form for its screen", remedy)
    if len(finding.question) > _LONGEST:
        note(f"{len(finding.question)} characters", f"say it in {_LONGEST} characters or fewer")
    if finding.is_worked_out or not finding.self_report:
        return
    if not re.search(r"[?.)]$", finding.question):
        note("does not end like a question", "end with ?")
    _readable("findings", finding.row, "question", finding.question, kb, faults)


def _readable(table: str, row: int, column: str, text: str, kb: Knowledge, faults: Faults) -> None:
    most = kb.number("reading-grade-max")
    found = grade(text)
    if found > most:
        what = f"reads at school grade {found:.1f}, over {most:g}: {text!r}"
        faults.add(
            table, row, column, what, "use shorter words and sentences; put examples into the help column"
        )


def _repeats(kb: Knowledge, faults: Faults) -> None:
    seen: dict[str, str] = {}
    for finding in kb.findings.values():
        if finding.self_report and not finding.is_worked_out:
            first = seen.setdefault(finding.question.lower(), finding.code)
            if first != finding.code:
                what = f"the same question is asked by {first}"
                faults.add("findings", finding.row, "question", what, "ask once and use one finding")


def _texts(kb: Knowledge, faults: Faults) -> None:
    for row in kb.wording.values():
        _readable("wording", row.row, "text", row.text, kb, faults)
    for flag in kb.red_flags.values():
        if not re.fullmatch(r"[^.]+\.", flag.action) or len(flag.action) > _LONGEST:
            what = f"{flag.action!r} is not one plain sentence of at most {_LONGEST} characters"
            faults.add(
                "red_flags", flag.row, "action", what, "say what to do now in one sentence with a full stop"
            )
    _phrases(kb, faults)


def _phrases(kb: Knowledge, faults: Faults) -> None:
    """Every finding that can be a reason needs a statement form."""
    used = {row.finding for row in kb.likelihoods if row.use == "model"}
    left_out = {code for code, member in kb.groups.items() if member.mode == "left-out"}
    for code in sorted(used - left_out - kb.phrases.keys()):
        if code in kb.findings:
            what = f"{code!r} has no row in finding_phrases.csv"
            faults.add(
                "findings", kb.findings[code].row, "code", what, "add how it is told as a reason, yes and no"
            )
    for row in kb.phrases.values():
        for column in ("if_yes", "if_no"):
            text: Any = getattr(row, column)
            if not text.endswith("."):
                faults.add(
                    "finding_phrases", row.row, column, f"{text!r} is no sentence", "end with a full stop"
                )


def _web_addresses(kb: Knowledge, faults: Faults) -> None:
    for row in kb.sources.values():
        for address in (part for part in row.url.split(" ; ") if part):
            if not re.match(r"https?://\S+$", address):
                what = f"{address!r} is not a web address"
                faults.add(
                    "sources", row.row, "url", what, 'write http(s) addresses, several joined by " ; "'
                )
