"""The plan of a course: made from stored answers and the doctor's say, kept with the course, read again."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from unpinch.clinical import course, findings, knowledge
from unpinch.clinical.clearance import Clearance
from unpinch.clinical.course import CoursePlan, NoPlan, Target, TechniqueStep
from unpinch.clinical.knowledge.rows import ReviewRule
from unpinch.clinical.limits import Limit
from unpinch.scheduling.course_search import Spacing
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from datetime import date

    from unpinch.clinical.values import Answers
    from unpinch.services.admission import Admitted
    from unpinch.services.intake import Stored


def plan_for(
    answers: Answers, *, on_agreement: bool, clearance: Clearance | None = None
) -> CoursePlan | NoPlan:
    """The plan for some answers, bound by what a doctor said.

    ``on_agreement`` is the person's word that their doctor agrees, without limits; a doctor's own word outranks it.
    """
    said = clearance or (Clearance("yes") if on_agreement else None)
    return course.plan(answers, knowledge.load(), said)


def plan_of(stored: Stored, admitted: Admitted) -> CoursePlan | Refused:
    """The plan on stored answers that passed the gate, or why no course can be booked on them."""
    answers = findings.parse_answers(stored.raw_answers, knowledge.load())
    return bookable(plan_for(answers, on_agreement=admitted.on_agreement, clearance=admitted.clearance))


def bookable(plan: CoursePlan | NoPlan) -> CoursePlan | Refused:
    """A plan that a course can be booked on, or what stands in the way."""
    if isinstance(plan, NoPlan):
        return Refused(f"plan-{plan.code}", plan.reason)
    if plan.state == "needs-answers":
        return Refused(
            "plan-needs-answers",
            "Some questions that your plan hangs on are still open. Please go through the questions again.",
        )
    if plan.state == "needs-approval":
        return Refused("plan-needs-approval", " ".join(plan.needs_approval_because))
    return plan


def spacing_of(
    plan: CoursePlan, today: date, *, sessions: int | None = None, most: int | None = None
) -> Spacing:
    """What the plan asks of the calendar, seen from ``today``; with ``sessions`` a course of fewer.

    ``most`` is how many a doctor still allows: it outranks the fewest that the plan would have.
    """
    wanted = plan.sessions if sessions is None else min(max(sessions, plan.sessions_min), plan.sessions)
    wanted = wanted if most is None else min(wanted, most)
    return Spacing(
        sessions=wanted,
        gap_min=plan.gap_min_days,
        gap_ideal=plan.gap_ideal_days,
        gap_max=plan.gap_max_days,
        not_before=date_after(today, plan.not_before_days),
        review_after=min(plan.review_after, wanted),
        tentative=True,
        fewest=min(plan.sessions_min, wanted),
    )


def dump(plan: CoursePlan) -> dict[str, Any]:
    """The plan as JSON values."""
    return asdict(plan)


def load(raw: dict[str, Any]) -> CoursePlan:
    """A dumped plan as it was."""
    nested = {
        "targets": tuple(Target(**_tuples(row)) for row in raw["targets"]),
        "techniques": tuple(TechniqueStep(**row) for row in raw["techniques"]),
        "review_rules": tuple(ReviewRule(**_tuples(row)) for row in raw["review_rules"]),
        "limits": tuple(Limit(**_tuples(row)) for row in raw["limits"]),
    }
    return CoursePlan(**{**_tuples(raw), **nested})


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def date_after(day: date, days: int) -> date:
    """The day so many days later."""
    return day.fromordinal(day.toordinal() + days)
