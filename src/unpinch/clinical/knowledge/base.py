"""The knowledge base as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.clinical.values import SourceRef
from unpinch.kernel.errors import KnowledgeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from unpinch.clinical.knowledge import lexicon_rows, rows, topic_table


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Everything unpinch knows, validated. Mappings keep the order of the files; screens are in asking order.

    ``version`` is the day of the last change, a plus sign, and twelve hex digits of a hash over all tables.
    Two values are the same knowledge only when they are the same object, so results can be cached by it.
    """

    version: str
    sources: Mapping[str, rows.Source]
    screens: Mapping[str, rows.ScreenRow]
    findings: Mapping[str, rows.Finding]
    choice_texts: Mapping[tuple[str, str], str]
    number_ranges: Mapping[str, rows.NumberRange]
    phrases: Mapping[str, rows.Phrase]
    groups: Mapping[str, rows.GroupMember]
    red_flags: Mapping[str, rows.RedFlag]
    contraindications: Mapping[str, rows.Contraindication]
    rule_examples: Mapping[str, rows.RuleExample]
    conditions: Mapping[str, rows.Condition]
    levels: Mapping[str, tuple[rows.Level, ...]]
    likelihoods: tuple[rows.Likelihood, ...]
    baselines: Mapping[str, rows.Baseline]
    anatomy: Mapping[str, rows.Structure]
    massage_evidence: tuple[rows.MassageResult, ...]
    protocols: tuple[rows.Protocol, ...]
    techniques: Mapping[str, rows.Technique]
    pressure_scale: Mapping[int, rows.PressureLevel]
    other_care: Mapping[str, rows.OtherCare]
    muscles: Mapping[str, rows.Muscle]
    sites: Mapping[str, rows.Site]
    stages: tuple[rows.Stage, ...]
    spacing: Mapping[int, rows.Spacing]
    review_rules: Mapping[str, rows.ReviewRule]
    care_for: tuple[rows.CareFor, ...]
    day_check: Mapping[str, rows.DayRow]
    after_effects: Mapping[str, rows.AfterEffect]
    home_care: Mapping[str, rows.HomeCare]
    natural_history: tuple[rows.NaturalCourse, ...]
    outcomes: Mapping[str, rows.Outcome]
    seed_claims: Mapping[str, rows.SeedClaim]
    parameters: Mapping[str, rows.Parameter]
    wording: Mapping[str, rows.Wording]
    topics: Mapping[str, topic_table.Topic]
    lexicon_words: tuple[lexicon_rows.LexiconWord, ...]
    lexicon_places: Mapping[str, lexicon_rows.LexiconPlace]
    lexicon: tuple[lexicon_rows.LexiconPattern, ...]

    def number(self, code: str) -> float:
        """One number of ``model.csv``."""
        try:
            return self.parameters[code].value
        except KeyError:
            raise KnowledgeError(f"model.csv: no row {code!r}. Remedy: restore the row.") from None

    def say(self, code: str, **names: str) -> str:
        """One sentence of ``wording.csv`` with its names filled in."""
        try:
            return self.wording[code].text.format(**names).strip()
        except KeyError as error:
            raise KnowledgeError(
                f"wording.csv: no row {code!r}, or it names {error}, which is not given. Remedy: restore it."
            ) from None

    def source(self, source_id: str) -> SourceRef:
        """A source as shown to a reader."""
        row = self.sources[source_id]
        return SourceRef(row.id, row.citation, row.url.split(" ; ")[0], row.verified)

    def must_answer(self, finding: str, before: str = "answer") -> bool:
        """Whether the finding stands on a screen that must be answered before ``before``."""
        screen = self.screens.get(self.findings[finding].screen)
        return screen is not None and screen.must_answer_before == before
