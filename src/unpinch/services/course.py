"""A whole course for a client: proposed, booked, looked at, given back, and confirmed after its review.

The one front door for pages, interfaces and demonstration: everything else of a course stands behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.records.models import Appointment, Course, Status
from unpinch.services import (
    audit,
    cancelling,
    course_booking,
    course_messages,
    course_proposal,
    freed,
    links,
    outbox,
)
from unpinch.services.appointment import AppointmentView, view, with_names
from unpinch.services.course_booking import BookCourseCommand, CourseBooked, CourseTaken
from unpinch.services.course_link import by_token, token_of
from unpinch.services.course_offer import (
    Chosen,
    CourseWishes,
    NoTimes,
    Offer,
    OtherTime,
    ProposeCommand,
    ProposedSeries,
    ProposedSession,
    RelaxationView,
    TradeView,
)
from unpinch.services.course_price import CoursePrice
from unpinch.services.transactions import lock

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from unpinch.services.outcomes import Refused


__all__ = [
    "BookCourseCommand",
    "Chosen",
    "CourseBooked",
    "CoursePrice",
    "CourseTaken",
    "CourseView",
    "CourseWishes",
    "NoTimes",
    "Offer",
    "OtherTime",
    "ProposeCommand",
    "ProposedSeries",
    "ProposedSession",
    "RelaxationView",
    "SessionView",
    "TradeView",
    "book",
    "calendar_file",
    "cancel_rest",
    "confirm_tentative",
    "find",
    "other_times",
    "propose",
    "release_every_second",
    "release_rest",
    "release_tentative",
]


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session of a booked course, with the token of its own page."""

    number: int
    appointment: AppointmentView
    token: str
    is_review: bool
    is_tentative: bool
    is_over: bool
    can_be_cancelled: bool


@dataclass(frozen=True, slots=True)
class CourseView:
    """A booked course for its page: nothing here is about health."""

    id: int
    practice: str
    phone: str
    client_name: str
    sessions: tuple[SessionView, ...]
    price_minor: int
    currency: str
    review_after: int | None

    @property
    def to_come(self) -> tuple[SessionView, ...]:
        """The sessions that can still be given back."""
        return tuple(session for session in self.sessions if session.can_be_cancelled)


def propose(command: ProposeCommand, *, clock: Clock = SYSTEM_CLOCK) -> Offer | NoTimes | Refused:
    """The best complete series for someone's plan and wishes, or what to give up for one."""
    return course_proposal.propose(command, clock.now())


def other_times(
    command: ProposeCommand, number: int, *, clock: Clock = SYSTEM_CLOCK
) -> tuple[OtherTime, ...] | Refused:
    """Every time that one session could have, the others adapting to it."""
    return course_proposal.other_times(command, number, clock.now())


def book(command: BookCourseCommand, *, clock: Clock = SYSTEM_CLOCK) -> CourseBooked | CourseTaken | Refused:
    """Book every session of a series, or none; see :func:`course_booking.book_course`."""
    return course_booking.book_course(command, clock.now())


def find(token: str, *, clock: Clock = SYSTEM_CLOCK) -> CourseView:
    """The course behind a link, in two queries; NotFoundError when the link is of no course."""
    now = clock.now()
    course = by_token(token)
    rows = list(with_names(course.appointments.all()).order_by("starts_at"))
    return CourseView(
        id=course.pk,
        practice=course.practice.name,
        phone=view(rows[0]).phone if rows else course.practice.phone,
        client_name=course.client.name,
        sessions=tuple(_session(row, number, now) for number, row in enumerate(rows, start=1)),
        price_minor=course.price_minor,
        currency=course.practice.currency,
        review_after=course.review_after,
    )


def calendar_file(token: str, *, clock: Clock = SYSTEM_CLOCK) -> str:
    """All sessions of a course that still stand, as a file for someone's calendar."""
    rows = _standing(by_token(token))
    return course_messages.calendar_file(list(rows), clock.now())


def cancel_rest(token: str, *, clock: Clock = SYSTEM_CLOCK) -> int:
    """Give back every session that has not begun, by the course's link; how many. One message tells of all."""
    now = clock.now()
    with transaction.atomic():
        course = by_token(token, Course.objects.select_for_update(of=("self",)))
        rows = _ahead(course, now)
        _give_back(course, rows, now, actor=f"client:{course.client_id}", with_fee=True)
    return len(rows)


def confirm_tentative(
    course_id: int, *, actor: str, up_to: int | None = None, clock: Clock = SYSTEM_CLOCK
) -> int:
    """The review is passed: the sessions after it are certain now. How many; the client is told.

    With ``up_to`` only those up to that number, where the next review comes.
    """
    now = clock.now()
    with transaction.atomic():
        course = _locked(course_id)
        rows = [
            row
            for row in _ahead(course, now)
            if row.is_tentative and (up_to is None or (row.course_session or 0) <= up_to)
        ]
        for row in rows:
            row.is_tentative = False
            row.calendar_sequence += 1
            row.save(update_fields=["is_tentative", "calendar_sequence"])
        if rows:
            audit.record(
                course.practice_id, actor, "course.confirm", "course", course.pk, now, sessions=len(rows)
            )
            outbox.enqueue(course_messages.confirmed(course, rows, _token(course), now), now)
    return len(rows)


def release_tentative(course_id: int, *, actor: str, reason: str = "", clock: Clock = SYSTEM_CLOCK) -> int:
    """The course does not go on: give the tentative sessions back, free of charge. How many; the client is told."""
    now = clock.now()
    with transaction.atomic():
        course = _locked(course_id)
        rows = [row for row in _ahead(course, now) if row.is_tentative]
        _give_back(course, rows, now, actor=actor, reason=reason)
    return len(rows)


def release_rest(course_id: int, *, actor: str, reason: str, clock: Clock = SYSTEM_CLOCK) -> int:
    """The course ends here: give every session that has not begun back, free of charge. How many; the client is told."""
    now = clock.now()
    with transaction.atomic():
        course = _locked(course_id)
        rows = _ahead(course, now)
        _give_back(course, rows, now, actor=actor, reason=reason)
    return len(rows)


def release_every_second(course_id: int, *, actor: str, reason: str, clock: Clock = SYSTEM_CLOCK) -> int:
    """More days between: give every second session ahead back, free of charge, so that the next one stays. How many."""
    now = clock.now()
    with transaction.atomic():
        course = _locked(course_id)
        rows = _ahead(course, now)[1::2]
        _give_back(course, rows, now, actor=actor, reason=reason)
        if rows and course.gap_max_days is not None:
            course.gap_max_days *= 2
            course.save(update_fields=["gap_max_days"])
    return len(rows)


def _session(row: Appointment, number: int, now: datetime) -> SessionView:
    return SessionView(
        number=row.course_session or number,
        appointment=view(row),
        token=links.token_of(row.calendar_uid),
        is_review=row.is_review,
        is_tentative=row.is_tentative,
        is_over=row.ends_at <= now,
        can_be_cancelled=row.status == Status.BOOKED and row.starts_at > now,
    )


def _give_back(
    course: Course,
    rows: list[Appointment],
    now: datetime,
    *,
    actor: str,
    reason: str = "",
    with_fee: bool = False,
) -> None:
    for row in rows:
        fee = cancelling.terms(row, now).fee_minor if with_fee else 0
        cancelling.give_back(row, now, actor=actor, fee_minor=fee, reason=reason)
    if rows:
        details = {"reason": reason} if reason else {}
        audit.record(
            course.practice_id,
            actor,
            "course.cancel",
            "course",
            course.pk,
            now,
            sessions=len(rows),
            **details,
        )
        outbox.enqueue(course_messages.cancellation(course, rows, _token(course), now), now)
        freed.tell(course.practice_id, now)


def _locked(course_id: int) -> Course:
    return Course.objects.select_for_update(of=("self",)).select_related("practice").get(pk=course_id)


def _token(course: Course) -> str:
    return "" if course.link_uid is None else token_of(course.link_uid)


def _standing(course: Course) -> QuerySet[Appointment]:
    return with_names(course.appointments.filter(released_at__isnull=True)).order_by("starts_at")


def _ahead(course: Course, now: datetime) -> list[Appointment]:
    """The booked sessions that have not begun, locked in the order of their keys' resources."""
    rows = _standing(course).filter(status=Status.BOOKED, starts_at__gt=now)
    lock(rows.values_list("therapist_id", flat=True))
    return list(rows.select_for_update(of=("self",)))
