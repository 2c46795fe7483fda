"""What a course is looked for with, and what is found: plain values of the search for the best series."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime, time, tzinfo

    from unpinch.scheduling.availability import Openings, Unit
    from unpinch.scheduling.calendar import Interval

EVERY_DAY = frozenset(range(7))


class Continuity(Enum):
    """How much it matters that one therapist gives all sessions."""

    ANY = "any"
    IF_POSSIBLE = "if-possible"
    MUST = "must"


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of some weekdays (0 is Monday) by the local clock; an end of 00:00 is midnight after the day."""

    weekdays: frozenset[int]
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person asks for.

    No session touches ``never``. Sessions wholly within one of ``rather`` are liked; without any, all are.
    ``therapist`` is a wish for one by name; ``same`` says whether it, or any one therapist, must give them all.
    """

    never: tuple[Hours, ...] = ()
    rather: tuple[Hours, ...] = ()
    therapist: int | None = None
    same: Continuity = Continuity.IF_POSSIBLE
    sooner: bool = False


@dataclass(frozen=True, slots=True)
class Spacing:
    """What the plan asks for: how many sessions and how many local days lie from one to the next.

    ``gap_min`` is at least 1. The first session is on ``not_before`` or later, the last on ``not_after`` or
    earlier. ``review_after`` is the number of the review session (from 1); with ``tentative`` those after it
    wait for what the review says. ``fewest`` is how few sessions still make a course.
    """

    sessions: int
    gap_min: int
    gap_ideal: int
    gap_max: int
    not_before: date | None = None
    not_after: date | None = None
    review_after: int | None = None
    tentative: bool = False
    fewest: int | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """Session ``number`` (from 1) starts exactly then; with ``therapist``, with that one."""

    number: int
    start: datetime
    therapist: int | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Session ``number`` (from 1) does not start then, with nobody."""

    number: int
    start: datetime


@dataclass(frozen=True, slots=True)
class Weights:
    """What is given up for what, in points. This is how a calendar is kept, and nothing clinical.

    The table in ``docs/algorithms/course-scheduling.md`` says the same in words.
    """

    finish_day: int = 4
    """Each day by which the last session is later."""
    finish_day_sooner: int = 12
    """The same when the person would rather be done sooner."""
    other_therapist: int = 28
    """Each session with somebody else than the main therapist, when one therapist is wished."""
    uneven_day: int = 6
    """Each day by which a gap differs from the ideal one."""
    disliked_hour: int = 20
    """Each session outside the hours the person would rather have."""
    hole: int = 2
    """Each piece of a therapist's day, beside a session, that becomes too short for another session."""
    moved: int = 2000
    """Each session that is not where it was kept, when a series has to change: above everything else."""


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class CourseQuestion:
    """Everything that decides which series is best, at one location.

    ``taken`` is when the person cannot come because of other appointments. ``kept`` are sessions that stay where
    they are if they can: the answer is then the series nearest to them.
    """

    openings: Openings
    zone: tzinfo
    unit: Unit
    spacing: Spacing
    wishes: Wishes = Wishes()
    pins: tuple[Pin, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    taken: tuple[Interval, ...] = ()
    kept: tuple[Pin, ...] = ()
    weights: Weights = WEIGHTS


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a series; ``number`` counts from 1, ``day`` is the local day of ``start`` (in UTC)."""

    number: int
    start: datetime
    day: date
    therapist: int
    is_review: bool
    is_tentative: bool
    is_liked: bool
    holes: int


@dataclass(frozen=True, slots=True)
class Cost:
    """The points of a series, term by term."""

    finish: int
    other_therapist: int
    uneven: int
    disliked_hours: int
    holes: int
    moved: int = 0

    @property
    def total(self) -> int:
        """What the search makes as small as can be."""
        return (
            self.finish + self.other_therapist + self.uneven + self.disliked_hours + self.holes + self.moved
        )


@dataclass(frozen=True, slots=True)
class Series:
    """A complete series in order. ``lead`` is the main therapist; None when it does not matter who treats."""

    sessions: tuple[Session, ...]
    lead: int | None
    cost: Cost

    @property
    def last_day(self) -> date:
        """The local day of the last session."""
        return self.sessions[-1].day

    @property
    def gaps(self) -> tuple[int, ...]:
        """The local days from each session to the next."""
        days = [session.day for session in self.sessions]
        return tuple((after - before).days for before, after in itertools.pairwise(days))

    @property
    def with_others(self) -> tuple[int, ...]:
        """The numbers of the sessions that the main therapist does not give."""
        if self.lead is None:
            return ()
        return tuple(session.number for session in self.sessions if session.therapist != self.lead)

    @property
    def therapists(self) -> tuple[int, ...]:
        """Everybody who treats, in order of appearance."""
        return tuple(dict.fromkeys(session.therapist for session in self.sessions))
