"""How the demonstration's courses went so far: the plan behind each, what the person said, what was decided."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from unpinch.clinical.course import CoursePlan
from unpinch.clinical.progress import Activity, Decision, Reading
from unpinch.gateways.clock import FixedClock
from unpinch.records.models import Appointment, Course, Moment, Status
from unpinch.services import course_plan, relief
from unpinch.services.relief import DecideCommand, SayCommand

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from unpinch.clinical.values import Answers
    from unpinch.services.demo.clients import CourseStory

_BEFORE = timedelta(hours=1)
_TOOK_PLACE = (Status.COMPLETED, Status.BOOKED)


def give_plan(row: Course, answers: Answers, story: CourseStory, *, on_agreement: bool) -> None:
    """Keep the plan that these answers lead to with the course, as booking it would have."""
    plan = course_plan.plan_for(answers, on_agreement=on_agreement)
    row.link_uid, row.sessions = uuid4(), story.sessions
    if isinstance(plan, CoursePlan):
        row.plan = course_plan.dump(plan)
        row.gap_min_days, row.gap_max_days = 1, max(plan.gap_max_days, story.every_days + _leeway(story))
        row.review_after = min(plan.review_after, story.sessions)
    row.save()


def tell(row: Course, story: CourseStory, now: datetime) -> None:
    """Number the sessions, have the person say how it goes before each, and decide what is due by the rules.

    A look back that is due on the last session so far is left to whoever opens the demonstration.
    """
    sessions = list(row.appointments.order_by("starts_at"))
    behind = [one for one in sessions if one.status in _TOOK_PLACE and one.starts_at <= now]
    _number(row, sessions, len(behind))
    therapist = f"user:{behind[0].therapist.user_id}" if behind else ""
    for done, (session, pain) in enumerate(zip(behind, story.pains, strict=False)):
        if done:
            _decide(row, sessions[:done], therapist)
        _say(row, session, pain, story)
    if story.pains and len(story.pains) > len(behind):
        last = FixedClock(now - _BEFORE)
        command = SayCommand(row.pk, uuid4(), Moment.SESSION, _reading(story.pains[-1], story))
        relief.say(command, actor=f"client:{row.client_id}", clock=last)
        if len(behind) == len(sessions):
            _decide(row, behind, therapist)


def _number(row: Course, sessions: Sequence[Appointment], done: int) -> None:
    for number, session in enumerate(sessions, start=1):
        session.course_session = number
        session.is_review = row.review_after is not None and number == row.review_after
        session.is_tentative = row.review_after is not None and number > row.review_after >= done
        session.save(update_fields=["course_session", "is_review", "is_tentative"])


def _say(row: Course, session: Appointment, pain: int, story: CourseStory) -> None:
    command = SayCommand(row.pk, uuid4(), Moment.SESSION, _reading(pain, story), session.pk)
    clock = FixedClock(session.starts_at - _BEFORE)
    relief.say(command, actor=f"client:{row.client_id}", clock=clock)


def _reading(pain: int, story: CourseStory) -> Reading:
    """What hurts less can be done better: one number of the story gives both."""
    return Reading(pain=float(pain), activities=(Activity(story.activity, 10 - pain),))


def _decide(row: Course, behind: Sequence[Appointment], therapist: str) -> None:
    after = behind[-1].ends_at + timedelta(minutes=1)
    found = relief.due(row.pk, now=after)
    if found is not None and found.verdict.decision is not Decision.ASK_FIRST:
        relief.decide(DecideCommand(row.pk, found.verdict.decision, therapist), clock=FixedClock(after))
        row.refresh_from_db()


def _leeway(story: CourseStory) -> int:
    """The demonstration moves a session by some days where a day is full."""
    return 8 if story.every_days else 0
