"""Counting results: each measure is a share with its range of doubt."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from unpinch.clinical.values import Disposition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from unpinch.cli.evaluation.judge import Result

_Z95 = 1.959963984540054
"""Two-sided 95 % of a normal distribution."""

_BANDS = 5


@dataclass(frozen=True, slots=True)
class Measure:
    """``count`` of ``of`` cases. ``wish`` says which way is good; ``must`` what may never be missed."""

    code: str
    text: str
    count: int
    of: int
    wish: Literal["many", "few", "none"]

    @property
    def share(self) -> float | None:
        """From 0 to 1; None without cases."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval of the share; None without cases."""
        return wilson(self.count, self.of) if self.of else None


@dataclass(frozen=True, slots=True)
class Band:
    """One band of stated probabilities: how many cases, what was said on average, how many were right."""

    low: float
    high: float
    cases: int
    stated: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How honest the stated probabilities are. ``brier`` is the mean squared error, 0 at best."""

    about: str
    cases: int
    brier: float
    bands: tuple[Band, ...]


def wilson(count: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share: the true share may be anything in it."""
    share, square = count / of, _Z95 * _Z95
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z95 * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def measure(results: Sequence[Result]) -> tuple[Measure, ...]:
    """Every measure, in the order of the report."""
    return (*_safety(results), *_answers(results))


def _safety(results: Sequence[Result]) -> tuple[Measure, ...]:
    danger = [r for r in results if r.truth.is_danger]
    calm = [r for r in results if not r.truth.is_danger]
    emergencies = [r for r in results if r.truth.disposition is Disposition.EMERGENCY]
    found = [r for r in emergencies if r.disposition is Disposition.EMERGENCY]
    hurried = [r for r in emergencies if r.disposition.rank >= Disposition.URGENT.rank]
    return (
        _of("danger-at-massage", "Danger sent to massage", danger, "none", "is_danger_at_massage"),
        _of(
            "danger-delayed",
            "Danger with a flag sent to doctor-first",
            danger,
            "none",
            "is_flagged_danger_delayed",
        ),
        Measure("emergencies-found", "Emergencies found", len(found), len(emergencies), "many"),
        Measure(
            "emergencies-hurried",
            "Emergencies sent at least urgently",
            len(hurried),
            len(emergencies),
            "many",
        ),
        _of("disposition-exact", "Disposition right or acceptable", results, "many", "is_exact"),
        _of("disposition-safe", "Disposition not less urgent than the truth", results, "many", "is_safe"),
        _of("over-triage", "No danger, yet urgent or emergency", calm, "few", "is_overtriaged"),
    )


def _answers(results: Sequence[Result]) -> tuple[Measure, ...]:
    nerve = [r for r in results if r.truth.is_nerve_or_mimic]
    classed = [r for r in results if r.truth.source_class is not None]
    nerve_classed = [r for r in nerve if r.truth.source_class is not None]
    rooted = [r for r in results if r.has_root]
    first = sum(r.rank == 1 for r in nerve)
    third = sum(r.rank is not None and r.rank <= 3 for r in nerve)
    near = sum(r.levels_off is not None and r.levels_off <= 1 for r in rooted)
    return (
        Measure("top-1", "Nerve and mimic cases: condition first", first, len(nerve), "many"),
        Measure("top-3", "Nerve and mimic cases: in the first three", third, len(nerve), "many"),
        _of("source-class", "Source class right", classed, "many", "is_class_right"),
        _of(
            "source-class-nerve",
            "Nerve and mimic cases: source class",
            nerve_classed,
            "many",
            "is_class_right",
        ),
        Measure("root-level", "Root level within one", near, len(rooted), "many"),
    )


def _of(
    code: str, text: str, results: Sequence[Result], wish: Literal["many", "few", "none"], is_counted: str
) -> Measure:
    return Measure(code, text, sum(bool(getattr(r, is_counted)) for r in results), len(results), wish)


def questions_asked(results: Sequence[Result]) -> tuple[float, int] | None:
    """Median and 90th percentile (nearest rank) of the questions asked; None when nothing was asked."""
    counts = sorted(r.questions for r in results if r.questions is not None)
    if not counts:
        return None
    return statistics.median(counts), counts[math.ceil(0.9 * len(counts)) - 1]


def calibrations(results: Sequence[Result]) -> tuple[Calibration, ...]:
    """For the condition named first (nerve and mimic cases) and for the source class named first (all)."""
    first = [(r.ranking[0][1], r.rank == 1) for r in results if r.truth.is_nerve_or_mimic]
    classed = [(r.source_class_probability, r.is_class_right) for r in results if r.truth.source_class]
    return (_calibration("first condition", first), _calibration("first source class", classed))


def _calibration(about: str, said: Sequence[tuple[float, bool]]) -> Calibration:
    errors = [(chance - right) ** 2 for chance, right in said]
    bands = [_band(number, said) for number in range(_BANDS)]
    brier = statistics.fmean(errors) if errors else 0.0
    return Calibration(about, len(said), brier, tuple(band for band in bands if band.cases))


def _band(number: int, said: Sequence[tuple[float, bool]]) -> Band:
    """Bands are half-open; only the last one takes its upper end."""
    own = [(chance, right) for chance, right in said if min(int(chance * _BANDS), _BANDS - 1) == number]
    stated = statistics.fmean(chance for chance, _ in own) if own else 0.0
    right = statistics.fmean(right for _, right in own) if own else 0.0
    return Band(number / _BANDS, (number + 1) / _BANDS, len(own), stated, right)
