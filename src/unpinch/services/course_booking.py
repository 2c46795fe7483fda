"""Books a whole course: every session or none, in one transaction, the gate first, the database as the last word."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4, uuid5

from django.db import IntegrityError, connection, transaction

from unpinch.kernel.errors import InputError
from unpinch.records.models import Appointment, Course, Practice, Room, Therapist
from unpinch.scheduling.course_search import keeps_spacing
from unpinch.services import admission, audit, contact, course_messages, course_plan, outbox, place
from unpinch.services.appointment import with_names
from unpinch.services.course_link import token_of
from unpinch.services.course_offer import Chosen, CourseWishes, NoTimes, Offer, ProposeCommand
from unpinch.services.course_price import price_of
from unpinch.services.course_proposal import Basis, basis_of, propose
from unpinch.services.outcomes import Refused
from unpinch.services.transactions import GoneError, KeyInUseError, LeaveError, lock, once_more_on_deadlock

if TYPE_CHECKING:
    from datetime import datetime

    from unpinch.records.models import Client
    from unpinch.services.contact import Contact
    from unpinch.services.free_time import AtLocation

_TRIES = 3


@dataclass(frozen=True, slots=True)
class BookCourseCommand:
    """A series that was proposed. ``key`` is made once per form, so that a second press books nothing new.

    Every session names its therapist. ``wishes`` are those it was proposed for: they find the nearest other
    series when a place was taken meanwhile.
    """

    practice_id: int
    key: UUID
    assessment_key: UUID
    location_code: str
    sessions: tuple[Chosen, ...]
    name: str
    email: str
    phone: str
    agrees_to_terms: bool
    wishes: CourseWishes = field(default_factory=CourseWishes)

    @property
    def question(self) -> ProposeCommand:
        """What these sessions would be an answer to, at their own place."""
        wishes = replace(self.wishes, location_code=self.location_code)
        return ProposeCommand(self.practice_id, self.assessment_key, wishes, sessions=len(self.sessions))


@dataclass(frozen=True, slots=True)
class CourseBooked:
    """It is kept, as a whole. ``token`` opens the course's page."""

    course_id: int
    token: str


@dataclass(frozen=True, slots=True)
class CourseTaken:
    """Nothing was booked: the sessions ``lost`` are not free any more. ``nearest`` changes as few as can be."""

    lost: tuple[int, ...]
    nearest: Offer | NoTimes


class _LostError(Exception):
    """Somebody took a place between looking and taking: look again, there may be another room."""


class _TakenError(Exception):
    """Some sessions cannot be had at all."""

    def __init__(self, lost: tuple[int, ...]) -> None:
        super().__init__(lost)
        self.lost = lost


def book_course(command: BookCourseCommand, now: datetime) -> CourseBooked | CourseTaken | Refused:
    """Book every session of a series, or none.

    The same ``key`` twice gives the same course. InputError (code ``name``, ``email``, ``phone`` or ``sessions``)
    when the contact or the sessions cannot be used; NotFoundError for unknown answers.
    """
    _check(command)
    country = Practice.objects.values_list("country", flat=True).get(pk=command.practice_id)
    person = contact.read(name=command.name, email=command.email, phone=command.phone, country=country)
    lost: tuple[int, ...] = ()
    for _ in range(_TRIES):
        try:
            return once_more_on_deadlock(lambda: _book(command, person, now))
        except LeaveError as leaving:
            return leaving.refused
        except _TakenError as taken:
            lost = taken.lost
            break
        except (_LostError, GoneError):
            continue
    nearest = propose(replace(command.question, kept=command.sessions), now)
    return nearest if isinstance(nearest, Refused) else CourseTaken(lost, nearest)


def _check(command: BookCourseCommand) -> None:
    numbers = [chosen.number for chosen in command.sessions]
    if numbers != list(range(1, len(numbers) + 1)):
        raise InputError(f"The sessions {numbers} are not numbered 1, 2, 3 and so on.", code="sessions")
    for chosen in command.sessions:
        if chosen.starts.tzinfo is None:
            raise InputError(
                f"Session {chosen.number} has no time zone, so nobody knows when it is.", code="sessions"
            )
        if chosen.therapist_code is None:
            raise InputError(f"Session {chosen.number} names no therapist.", code="sessions")


def _book(command: BookCourseCommand, person: Contact, now: datetime) -> CourseBooked:
    with transaction.atomic():
        before = Course.objects.filter(practice_id=command.practice_id, key=command.key).first()
        if before is not None:
            return _again(before, command, person)
        admission.need_terms(agrees=command.agrees_to_terms)
        # The gate stands before anything is written, and is asked again with the facts of the booking below.
        times = admission.Times(
            [chosen.starts for chosen in command.sessions],
            admission.known_client(person, command.practice_id),
        )
        admitted = admission.pass_gate(command.practice_id, command.assessment_key, now, times)
        client = admission.client_of(person, command.practice_id, now)
        admission.claim_answers(admitted.stored, client.pk)
        place.release_expired(command.practice_id, now)
        _lock(command, client.pk)
        basis = basis_of(command.question, now)
        at = _place(basis, command)
        _need_spacing(basis, at, command)
        course = _course(command, basis, client, now)
        rows = _rows(command, basis, at, course, now)
        if not _insert(rows, course):
            raise _LostError
        return _confirm(course, basis, now)


def _lock(command: BookCourseCommand, client_id: int) -> None:
    """Wait until nobody else moves these therapists, the rooms of the place, or this client."""
    codes = {chosen.therapist_code for chosen in command.sessions}
    therapists = Therapist.objects.filter(practice_id=command.practice_id, code__in=codes)
    rooms = Room.objects.filter(practice_id=command.practice_id, location__code=command.location_code)
    lock(therapists.values_list("pk", flat=True), rooms.values_list("pk", flat=True), clients=(client_id,))


def _again(course: Course, command: BookCourseCommand, person: Contact) -> CourseBooked:
    """The second press of one button: the same answer as to the first, for the same person and times alone."""
    starts = set(course.appointments.values_list("starts_at", flat=True))
    is_same = (
        course.client.email_key == person.email_key
        and course.client.name_key == person.name_key
        and starts == {chosen.starts for chosen in command.sessions}
    )
    if not is_same or course.link_uid is None:
        raise LeaveError(
            Refused("key-used", "This form has been sent before. Please start the booking again.")
        )
    return CourseBooked(course.pk, token_of(course.link_uid))


def _place(basis: Basis, command: BookCourseCommand) -> AtLocation:
    for at in basis.found.places:
        if at.location.code == command.location_code:
            return at
    raise _TakenError(tuple(chosen.number for chosen in command.sessions))


def _need_spacing(basis: Basis, at: AtLocation, command: BookCourseCommand) -> None:
    """The plan's spacing binds here as it does in the search: LeaveError for a series it does not allow."""
    days = [chosen.starts.astimezone(at.zone).date() for chosen in command.sessions]
    if not keeps_spacing(basis.spacing, days):
        raise LeaveError(
            Refused(
                "spacing",
                "These sessions are not as far apart as your plan asks, or not as many. Please choose again.",
            )
        )


def _course(command: BookCourseCommand, basis: Basis, client: Client, now: datetime) -> Course:
    spacing = basis.spacing
    price = price_of(basis.service, spacing.sessions)
    course = Course(
        practice_id=command.practice_id,
        key=command.key,
        client=client,
        assessment_id=basis.admitted.stored.id,
        plan=course_plan.dump(basis.plan),
        sessions=spacing.sessions,
        gap_min_days=spacing.gap_min,
        gap_max_days=spacing.gap_max,
        review_after=spacing.review_after,
        price_minor=price.total_minor,
        is_package=bool(price.package),
        link_uid=uuid4(),
        created_at=now,
    )
    if connection.vendor != "postgresql":
        course.save(force_insert=True)
        return course
    # Two presses at once: the second waits for the first here, gives way, and then finds its course.
    Course.objects.bulk_create([course], ignore_conflicts=True)
    kept = Course.objects.get(practice_id=command.practice_id, key=command.key)
    if kept.link_uid != course.link_uid:
        raise KeyInUseError
    return kept


def _rows(
    command: BookCourseCommand, basis: Basis, at: AtLocation, course: Course, now: datetime
) -> list[Appointment]:
    """A row for every session, each in a room that is free, or _TakenError with all that cannot be had."""
    codes = {named.code: key for key, named in basis.found.therapists.items()}
    spacing, shares = basis.spacing, price_of(basis.service, basis.spacing.sessions).shares
    rows, lost = [], []
    for chosen, share in zip(command.sessions, shares, strict=True):
        therapist = codes.get(chosen.therapist_code or "", 0)
        ends = chosen.starts + timedelta(minutes=basis.service.minutes)
        is_own = any(taken.start < ends and chosen.starts < taken.end for taken in basis.taken)
        if is_own or not at.openings.has(chosen.starts, therapist):
            lost.append(chosen.number)
            continue
        rooms = at.openings.rooms_at(chosen.starts)
        spot = place.Spot(at.location.id, at.zone, therapist, rooms, len(at.openings.rooms))
        row = place.draft(basis.service, spot, chosen.starts, _key(command.key, chosen.number), now)
        row.client_id, row.assessment_id, row.course = course.client_id, course.assessment_id, course
        row.course_session, row.price_minor = chosen.number, share
        row.is_review = chosen.number == spacing.review_after
        row.is_tentative = spacing.review_after is not None and chosen.number > spacing.review_after
        rows.append(row)
    if lost:
        raise _TakenError(tuple(lost))
    return rows


def _key(course_key: UUID, number: int) -> UUID:
    """The key of a session's row: the same for every press of one button."""
    return uuid5(course_key, str(number))


def _insert(rows: list[Appointment], course: Course) -> bool:
    """Save all rows; False when therapist, room or client of any were taken meanwhile. Then nothing may be kept."""
    if connection.vendor == "postgresql":
        # As for one appointment: give way instead of waiting in a circle. Some rows may be in now, so the
        # transaction must be left.
        Appointment.objects.bulk_create(rows, ignore_conflicts=True)
        return course.appointments.count() == len(rows)
    try:
        with transaction.atomic():
            Appointment.objects.bulk_create(rows)
    except IntegrityError as error:
        if place.is_clash(error):
            return False
        raise
    return True


def _confirm(course: Course, basis: Basis, now: datetime) -> CourseBooked:
    """The line in the record book and the message, in the same transaction."""
    audit.record(
        course.practice_id,
        f"client:{course.client_id}",
        "course.book",
        "course",
        course.pk,
        now,
        sessions=course.sessions,
        on_unverified_agreement=basis.admitted.on_agreement,
        terms=hashlib.sha256(basis.service.practice.terms.encode()).hexdigest()[:16],
    )
    assert course.link_uid is not None
    token = token_of(course.link_uid)
    rows = list(with_names(course.appointments.all()).order_by("course_session"))
    outbox.enqueue(course_messages.confirmation(course, rows, token, now), now)
    return CourseBooked(course.pk, token)
