"""One frozen class per knowledge table. Field names are the column names; ``row`` is the line in the file.

What each column means stands in ``tables/README.md``; what a cell may hold stands in ``schema``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from unpinch.clinical.rules import Rule
    from unpinch.clinical.values import Disposition, SourceClass

Certainty = Literal["very-low", "low", "moderate", "high"]
Direction = Literal["helps", "no-difference", "harms", "unknown"]
AnswerType = Literal["yes-no", "choice", "number", "body-regions"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a person or an examiner can say. ``ask_when`` is None when it is never asked.

    ``fill`` is a rule over the body map that answers the question with yes, so that it need not be asked.
    """

    row: int
    code: str
    group: str
    self_report: bool
    question: str
    help: str
    answer_type: AnswerType
    choices: tuple[str, ...]
    screen: str
    ask_when: Rule | None
    derive: Rule | None
    fill: Rule | None
    note: str

    @property
    def is_worked_out(self) -> bool:
        """Whether it is computed from other answers and can never be answered itself."""
        return self.screen == "worked-out"

    @property
    def is_region(self) -> bool:
        """Whether it is a place on the body map."""
        return self.code.startswith("region-")


@dataclass(frozen=True, slots=True)
class ScreenRow:
    """One screen of the interview."""

    row: int
    screen: str
    position: int
    must_answer_before: Literal["answer", "booking", "session", ""]
    asked_of: Literal["person", "examiner", "nobody"]
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class RedFlag:
    """One danger rule."""

    row: int
    code: str
    rule: Rule
    points_to: tuple[str, ...]
    disposition: Disposition
    action: str
    why: str
    lr_positive: float | None
    lr_negative: float | None
    sensitivity: float | None
    specificity: float | None
    source_id: tuple[str, ...]
    kind: Literal["single", "combination"]
    verified: bool
    note: str


@dataclass(frozen=True, slots=True)
class Contraindication:
    """One rule that limits or forbids massage."""

    row: int
    code: str
    rule: Rule
    applies_to: Literal["whole-body", "region", "pressure", "technique"]
    effect: Literal["no-massage", "wait", "doctor-approval", "avoid-region", "light-pressure-only", "adapt"]
    why: str
    source_id: tuple[str, ...]
    region: str
    regions: tuple[str, ...]
    sites: tuple[str, ...]
    pressure_max: int | None
    wait_days: int | None
    note: str
    kind: str
    verified: bool


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A set of answers and what the danger rules must make of it."""

    row: int
    code: str
    answers: str
    disposition: Disposition
    rules_that_must_fire: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition that answers can fit."""

    row: int
    code: str
    name: str
    plain_name: str
    in_a_sentence: str
    source_class: SourceClass
    nerve_or_root: str
    icd10cm: tuple[str, ...]
    annual_incidence_per_100k: float | None
    prior: float
    usual_age: str
    sex_ratio: str
    disposition_default: Disposition
    source_id: tuple[str, ...]
    note: str
    body_half: Literal["upper", "trunk", "lower", "any"]


@dataclass(frozen=True, slots=True)
class Level:
    """The share of one root among the people with a radiculopathy."""

    row: int
    condition: str
    level: str
    share: float
    source_id: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How often a finding is present in a condition (and root level) and in others."""

    row: int
    condition: str
    level: str
    finding: str
    sensitivity: float | None
    specificity: float | None
    lr_positive: float | None
    lr_negative: float | None
    population: str
    source_id: tuple[str, ...]
    kind: Literal["measured", "expert"]
    note: str
    use: Literal["model", "reference"]
    figure_seen: bool


@dataclass(frozen=True, slots=True)
class Baseline:
    """How often a finding is present where a condition has no row, and over all conditions."""

    row: int
    finding: str
    body_half: Literal["upper", "lower", "any"]
    if_no_row: float
    if_no_row_other_half: float
    base_rate: float


@dataclass(frozen=True, slots=True)
class Structure:
    """A nerve or root: where it is felt, what it moves, where it is pressed."""

    row: int
    structure: str
    roots: str
    sensory_regions: tuple[str, ...]
    muscles_and_actions: str
    entrapment_sites: str
    muscles_or_soft_tissue_that_can_compress: str
    condition: str


@dataclass(frozen=True, slots=True)
class MassageResult:
    """One result or guideline position on massage in a condition.

    ``counts_for_verdict`` is true for results on whether hands-on massage itself eases the trouble.
    """

    row: int
    condition: str
    intervention: str
    comparator: str
    outcome: str
    effect: str
    n_or_trials: str
    counts_for_verdict: bool
    certainty: Certainty
    direction: Direction
    guideline_position: str
    source_id: tuple[str, ...]
    note: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Protocol:
    """A massage course for a condition, stage and severity."""

    row: int
    condition: str
    stage: Literal["acute", "subacute", "chronic"]
    severity: Literal["any", "mild", "mild-moderate", "moderate"]
    choose_when: Rule | None
    massage_type: Literal["swedish", "deep-tissue", "other"]
    target_muscles: str
    targets: tuple[str, ...]
    techniques: tuple[str, ...]
    minutes_each: int
    pressure_start: int
    pressure_max: int
    avoid: str
    avoid_sites: tuple[str, ...]
    home_care: str
    sessions_min: int
    sessions_max: int
    per_week: int
    review_after_sessions: int
    stop_rule: str
    source_id: tuple[str, ...]
    kind: Literal["trial", "guideline", "expert"]
    approval: bool
    verified: bool


@dataclass(frozen=True, slots=True)
class Technique:
    """One massage technique."""

    row: int
    code: str
    name: str
    massage_type: Literal["swedish", "deep-tissue", "other"]
    plain_description: str
    strokes: str
    pressure_scale: str
    good_for: str
    avoid_when: str
    source_id: tuple[str, ...]
    note: str
    verified: bool
    share: float


@dataclass(frozen=True, slots=True)
class PressureLevel:
    """One of the five pressure levels."""

    row: int
    level: int
    name: str
    plain_description: str
    typical_use: str
    source_id: tuple[str, ...]
    verified: bool


@dataclass(frozen=True, slots=True)
class OtherCare:
    """Another treatment and the wait it asks for."""

    row: int
    code: str
    what_it_is: str
    wait_days_before_massage: int
    region_limits: str
    note: str
    source_id: tuple[str, ...]
    elsewhere_wait: str
    evidence_seen: bool
    verified: bool
    regions: tuple[str, ...]
    elsewhere_wait_days: int


@dataclass(frozen=True, slots=True)
class NaturalCourse:
    """How a condition goes without massage: percent of people better by that week."""

    row: int
    condition: str
    share_better_4w: float | None
    share_better_6w: float | None
    share_better_12w: float | None
    share_better_26w: float | None
    share_better_52w: float | None
    definition: str
    better_if: str
    worse_if: str
    source_id: tuple[str, ...]
    note: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """An instrument to measure change, with its licence."""

    row: int
    instrument: str
    what_it_measures: str
    items: str
    range: str
    direction: str
    mcid: str
    recall_period: str
    licence: str
    embed_in_open_source_commercial: bool
    recommended: Literal["yes", "no", "optional"]
    source_id: tuple[str, ...]
    note: str
    verified: bool


@dataclass(frozen=True, slots=True)
class SeedClaim:
    """A common claim about massage and a verdict on it."""

    row: int
    id: str
    claim: str
    verdict: Literal["supports", "nuances", "contradicts", "no-evidence"]
    nuance: str
    source_id: tuple[str, ...]
    verified: bool
    about: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A source; ``verified`` says that it was opened and read."""

    row: int
    id: str
    citation: str
    doi_or_pmid: str
    url: str
    verified: bool


@dataclass(frozen=True, slots=True)
class GroupMember:
    """A finding in a group of findings that repeat one another.

    ``mode`` damped: the group counts little more than one finding; exclusive: exactly one member can be
    present, and only that one counts; left-out: a summary of answers that are counted already.
    """

    row: int
    finding: str
    group: str
    mode: Literal["damped", "exclusive", "left-out"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number that the reasoning uses."""

    row: int
    code: str
    value: float
    what_it_does: str
    source_id: tuple[str, ...]
    kind: Literal["measured", "expert"]
    note: str


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The whole numbers that a number question accepts."""

    row: int
    finding: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A finding as a short statement about the reader, present and absent."""

    row: int
    finding: str
    if_yes: str
    if_no: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence shown to people. ``{names}`` in braces are filled in."""

    row: int
    code: str
    text: str
    source_id: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChoiceText:
    """The words shown for one choice of a question."""

    row: int
    finding: str
    choice: str
    text: str


@dataclass(frozen=True, slots=True)
class Muscle:
    """A muscle or muscle group that massage works on, and the places of the body map where it lies.

    ``regions`` is ``("felt",)`` when it is wherever the person feels the trouble, empty for the whole body.
    """

    row: int
    muscle: str
    name: str
    plain_name: str
    regions: tuple[str, ...]
    source_id: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Site:
    """A small spot to leave alone or touch lightly, finer than a place of the body map."""

    row: int
    site: str
    name: str
    regions: tuple[str, ...]
    source_id: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Stage:
    """When a trouble counts as acute, subacute or chronic. ``source_class`` other = all but spinal."""

    row: int
    source_class: Literal["spinal", "other"]
    stage: Literal["acute", "subacute", "chronic"]
    rule: Rule
    source_id: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Spacing:
    """Days between two sessions, for a number of sessions a week."""

    row: int
    per_week: int
    gap_ideal_days: int
    gap_min_days: int
    gap_max_days: int
    source_id: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """What a review looks at, and what follows from it.

    ``smallest_change`` counts in the points of the measure (NPRS-percent: percent of the pain at the start); for
    "worse" it is a change for the worse.
    """

    row: int
    code: str
    outcome: Literal["better", "some", "none", "worse"]
    measure: Literal["NPRS", "NPRS-percent", "PSFS", "GROC"]
    smallest_change: int | None
    text: str
    source_id: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class CareFor:
    """Another treatment that is used for a condition, the first choice first."""

    row: int
    condition: str
    care: str
    source_id: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """One line of the check on the day: a few plain words that stand for exact questions asked on a yes.

    Those ``in_room`` are asked in the room, too, when something feels electric or numb.
    """

    row: int
    code: str
    part: Literal["sign", "change"]
    in_room: bool
    text: str
    covers: tuple[str, ...]
    source_id: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class AfterEffect:
    """What may be felt after a massage: until when it is expected (None: never) and from when it is an alarm."""

    row: int
    code: str
    text: str
    expected_until_hours: int | None
    alarm_from_hours: int
    source_id: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class HomeCare:
    """Something a person can do at home: a stretch with its picture and regions, or advice for everybody."""

    row: int
    code: str
    part: Literal["stretch", "posture", "heat"]
    title: str
    text: str
    picture: str
    regions: tuple[str, ...]
    source_id: tuple[str, ...]
    kind: str
