"""What a page about a condition says, taken from the tables alone: the same for everyone, with its sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.clinical.danger_signs import DangerGroup, groups_of
from unpinch.clinical.evidence import massage_answer
from unpinch.clinical.explain import phrase, watch_for
from unpinch.clinical.values import Disposition, RankedCondition, SourceClass, SourceRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import Condition, NaturalCourse, Protocol, SeedClaim
    from unpinch.clinical.values import MassageAnswer

_WEEKS = (4, 6, 12, 26, 52)
_FEELINGS = 8
_TYPICAL = 0.5


@dataclass(frozen=True, slots=True)
class Sign:
    """How it feels, as a short statement, and whether its figure was measured in a study."""

    finding: str
    text: str
    measured: bool


@dataclass(frozen=True, slots=True)
class OtherHelp:
    """Another treatment, and how many days massage should wait after it."""

    code: str
    name: str
    note: str
    wait_days: int


@dataclass(frozen=True, slots=True)
class Going:
    """How one group of people fared without massage: shares of a hundred who were better, by weeks since it began."""

    points: tuple[tuple[int, float], ...]
    definition: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Something often said about pinched nerves, and what is known of it."""

    text: str
    verdict: str
    nuance: str


@dataclass(frozen=True, slots=True)
class ConditionPage:
    """Everything the public page of one condition shows. ``regions`` are where it is usually felt (body map codes).

    ``danger_signs`` are the actions of the danger rules that point to it, most urgent first.
    """

    code: str
    name: str
    plain_name: str
    what_it_is: str
    nerve: str
    source_class: SourceClass
    disposition: Disposition
    regions: tuple[str, ...]
    feels: tuple[Sign, ...]
    massage: MassageAnswer
    course: Protocol | None
    others: tuple[OtherHelp, ...]
    see_doctor: str
    danger_signs: tuple[str, ...]
    danger_groups: tuple[DangerGroup, ...]
    watch_for: tuple[str, ...]
    how_long: tuple[str, ...]
    going: tuple[Going, ...]
    claims: tuple[Claim, ...]
    sources: tuple[SourceRef, ...]
    knowledge_version: str

    @property
    def shares(self) -> tuple[str, ...]:
        """The sentences of ``how_long`` that tell a share of a hundred: those anybody can read."""
        return tuple(line for line in self.how_long if line not in self.measured)

    @property
    def measured(self) -> tuple[str, ...]:
        """The sentences of ``how_long`` that say what a study measured, in its own terms."""
        told = {f"{course.definition.rstrip('.')}." for course in self.going if course.definition}
        return tuple(line for line in self.how_long if line in told)


@dataclass(frozen=True, slots=True)
class GeneralPage:
    """The page for the question itself: can massage help a pinched nerve?"""

    title: str
    answer: str
    first_step: str
    classes: tuple[tuple[SourceClass, str, str], ...]
    watch_for: tuple[str, ...]
    claims: tuple[Claim, ...]
    sources: tuple[SourceRef, ...]
    knowledge_version: str


def condition_page(code: str, kb: Knowledge) -> ConditionPage:
    """The page of a condition. KeyError when the tables have no such condition."""
    condition = kb.conditions[code]
    likely = _sensitivities(code, kb)
    massage = massage_answer(kb, condition.disposition_default, _as_ranked(condition))
    course = next((row for row in kb.protocols if row.condition == code), None)
    courses = tuple(row for row in kb.natural_history if row.condition == code)
    claims = tuple(row for row in kb.seed_claims.values() if code in row.about)
    flags = sorted(
        (flag for flag in kb.red_flags.values() if code in flag.points_to),
        key=lambda flag: -flag.disposition.rank,
    )
    care = tuple(row.care for row in kb.care_for if row.condition == code)
    ids = (
        *condition.source_id,
        *(source for line in massage.evidence for source in line.source_ids),
        *(course.source_id if course else ()),
        *(source for row in courses for source in row.source_id),
        *(source for row in claims for source in row.source_id),
        *(source for row in care for source in kb.other_care[row].source_id),
    )
    return ConditionPage(
        code=code,
        name=condition.name,
        plain_name=condition.plain_name,
        what_it_is=kb.say(f"class-{condition.source_class}"),
        nerve=condition.nerve_or_root,
        source_class=condition.source_class,
        disposition=condition.disposition_default,
        regions=tuple(
            f for f, (share, _) in likely.items() if kb.findings[f].is_region and share >= _TYPICAL
        ),
        feels=_feels(likely, kb),
        massage=massage,
        course=course,
        others=tuple(_other(row, kb) for row in care),
        see_doctor=kb.say(f"see-doctor-{condition.source_class}"),
        danger_signs=tuple(dict.fromkeys(flag.action for flag in flags)),
        danger_groups=tuple(groups_of(flags, condition, kb)),
        watch_for=watch_for(kb),
        going=tuple(_going(row) for row in courses),
        how_long=tuple(line for row in courses for line in _how_long(row, kb)),
        claims=_claims(claims),
        sources=_sources(ids, kb),
        knowledge_version=kb.version,
    )


@dataclass(frozen=True, slots=True)
class TopicPage:
    """The page for a question asked in general, with the pages of the conditions behind it."""

    code: str
    question: str
    answer: str
    conditions: tuple[ConditionPage, ...]
    watch_for: tuple[str, ...]
    claims: tuple[Claim, ...]
    sources: tuple[SourceRef, ...]
    knowledge_version: str


def topic_page(code: str, kb: Knowledge) -> TopicPage:
    """The page of a general question. KeyError when the tables have no such topic."""
    topic = kb.topics[code]
    pages = tuple(condition_page(condition, kb) for condition in topic.conditions)
    return TopicPage(
        code=code,
        question=topic.question,
        answer=topic.answer,
        conditions=pages,
        watch_for=watch_for(kb),
        claims=tuple(dict.fromkeys(claim for page in pages for claim in page.claims)),
        sources=tuple(dict.fromkeys(source for page in pages for source in page.sources)),
        knowledge_version=kb.version,
    )


def general_page(kb: Knowledge) -> GeneralPage:
    """The page for people who ask in general, with what is often claimed and what is known."""
    claims = tuple(row for row in kb.seed_claims.values() if "general" in row.about)
    shown = [kind for kind in SourceClass if kind is not SourceClass.UNKNOWN]
    return GeneralPage(
        title=kb.say("page-title-general"),
        answer=kb.say("page-general-answer"),
        first_step=kb.say("page-general-first"),
        classes=tuple((kind, kb.say(f"class-{kind}"), kb.say(f"see-doctor-{kind}")) for kind in shown),
        watch_for=watch_for(kb),
        claims=_claims(claims),
        sources=_sources((source for row in claims for source in row.source_id), kb),
        knowledge_version=kb.version,
    )


def _as_ranked(condition: Condition) -> RankedCondition:
    """The condition as if it were certain, to ask what massage does for it."""
    return RankedCondition(condition.code, condition.name, condition.plain_name, condition.source_class, 1.0)


def _sensitivities(code: str, kb: Knowledge) -> Mapping[str, tuple[float, bool]]:
    """How often each finding is present in the condition, and whether that was measured."""
    return {
        row.finding: (row.sensitivity, row.kind == "measured")
        for row in kb.likelihoods
        if row.condition == code and not row.level and row.use == "model" and row.sensitivity is not None
    }


def _feels(likely: Mapping[str, tuple[float, bool]], kb: Knowledge) -> tuple[Sign, ...]:
    """The findings a person can tell that are usual in it and that set it apart most."""

    def tells(item: tuple[str, tuple[float, bool]]) -> float:
        finding, (share, _) = item
        return share - kb.baselines[finding].base_rate

    asked = (
        (finding, found)
        for finding, found in likely.items()
        if found[0] >= _TYPICAL and kb.findings[finding].self_report and _can_be_told(finding, kb)
    )
    best = sorted(asked, key=tells, reverse=True)[:_FEELINGS]
    return tuple(
        Sign(finding, phrase(kb, finding, present=True), measured) for finding, (_, measured) in best
    )


def _can_be_told(finding: str, kb: Knowledge) -> bool:
    row = kb.findings[finding]
    return finding in kb.phrases and not row.is_region and not row.is_worked_out and row.group != "history"


def _other(care: str, kb: Knowledge) -> OtherHelp:
    row = kb.other_care[care]
    return OtherHelp(care, row.what_it_is, row.note, row.wait_days_before_massage)


def _going(row: NaturalCourse) -> Going:
    shares = ((weeks, getattr(row, f"share_better_{weeks}w")) for weeks in _WEEKS)
    return Going(tuple((weeks, share) for weeks, share in shares if share is not None), row.definition)


def _how_long(row: NaturalCourse, kb: Knowledge) -> Iterable[str]:
    for weeks in _WEEKS:
        share = getattr(row, f"share_better_{weeks}w")
        if share is not None:
            yield kb.say("better-share", share=f"{share:g}", weeks=str(weeks))
    if row.definition:
        yield f"{row.definition.rstrip('.')}."


def _claims(rows: Iterable[SeedClaim]) -> tuple[Claim, ...]:
    return tuple(Claim(row.claim, row.verdict, row.nuance) for row in rows)


def _sources(ids: Iterable[str], kb: Knowledge) -> tuple[SourceRef, ...]:
    return tuple(kb.source(source) for source in dict.fromkeys(ids))
