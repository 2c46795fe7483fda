"""Proposes the best series for a plan: the gate, the plan, the free times, the search, and names for the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from unpinch.kernel.errors import InputError
from unpinch.records.models import Appointment, Service
from unpinch.scheduling import course_search
from unpinch.scheduling.calendar import Interval
from unpinch.scheduling.course_search import (
    CourseQuestion,
    Exclusion,
    Hours,
    NoSeries,
    Pin,
    Proposal,
    RelaxationKind,
    Series,
    Spacing,
    Wishes,
)
from unpinch.services import admission, course_plan, free_time, gate, intake
from unpinch.services.clearance import Agreement
from unpinch.services.course_offer import (
    Chosen,
    NoTimes,
    Offer,
    OtherTime,
    ProposeCommand,
    ProposedSeries,
    ProposedSession,
    RelaxationView,
    TradeView,
)
from unpinch.services.course_price import price_of
from unpinch.services.outcomes import Refused
from unpinch.services.transactions import LeaveError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from unpinch.clinical.course import CoursePlan
    from unpinch.services.admission import Admitted
    from unpinch.services.free_time import AtLocation, Found
    from unpinch.services.gate import Allowed


_VERY_LONG = timedelta(days=3660)
_NOBODY = 0
"""The key of no therapist: for a code of somebody who does not work there (any more)."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What every question about one plan starts from, read once."""

    admitted: Admitted
    plan: CoursePlan
    service: Service
    spacing: Spacing
    found: Found
    taken: tuple[Interval, ...]


def propose(command: ProposeCommand, now: datetime) -> Offer | NoTimes | Refused:
    """The best series over all places that the wishes allow; eleven queries, however much is stored."""
    try:
        basis = basis_of(command, now)
    except LeaveError as leaving:
        return leaving.refused
    questions = [(at, question_at(at, basis, command)) for at in basis.found.places]
    answers = [(at, question, course_search.propose(question)) for at, question in questions]
    offers = [
        (found.best.cost.total, at, question, found)
        for at, question, found in answers
        if not isinstance(found, NoSeries)
    ]
    if offers:
        _, at, question, found = min(offers, key=lambda offer: offer[0])
        name = _Naming(at, basis, question)
        return Offer(
            plan=basis.plan,
            service_code=basis.service.code,
            service=basis.service.name,
            series=name(found.best),
            trades=tuple(
                TradeView(t.kind, t.sessions, None if t.instead is None else name(t.instead), t.days_later)
                for t in found.trades
            ),
            alternatives=tuple(name(series) for series in found.alternatives),
            price=price_of(basis.service, len(found.best.sessions)),
        )
    service = basis.service
    return NoTimes(
        basis.plan, _ways_out(answers, basis), service.code, service.name, service.minutes, basis.spacing
    )


def _ways_out(
    answers: Sequence[tuple[AtLocation, CourseQuestion, Proposal | NoSeries]], basis: Basis
) -> tuple[RelaxationView, ...]:
    """What to give up, each thing once: with the place where the course then ends first."""
    found: dict[tuple[RelaxationKind, Hours | None], RelaxationView] = {}
    for at, question, answer in answers:
        for relaxed in answer.relaxations if isinstance(answer, NoSeries) else ():
            way = RelaxationView(relaxed.kind, relaxed.hours, _Naming(at, basis, question)(relaxed.series))
            known = found.get((way.kind, way.hours))
            if known is None or way.series.last_day < known.series.last_day:
                found[way.kind, way.hours] = way
    return tuple(found.values())


def other_times(command: ProposeCommand, number: int, now: datetime) -> tuple[OtherTime, ...] | Refused:
    """Every time that session ``number`` could have in a complete series; ``costs_more`` compares with the best."""
    try:
        basis = basis_of(command, now)
    except LeaveError as leaving:
        return leaving.refused
    found = []
    for at in basis.found.places:
        offered = course_search.choices(question_at(at, basis, command), number)
        least = min((choice.total for choice in offered), default=0)
        found += [
            OtherTime(
                choice.start.astimezone(at.zone),
                basis.found.therapists[choice.therapist].code,
                basis.found.therapists[choice.therapist].name,
                choice.total - least,
            )
            for choice in offered
        ]
    return tuple(sorted(found, key=lambda time: time.starts))


def basis_of(command: ProposeCommand, now: datetime) -> Basis:
    """The gate first, then the plan, its service and the free times; LeaveError when a rule forbids it."""
    admitted = _admit(command, now)
    plan = course_plan.plan_of(admitted.stored, admitted)
    if isinstance(plan, Refused):
        raise LeaveError(plan)
    service = service_for(plan, command.practice_id)
    today = now.astimezone(ZoneInfo(service.practice.time_zone)).date()
    allowed = admitted.allowed
    if allowed.sessions_left is not None and allowed.sessions_left < 1:
        raise LeaveError(
            Refused("doctor-sessions", "Your doctor's sessions are used up. Please ask your doctor again.")
        )
    spacing = course_plan.spacing_of(plan, today, sessions=command.sessions, most=allowed.sessions_left)
    wished = command.wishes.not_before
    if wished and spacing.not_before and wished > spacing.not_before:
        spacing = replace(spacing, not_before=wished)
    wanted = free_time.Wanted(
        service,
        spacing.not_before or today,
        today + timedelta(days=service.notice_max_days + 1),
        command.wishes.location_code,
    )
    taken = (*_own_times(admitted.stored.client_id, now), *_forbidden(allowed))
    return Basis(admitted, plan, service, spacing, free_time.find(wanted, now), taken)


def _forbidden(allowed: Allowed) -> Iterable[Interval]:
    """When a doctor allows no session: pauses for a treatment, and the time after the last day."""
    zone = ZoneInfo(allowed.time_zone)
    for pause in allowed.pauses:
        yield Interval(
            datetime.combine(pause.first, time(), zone),
            datetime.combine(pause.last + timedelta(days=1), time(), zone),
        )
    if allowed.until is not None:
        yield Interval(allowed.until, allowed.until + _VERY_LONG)


def _admit(command: ProposeCommand, now: datetime) -> Admitted:
    """Through the one gate, whether the answers are kept already or not."""
    if command.answers is None:
        if command.assessment_key is None:
            raise InputError("A course is proposed for somebody's answers; none were given.", code="answers")
        return admission.pass_gate(command.practice_id, command.assessment_key, now)
    stored = intake.unsaved(command.answers, practice_id=command.practice_id, now=now)
    word = _word(now) if command.says_doctor_agrees else None
    verdict = gate.may_book(stored, word, now)
    if isinstance(verdict, Refused):
        raise LeaveError(verdict)
    return admission.Admitted(stored, verdict.on_agreement, verdict)


def _word(now: datetime) -> Agreement:
    """A person's word about their doctor, as far as the gate asks for it."""
    return Agreement(
        id=intake.NOT_STORED,
        assessment_id=intake.NOT_STORED,
        doctor_name="",
        agreed_on=now.date(),
        how="",
        recorded_at=now,
        is_verified=False,
    )


def _own_times(client_id: int | None, now: datetime) -> tuple[Interval, ...]:
    """When a known client has other appointments."""
    if client_id is None:
        return ()
    rows = Appointment.objects.filter(client_id=client_id, released_at__isnull=True, ends_at__gt=now)
    return tuple(Interval(*row) for row in rows.values_list("starts_at", "ends_at"))


def service_for(plan: CoursePlan, practice_id: int) -> Service:
    """The practice's service for a plan: the right kind of massage, long enough, and no longer than need be."""
    rows = Service.objects.select_related("practice").filter(
        practice_id=practice_id, skill=plan.massage_type, is_active=True, is_self_bookable=True
    )
    services = sorted(
        rows,
        key=lambda row: (row.minutes < plan.minutes_each, abs(row.minutes - plan.minutes_each), row.position),
    )
    if not services:
        raise LeaveError(
            Refused(
                "no-service",
                "The massage that fits your plan cannot be booked here by yourself. Please call us.",
            )
        )
    return services[0]


def question_at(at: AtLocation, basis: Basis, command: ProposeCommand) -> CourseQuestion:
    """The search's question for one place."""
    codes = {named.code: key for key, named in basis.found.therapists.items()}
    wishes = command.wishes

    def pin(chosen: Chosen) -> Pin:
        who = None if chosen.therapist_code is None else codes.get(chosen.therapist_code, _NOBODY)
        return Pin(chosen.number, chosen.starts, who)

    return CourseQuestion(
        openings=at.openings,
        zone=at.zone,
        unit=free_time.unit_of(basis.service),
        spacing=basis.spacing,
        wishes=Wishes(
            never=wishes.never,
            rather=wishes.rather,
            therapist=None if wishes.therapist_code is None else codes.get(wishes.therapist_code, _NOBODY),
            same=wishes.same,
            sooner=wishes.sooner,
        ),
        pins=tuple(map(pin, command.pins)),
        taken=basis.taken,
        excluded=tuple(Exclusion(out.number, out.starts) for out in command.excluded),
        kept=tuple(map(pin, command.kept)),
    )


class _Naming:
    """Puts names to a series that was found at a place."""

    def __init__(self, at: AtLocation, basis: Basis, question: CourseQuestion) -> None:
        self._at, self._basis = at, basis
        self._pinned = {pin.number for pin in question.pins}

    def __call__(self, series: Series) -> ProposedSeries:
        therapists = self._basis.found.therapists
        length = timedelta(minutes=self._basis.service.minutes)
        sessions = tuple(
            ProposedSession(
                number=session.number,
                starts=session.start.astimezone(self._at.zone),
                ends=(session.start + length).astimezone(self._at.zone),
                therapist_code=therapists[session.therapist].code,
                therapist=therapists[session.therapist].name,
                is_review=session.is_review,
                is_tentative=session.is_tentative,
                is_liked=session.is_liked,
                is_pinned=session.number in self._pinned,
            )
            for session in series.sessions
        )
        lead = "" if series.lead is None else therapists[series.lead].name
        place = self._at.location
        return ProposedSeries(place.code, place.name, sessions, lead, series.gaps)
