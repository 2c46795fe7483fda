"""Book, hold, move, cancel and mark, by a key of the desk's: the same services and the same gate as the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID  # noqa: TC003 - the interface reads it from the signature

from ninja import Query, Router, Status

from unpinch.api.auth import Key, caller
from unpinch.api.errors import refused, taken
from unpinch.api.schemas import (
    AnswersIn,
    AppointmentOut,
    BookCourseIn,
    BookIn,
    CancelIn,
    DaysAsked,
    ErrorOut,
    HoldIn,
    MarkIn,
    MoveIn,
    ProposeIn,
)
from unpinch.clinical import findings, knowledge
from unpinch.services import by_staff, course, desk, holds, intake, staff_calendar
from unpinch.services.alternatives import Taken
from unpinch.services.api_tokens import BOOKING, CALENDAR
from unpinch.services.booking import BookCommand
from unpinch.services.course import (
    BookCourseCommand,
    Chosen,
    CourseTaken,
    CourseWishes,
    NoTimes,
    ProposeCommand,
)
from unpinch.services.holds import HoldCommand
from unpinch.services.outcomes import Refused
from unpinch.services.place import Wish
from unpinch.services.staff_calendar import CalendarQuery

if TYPE_CHECKING:
    from django.http import HttpRequest

    from unpinch.api.schemas import WishesIn
    from unpinch.services.appointment import AppointmentView
    from unpinch.services.course import ProposedSeries

router = Router(tags=["booking"])
_READ, _WRITE = Key(CALENDAR), Key(BOOKING)
_FAULTS: Any = {401: ErrorOut, 403: ErrorOut, 404: ErrorOut, 409: ErrorOut, 422: ErrorOut}
_ONE: Any = {200: AppointmentOut, **_FAULTS}
_PLAIN: Any = {200: dict[str, Any], **_FAULTS}


@router.get("/appointments", response={200: list[dict[str, Any]], **_FAULTS}, auth=_READ)
def list_appointments(request: HttpRequest, asked: Query[DaysAsked]) -> list[dict[str, Any]]:
    """The appointments of some days: everybody's for the desk, a therapist's own."""
    found = staff_calendar.calendar(caller(request), CalendarQuery(asked.first_day, asked.days))
    return [
        {
            "id": entry.id,
            "starts": entry.starts,
            "ends": entry.ends,
            "client_name": entry.title,
            "status": entry.status,
            "therapist": entry.therapist_code,
            "location": entry.location_code,
        }
        for day in found.days
        for column in day.columns
        for entry in column.entries
        if entry.kind == "appointment" and entry.starts.astimezone(found.zone).date() == day.day
    ]


@router.get("/appointments/{int:number}", response=_ONE, auth=_READ)
def get_appointment(request: HttpRequest, number: int) -> Any:
    """One appointment."""
    return desk.sheet(caller(request), number).appointment


@router.post("/assessments", response=_PLAIN, auth=_WRITE)
def store_answers(request: HttpRequest, given: AnswersIn) -> Any:
    """Keep somebody's answers so that they can be booked on; the key to them."""
    who = caller(request)
    desk.need_desk(who)
    answers = findings.parse_answers(given.raw(), knowledge.load())
    key = intake.store(answers, practice_id=who.practice_id)
    return {"assessment": str(key), "disposition": intake.load(key).disposition.value}


@router.post("/holds", response=_PLAIN, auth=_WRITE)
def hold(request: HttpRequest, given: HoldIn) -> Any:
    """Keep a place for the minutes that the practice allows."""
    who = caller(request)
    desk.need_desk(who)
    outcome = holds.hold(
        HoldCommand(
            who.practice_id, given.assessment, given.service, given.location, given.therapist, given.starts
        )
    )
    match outcome:
        case Taken(alternatives=others):
            return taken(others)
        case Refused():
            return refused(outcome)
    return {"key": str(outcome.key), "expires_at": outcome.expires_at}


@router.delete("/holds/{uuid:key}", response={204: None, **_FAULTS}, auth=_WRITE)
def release(request: HttpRequest, key: UUID) -> Status[None]:
    """Give a held place back; also when it was not held any more."""
    desk.need_desk(caller(request))
    holds.release(key)
    return Status(204, None)


@router.post("/appointments", response=_ONE, auth=_WRITE)
def book(request: HttpRequest, given: BookIn) -> Any:
    """Book for somebody. The gate asks for their answers; a reason goes against free times, never against the gate."""
    who = caller(request)
    command = BookCommand(
        practice_id=who.practice_id,
        key=given.key,
        assessment_key=given.assessment,
        service_code=given.service,
        location_code=given.location,
        therapist_code=given.therapist,
        starts=given.starts,
        name=given.name,
        email=given.email,
        phone=given.phone,
        agrees_to_terms=given.agrees_to_terms,
    )
    return _told(by_staff.book_for(who, command, override_reason=given.override_reason))


@router.post("/appointments/{int:number}/move", response=_ONE, auth=_WRITE)
def move(request: HttpRequest, number: int, given: MoveIn) -> Any:
    """Another place and time."""
    wish = Wish(given.location, given.therapist, given.starts)
    return _told(by_staff.move(caller(request), number, wish, override_reason=given.override_reason))


@router.post("/appointments/{int:number}/cancel", response=_ONE, auth=_WRITE)
def cancel(request: HttpRequest, number: int, given: CancelIn) -> Any:
    """Give it back."""
    return _told(by_staff.cancel(caller(request), number, waive_fee=given.waive_fee, reason=given.reason))


@router.post("/appointments/{int:number}/mark", response=_ONE, auth=_WRITE)
def mark(request: HttpRequest, number: int, given: MarkIn) -> Any:
    """Say how it went."""
    outcome = by_staff.mark(caller(request), number, given.status, late_minutes=given.late_minutes)
    return refused(outcome) if isinstance(outcome, Refused) else outcome


@router.post("/courses/propose", response=_PLAIN, auth=_WRITE)
def propose_course(request: HttpRequest, given: ProposeIn) -> Any:
    """The best complete series for somebody's plan and wishes."""
    who = caller(request)
    desk.need_desk(who)
    outcome = course.propose(
        ProposeCommand(who.practice_id, given.assessment, _wishes(given.wishes), sessions=given.sessions)
    )
    match outcome:
        case Refused():
            return refused(outcome)
        case NoTimes():
            return {"service": None, "series": None, "alternatives": []}
    return {
        "service": outcome.service_code,
        "series": _series(outcome.series),
        "alternatives": [_series(one) for one in outcome.alternatives],
    }


@router.post("/courses", response=_PLAIN, auth=_WRITE)
def book_course(request: HttpRequest, given: BookCourseIn) -> Any:
    """Book every session, or none."""
    who = caller(request)
    desk.need_desk(who)
    outcome = course.book(
        BookCourseCommand(
            practice_id=who.practice_id,
            key=given.key,
            assessment_key=given.assessment,
            location_code=given.location,
            sessions=tuple(
                Chosen(number, one.starts, one.therapist) for number, one in enumerate(given.sessions, 1)
            ),
            name=given.name,
            email=given.email,
            phone=given.phone,
            agrees_to_terms=given.agrees_to_terms,
        )
    )
    match outcome:
        case Refused():
            return refused(outcome)
        case CourseTaken():
            return taken(())
    return {"course": outcome.course_id}


def _told(outcome: Any) -> Any:
    """What a service answered, as the interface says it."""
    match outcome:
        case Refused():
            return refused(outcome)
        case Taken(alternatives=others):
            return taken(others)
    found: AppointmentView = outcome.appointment
    return found


def _wishes(given: WishesIn) -> CourseWishes:
    return CourseWishes(
        therapist_code=given.therapist, not_before=given.not_before, location_code=given.location
    )


def _series(series: ProposedSeries) -> dict[str, Any]:
    return {
        "location": series.location_code,
        "sessions": [
            {
                "starts": one.starts,
                "ends": one.ends,
                "therapist": one.therapist_code,
                "is_review": one.is_review,
                "is_tentative": one.is_tentative,
            }
            for one in series.sessions
        ],
    }
