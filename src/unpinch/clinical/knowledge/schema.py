"""The tables: which files there are, which columns they have, what their cells may hold."""

from __future__ import annotations

from unpinch.clinical.knowledge import rows
from unpinch.clinical.knowledge.cells import Column, key, number, one_of, rule, text, whole, words, yes_no
from unpinch.clinical.knowledge.lexicon_schema import LEXICON_TABLES
from unpinch.clinical.knowledge.table import Table
from unpinch.clinical.knowledge.topic_table import TOPICS
from unpinch.clinical.values import Disposition, SourceClass

_DISPOSITIONS = tuple(Disposition)
_CLASSES = tuple(kind for kind in SourceClass if kind is not SourceClass.UNKNOWN)
_SOURCES = words("source_id", required=True)
_SEEN = yes_no("verified")
_NOTE = text("note")


def _disposition(name: str, *allowed: str) -> Column:
    return one_of(name, *allowed, to=Disposition)


def _ratios() -> tuple[Column, ...]:
    return (
        number("lr_positive", low=0, blank=True, open_ends=True),
        number("lr_negative", low=0, blank=True, open_ends=True),
    )


def _shares() -> tuple[Column, ...]:
    return tuple(number(name, 0, 1, blank=True, open_ends=True) for name in ("sensitivity", "specificity"))


def _probability(name: str) -> Column:
    return number(name, 0, 1, open_ends=True)


_FINDINGS = Table(
    "findings",
    rows.Finding,
    "code",
    (
        key("code"),
        one_of(
            "group",
            *(
                "site",
                "quality",
                "timing",
                "provocation",
                "relief",
                "motor",
                "sensory",
                "history",
                "exam",
                "red-flag",
            ),
        ),
        yes_no("self_report"),
        text("question", required=True),
        text("help"),
        one_of("answer_type", "yes-no", "choice", "number", "body-regions"),
        words("choices", separator="|"),
        text("screen", required=True),
        rule("ask_when", always=True, never="never"),
        rule("derive", blank=True),
        rule("fill", blank=True),
        _NOTE,
    ),
)
_SCREENS = Table(
    "screens",
    rows.ScreenRow,
    "screen",
    (
        key("screen"),
        whole("position", 1, 99),
        one_of("must_answer_before", "answer", "booking", "session", ""),
        one_of("asked_of", "person", "examiner", "nobody"),
        text("title", required=True),
        text("why"),
    ),
)
_RED_FLAGS = Table(
    "red_flags",
    rows.RedFlag,
    "code",
    (
        key("code"),
        rule("rule"),
        words("points_to"),
        _disposition("disposition", *_DISPOSITIONS[:3]),
        text("action", required=True),
        text("why", required=True),
        *_ratios(),
        *_shares(),
        _SOURCES,
        one_of("kind", "single", "combination"),
        _SEEN,
        _NOTE,
    ),
)
_CONTRAINDICATIONS = Table(
    "contraindications",
    rows.Contraindication,
    "code",
    (
        key("code"),
        rule("rule", always=True),
        one_of("applies_to", "whole-body", "region", "pressure", "technique"),
        one_of(
            "effect",
            *("no-massage", "wait", "doctor-approval", "avoid-region", "light-pressure-only", "adapt"),
        ),
        text("why", required=True),
        _SOURCES,
        text("region"),
        words("regions"),
        words("sites"),
        whole("pressure_max", 1, 5, blank=True),
        whole("wait_days", 0, 3650, blank=True),
        _NOTE,
        text("kind", required=True),
        _SEEN,
    ),
)
_RULE_EXAMPLES = Table(
    "rule_examples",
    rows.RuleExample,
    "code",
    (
        key("code"),
        text("answers", required=True),
        _disposition("disposition", *_DISPOSITIONS),
        words("rules_that_must_fire"),
        _NOTE,
    ),
)
_CONDITIONS = Table(
    "conditions",
    rows.Condition,
    "code",
    (
        key("code"),
        text("name", required=True),
        text("plain_name", required=True),
        text("in_a_sentence", required=True),
        one_of("source_class", *_CLASSES, to=SourceClass),
        text("nerve_or_root"),
        words("icd10cm", separator=";", required=True),
        number("annual_incidence_per_100k", 0, 100_000, blank=True),
        _probability("prior_in_people_with_limb_or_spine_tingling"),
        text("usual_age"),
        text("sex_ratio"),
        _disposition("disposition_default", *_DISPOSITIONS),
        _SOURCES,
        text("note", required=True),
        one_of("body_half", "upper", "trunk", "lower", "any"),
    ),
)
_LEVELS = Table(
    "levels",
    rows.Level,
    "",
    (text("condition", required=True), text("level", required=True), _probability("share"), _SOURCES, _NOTE),
)
_LIKELIHOODS = Table(
    "likelihoods",
    rows.Likelihood,
    "",
    (
        text("condition"),
        text("level"),
        text("finding"),
        *_shares(),
        *_ratios(),
        text("population", required=True),
        _SOURCES,
        one_of("kind", "measured", "expert"),
        _NOTE,
        one_of("use", "model", "reference"),
        yes_no("figure_seen"),
    ),
)
_BASELINES = Table(
    "baselines",
    rows.Baseline,
    "finding",
    (
        text("finding"),
        one_of("body_half", "upper", "lower", "any"),
        *(_probability(name) for name in ("if_no_row", "if_no_row_other_half", "base_rate")),
    ),
)
_ANATOMY = Table(
    "anatomy",
    rows.Structure,
    "structure",
    (
        text("structure", required=True),
        text("roots"),
        words("sensory_regions", separator=";"),
        *(text(name) for name in ("muscles_and_actions", "entrapment_sites")),
        text("muscles_or_soft_tissue_that_can_compress"),
        text("condition"),
    ),
)
_MASSAGE_EVIDENCE = Table(
    "massage_evidence",
    rows.MassageResult,
    "",
    (
        text("condition"),
        text("intervention", required=True),
        text("comparator"),
        text("outcome", required=True),
        text("effect", required=True),
        text("n_or_trials"),
        yes_no("counts_for_verdict"),
        one_of("certainty", "very-low", "low", "moderate", "high"),
        one_of("direction", "helps", "no-difference", "harms", "unknown"),
        text("guideline_position"),
        _SOURCES,
        _NOTE,
        _SEEN,
    ),
)
_MASSAGE_TYPE = one_of("massage_type", "swedish", "deep-tissue", "other")
_PROTOCOLS = Table(
    "protocols",
    rows.Protocol,
    "",
    (
        text("condition"),
        one_of("stage", "acute", "subacute", "chronic"),
        one_of("severity", "any", "mild", "mild-moderate", "moderate"),
        rule("choose_when", blank=True),
        _MASSAGE_TYPE,
        text("target_muscles", required=True),
        words("targets", required=True),
        words("techniques", required=True),
        whole("minutes_each", 5, 120),
        whole("pressure_start", 1, 5),
        whole("pressure_max", 1, 5),
        text("avoid", required=True),
        words("avoid_sites"),
        text("home_care", required=True),
        whole("sessions_min", 1, 60),
        whole("sessions_max", 1, 60),
        whole("per_week", 1, 7),
        whole("review_after_sessions", 1, 60),
        text("stop_rule", required=True),
        _SOURCES,
        one_of("kind", "trial", "guideline", "expert"),
        yes_no("approval"),
        _SEEN,
    ),
)
_TECHNIQUES = Table(
    "techniques",
    rows.Technique,
    "code",
    (
        key("code"),
        text("name", required=True),
        _MASSAGE_TYPE,
        text("plain_description", required=True),
        *(text(name) for name in ("strokes", "pressure_scale", "good_for", "avoid_when")),
        _SOURCES,
        _NOTE,
        _SEEN,
        number("share", 0, 10, open_ends=True),
    ),
)
_PRESSURE_SCALE = Table(
    "pressure_scale",
    rows.PressureLevel,
    "level",
    (
        whole("level", 1, 5),
        *(text(name) for name in ("name", "plain_description", "typical_use")),
        _SOURCES,
        _SEEN,
    ),
)
_OTHER_CARE = Table(
    "other_care",
    rows.OtherCare,
    "code",
    (
        key("code"),
        text("what_it_is", required=True),
        whole("wait_days_before_massage", 0, 3650),
        text("region_limits"),
        _NOTE,
        _SOURCES,
        text("elsewhere_wait"),
        yes_no("evidence_seen"),
        _SEEN,
        words("regions"),
        whole("elsewhere_wait_days", 0, 3650),
    ),
)
_NATURAL_HISTORY = Table(
    "natural_history",
    rows.NaturalCourse,
    "",
    (
        text("condition"),
        *(number(f"share_better_{weeks}w", 0, 100, blank=True) for weeks in (4, 6, 12, 26, 52)),
        text("definition", required=True),
        text("better_if"),
        text("worse_if"),
        _SOURCES,
        _NOTE,
        _SEEN,
    ),
)
_OUTCOMES = Table(
    "outcomes",
    rows.Outcome,
    "instrument",
    (
        text("instrument", required=True),
        text("what_it_measures", required=True),
        *(text(name) for name in ("items", "range", "direction", "mcid", "recall_period")),
        text("licence", required=True),
        yes_no("embed_in_open_source_commercial"),
        one_of("recommended", "yes", "no", "optional"),
        _SOURCES,
        _NOTE,
        _SEEN,
    ),
)
_SEED_CLAIMS = Table(
    "seed_claims",
    rows.SeedClaim,
    "id",
    (
        text("id", required=True),
        text("claim", required=True),
        one_of("verdict", "supports", "nuances", "contradicts", "no-evidence"),
        text("nuance"),
        _SOURCES,
        _SEEN,
        words("about"),
    ),
)
_SOURCES_TABLE = Table(
    "sources",
    rows.Source,
    "id",
    (text("id", required=True), text("citation", required=True), text("doi_or_pmid"), text("url"), _SEEN),
)
_FINDING_GROUPS = Table(
    "finding_groups",
    rows.GroupMember,
    "finding",
    (text("finding"), key("group"), one_of("mode", "damped", "exclusive", "left-out")),
)
_MODEL = Table(
    "model",
    rows.Parameter,
    "code",
    (
        key("code"),
        number("value"),
        text("what_it_does", required=True),
        _SOURCES,
        one_of("kind", "measured", "expert"),
        _NOTE,
    ),
)
_NUMBER_RANGES = Table(
    "number_ranges",
    rows.NumberRange,
    "finding",
    (text("finding"), whole("low", 0, 1000), whole("high", 0, 1000)),
)
_PHRASES = Table(
    "finding_phrases",
    rows.Phrase,
    "finding",
    (text("finding"), text("if_yes", required=True), text("if_no", required=True)),
)
_WORDING = Table(
    "wording",
    rows.Wording,
    "code",
    (key("code"), text("text", required=True), _SOURCES),
)
_CHOICES = Table(
    "choices",
    rows.ChoiceText,
    "",
    (text("finding"), text("choice"), text("text", required=True)),
)

_KIND = text("kind", required=True)
_MUSCLES = Table(
    "muscles",
    rows.Muscle,
    "muscle",
    (
        key("muscle"),
        text("name", required=True),
        text("plain_name", required=True),
        words("regions"),
        _SOURCES,
        _KIND,
    ),
)
_SITES = Table(
    "sites",
    rows.Site,
    "site",
    (key("site"), text("name", required=True), words("regions", required=True), _SOURCES, _KIND),
)
_STAGES = Table(
    "stages",
    rows.Stage,
    "",
    (
        one_of("source_class", "spinal", "other"),
        one_of("stage", "acute", "subacute", "chronic"),
        rule("rule"),
        _SOURCES,
        _KIND,
    ),
)
_SPACING = Table(
    "spacing",
    rows.Spacing,
    "per_week",
    (
        whole("per_week", 1, 7),
        *(whole(name, 1, 60) for name in ("gap_ideal_days", "gap_min_days", "gap_max_days")),
        _SOURCES,
        _KIND,
    ),
)
_REVIEW_RULES = Table(
    "review_rules",
    rows.ReviewRule,
    "code",
    (
        key("code"),
        one_of("outcome", "better", "some", "none", "worse"),
        one_of("measure", "NPRS", "NPRS-percent", "PSFS", "GROC"),
        whole("smallest_change", 1, 100, blank=True),
        text("text", required=True),
        _SOURCES,
        _KIND,
    ),
)

_CARE_FOR = Table("care_for", rows.CareFor, "", (text("condition"), text("care"), _SOURCES, _KIND))
_DAY_CHECK = Table(
    "day_check",
    rows.DayRow,
    "code",
    (
        key("code"),
        one_of("part", "sign", "change"),
        yes_no("in_room"),
        text("text", required=True),
        words("covers", required=True),
        _SOURCES,
        _KIND,
    ),
)
_AFTER_EFFECTS = Table(
    "after_effects",
    rows.AfterEffect,
    "code",
    (
        key("code"),
        text("text", required=True),
        whole("expected_until_hours", 1, 240, blank=True),
        whole("alarm_from_hours", 0, 240),
        _SOURCES,
        _KIND,
    ),
)
_HOME_CARE = Table(
    "home_care",
    rows.HomeCare,
    "code",
    (
        key("code"),
        one_of("part", "stretch", "posture", "heat"),
        text("title", required=True),
        text("text", required=True),
        text("picture"),
        words("regions"),
        _SOURCES,
        _KIND,
    ),
)

TABLES: tuple[Table, ...] = (
    _SOURCES_TABLE,
    _SCREENS,
    _FINDINGS,
    _CHOICES,
    _NUMBER_RANGES,
    _PHRASES,
    _FINDING_GROUPS,
    _RED_FLAGS,
    _CONTRAINDICATIONS,
    _RULE_EXAMPLES,
    _CONDITIONS,
    _LEVELS,
    _LIKELIHOODS,
    _BASELINES,
    _ANATOMY,
    _MASSAGE_EVIDENCE,
    _PROTOCOLS,
    _TECHNIQUES,
    _PRESSURE_SCALE,
    _OTHER_CARE,
    _MUSCLES,
    _SITES,
    _STAGES,
    _SPACING,
    _REVIEW_RULES,
    _CARE_FOR,
    _DAY_CHECK,
    _AFTER_EFFECTS,
    _HOME_CARE,
    _NATURAL_HISTORY,
    _OUTCOMES,
    _SEED_CLAIMS,
    _MODEL,
    _WORDING,
    TOPICS,
    *LEXICON_TABLES,
)
"""Every table, in the order in which they are read."""
