"""Courses over time: whatever people and the practice do, no course is ever half, and what is offered is bookable."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from clinic import CLOCK, NOW, make_practice, stored_answers
from unpinch.records.models import Appointment, Course, Message, TimeOff
from unpinch.scheduling.course_search import EVERY_DAY, Continuity, Hours
from unpinch.services import booking, course
from unpinch.services.course import (
    BookCourseCommand,
    Chosen,
    CourseBooked,
    CourseTaken,
    CourseWishes,
    Offer,
    ProposeCommand,
)

if TYPE_CHECKING:
    from datetime import datetime

pytestmark = pytest.mark.django_db

NOBODY_ELSE = st.sampled_from(["ann", "ben"])
HOURS = st.sampled_from([None, (0, 12), (0, 14), (13, 0)])


class Practice(RuleBasedStateMachine):
    """A small practice with one room, so that everything is scarce."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.place = make_practice(slug=f"p{uuid4().hex[:12]}", rooms=1)
        self.offers: list[BookCourseCommand] = []
        self.booked: dict[int, tuple[str, int]] = {}
        self.people = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def propose(self, wishes: CourseWishes) -> BookCourseCommand | None:
        """What somebody new would be offered, ready to be booked."""
        self.people += 1
        answers = stored_answers(self.place)
        found = course.propose(
            ProposeCommand(self.place.practice.pk, answers, wishes, sessions=8), clock=CLOCK
        )
        if not isinstance(found, Offer):
            return None
        return BookCourseCommand(
            practice_id=self.place.practice.pk,
            key=uuid4(),
            assessment_key=answers,
            location_code=found.series.location_code,
            sessions=tuple(Chosen(s.number, s.starts, s.therapist_code) for s in found.series.sessions),
            name=f"Person {'abcdefghijklmnopqrstuvwxyz'[self.people % 26]}",
            email=f"p{self.people}@clients.example",
            phone="0117 496 0123",
            agrees_to_terms=True,
            wishes=wishes,
        )

    def note(self, outcome: Any) -> None:
        assert isinstance(outcome, CourseBooked), outcome
        self.booked[outcome.course_id] = (outcome.token, 8)

    @rule(same=st.sampled_from(Continuity), sooner=st.booleans(), hours=HOURS)
    def look(self, *, same: Continuity, sooner: bool, hours: tuple[int, int] | None) -> None:
        """Somebody looks, and does not book yet."""
        found = self.propose(CourseWishes(never=_never(hours), same=same, sooner=sooner))
        if found:
            self.offers.append(found)

    @rule(hours=HOURS, who=st.none() | NOBODY_ELSE)
    def take_at_once(self, hours: tuple[int, int] | None, who: str | None) -> None:
        """What is offered can be booked."""
        found = self.propose(CourseWishes(never=_never(hours), therapist_code=who))
        if found:
            self.note(course.book(found, clock=CLOCK))

    @precondition(lambda self: self.offers)
    @rule(data=st.data())
    def take_later(self, data: st.DataObject) -> None:
        """An older offer is booked as a whole, or nothing of it is, and the nearest one can be had."""
        wish = data.draw(st.sampled_from(self.offers))
        self.offers.remove(wish)
        before = Appointment.objects.filter(practice=self.place.practice).count()
        outcome = course.book(wish, clock=CLOCK)
        if isinstance(outcome, CourseBooked):
            self.note(outcome)
            return
        assert isinstance(outcome, CourseTaken)
        assert Appointment.objects.filter(practice=self.place.practice).count() == before
        if isinstance(outcome.nearest, Offer):
            near = tuple(
                Chosen(s.number, s.starts, s.therapist_code) for s in outcome.nearest.series.sessions
            )
            kept = sum(one == other for one, other in zip(near, wish.sessions, strict=True))
            assert kept <= len(wish.sessions) - len(outcome.lost)
            again = BookCourseCommand(**{**_fields(wish), "sessions": near})
            self.note(course.book(again, clock=CLOCK))

    @rule(day=st.integers(1, 40), hour=st.integers(9, 16), who=NOBODY_ELSE)
    def time_off(self, day: int, hour: int, who: str) -> None:
        """A therapist takes time off; what is booked stays."""
        start = NOW.replace(hour=hour) + timedelta(days=day)
        TimeOff.objects.create(
            practice=self.place.practice,
            therapist=getattr(self.place, who),
            starts_at=start,
            ends_at=start + timedelta(hours=3),
        )

    @precondition(lambda self: self.booked)
    @rule(data=st.data(), what=st.sampled_from(["rest", "one", "confirm", "release"]))
    def change(self, data: st.DataObject, what: str) -> None:
        """A course goes on, ends, or loses one session on its client's wish."""
        key = data.draw(st.sampled_from(sorted(self.booked)))
        token, standing = self.booked[key]
        view = course.find(token, clock=CLOCK)
        if what == "rest":
            assert course.cancel_rest(token, clock=CLOCK) == standing
            standing = 0
        elif what == "one" and view.to_come:
            booking.cancel(view.to_come[0].token, clock=CLOCK)
            standing -= 1
        elif what == "confirm":
            course.confirm_tentative(key, actor="user:1", clock=CLOCK)
            assert not any(s.is_tentative and s.can_be_cancelled for s in course.find(token).sessions)
        elif what == "release":
            standing -= course.release_tentative(key, actor="user:1", clock=CLOCK)
        self.booked[key] = (token, standing)

    @invariant()
    def no_course_is_half(self) -> None:
        rows = Appointment.objects.filter(practice=self.place.practice)
        courses = set(Course.objects.filter(practice=self.place.practice).values_list("pk", flat=True))
        assert courses == set(self.booked)
        for key, (_, standing) in self.booked.items():
            assert rows.filter(course=key).count() == 8
            assert rows.filter(course=key, released_at__isnull=True).count() == standing

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        rows = Appointment.objects.filter(practice=self.place.practice, released_at__isnull=True)
        for resource in ("therapist_id", "room_id"):
            taken = sorted(rows.values_list(resource, "busy_from", "busy_until"))
            assert all(a[0] != b[0] or a[2] <= b[1] for a, b in itertools.pairwise(taken))
        assert not rows.filter(starts_at__gte=F("ends_at")).exists()

    @invariant()
    def each_course_was_confirmed_once(self) -> None:
        mails = Message.objects.filter(practice=self.place.practice, kind="course-confirmation")
        assert mails.count() == len(self.booked)


def _never(hours: tuple[int, int] | None) -> tuple[Hours, ...]:
    if hours is None:
        return ()
    clock = [_at(hour) for hour in hours]
    return (Hours(EVERY_DAY, clock[0], clock[1]),)


def _at(hour: int) -> Any:
    when: datetime = NOW.replace(hour=hour, minute=0)
    return when.time()


def _fields(command: BookCourseCommand) -> dict[str, Any]:
    return {name: getattr(command, name) for name in BookCourseCommand.__slots__}


def test_courses_stay_whole_whatever_happens() -> None:
    run_state_machine_as_test(
        Practice,
        settings=settings(
            max_examples=6,
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
