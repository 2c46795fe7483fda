"""All that is known about one condition, finding, rule, technique or source, as plain values."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from unpinch.clinical import rules
from unpinch.kernel.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.clinical.knowledge.base import Knowledge
    from unpinch.clinical.values import SourceRef

_QUIET = frozenset({"row", "rule", "ask_when", "derive", "fill"})


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one table that speak about the code: column names, then one tuple of cells per row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One code: its kind, its own row as pairs, what other tables say of it, and the sources named."""

    code: str
    kind: str
    fields: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    sources: tuple[SourceRef, ...]


def show(code: str, kb: Knowledge) -> Entry:
    """Everything the tables say about ``code``; :class:`NotFoundError` suggests a near match."""
    kinds = _kinds(kb)
    for kind, rows in kinds.items():
        if code in rows:
            return _entry(code, kind, rows[code], kb)
    near = difflib.get_close_matches(code, [name for rows in kinds.values() for name in rows], n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise NotFoundError(
        f"{code!r} is no condition, finding, rule, technique or source of the knowledge.{hint}"
    )


def _kinds(kb: Knowledge) -> dict[str, Any]:
    return {
        "condition": kb.conditions,
        "finding": kb.findings,
        "danger rule": kb.red_flags,
        "limit on massage": kb.contraindications,
        "technique": kb.techniques,
        "other care": kb.other_care,
        "model parameter": kb.parameters,
        "source": kb.sources,
    }


def _entry(code: str, kind: str, row: Any, kb: Knowledge) -> Entry:
    sections = {"condition": _about_condition, "finding": _about_finding, "source": _about_source}
    about = sections[kind](code, kb) if kind in sections else ()
    ids = [*getattr(row, "source_id", ()), *([code] if kind == "source" else [])]
    return Entry(
        code, kind, _pairs(row), tuple(about), tuple(kb.source(source) for source in dict.fromkeys(ids))
    )


def _pairs(row: Any) -> tuple[tuple[str, str], ...]:
    shown = [
        (column.name, _cell(getattr(row, column.name))) for column in fields(row) if column.name not in _QUIET
    ]
    return tuple((name, cell) for name, cell in shown if cell)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(value)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _table(title: str, found: Iterable[Any], *columns: str) -> Section:
    rows = tuple(tuple(_cell(getattr(row, column)) for column in columns) for row in found)
    return Section(title, columns, rows)


def _about_condition(code: str, kb: Knowledge) -> list[Section]:
    likelihoods = [row for row in kb.likelihoods if row.condition == code]
    likelihoods.sort(key=lambda row: -(row.sensitivity or 0))
    figures = ("finding", "level", "sensitivity", "specificity", "kind", "use", "source_id")
    return _filled(
        _table("Root levels", kb.levels.get(code, ()), "level", "share", "source_id"),
        _table("Findings", likelihoods, *figures),
        _table(
            "Danger rules that point to it",
            [flag for flag in kb.red_flags.values() if code in flag.points_to],
            *("code", "disposition", "why", "source_id"),
        ),
        _table(
            "Massage",
            [row for row in kb.massage_evidence if row.condition == code],
            *("intervention", "comparator", "outcome", "effect", "certainty", "direction", "source_id"),
        ),
        _table(
            "Courses",
            [row for row in kb.protocols if row.condition == code],
            *("stage", "severity", "massage_type", "minutes_each", "sessions_max", "approval", "source_id"),
        ),
        _table(
            "Without massage",
            [row for row in kb.natural_history if row.condition == code],
            *("definition", "better_if", "worse_if", "source_id"),
        ),
        _table(
            "Anatomy",
            [row for row in kb.anatomy.values() if row.condition == code],
            *("structure", "roots", "sensory_regions", "muscles_and_actions", "entrapment_sites"),
        ),
    )


def _about_finding(code: str, kb: Knowledge) -> list[Section]:
    likelihoods = [row for row in kb.likelihoods if row.finding == code]
    likelihoods.sort(key=lambda row: -(row.sensitivity or 0))
    return _filled(
        _table(
            "Conditions",
            likelihoods,
            *("condition", "level", "sensitivity", "specificity", "kind", "use", "source_id"),
        ),
        _table(
            "Background",
            [row for row in kb.baselines.values() if row.finding == code],
            *("if_no_row", "if_no_row_other_half", "base_rate"),
        ),
        _table(
            "Danger rules that name it",
            [flag for flag in kb.red_flags.values() if code in rules.codes(flag.rule)],
            *("code", "disposition", "action", "source_id"),
        ),
        _table(
            "Limits on massage that name it",
            [limit for limit in kb.contraindications.values() if code in rules.codes(limit.rule)],
            *("code", "effect", "why", "source_id"),
        ),
    )


def _about_source(code: str, kb: Knowledge) -> list[Section]:
    found: list[tuple[str, ...]] = []
    for title, rows in (
        ("conditions", kb.conditions.values()),
        ("red_flags", kb.red_flags.values()),
        ("contraindications", kb.contraindications.values()),
        ("techniques", kb.techniques.values()),
        ("other_care", kb.other_care.values()),
    ):
        found += [(title, row.code, "") for row in rows if code in row.source_id]
    found += [("likelihoods", row.condition, row.finding) for row in kb.likelihoods if code in row.source_id]
    found += [
        ("massage_evidence", row.condition, row.outcome)
        for row in kb.massage_evidence
        if code in row.source_id
    ]
    return _filled(Section("Used by", ("table", "code", "finding or outcome"), tuple(found)))


def _filled(*sections: Section) -> list[Section]:
    return [section for section in sections if section.rows]
