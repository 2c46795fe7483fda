"""Whether a course helps: what the person says, what the rules make of it, what is decided and done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from unpinch.clinical import knowledge, progress
from unpinch.clinical.progress import Activity, Decision, Reading, Standing, Verdict
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import (
    ENDED,
    Course,
    CourseReview,
    CourseState,
    Moment,
    ReliefReading,
    Status,
)
from unpinch.services import audit, course
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

MOST_ACTIVITIES = 5
LONGEST_ACTIVITY = 80
LONGEST_REASON = 500
_AFTER = {
    Decision.GO_ON: CourseState.UNDER_WAY,
    Decision.TAPER: CourseState.TAPERING,
    Decision.CHANGE_ONCE: CourseState.CHANGED,
    Decision.FINISH: CourseState.FINISHED,
    Decision.STOP: CourseState.STOPPED,
    Decision.STOP_NOW: CourseState.STOPPED,
}


@dataclass(frozen=True, slots=True)
class SayCommand:
    """What a person says before a session or some weeks after. ``key`` is made once per form."""

    course_id: int
    key: UUID
    moment: Moment
    reading: Reading
    appointment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """It is kept. ``stopped`` is the verdict when what was said stops the course at once."""

    reading_id: int
    stopped: Verdict | None = None


@dataclass(frozen=True, slots=True)
class DecideCommand:
    """What the therapist decides at a review. ``reason`` is needed to be bolder than the rules."""

    course_id: int
    decision: Decision
    actor: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was done: the state of the course now, and how many later sessions became certain or were given back."""

    state: CourseState
    confirmed: int = 0
    given_back: int = 0


@dataclass(frozen=True, slots=True)
class ReviewDue:
    """A review that waits for a decision, with what the rules say."""

    after_session: int
    verdict: Verdict


def say(command: SayCommand, *, actor: str, clock: Clock = SYSTEM_CLOCK) -> Said:
    """Keep what a person says. A change for the worse stops the course in the same transaction.

    InputError for numbers that cannot be (code ``pain``, ``overall`` or ``activities``). The same ``key`` twice is
    kept once. The first thing said in a course is its start, whatever the moment.
    """
    _check(command.reading)
    now = clock.now()
    with transaction.atomic():
        row = _locked(command.course_id)
        before = ReliefReading.objects.filter(practice_id=row.practice_id, key=command.key).first()
        if before is not None:
            return Said(before.pk)
        has_start = row.readings.filter(moment=Moment.START).exists()
        kept = ReliefReading.objects.create(
            practice_id=row.practice_id,
            key=command.key,
            client_id=row.client_id,
            course=row,
            appointment_id=command.appointment_id,
            moment=command.moment if has_start else Moment.START,
            answers=dump(command.reading),
            said_at=now,
        )
        audit.record(
            row.practice_id,
            actor,
            "relief.say",
            "course",
            row.pk,
            now,
            about=row.client_id,
            moment=kept.moment,
        )
        stopped = None if row.state in ENDED else _stop_if_worse(row, command.reading, actor, clock)
    return Said(kept.pk, stopped)


def due(course_id: int, *, now: datetime) -> ReviewDue | None:
    """The review that the course waits for; None when none is due or the course is over."""
    row = Course.objects.filter(pk=course_id).first()
    if row is None:
        raise _unknown()
    return _due(row, now)


def sessions_done(row: Course, now: datetime) -> int:
    """The sessions that took place: completed, or begun and not marked as missed."""
    took_place = row.appointments.filter(status__in=[Status.COMPLETED, Status.BOOKED], starts_at__lte=now)
    return took_place.count()


def decide(command: DecideCommand, *, clock: Clock = SYSTEM_CLOCK) -> Decided | Refused:
    """Carry a decision out: sessions become certain, are spaced out or given back; in one transaction.

    Without a due review only stopping is possible. Refused for a bolder decision without a reason, or after the end.
    """
    now = clock.now()
    with transaction.atomic():
        row = _locked(command.course_id)
        if row.state in ENDED:
            return Refused("course-over", "This course is over, so nothing is left to decide.")
        found = _due(row, now)
        if found is None:
            if command.decision is not Decision.STOP_NOW:
                return Refused("no-review", "No review is due now. You can stop the course at any time.")
            found = ReviewDue(sessions_done(row, now), _verdict(row, now))
        if refused := _may(found.verdict.decision, command):
            return refused
        return _carry_out(row, found, command, clock)


def reading_of(row: ReliefReading) -> Reading:
    """What was said, as a value."""
    return load(row.answers)


def dump(reading: Reading) -> dict[str, Any]:
    """A reading as JSON values."""
    return {
        "pain": reading.pain,
        "activities": [[activity.name, activity.can] for activity in reading.activities],
        "overall": reading.overall,
        "worse_for_days": reading.is_worse_for_days,
        "new_sign": reading.has_new_sign,
    }


def load(raw: dict[str, Any]) -> Reading:
    """A dumped reading as it was."""
    return Reading(
        pain=raw["pain"],
        activities=tuple(Activity(name, can) for name, can in raw["activities"]),
        overall=raw["overall"],
        is_worse_for_days=raw["worse_for_days"],
        has_new_sign=raw["new_sign"],
    )


def _check(reading: Reading) -> None:
    if reading.pain is not None and not 0 <= reading.pain <= 10:
        raise InputError(f"{reading.pain:g} is no pain score; give 0 to 10.", code="pain")
    if reading.overall is not None and not -7 <= reading.overall <= 7:
        raise InputError(f"{reading.overall} is no overall change; give -7 to 7.", code="overall")
    if len(reading.activities) > MOST_ACTIVITIES:
        raise InputError(
            f"{len(reading.activities)} activities are too many; name up to {MOST_ACTIVITIES}.",
            code="activities",
        )
    for activity in reading.activities:
        if not activity.name.strip() or len(activity.name) > LONGEST_ACTIVITY or not 0 <= activity.can <= 10:
            raise InputError(
                f"An activity needs a name of up to {LONGEST_ACTIVITY} letters and a number from 0 to 10.",
                code="activities",
            )


def _stop_if_worse(row: Course, reading: Reading, actor: str, clock: Clock) -> Verdict | None:
    """The course stops as soon as the person is worse; no review is waited for."""
    now = clock.now()
    kb = knowledge.load()
    change = progress.change_between(_start(row), reading, kb)
    if change.outcome != "worse":
        return None
    done = sessions_done(row, now)
    verdict = progress.judge(change, _standing(row, done), kb)
    _carry_out(row, ReviewDue(done, verdict), DecideCommand(row.pk, verdict.decision, actor), clock)
    return verdict


def _due(row: Course, now: datetime) -> ReviewDue | None:
    done = sessions_done(row, now)
    every = row.review_after
    if row.state in ENDED or every is None or not progress.is_review_due(done, every, row.sessions):
        return None
    if row.reviews.filter(after_session__gte=done).exists():
        return None
    return ReviewDue(done, _verdict(row, now))


def _verdict(row: Course, now: datetime) -> Verdict:
    """What the rules make of what was said last."""
    kb = knowledge.load()
    latest = row.readings.exclude(moment=Moment.START).order_by("-said_at", "-pk").first()
    said = Reading() if latest is None else load(latest.answers)
    change = progress.change_between(_start(row), said, kb)
    return progress.judge(change, _standing(row, sessions_done(row, now)), kb)


def _start(row: Course) -> Reading:
    first = row.readings.filter(moment=Moment.START).first()
    return Reading() if first is None else load(first.answers)


def _standing(row: Course, done: int) -> Standing:
    passed = row.reviews.filter(decided__in=[Decision.GO_ON, Decision.TAPER]).count()
    return Standing(done, max(row.sessions, done), passed, row.has_changed)


def _may(given: Decision, command: DecideCommand) -> Refused | None:
    if command.decision is Decision.ASK_FIRST:
        return Refused("ask-first", "Ask how it is going, write that down, and then decide.")
    if len(command.reason) > LONGEST_REASON:
        return Refused("reason-long", f"Please keep the reason under {LONGEST_REASON} letters.")
    if progress.may_decide(given, command.decision, command.reason):
        return None
    if given is Decision.STOP_NOW:
        return Refused("stop-now", "It got worse or there is a new sign. Only a doctor can open this again.")
    return Refused("reason-needed", "The rules are more careful here. Write down why you decide otherwise.")


def _carry_out(row: Course, found: ReviewDue, command: DecideCommand, clock: Clock) -> Decided:
    now, decision = clock.now(), command.decision
    CourseReview.objects.update_or_create(
        course=row,
        after_session=found.after_session,
        defaults={
            "practice_id": row.practice_id,
            "outcome": found.verdict.change.outcome,
            "given": found.verdict.decision,
            "decided": decision,
            "because": list(found.verdict.change.because),
            "reason": command.reason.strip(),
            "actor": command.actor,
            "decided_at": now,
        },
    )
    audit.record(
        row.practice_id,
        command.actor,
        "course.review",
        "course",
        row.pk,
        now,
        about=row.client_id,
        after_session=found.after_session,
        overruled=decision is not found.verdict.decision,
    )
    row.state = _AFTER[decision]
    row.has_changed = row.has_changed or decision is Decision.CHANGE_ONCE
    row.needs_doctor = decision.needs_doctor
    row.ended_at = now if decision.is_end else None
    row.save(update_fields=["state", "has_changed", "needs_doctor", "ended_at"])
    return _settle(row, found.after_session, command, clock)


def _settle(row: Course, done: int, command: DecideCommand, clock: Clock) -> Decided:
    """Bring the later sessions in line with the decision."""
    decision, actor = command.decision, command.actor
    state = CourseState(row.state)
    if decision.is_end:
        return Decided(
            state, given_back=course.release_rest(row.pk, actor=actor, reason="course over", clock=clock)
        )
    given_back = 0
    if decision is Decision.TAPER:
        given_back = course.release_every_second(row.pk, actor=actor, reason="more days between", clock=clock)
    up_to = None
    if decision is Decision.CHANGE_ONCE:
        up_to = done + (row.review_after or row.sessions)
        row.appointments.filter(course_session=up_to).update(is_review=True)
    confirmed = course.confirm_tentative(row.pk, actor=actor, up_to=up_to, clock=clock)
    return Decided(state, confirmed, given_back)


def _locked(course_id: int) -> Course:
    row = Course.objects.select_for_update(of=("self",)).filter(pk=course_id).first()
    if row is None:
        raise _unknown()
    return row


def _unknown() -> NotFoundError:
    return NotFoundError("There is no such course. Please check the link, or call us.")
