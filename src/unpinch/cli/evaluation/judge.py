"""Run one case and compare what was said with what was true."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from unpinch.cli import shape
from unpinch.clinical import assess
from unpinch.clinical.values import Disposition

if TYPE_CHECKING:
    from unpinch.cli.evaluation.cases import Case, Truth
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Assessment, RankedCondition

Mode = Literal["interview", "assess"]

_ROOT = re.compile(r"([CTLS])(\d{1,2})")
_SPINE = (("C", 8), ("T", 12), ("L", 5), ("S", 5))


@dataclass(frozen=True, slots=True)
class Result:
    """One case as it went. Fields that are None do not apply to the case.

    ``rank`` is the place of the first acceptable condition in the ranking, counted from 1; ``holds_flag``
    says that the whole of the answers raises a danger rule; ``levels_off`` how many roots the stated level
    is away from the true one.
    """

    case_id: str
    truth: Truth
    disposition: Disposition
    ranking: tuple[tuple[str, float], ...]
    rank: int | None
    source_class: str
    source_class_probability: float
    holds_flag: bool
    flags: tuple[str, ...]
    open_dangers: int
    levels_off: int | None
    has_root: bool
    questions: int | None

    @property
    def is_exact(self) -> bool:
        """The true disposition, or one listed as acceptable."""
        return self.disposition in {self.truth.disposition, *self.truth.dispositions_accepted}

    @property
    def is_safe(self) -> bool:
        """Not less urgent than the truth."""
        return self.disposition.rank >= self.truth.disposition.rank

    @property
    def is_class_right(self) -> bool:
        """The likeliest source class is the true one or one listed as acceptable."""
        return self.source_class in {self.truth.source_class, *self.truth.classes_accepted}

    @property
    def is_danger_at_massage(self) -> bool:
        """The one thing that must never happen."""
        return self.truth.is_danger and self.disposition is Disposition.MASSAGE_OK

    @property
    def is_flagged_danger_delayed(self) -> bool:
        """Danger sent to a doctor without hurry though its answers raise a danger rule."""
        delayed = self.truth.is_danger and self.disposition is Disposition.DOCTOR_FIRST
        return delayed and not self.is_exact and self.holds_flag

    @property
    def is_overtriaged(self) -> bool:
        """No danger, yet sent in haste, and no expert would accept that."""
        raised = self.disposition.rank >= Disposition.URGENT.rank
        return not self.truth.is_danger and raised and not self.is_exact


def run(case: Case, mode: Mode, kb: Knowledge) -> Result:
    """Judge one case: by an interview that asks what it needs, or on all its answers at once."""
    whole = assess.assess(case.answers, kb)
    return _result(case, whole, whole, None, kb) if mode == "assess" else _interviewed(case, whole, kb)


def both(case: Case, kb: Knowledge) -> tuple[Result, Result]:
    """One case by an interview, and on all its answers at once."""
    whole = assess.assess(case.answers, kb)
    return _interviewed(case, whole, kb), _result(case, whole, whole, None, kb)


def _interviewed(case: Case, whole: Assessment, kb: Knowledge) -> Result:
    step, screens = assess.interview(case.answers, kb)
    return _result(case, step.assessment, whole, sum(shape.questions_on(screen) for screen in screens), kb)


def _result(case: Case, found: Assessment, whole: Assessment, questions: int | None, kb: Knowledge) -> Result:
    code, chance = found.source_classes[0]
    right = _right_one(found, case.truth)
    root = _true_root(case.truth, kb)
    return Result(
        case_id=case.id,
        truth=case.truth,
        disposition=found.disposition,
        ranking=tuple((ranked.code, ranked.probability) for ranked in found.ranking),
        rank=right[0] if right else None,
        source_class=code,
        source_class_probability=chance,
        holds_flag=bool(whole.red_flags),
        flags=tuple(flag.code for flag in found.red_flags),
        open_dangers=len(found.open_dangers),
        levels_off=_levels_off(found, case.truth, root),
        has_root=root is not None,
        questions=questions,
    )


def _right_one(found: Assessment, truth: Truth) -> tuple[int, RankedCondition] | None:
    accepted = {truth.condition, *truth.conditions_accepted}
    hits = ((place, ranked) for place, ranked in enumerate(found.ranking, 1) if ranked.code in accepted)
    return next(hits, None)


def _true_root(truth: Truth, kb: Knowledge) -> int | None:
    """The true root as a number down the spine, when the case has exactly one and its condition has roots."""
    has_roots = truth.condition is not None and truth.condition in kb.levels
    return place_of_root(truth.level) if has_roots and truth.level else None


def _levels_off(found: Assessment, truth: Truth, root: int | None) -> int | None:
    """How far the level stated for the true condition is from the truth; None when none is stated."""
    if root is None:
        return None
    stated = next((ranked.level for ranked in found.ranking if ranked.code == truth.condition), None)
    place = place_of_root(stated) if stated else None
    return None if place is None else abs(place - root)


def place_of_root(level: str) -> int | None:
    """A root as a number down the spine (C1 is 1, T1 is 9); None when the text is not one root."""
    match = _ROOT.fullmatch(level.strip())
    above = 0
    for letter, count in _SPINE:
        if match and match[1] == letter and 1 <= int(match[2]) <= count:
            return above + int(match[2])
        above += count
    return None
