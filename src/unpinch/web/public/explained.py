"""The account of an answer and the course that follows from it, as the answer page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unpinch.clinical import course
from unpinch.clinical.course import NoPlan
from unpinch.clinical.explanation import explanation
from unpinch.web.public import words

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from unpinch.clinical.explanation import UsedSource, Weighed
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Answers, Assessment, Reason, SourceRef

_WEIGHTS: dict[str, str | Promise] = {
    "strongly": gettext_lazy("strongly"),
    "clearly": gettext_lazy("clearly"),
    "a little": gettext_lazy("a little"),
}
_USES: dict[str, str | Promise] = {
    "danger-rule": gettext_lazy("for a danger sign"),
    "measured-sign": gettext_lazy("a sign measured in a study"),
    "estimated-sign": gettext_lazy("a sign judged by experts"),
    "massage-study": gettext_lazy("a study on massage"),
    "condition": gettext_lazy("on the condition"),
}
_TYPES: dict[str, str | Promise] = {
    "swedish": gettext_lazy("Swedish massage: long, gliding strokes"),
    "deep-tissue": gettext_lazy("Deep tissue massage: slow and firmer"),
    "other": gettext_lazy("A gentle mix for this trouble"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One of the person's own answers and how much it weighs, in words."""

    text: str
    weight: str


@dataclass(frozen=True, slots=True)
class Possible:
    """One possible condition: how likely, and what spoke for and against it."""

    code: str
    name: str
    detail: str
    words: str
    count: str
    width: int
    speaks_for: tuple[Told, ...]
    speaks_against: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class ShownSource:
    """A source, what it was used for, and how sure it is."""

    source: SourceRef
    use: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything under "why" on the answer page."""

    first: Possible
    others: tuple[Possible, ...]
    not_known: tuple[str, ...]
    changes: tuple[str, ...]
    sources: tuple[ShownSource, ...]
    not_this: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """The course in a few lines; ``no_plan`` says why there is none, and then all else is empty.

    ``reasons`` are why a doctor must agree, ``still_to_ask`` how many questions are open before a booking.
    """

    no_plan: str = ""
    kind: str = ""
    how_often: str = ""
    where: tuple[str, ...] = ()
    how_hard: str = ""
    review: str = ""
    stop: str = ""
    at_home: str = ""
    reasons: tuple[str, ...] = ()
    still_to_ask: int = 0


def explained(answers: Answers, found: Assessment, kb: Knowledge) -> Explained:
    """The account of a judgement in words."""
    told = explanation(answers, found, kb)
    possible = [_possible(one) for one in told.conditions]
    return Explained(
        first=possible[0],
        others=tuple(possible[1:]),
        not_known=tuple(one.question for one in told.unknown if not one.is_danger),
        changes=tuple(change.text for change in told.changes),
        sources=tuple(_source(one) for one in told.sources),
        not_this=told.not_this,
    )


def _possible(one: Weighed) -> Possible:
    return Possible(
        code=one.code,
        name=one.plain_name[:1].upper() + one.plain_name[1:],
        detail=one.name,
        words=words.likelihood(one.probability),
        count=words.in_hundred(one.probability),
        width=max(round(one.probability * 100), 1),
        speaks_for=tuple(_told(reason) for reason in one.reasons_for),
        speaks_against=tuple(_told(reason) for reason in one.reasons_against),
    )


def _told(reason: Reason) -> Told:
    weight = str(_WEIGHTS[reason.weight])
    return Told(
        reason.text, _("%(weight)s, measured in studies") % {"weight": weight} if reason.measured else weight
    )


def _source(one: UsedSource) -> ShownSource:
    use = str(_USES[one.use])
    if one.certainty:
        use = f"{use}: {words.how_sure(one.certainty)}"
    return ShownSource(one.source, use)


def plan_summary(answers: Answers, kb: Knowledge) -> PlanSummary:
    """The course that the answers allow, or why there is none."""
    found = course.plan(answers, kb)
    if isinstance(found, NoPlan):
        return PlanSummary(no_plan=found.reason)
    return PlanSummary(
        kind=str(_TYPES[found.massage_type]),
        how_often=_("%(number)s sessions of %(minutes)s minutes, %(week)s a week.")
        % {"number": found.sessions, "minutes": found.minutes_each, "week": found.per_week},
        where=tuple(dict.fromkeys(target.plain_name for target in found.targets)),
        how_hard=_("Begins at %(start)s of 5 and never goes above %(most)s.")
        % {"start": found.pressure_start, "most": found.pressure_ceiling},
        review=_("After session %(number)s you look back together.") % {"number": found.review_after},
        stop=found.stop_rule,
        at_home=found.home_care,
        reasons=found.needs_approval_because,
        still_to_ask=len(found.open_questions),
    )
