"""Which conditions, and which root levels, fit a person's answers, and how well.

A damped naive Bayes model over the conditions of the tables, the root levels of the radiculopathies, and one
more hypothesis, "something else", that expects every finding as often as people in general have it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from unpinch.clinical import findings
from unpinch.clinical.knowledge import logic
from unpinch.clinical.values import Answers, Disposition, RaisedFlag, RankedCondition, SourceClass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from unpinch.clinical.knowledge import Knowledge

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

SOMETHING_ELSE = "something-else"
"""The code of the hypothesis that no condition of the tables fits."""

_FAINT = 1e-9
"""Keeps a danger that a rule points to from vanishing altogether."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One alternative: a condition, a root level of a condition, or something else."""

    condition: str
    level: str
    source_class: SourceClass


@dataclass(frozen=True, eq=False)
class Model:
    """The tables as arrays: hypotheses by findings.

    ``present`` is the chance of each finding in each hypothesis; ``log_yes`` and ``log_no`` are its logs.
    ``group`` numbers the groups of findings that repeat one another; ``solo`` findings have one of their own.
    """

    kb: Knowledge
    hypotheses: tuple[Hypothesis, ...]
    log_prior: Floats
    codes: tuple[str, ...]
    column: Mapping[str, int]
    present: Floats
    log_yes: Floats
    log_no: Floats
    group: Ints
    groups: int
    exclusive: npt.NDArray[np.bool_]
    is_region: npt.NDArray[np.bool_]
    is_danger: npt.NDArray[np.bool_]
    program: logic.Program
    slots: Ints
    condition_of: Ints
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the answers say: per finding 1 present, 0 absent, -1 not known; and the weight it carries."""

    state: npt.NDArray[np.int8]
    weight: Floats


@lru_cache(maxsize=8)
def model(kb: Knowledge) -> Model:
    """The arrays of a knowledge base, built once."""
    hypotheses = _hypotheses(kb)
    codes = _codes(kb)
    column = {code: index for index, code in enumerate(codes)}
    present = _present(kb, hypotheses, column)
    groups: dict[str, int] = {}
    members = [kb.groups.get(code) for code in codes]
    group = [
        groups.setdefault(f"={m.group}" if m else code, len(groups))
        for code, m in zip(codes, members, strict=True)
    ]
    program = logic.Program(kb, strict=True)
    slots = [program.add_finding(code) for code in codes]
    conditions = (*kb.conditions, SOMETHING_ELSE)
    place = {code: index for index, code in enumerate(conditions)}
    return Model(
        kb=kb,
        hypotheses=hypotheses,
        log_prior=_log_prior(kb, hypotheses),
        codes=codes,
        column=column,
        present=present,
        log_yes=np.log(present),
        log_no=_log_absent(kb, present, codes),
        group=np.array(group),
        groups=len(groups),
        exclusive=np.array([m is not None and m.mode == "exclusive" for m in members]),
        is_region=np.array([kb.findings[code].is_region for code in codes]),
        is_danger=np.array([kb.findings[code].group == "red-flag" for code in codes]),
        program=program,
        slots=np.array(slots),
        condition_of=np.array([place[h.condition] for h in hypotheses]),
        conditions=conditions,
    )


def _hypotheses(kb: Knowledge) -> tuple[Hypothesis, ...]:
    found = []
    for code, condition in kb.conditions.items():
        levels = [row.level for row in kb.levels.get(code, ())] or [""]
        found += [Hypothesis(code, level, condition.source_class) for level in levels]
    return (*found, Hypothesis(SOMETHING_ELSE, "", SourceClass.UNKNOWN))


def _codes(kb: Knowledge) -> tuple[str, ...]:
    """The findings that carry evidence: with a model row somewhere, and not a summary of others."""
    with_row = {row.finding for row in kb.likelihoods if row.use == "model"}
    left_out = {code for code, member in kb.groups.items() if member.mode == "left-out"}
    return tuple(code for code in kb.findings if code in with_row - left_out)


def _log_prior(kb: Knowledge, hypotheses: tuple[Hypothesis, ...]) -> Floats:
    other = kb.number("something-else-prior")
    shares = {(row.condition, row.level): row.share for rows in kb.levels.values() for row in rows}
    prior = [
        kb.conditions[h.condition].prior * shares.get((h.condition, h.level), 1.0) * (1 - other)
        if h.condition in kb.conditions
        else other
        for h in hypotheses
    ]
    return np.asarray(np.log(np.array(prior)))


def _present(kb: Knowledge, hypotheses: tuple[Hypothesis, ...], column: Mapping[str, int]) -> Floats:
    """The chance of each finding in each hypothesis: its own row, or the condition's, or the background."""
    rows = {
        (row.condition, row.level, row.finding): row.sensitivity
        for row in kb.likelihoods
        if row.use == "model" and row.finding in column
    }
    noise = kb.number("answer-noise")
    chances = np.empty((len(hypotheses), len(column)))
    for h, hypothesis in enumerate(hypotheses):
        for code, f in column.items():
            own = rows.get((hypothesis.condition, hypothesis.level, code))
            shared = rows.get((hypothesis.condition, "", code))
            chance = own if own is not None else shared
            chances[h, f] = _background(kb, hypothesis, code) if chance is None else chance
    return noise + (1 - 2 * noise) * chances


def _log_absent(kb: Knowledge, present: Floats, codes: tuple[str, ...]) -> Floats:
    """The weight of each finding's absence: a place left unmarked counts a little, a core place in full."""
    a_little, core = kb.number("unmarked-region-weight"), kb.number("core-region-chance")
    region = np.array([kb.findings[code].is_region for code in codes])
    share = np.where(region & (present < core), a_little, 1.0)
    return np.asarray(np.log1p(-present) * share)


def _background(kb: Knowledge, hypothesis: Hypothesis, code: str) -> float:
    row = kb.baselines[code]
    condition = kb.conditions.get(hypothesis.condition)
    if condition is None:
        anywhere = kb.findings[code].is_region
        return kb.number("something-else-region") if anywhere else row.base_rate
    halves = {row.body_half, condition.body_half}
    other_half = "any" not in halves and len(halves) > 1
    return row.if_no_row_other_half if other_half else row.if_no_row


def evidence(answers: Answers, kb: Knowledge, *, dangers: bool = True) -> Evidence:
    """What the answers say about each finding of the model. ``dangers`` False leaves danger signs out."""
    arrays = model(kb)
    sure, possible = arrays.program.run(findings.inputs_from(answers, arrays.program))
    yes = np.array(sure, dtype=np.int8)[arrays.slots]
    maybe = np.array(possible, dtype=np.int8)[arrays.slots]
    state = np.where(yes == maybe, yes, np.int8(-1))
    if not dangers:
        state = np.where(arrays.is_danger, np.int8(-1), state)
    return Evidence(state, weights(arrays, state))


def weights(arrays: Model, state: npt.NDArray[np.int8]) -> Floats:
    """How much each known finding counts.

    Findings that repeat one another are damped: a group of n counts as one and a little more for each further
    one, present and absent ones apart. Places left unmarked are not grouped: each condition has its own
    territory, and ``log_no`` holds how little an unmarked place counts.
    """
    damping = arrays.kb.number("group-damping")
    present, absent = state == 1, (state == 0) & ~arrays.exclusive & ~arrays.is_region
    result = 1.0 * ((state == 0) & arrays.is_region)
    for part in (present, absent):
        counts = np.bincount(arrays.group, weights=part, minlength=arrays.groups)[arrays.group]
        result = result + part * (1 + damping * (counts - 1)) / np.maximum(counts, 1)
    return np.asarray(result)


def log_posterior(arrays: Model, found: Evidence) -> Floats:
    """The log probability of each hypothesis given the evidence, normalised."""
    score = arrays.log_prior + arrays.log_yes @ (found.weight * (found.state == 1))
    score = score + arrays.log_no @ (found.weight * (found.state == 0))
    return np.asarray(score - np.logaddexp.reduce(score))


def by_condition(arrays: Model, posterior: Floats) -> Floats:
    """The probability of each condition, its levels added up; something else is the last."""
    totals = np.bincount(arrays.condition_of, weights=posterior, minlength=len(arrays.conditions))
    return np.asarray(totals, dtype=np.float64)


def posterior(answers: Answers, kb: Knowledge, *, dangers: bool = True) -> Floats:
    """The probability of each hypothesis of ``model(kb)`` given the answers."""
    arrays = model(kb)
    return np.exp(log_posterior(arrays, evidence(answers, kb, dangers=dangers)))


def ranking(kb: Knowledge, chances: Floats) -> tuple[RankedCondition, ...]:
    """The conditions worth naming, likeliest first; never empty."""
    arrays = model(kb)
    totals = by_condition(arrays, chances)[:-1]
    floor = kb.number("ranking-floor")
    order = np.argsort(-totals, kind="stable")
    listed = [int(i) for n, i in enumerate(order) if n < 3 or totals[i] >= floor]
    return tuple(_ranked(kb, arrays, chances, index, float(totals[index])) for index in listed)


def _ranked(kb: Knowledge, arrays: Model, chances: Floats, index: int, total: float) -> RankedCondition:
    condition = kb.conditions[arrays.conditions[index]]
    level = level_chance = None
    if condition.code in kb.levels:
        own = np.flatnonzero(arrays.condition_of == index)
        best = int(own[np.argmax(chances[own])])
        level, level_chance = (
            arrays.hypotheses[best].level,
            float(chances[best] / total) if total > 0 else 0.0,
        )
    return RankedCondition(
        condition.code,
        condition.name,
        condition.plain_name,
        condition.source_class,
        total,
        level,
        level_chance,
    )


def heeding(kb: Knowledge, chances: Floats, raised: Sequence[RaisedFlag]) -> Floats:
    """The chances once the danger rules that hold are heeded.

    A danger is rare among people who tingle, so the averaged picture nearly always speaks against it; in people
    with a sign that asks for haste it is not rare. While such a sign points to dangers, most of the whole goes to
    these, shared out by how well each fits and by how many signs name it. Only a condition that is no danger, that
    a rule names as well and that fits all but perfectly where the dangers hardly fit, keeps its place (a dropped wrist
    after a night on the arm): the advice is the rules' own in any case.
    """
    named = _dangers_named(kb, raised)
    if not named:
        return chances
    arrays = model(kb)
    voices = np.array([named.get(h.condition, 0) for h in arrays.hypotheses], dtype=np.float64)
    if _is_own_picture(kb, chances, raised) and chances[voices > 0].sum() < kb.number("danger-rule-faint"):
        return chances
    share = np.maximum(chances, _FAINT) * voices
    by_rule = kb.number("danger-rule-weight")
    rest = np.where(voices > 0, 0.0, chances)
    if rest.sum() <= 0:
        return np.asarray(share / share.sum())
    return np.asarray(by_rule * share / share.sum() + (1 - by_rule) * rest / rest.sum())


def _is_own_picture(kb: Knowledge, chances: Floats, raised: Sequence[RaisedFlag]) -> bool:
    """Whether a condition that is no danger fits all but perfectly, and a rule that asks for haste names it too."""
    arrays = model(kb)
    totals = by_condition(arrays, chances)[:-1]
    best = arrays.conditions[int(np.argmax(totals))]
    pressing = (flag for flag in raised if flag.disposition.rank >= Disposition.URGENT.rank)
    return (
        totals.max() >= kb.number("danger-rule-fit")
        and kb.conditions[best].source_class is not SourceClass.DANGER
        and any(best in flag.points_to for flag in pressing)
    )


def _dangers_named(kb: Knowledge, raised: Sequence[RaisedFlag]) -> Mapping[str, int]:
    """How many of the rules that ask for haste name each dangerous condition; empty when they point elsewhere.

    An emergency is a danger. An urgent rule is one when it names dangers alone: a rule that names a failing nerve
    as well says how soon, not where, and the averaged picture stands.
    """
    pressing = [flag for flag in raised if flag.disposition.rank >= Disposition.URGENT.rank]
    is_danger = {code: c.source_class is SourceClass.DANGER for code, c in kb.conditions.items()}
    telling = [
        flag
        for flag in pressing
        if flag.disposition is Disposition.EMERGENCY
        or (flag.points_to and all(is_danger[code] for code in flag.points_to))
    ]
    if any(flag.disposition is Disposition.EMERGENCY for flag in telling):
        telling = [flag for flag in telling if flag.disposition is Disposition.EMERGENCY]
    found = Counter(code for flag in telling for code in flag.points_to if is_danger[code])
    return found or (dict.fromkeys([code for code, yes in is_danger.items() if yes], 1) if telling else {})


def source_classes(kb: Knowledge, chances: Floats) -> tuple[tuple[SourceClass, float], ...]:
    """The probability of each source class, likeliest first. They add up to 1."""
    arrays = model(kb)
    totals = dict.fromkeys(SourceClass, 0.0)
    for hypothesis, chance in zip(arrays.hypotheses, chances, strict=True):
        totals[hypothesis.source_class] += float(chance)
    return tuple(sorted(totals.items(), key=lambda item: -item[1]))
