"""What is asked of a course and what is offered, as values for pages and interfaces."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from unpinch.scheduling.course_search import Continuity, Hours, RelaxationKind, Spacing, TradeKind

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from unpinch.clinical.course import CoursePlan
    from unpinch.clinical.values import Answers
    from unpinch.services.course_price import CoursePrice


@dataclass(frozen=True, slots=True)
class CourseWishes:
    """When a person can come, and what they would like. Days are days of the place."""

    never: tuple[Hours, ...] = ()
    rather: tuple[Hours, ...] = ()
    therapist_code: str | None = None
    same: Continuity = Continuity.IF_POSSIBLE
    sooner: bool = False
    not_before: date | None = None
    location_code: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The time of one session. ``starts`` is aware; without a therapist anybody will do."""

    number: int
    starts: datetime
    therapist_code: str | None = None


@dataclass(frozen=True, slots=True)
class ProposeCommand:
    """For whose answers, with which wishes. Answers that nobody has kept yet come as ``answers``, with the person's
    word on their doctor. ``pins`` hold, ``excluded`` times are not offered for that session,
    ``kept`` ones stay where they are if they can. ``sessions`` is a smaller course, as far as the plan allows."""

    practice_id: int
    assessment_key: UUID | None = None
    wishes: CourseWishes = field(default_factory=CourseWishes)
    answers: Answers | None = None
    says_doctor_agrees: bool = False
    sessions: int | None = None
    pins: tuple[Chosen, ...] = ()
    excluded: tuple[Chosen, ...] = ()
    kept: tuple[Chosen, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedSession:
    """One session as it would be booked. ``starts`` and ``ends`` carry the zone of the place."""

    number: int
    starts: datetime
    ends: datetime
    therapist_code: str
    therapist: str
    is_review: bool
    is_tentative: bool
    is_liked: bool
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class ProposedSeries:
    """A complete series at one place. ``lead`` is the main therapist's name, empty when it does not matter."""

    location_code: str
    location: str
    sessions: tuple[ProposedSession, ...]
    lead: str
    gaps: tuple[int, ...]

    @property
    def last_day(self) -> date:
        """The day of the last session."""
        return self.sessions[-1].starts.date()

    @property
    def therapists(self) -> tuple[str, ...]:
        """The names of everybody who treats, in order of appearance."""
        return tuple(dict.fromkeys(session.therapist for session in self.sessions))


@dataclass(frozen=True, slots=True)
class TradeView:
    """What the series gives up, at which sessions, and the best series that does not (None: there is none)."""

    kind: TradeKind
    sessions: tuple[int, ...]
    instead: ProposedSeries | None
    days_later: int


@dataclass(frozen=True, slots=True)
class Offer:
    """The best series, why it is as it is, and the others worth a look."""

    plan: CoursePlan
    service_code: str
    service: str
    series: ProposedSeries
    trades: tuple[TradeView, ...]
    alternatives: tuple[ProposedSeries, ...]
    price: CoursePrice


@dataclass(frozen=True, slots=True)
class RelaxationView:
    """What to give up so that there is a series, and the best one then."""

    kind: RelaxationKind
    hours: Hours | None
    series: ProposedSeries


@dataclass(frozen=True, slots=True)
class NoTimes:
    """No complete series fits. Each of ``relaxations`` makes one possible; without any, nothing would.

    ``spacing`` and the service, with its ``minutes``, are what somebody who waits for a place waits for.
    """

    plan: CoursePlan
    relaxations: tuple[RelaxationView, ...]
    service_code: str
    service: str
    minutes: int
    spacing: Spacing


@dataclass(frozen=True, slots=True)
class OtherTime:
    """A time that one session could have, with the therapist of the best series through it."""

    starts: datetime
    therapist_code: str
    therapist: str
    costs_more: int
