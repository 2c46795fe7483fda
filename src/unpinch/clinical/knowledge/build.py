"""From typed rows to one :class:`Knowledge`."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from unpinch.clinical.knowledge.base import Knowledge
from unpinch.clinical.knowledge.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from unpinch.clinical.knowledge import rows
    from unpinch.clinical.knowledge.reading import RawTables

_KEYS = {table.name: table.unique for table in TABLES}


def build(raw: RawTables) -> Knowledge:
    """Index the rows by their keys."""
    tables = raw.rows
    return Knowledge(
        version=raw.version,
        sources=_by_key(tables, "sources"),
        screens=_screens(tables["screens"]),
        findings=_by_key(tables, "findings"),
        choice_texts=MappingProxyType({(row.finding, row.choice): row.text for row in tables["choices"]}),
        number_ranges=_by_key(tables, "number_ranges"),
        phrases=_by_key(tables, "finding_phrases"),
        groups=_by_key(tables, "finding_groups"),
        red_flags=_by_key(tables, "red_flags"),
        contraindications=_by_key(tables, "contraindications"),
        rule_examples=_by_key(tables, "rule_examples"),
        conditions=_by_key(tables, "conditions"),
        levels=_levels(tables["levels"]),
        likelihoods=tables["likelihoods"],
        baselines=_by_key(tables, "baselines"),
        anatomy=_by_key(tables, "anatomy"),
        massage_evidence=tables["massage_evidence"],
        protocols=tables["protocols"],
        techniques=_by_key(tables, "techniques"),
        pressure_scale=_by_key(tables, "pressure_scale"),
        other_care=_by_key(tables, "other_care"),
        muscles=_by_key(tables, "muscles"),
        sites=_by_key(tables, "sites"),
        stages=tables["stages"],
        spacing=_by_key(tables, "spacing"),
        review_rules=_by_key(tables, "review_rules"),
        care_for=tables["care_for"],
        day_check=_by_key(tables, "day_check"),
        after_effects=_by_key(tables, "after_effects"),
        home_care=_by_key(tables, "home_care"),
        natural_history=tables["natural_history"],
        outcomes=_by_key(tables, "outcomes"),
        seed_claims=_by_key(tables, "seed_claims"),
        parameters=_by_key(tables, "model"),
        wording=_by_key(tables, "wording"),
        topics=_by_key(tables, "topics"),
        lexicon_words=tables["lexicon_words"],
        lexicon_places=_by_key(tables, "lexicon_places"),
        lexicon=tables["lexicon"],
    )


def _by_key(tables: Mapping[str, tuple[Any, ...]], name: str) -> Mapping[Any, Any]:
    key = _KEYS[name]
    return MappingProxyType({getattr(row, key): row for row in tables[name]})


def _screens(found: Iterable[rows.ScreenRow]) -> Mapping[str, rows.ScreenRow]:
    return MappingProxyType({row.screen: row for row in sorted(found, key=lambda row: row.position)})


def _levels(found: Iterable[rows.Level]) -> Mapping[str, tuple[rows.Level, ...]]:
    grouped: dict[str, list[rows.Level]] = defaultdict(list)
    for row in found:
        grouped[row.condition].append(row)
    return MappingProxyType({condition: tuple(levels) for condition, levels in grouped.items()})
