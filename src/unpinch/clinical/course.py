"""Planning a course of massage: what, where, how hard, how long, how often, when to look back, when to stop.

The plan never goes beyond a limit: no target in a place to leave alone, no pressure above any ceiling, no course
without a review and a stop rule, and none at all when the answers call for urgent care.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from unpinch.clinical import dangers, findings
from unpinch.clinical.assess import assess
from unpinch.clinical.knowledge import logic
from unpinch.clinical.limits import Limit, Limits, limits_for
from unpinch.clinical.values import Disposition, SourceClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from unpinch.clinical.clearance import Clearance
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import Muscle, Protocol, ReviewRule, Technique
    from unpinch.clinical.values import Answers, Assessment

MassageType = Literal["swedish", "deep-tissue", "other"]
StageName = Literal["acute", "subacute", "chronic"]
State = Literal["ready", "needs-answers", "needs-approval"]
_STAGES: tuple[StageName, ...] = ("acute", "subacute", "chronic")


@dataclass(frozen=True, slots=True)
class Target:
    """A muscle to work on, where it lies on the body map, and the pressure levels (1 to 5) allowed there."""

    code: str
    name: str
    plain_name: str
    regions: tuple[str, ...]
    pressure_max: int


@dataclass(frozen=True, slots=True)
class TechniqueStep:
    """One technique in order of use: whole minutes, and the pressure levels it is done at."""

    code: str
    name: str
    plain_description: str
    minutes: int
    pressure_from: int
    pressure_to: int


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """A whole course. ``state`` says what still stands between it and a booking.

    Sessions after ``review_after`` are tentative until the review is passed. Days are whole days; ``not_before_days``
    counts from today. ``kind`` says where the protocol comes from: a trial, a guideline or experts.
    """

    state: State
    condition: str
    condition_name: str
    stage: StageName | None
    severity: str
    massage_type: MassageType
    targets: tuple[Target, ...]
    avoid_regions: tuple[str, ...]
    avoid_sites: tuple[str, ...]
    avoid_note: str
    techniques: tuple[TechniqueStep, ...]
    minutes_each: int
    pressure_start: int
    pressure_ceiling: int
    sessions: int
    sessions_min: int
    per_week: int
    gap_min_days: int
    gap_ideal_days: int
    gap_max_days: int
    not_before_days: int
    review_after: int
    review_rules: tuple[ReviewRule, ...]
    stop_rule: str
    home_care: str
    limits: tuple[Limit, ...]
    open_questions: tuple[str, ...]
    needs_approval_because: tuple[str, ...]
    source_ids: tuple[str, ...]
    kind: str
    verified: bool
    knowledge_version: str


@dataclass(frozen=True, slots=True)
class NoPlan:
    """Why there is no course: a stable code and one sentence on what to do instead."""

    code: Literal["danger", "doctor-said-no", "not-now", "no-course-known", "nowhere-left"]
    reason: str
    knowledge_version: str


def plan(
    answers: Answers, kb: Knowledge, clearance: Clearance | None = None, *, prefers: MassageType | None = None
) -> CoursePlan | NoPlan:
    """The course for a person, or why there is none. A doctor's ``clearance`` binds every line of it."""
    assessment = assess(answers, kb)
    limits = limits_for(answers, kb, clearance)
    refusal = _refusal(assessment, limits, clearance, kb)
    if refusal:
        return refusal
    protocols = [_choose(code, answers, kb, prefers) for code in _considered(assessment, kb)]
    protocol = protocols[0]
    if protocol is None:
        return NoPlan("no-course-known", kb.say("plan-none-known"), kb.version)
    beside = [other for other in protocols[1:] if other]
    targets = _targets(protocol, answers, limits, _ceiling(protocol, beside, limits), kb)
    steps = _techniques(protocol, clearance, max((target.pressure_max for target in targets), default=0), kb)
    if not targets or not steps:
        return NoPlan("nowhere-left", kb.say("plan-nowhere-left"), kb.version)
    return _assemble(
        _Parts(assessment, answers, limits, clearance, protocol, tuple(beside), targets, steps), kb
    )


def _refusal(
    assessment: Assessment, limits: Limits, clearance: Clearance | None, kb: Knowledge
) -> NoPlan | None:
    if assessment.disposition.rank >= Disposition.URGENT.rank:
        return NoPlan("danger", assessment.action, kb.version)
    if clearance is not None and not clearance.agrees:
        return NoPlan("doctor-said-no", kb.say("plan-doctor-no"), kb.version)
    forbidden = limits.of("no-massage", certain=True)
    if forbidden:
        return NoPlan("not-now", kb.say("plan-not-now", why=forbidden[0].why), kb.version)
    return None


def _considered(assessment: Assessment, kb: Knowledge) -> list[str]:
    """The likeliest condition, then every other one likely enough that the plan must not harm it."""
    floor = kb.number("plan-considers")
    ranking = assessment.ranking
    return [condition.code for i, condition in enumerate(ranking) if i == 0 or condition.probability >= floor]


@lru_cache(maxsize=8)
def _program(kb: Knowledge) -> logic.Program:
    program = logic.Program(kb)
    for stage in kb.stages:
        program.add_rule(stage.rule)
    for protocol in kb.protocols:
        if protocol.choose_when:
            program.add_rule(protocol.choose_when)
    return program


def _stage(condition: str, answers: Answers, kb: Knowledge) -> StageName | None:
    """How long the trouble has lasted, in words; None when the person did not say."""
    program = _program(kb)
    sure, _ = program.run(findings.inputs_from(answers, program))
    spinal = kb.conditions[condition].source_class is SourceClass.SPINAL
    for row in kb.stages:
        if (row.source_class == "spinal") is spinal and sure[program.add_rule(row.rule)]:
            return row.stage
    return None


def _choose(condition: str, answers: Answers, kb: Knowledge, prefers: MassageType | None) -> Protocol | None:
    """The protocol of the nearest stage; the gentler one when in doubt, Swedish before deep tissue."""
    program = _program(kb)
    sure, _ = program.run(findings.inputs_from(answers, program))
    rows = [
        row
        for row in kb.protocols
        if row.condition == condition and (row.choose_when is None or sure[program.add_rule(row.choose_when)])
    ]
    if not rows:
        return None
    stage = _stage(condition, answers, kb)
    if stage is None:
        return min(rows, key=lambda row: (row.pressure_max, row.pressure_start, _STAGES.index(row.stage)))
    at = _STAGES.index(stage)
    nearest = min(abs(_STAGES.index(row.stage) - at) for row in rows)
    close = [row for row in rows if abs(_STAGES.index(row.stage) - at) == nearest]
    first = min(_STAGES.index(row.stage) for row in close)
    close = [row for row in close if _STAGES.index(row.stage) == first]
    liked = [row for row in close if row.massage_type == prefers]
    return (liked or close)[0]


def _ceiling(protocol: Protocol, beside: Sequence[Protocol], limits: Limits) -> int:
    """The highest level anywhere: no condition that is still likely may be pressed harder than its own course."""
    return min(limits.ceiling, protocol.pressure_max, *(other.pressure_max for other in beside))


def _targets(
    protocol: Protocol, answers: Answers, limits: Limits, ceiling: int, kb: Knowledge
) -> tuple[Target, ...]:
    found = (_target(kb.muscles[code], answers, limits, ceiling) for code in protocol.targets)
    return tuple(target for target in found if target)


def _target(muscle: Muscle, answers: Answers, limits: Limits, ceiling: int) -> Target | None:
    """The muscle without the places to leave alone; None when nothing of it is left."""
    marked = answers.get("body-map")
    felt = marked if isinstance(marked, tuple) else ()
    regions = felt if muscle.regions == ("felt",) else muscle.regions
    if not regions:
        return None if muscle.regions else Target(muscle.muscle, muscle.name, muscle.plain_name, (), ceiling)
    left = tuple(region for region in regions if region not in limits.avoided)
    if not left:
        return None
    highest = min(ceiling, *(limits.ceiling_in(region) for region in left))
    return Target(muscle.muscle, muscle.name, muscle.plain_name, left, highest)


def _levels(technique: Technique) -> tuple[int, int]:
    low, _, high = technique.pressure_scale.partition("-")
    return int(low), int(high or low)


def _techniques(
    protocol: Protocol, clearance: Clearance | None, ceiling: int, kb: Knowledge
) -> tuple[TechniqueStep, ...]:
    """The techniques that fit under the ceiling and that the doctor allows, sharing the minutes of a session."""
    excluded = clearance.excluded_techniques if clearance else ()
    kept = [
        kb.techniques[code]
        for code in protocol.techniques
        if code not in excluded and _levels(kb.techniques[code])[0] <= ceiling
    ]
    minutes = _split(protocol.minutes_each, [technique.share for technique in kept])
    return tuple(
        TechniqueStep(
            code=technique.code,
            name=technique.name,
            plain_description=technique.plain_description,
            minutes=share,
            pressure_from=_levels(technique)[0],
            pressure_to=min(_levels(technique)[1], ceiling),
        )
        for technique, share in zip(kept, minutes, strict=True)
    )


def _split(total: int, shares: Sequence[float]) -> list[int]:
    """Whole minutes in proportion to the shares, adding up to ``total``."""
    if not shares:
        return []
    ends = [round(total * sum(shares[: i + 1]) / sum(shares)) for i in range(len(shares))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a plan is put together from."""

    assessment: Assessment
    answers: Answers
    limits: Limits
    clearance: Clearance | None
    protocol: Protocol
    beside: tuple[Protocol, ...]
    targets: tuple[Target, ...]
    steps: tuple[TechniqueStep, ...]


def _assemble(parts: _Parts, kb: Knowledge) -> CoursePlan:
    protocol, limits = parts.protocol, parts.limits
    ceiling = max(target.pressure_max for target in parts.targets)
    most = parts.clearance.sessions_max if parts.clearance else None
    sessions = min(protocol.sessions_max, most or protocol.sessions_max)
    spacing = kb.spacing[protocol.per_week]
    approval = _approval(parts, kb)
    questions = dangers.open_limit_questions(parts.answers, kb)
    return CoursePlan(
        state="needs-answers" if questions else "needs-approval" if approval else "ready",
        condition=protocol.condition,
        condition_name=kb.conditions[protocol.condition].plain_name,
        stage=_stage(protocol.condition, parts.answers, kb),
        severity=protocol.severity,
        massage_type=protocol.massage_type,
        targets=parts.targets,
        avoid_regions=tuple(sorted(limits.avoided)),
        avoid_sites=_sites(parts),
        avoid_note=protocol.avoid,
        techniques=parts.steps,
        minutes_each=protocol.minutes_each,
        pressure_start=min(protocol.pressure_start, ceiling),
        pressure_ceiling=ceiling,
        sessions=sessions,
        sessions_min=min(protocol.sessions_min, sessions),
        per_week=protocol.per_week,
        gap_min_days=spacing.gap_min_days,
        gap_ideal_days=spacing.gap_ideal_days,
        gap_max_days=spacing.gap_max_days,
        not_before_days=limits.not_before_days,
        review_after=min(protocol.review_after_sessions, sessions),
        review_rules=tuple(kb.review_rules.values()),
        stop_rule=protocol.stop_rule,
        home_care=protocol.home_care,
        limits=limits.all,
        open_questions=questions,
        needs_approval_because=approval,
        source_ids=protocol.source_id,
        kind=protocol.kind,
        verified=protocol.verified,
        knowledge_version=kb.version,
    )


def _sites(parts: _Parts) -> tuple[str, ...]:
    """The small spots to leave alone: of the protocol, of every condition still likely, and of the person."""
    own = (site for limit in parts.limits.of("avoid", certain=True) for site in limit.sites)
    theirs = (site for protocol in (parts.protocol, *parts.beside) for site in protocol.avoid_sites)
    return tuple(dict.fromkeys((*theirs, *own)))


def _approval(parts: _Parts, kb: Knowledge) -> tuple[str, ...]:
    """Why a doctor must agree first; empty when one has, or when nothing asks for it."""
    if parts.clearance is not None and parts.clearance.agrees:
        return ()
    found: Iterable[str] = (limit.why for limit in parts.limits.of("approval", certain=True))
    if parts.assessment.disposition is not Disposition.MASSAGE_OK:
        found = (parts.assessment.action, *found)
    if parts.protocol.approval:
        found = (
            *found,
            kb.say("plan-approval-condition", name=kb.conditions[parts.protocol.condition].plain_name),
        )
    return tuple(dict.fromkeys(found))
