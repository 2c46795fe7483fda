"""The whole booking service driven by chance against a simple model, with everything checked after each step.

A few examples each time; ``BOOKING_EXAMPLES=300`` in the environment makes it the long form.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from clinic import NOW, command, make_practice, stored_answers
from unpinch.gateways.clock import FixedClock
from unpinch.jobs import periodic
from unpinch.records.models import (
    Appointment,
    Closure,
    Course,
    Message,
    Practice,
    Role,
    Room,
    Status,
    Therapist,
    User,
    WaitlistEntry,
    WaitState,
    WorkingHours,
)
from unpinch.services import by_staff, disruptions, waitlist
from unpinch.services.access import caller
from unpinch.services.availability import FreeTimesQuery, free_times
from unpinch.services.booking import Booked, book, cancel
from unpinch.services.disruptions import Move
from unpinch.services.holds import Held, HoldCommand, hold
from unpinch.services.outcomes import Refused
from unpinch.services.place import Wish
from unpinch.services.reschedule import Moved, move
from unpinch.services.waitlist import JoinCommand, Wait, WaitView

if TYPE_CHECKING:
    from uuid import UUID

HALF = timedelta(minutes=30)
HOUR = timedelta(hours=1)
UNIT = timedelta(minutes=75)
FIRST = date(2026, 11, 25)
DAYS = 4
OPENS, SHUTS = 9, 12
PEOPLE = ("Ada Byron", "Bea Miller", "Cleo Day")

slots = st.tuples(st.integers(0, DAYS - 1), st.integers(0, 3)).map(
    lambda pair: datetime.combine(FIRST + timedelta(days=pair[0]), time(OPENS), UTC) + pair[1] * HALF
)
therapists = st.sampled_from(["ann", "ben"])
people = st.sampled_from(PEOPLE)
picks = st.integers(0, 10**6)


class Bookings(RuleBasedStateMachine):
    """A practice of two therapists and one or two rooms, open three hours on four days, with three clients."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.now = NOW
        self.place = make_practice(rooms=2)
        Practice.objects.update(grid_minutes=30)
        WorkingHours.objects.update(starts=time(OPENS), ends=time(SHUTS))
        user = User.objects.create_user("desk@x.example", practice=self.place.practice, role=Role.DESK)
        self.desk = caller(user.pk)
        self.answers: dict[str, UUID] = {name: stored_answers(self.place) for name in PEOPLE}
        self.booked: dict[int, tuple[str, datetime, str]] = {}
        """What the model knows to be booked: by key, the therapist's code, the start and the token."""
        self.held: dict[str, tuple[UUID, str, datetime, datetime]] = {}
        """Each person's hold: key, therapist, start, end of the hold."""
        self.waits: dict[str, str] = {}
        self.messages: Counter[str] = Counter()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @property
    def clock(self) -> FixedClock:
        return FixedClock(self.now)

    # The model: what is free, worked out minute by minute and without any of the product's code.

    def is_free(
        self, code: str, start: datetime, *, ignore: tuple[int, ...] = (), notice: bool = True
    ) -> bool:
        if notice and start < self.now + timedelta(minutes=120):
            return False
        if not Therapist.objects.get(code=code).is_active:
            return False
        if Closure.objects.filter(first_day__lte=start.date(), last_day__gte=start.date()).exists():
            return False
        opens = datetime.combine(start.date(), time(OPENS), UTC)
        if not (opens <= start and start + UNIT <= opens + (SHUTS - OPENS) * HOUR):
            return False
        busy = [row for row in self.live() if row.pk not in ignore and self.clashes(row, start)]
        if any(row.therapist.code == code for row in busy):
            return False
        return len({row.room_id for row in busy}) < Room.objects.count()

    def clashes(self, row: Appointment, start: datetime) -> bool:
        return row.busy_from < start + UNIT and start < row.busy_until

    def live(self) -> list[Appointment]:
        rows = Appointment.objects.select_related("therapist").filter(released_at=None)
        return [row for row in rows if not (row.status == Status.HELD and self.is_over(row))]

    def is_over(self, row: Appointment) -> bool:
        return row.hold_expires_at is not None and row.hold_expires_at <= self.now

    def is_elsewhere(self, name: str, start: datetime, *, ignore: tuple[int, ...] = ()) -> bool:
        """Whether the person has an appointment, or one held from the waitlist, at the time."""
        rows = Appointment.objects.filter(client__name=name, released_at=None).exclude(pk__in=ignore)
        rows = rows.exclude(status=Status.HELD, hold_expires_at__lte=self.now)
        return rows.filter(starts_at__lt=start + HOUR, ends_at__gt=start).exists()

    def asked(self, name: str, code: str, start: datetime, **more: Any) -> Any:
        email = f"{name.split(maxsplit=1)[0].lower()}@clients.example"
        return command(
            self.place,
            name=name,
            email=email,
            therapist_code=code,
            starts=start,
            assessment_key=self.answers[name],
            **more,
        )

    def note(self, outcome: Booked, code: str) -> None:
        self.booked[outcome.appointment.id] = (code, outcome.appointment.starts, outcome.token)
        self.messages["confirmation"] += 1

    # What people do.

    @rule(name=people, code=therapists, start=slots)
    def hold_a_place(self, name: str, code: str, start: datetime) -> None:
        mine = self.held.pop(name, None)
        ignore: tuple[int, ...] = ()
        if mine is not None:
            ignore = tuple(Appointment.objects.filter(key=mine[0]).values_list("pk", flat=True))
        free = self.is_free(code, start, ignore=ignore)
        wish = HoldCommand(self.place.practice.pk, self.answers[name], "swedish-60", "harbour", code, start)
        outcome = hold(wish, clock=self.clock)
        assert isinstance(outcome, Held) == free, outcome
        if isinstance(outcome, Held):
            self.held[name] = (outcome.key, code, start, outcome.expires_at)
        elif mine is not None:
            # The try failed as a whole, so the earlier hold stands.
            self.held[name] = mine

    @rule(name=people, code=therapists, start=slots)
    def book_a_time(self, name: str, code: str, start: datetime) -> None:
        may = self.is_free(code, start) and not self.is_elsewhere(name, start)
        outcome = book(self.asked(name, code, start, key=uuid4()), clock=self.clock)
        assert isinstance(outcome, Booked) == may, outcome
        if isinstance(outcome, Booked):
            self.note(outcome, code)

    @precondition(lambda self: self.held)
    @rule(pick=picks)
    def book_what_is_held(self, pick: int) -> None:
        name = sorted(self.held)[pick % len(self.held)]
        key, code, start, until = self.held.pop(name)
        pk = Appointment.objects.get(key=key).pk
        is_live = until > self.now
        free = self.is_free(code, start, ignore=(pk,), notice=not is_live)
        may = free and not self.is_elsewhere(name, start)
        outcome = book(self.asked(name, code, start, key=uuid4(), hold=key), clock=self.clock)
        assert isinstance(outcome, Booked) == may, outcome
        if isinstance(outcome, Booked):
            self.note(outcome, code)
        elif is_live:
            self.held[name] = (key, code, start, until)

    @precondition(lambda self: self.booked)
    @rule(pick=picks, code=therapists, start=slots)
    def move_one(self, pick: int, code: str, start: datetime) -> None:
        key = sorted(self.booked)[pick % len(self.booked)]
        row = Appointment.objects.select_related("client").get(pk=key)
        assert row.client is not None
        free = self.is_free(code, start, ignore=(key,))
        may = (
            free and not self.is_elsewhere(row.client.name, start, ignore=(key,)) and row.starts_at > self.now
        )
        outcome = move(self.booked[key][2], Wish("harbour", code, start), clock=self.clock)
        if row.course_id is None:
            assert isinstance(outcome, Moved) == may, outcome
        assert may or not isinstance(outcome, Moved)
        if isinstance(outcome, Moved):
            self.booked[key] = (code, start, outcome.token)
            self.messages["change"] += 1

    @precondition(lambda self: self.booked)
    @rule(pick=picks)
    def cancel_one(self, pick: int) -> None:
        key = sorted(self.booked)[pick % len(self.booked)]
        outcome = cancel(self.booked[key][2], clock=self.clock)
        if self.booked[key][1] > self.now:
            assert not isinstance(outcome, Refused)
            del self.booked[key]
            self.messages["cancellation"] += 1
        else:
            assert isinstance(outcome, Refused)

    @rule(name=people, is_course=st.booleans())
    def wait(self, name: str, is_course: bool) -> None:
        wish = Wait(FIRST, FIRST + timedelta(days=DAYS - 1))
        if is_course:
            wish = Wait(wish.first_day, wish.last_day, sessions=2, gap_min_days=1, gap_max_days=2)
        email = f"{name.split(maxsplit=1)[0].lower()}@clients.example"
        asked = JoinCommand(
            self.place.practice.pk, self.answers[name], "swedish-60", wish, name, email, "0117 496 0123", True
        )
        outcome = waitlist.join(asked, clock=self.clock)
        if isinstance(outcome, WaitView):
            self.waits[name] = outcome.token
        else:
            assert WaitlistEntry.objects.filter(client__name=name, state__in=["waiting", "offered"]).exists()

    @precondition(lambda self: self.waits)
    @rule(pick=picks, says_yes=st.booleans())
    def answer_an_offer(self, pick: int, says_yes: bool) -> None:
        token = self.waits[sorted(self.waits)[pick % len(self.waits)]]
        before = waitlist.find(token)
        is_open = (
            before.state == "offered" and before.offer_until is not None and before.offer_until > self.now
        )
        if not says_yes:
            waitlist.decline(token, clock=self.clock)
            return
        held = list(
            Appointment.objects.filter(status=Status.HELD, waitlist_entry__isnull=False).values_list(
                "pk", flat=True
            )
        )
        free = all(
            self.is_free(self.code_of(one.id), one.starts.astimezone(UTC), ignore=tuple(held), notice=False)
            for one in before.offered
        )
        outcome = waitlist.accept(token, clock=self.clock)
        assert isinstance(outcome, tuple) == (is_open and free), outcome
        if isinstance(outcome, tuple):
            for one in outcome:
                self.note(one, self.code_of(one.appointment.id))

    def code_of(self, key: int) -> str:
        return Appointment.objects.select_related("therapist").get(pk=key).therapist.code

    # What the practice does.

    @rule(name=people, code=therapists, start=slots)
    def squeeze_in(self, name: str, code: str, start: datetime) -> None:
        if start <= self.now or not Therapist.objects.get(code=code).is_active:
            return
        asked = self.asked(name, code, start, key=uuid4())
        outcome = by_staff.book_for(self.desk, asked, override_reason="asked for it", clock=self.clock)
        assert isinstance(outcome, Booked), outcome
        self.note(outcome, code)

    @rule(day=st.integers(0, DAYS - 1))
    def close_a_day(self, day: int) -> None:
        first = FIRST + timedelta(days=day)
        if Closure.objects.count() < 2:
            Closure.objects.create(practice=self.place.practice, first_day=first, last_day=first)

    @rule(code=therapists)
    def leave_or_come_back(self, code: str) -> None:
        therapist = Therapist.objects.get(code=code)
        therapist.is_active = not therapist.is_active
        therapist.save()

    @rule()
    def settle_what_was_hit(self) -> None:
        proposal = disruptions.propose(self.desk, clock=self.clock)
        moves = [
            Move(one.appointment.id, Wish("harbour", one.to.therapist_code, one.to.starts))
            for one in proposal.moves
        ]
        outcome = disruptions.apply(self.desk, moves, clock=self.clock)
        courses = Appointment.objects.filter(
            pk__in=[one.appointment_id for one in moves], course__isnull=False
        )
        if courses.exists() and not isinstance(outcome, tuple):
            return  # the gaps of a course can be kept one by one and not together
        assert isinstance(outcome, tuple), (outcome, proposal)
        for one in outcome:
            key = one.appointment.id
            self.booked[key] = (self.code_of(key), one.appointment.starts, one.token)
            self.messages["change"] += 1
        left = {one.id for one in disruptions.hit(self.desk, clock=self.clock)}
        assert left == {one.id for one in proposal.without}

    @rule(minutes=st.sampled_from([1, 10, 60, 120, 600]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def tick(self) -> None:
        assert not periodic.tick(clock=self.clock).failed
        stuck = Appointment.objects.filter(status=Status.HELD, hold_expires_at__lte=self.now)
        assert not stuck.exists()

    # What must hold after every step.

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        rows = list(Appointment.objects.filter(released_at=None, may_overlap=False))
        for number, row in enumerate(rows):
            for other in rows[:number]:
                if row.busy_from < other.busy_until and other.busy_from < row.busy_until:
                    assert row.therapist_id != other.therapist_id
                    assert row.room_id != other.room_id
                if row.starts_at < other.ends_at and other.starts_at < row.ends_at and row.client_id:
                    assert row.client_id != other.client_id
        marked = Appointment.objects.filter(may_overlap=True)
        assert all(row.override_reason for row in marked)

    @invariant()
    def the_table_says_what_the_model_says(self) -> None:
        rows = Appointment.objects.select_related("therapist").filter(status=Status.BOOKED)
        assert {row.pk: (row.therapist.code, row.starts_at) for row in rows} == {
            key: (code, start) for key, (code, start, _) in self.booked.items()
        }

    @invariant()
    def no_course_is_half(self) -> None:
        for course in Course.objects.all():
            assert course.appointments.count() == course.plan["sessions"]
        for entry in WaitlistEntry.objects.filter(state=WaitState.OFFERED):
            held = entry.appointments.filter(status=Status.HELD).count()
            is_over = entry.offer_expires_at is not None and entry.offer_expires_at <= self.now
            assert held == entry.sessions or (is_over and held == 0)

    @invariant()
    def no_hold_is_an_orphan(self) -> None:
        for row in Appointment.objects.filter(status=Status.HELD).select_related("waitlist_entry"):
            assert row.hold_expires_at is not None
            if row.waitlist_entry is not None:
                assert row.waitlist_entry.state == WaitState.OFFERED
            else:
                assert row.assessment_id is not None

    @invariant()
    def the_outbox_matches(self) -> None:
        kinds = Counter(Message.objects.values_list("kind", flat=True))
        offers = kinds.pop("waitlist-offer", 0)
        assert kinds.pop("waitlist-joined", 0) == WaitlistEntry.objects.count()
        assert kinds == +self.messages
        assert offers == sum(WaitlistEntry.objects.values_list("offer_number", flat=True))

    @invariant()
    def what_is_offered_is_what_is_free(self) -> None:
        query = FreeTimesQuery(self.place.practice.pk, "swedish-60", FIRST, DAYS)
        offered = {
            (one.therapist_code, one.starts.astimezone(UTC)) for one in free_times(query, clock=self.clock)
        }
        every = (
            (code, datetime.combine(FIRST + timedelta(days=day), time(OPENS), UTC) + number * HALF)
            for code in ("ann", "ben")
            for day in range(DAYS)
            for number in range(6)
        )
        assert offered == {(code, start) for code, start in every if self.is_free(code, start)}


@pytest.mark.django_db
def test_the_booking_service_keeps_its_promises() -> None:
    few = settings(
        max_examples=int(os.environ.get("BOOKING_EXAMPLES", "4")),
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Bookings, settings=few)
