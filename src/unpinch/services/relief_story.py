"""How a course went so far, told for a page: the numbers, what usually happens without treatment, the decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.clinical import knowledge, progress
from unpinch.kernel.errors import NotFoundError
from unpinch.kernel.relief_chart import Milestone, Point
from unpinch.records.models import ENDED, Course, CourseState, Moment, ReliefReading, Status
from unpinch.services import audit, course_link, permissions, relief
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from datetime import datetime

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.progress import Reading
    from unpinch.clinical.values import SourceRef
    from unpinch.services.access import Caller
    from unpinch.services.relief import ReviewDue

_WEEKS = (4, 6, 12, 26, 52)
_LATER_WEEK = 9
"""Half-way between the two times at which people are asked after the course."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the table: when, pain and each activity (None where not said), and the change in words."""

    said_at: datetime
    pain: float | None
    activities: tuple[int | None, ...]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """One review: the rules' decision and the one taken, each as a sentence."""

    after_session: int
    decided_at: datetime
    sentence: str
    rules_said: str
    was_overruled: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everything a page shows about one course's relief. ``activities`` are the person's own, as first named.

    ``moment`` is what a reading said now would be; ``may_decide`` whether the reader may decide at a review.
    """

    course_id: int
    client_id: int
    client_name: str
    moment: Moment
    may_decide: bool
    condition_name: str
    sessions_done: int
    sessions: int
    state: CourseState
    is_over: bool
    needs_doctor: bool
    told: tuple[Told, ...]
    points: tuple[Point, ...]
    milestones: tuple[Milestone, ...]
    untreated: tuple[str, ...]
    untreated_sources: tuple[SourceRef, ...]
    smallest_change: int
    activities: tuple[str, ...]
    reviews: tuple[Looked, ...]
    due: ReviewDue | None


def by_token(token: str, now: datetime) -> Story:
    """The story behind a course's link; NotFoundError when the link is of no course."""
    return _story(course_link.by_token(token), now, for_staff=False, may_decide=False)


def for_staff(course_id: int, caller: Caller, now: datetime) -> Story:
    """The story for the therapist who treats, or the owner; the reading is written in the record book."""
    row = readable(course_id, caller)
    audit.record(
        row.practice_id, f"user:{caller.user_id}", "relief.read", "course", row.pk, now, about=row.client_id
    )
    return _story(row, now, for_staff=True, may_decide=_treats(row, caller))


def _treats(row: Course, caller: Caller) -> bool:
    therapists = row.appointments.values_list("therapist_id", flat=True).distinct()
    return any(
        permissions.can_treat(caller, Thing(row.practice_id, row.client_id, therapist))
        for therapist in therapists
    )


def readable(course_id: int, caller: Caller) -> Course:
    """The course, when this person may read its health record; NotFoundError otherwise."""
    row = (
        Course.objects.select_related("client", "practice")
        .filter(pk=course_id, practice_id=caller.practice_id)
        .first()
    )
    if row is None:
        raise NotFoundError("There is no such course here.")
    therapists = row.appointments.values_list("therapist_id", flat=True).distinct()
    things = [Thing(row.practice_id, row.client_id, therapist) for therapist in (None, *therapists)]
    if not any(permissions.can_read_health(caller, thing) for thing in things):
        raise NotFoundError("There is no such course here.")
    return row


def _story(row: Course, now: datetime, *, for_staff: bool, may_decide: bool) -> Story:
    kb = knowledge.load()
    readings = list(row.readings.order_by("said_at", "pk"))
    start = relief.reading_of(readings[0]) if readings else progress.Reading()
    condition = str(row.plan.get("condition", "")) if isinstance(row.plan, dict) else ""
    milestones, untreated, sources = _untreated(condition, kb)
    return Story(
        course_id=row.pk,
        client_id=row.client_id,
        moment=_moment(row, bool(readings), now),
        may_decide=may_decide,
        client_name=row.client.name,
        condition_name=kb.conditions[condition].plain_name if condition in kb.conditions else "",
        sessions_done=relief.sessions_done(row, now),
        sessions=row.sessions,
        state=CourseState(row.state),
        is_over=row.state in ENDED,
        needs_doctor=row.needs_doctor,
        told=tuple(_told(one, start, kb) for one in readings),
        points=tuple(_points(readings)),
        milestones=milestones,
        untreated=untreated,
        untreated_sources=sources,
        smallest_change=_smallest_change(kb),
        activities=tuple(activity.name for activity in start.activities),
        reviews=_reviews(row, kb, shows_reasons=for_staff),
        due=relief.due(row.pk, now=now),
    )


def _moment(row: Course, has_start: bool, now: datetime) -> Moment:  # noqa: FBT001 - private, named at its one call
    """What a reading said now is: the start, before a session while some are to come, or weeks after."""
    if not has_start:
        return Moment.START
    if row.appointments.filter(status=Status.BOOKED, ends_at__gt=now).exists():
        return Moment.SESSION
    weeks = (now - row.created_at).days / 7
    return Moment.WEEK_6 if weeks < _LATER_WEEK else Moment.WEEK_12


def _told(row: ReliefReading, start: Reading, kb: Knowledge) -> Told:
    reading = relief.reading_of(row)
    can = {activity.name: activity.can for activity in reading.activities}
    is_start = row.moment == Moment.START
    return Told(
        said_at=row.said_at,
        pain=reading.pain,
        activities=tuple(can.get(activity.name) for activity in start.activities),
        because=() if is_start else progress.change_between(start, reading, kb).because,
    )


def _points(readings: list[ReliefReading]) -> list[Point]:
    if not readings:
        return []
    first = readings[0].said_at
    said = [((row.said_at - first).total_seconds() / 86_400, relief.reading_of(row).pain) for row in readings]
    return [Point(day, pain) for day, pain in said if pain is not None]


def _untreated(
    condition: str, kb: Knowledge
) -> tuple[tuple[Milestone, ...], tuple[str, ...], tuple[SourceRef, ...]]:
    """What is known about how it goes without massage: shares by week, what "better" means there, sources.

    The first row with shares is the one about people in general; later ones are about some of them.
    """
    for row in (row for row in kb.natural_history if row.condition == condition):
        found = {week: getattr(row, f"share_better_{week}w") for week in _WEEKS}
        known = tuple(Milestone(week, share) for week, share in found.items() if share is not None)
        if known:
            return known, (row.definition,), tuple(kb.source(source) for source in row.source_id)
    return (), (), ()


def _smallest_change(kb: Knowledge) -> int:
    """The smallest fall in pain that counts as better, in points."""
    falls = [
        rule.smallest_change
        for rule in kb.review_rules.values()
        if rule.measure == "NPRS" and rule.outcome == "better" and rule.smallest_change
    ]
    return min(falls)


def _reviews(row: Course, kb: Knowledge, *, shows_reasons: bool) -> tuple[Looked, ...]:
    return tuple(
        Looked(
            after_session=one.after_session,
            decided_at=one.decided_at,
            sentence=kb.say(f"review-{one.decided}"),
            rules_said=kb.say(f"review-{one.given}"),
            was_overruled=one.decided != one.given,
            reason=one.reason if shows_reasons else "",
        )
        for one in row.reviews.order_by("after_session")
    )
