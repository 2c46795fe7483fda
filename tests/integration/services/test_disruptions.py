"""A closure, time off or departure that comes later: who is hit, where all could go, and all moved at once or none."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic import CLOCK, NOW, TEN, command, make_practice
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import (
    Appointment,
    Closure,
    Course,
    Message,
    Role,
    Room,
    Therapist,
    TimeOff,
    User,
    WorkingHours,
)
from unpinch.services import by_staff, disruptions
from unpinch.services.access import caller
from unpinch.services.booking import Booked, book
from unpinch.services.disruptions import Changed, Move, apply, hit, propose
from unpinch.services.place import Wish

if TYPE_CHECKING:
    from clinic import Place
    from unpinch.services.access import Caller

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
UNIT = timedelta(minutes=75)


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def desk(place: Place) -> Caller:
    user = User.objects.create_user("desk@x.example", practice=place.practice, role=Role.DESK)
    return caller(user.pk)


def booked(place: Place, name: str = "Ada Byron", **changes: Any) -> int:
    outcome = book(command(place, name=name, **changes), clock=CLOCK)
    assert isinstance(outcome, Booked), outcome
    return outcome.appointment.id


def close(place: Place, days: int = 1) -> None:
    last = TEN.date() + timedelta(days=days - 1)
    Closure.objects.create(practice=place.practice, first_day=TEN.date(), last_day=last)


def hits(desk: Caller) -> list[int]:
    return [one.id for one in hit(desk, clock=CLOCK)]


def as_moves(proposal: disruptions.Proposal) -> list[Move]:
    return [
        Move(one.appointment.id, Wish(one.to.location_code, one.to.therapist_code, one.to.starts))
        for one in proposal.moves
    ]


def test_nothing_is_hit_by_nothing(place: Place, desk: Caller) -> None:
    booked(place)
    assert hits(desk) == []
    proposal = propose(desk, clock=CLOCK)
    assert (proposal.moves, proposal.without, proposal.is_best) == ((), (), True)


def test_each_kind_of_change_is_seen(place: Place, desk: Caller) -> None:
    first = booked(place)
    later = booked(place, starts=TEN + DAY)
    off = TimeOff.objects.create(
        practice=place.practice, therapist=place.ann, starts_at=TEN + HOUR, ends_at=TEN + 2 * HOUR
    )
    assert hits(desk) == [first]  # the turnover lies in it
    off.delete()
    Therapist.objects.filter(pk=place.ann.pk).update(is_active=False)
    assert hits(desk) == [first, later]
    Therapist.objects.update(is_active=True)
    place.ann.hours.filter(weekday=TEN.weekday()).update(starts=time(10, 30))
    assert hits(desk) == [first]
    place.ann.hours.update(starts=time(9))
    room = Appointment.objects.get(pk=later).room
    assert room is not None
    Room.objects.filter(pk=room.pk).update(is_active=False)
    assert hits(desk) == [first, later]
    Room.objects.update(is_active=True)
    close(place)
    assert hits(desk) == [first]


def test_another_grid_hits_nobody(place: Place, desk: Caller) -> None:
    booked(place, starts=TEN + timedelta(minutes=15))
    type(place.practice).objects.update(grid_minutes=60)
    assert hits(desk) == []


def test_what_staff_did_on_purpose_is_no_hit(place: Place, desk: Caller) -> None:
    asked = command(place, starts=TEN + 9 * HOUR)
    by_staff.book_for(desk, asked, override_reason="opens late", clock=CLOCK)
    assert hits(desk) == []


def test_the_nearest_time_is_the_same_hour_of_the_next_day(place: Place, desk: Caller) -> None:
    key = booked(place)
    close(place)
    [one] = propose(desk, clock=CLOCK).moves
    assert one.appointment.id == key
    assert (one.to.starts, one.to.therapist_code) == (TEN + DAY, "ann")


def test_all_fit_together(place: Place, desk: Caller) -> None:
    # On the closed day both therapists are full at ten; on the next, one of them is.
    keys = [booked(place), booked(place, "Bea Miller", therapist_code="ben")]
    booked(place, "Cleo Day", starts=TEN + DAY)
    close(place)
    proposal = propose(desk, clock=CLOCK)
    assert proposal.is_best
    assert [one.appointment.id for one in proposal.moves] == keys
    moved = apply(desk, as_moves(proposal), clock=CLOCK)
    assert isinstance(moved, tuple)
    assert hits(desk) == []
    assert Message.objects.filter(kind="change").count() == 2


def test_the_first_come_does_not_take_the_only_place_of_another(place: Place, desk: Caller) -> None:
    """Ada could go to either of two places, Bea to one of them alone; taken one by one, Bea would lose."""
    WorkingHours.objects.update(starts=time(10), ends=time(11, 15))
    keys = [booked(place), booked(place, "Bea Miller", therapist_code="ben")]
    booked(place, "Bea Miller", starts=TEN + 2 * DAY)
    booked(place, "Cleo Day", therapist_code="ben", starts=TEN + DAY)
    TimeOff.objects.create(
        practice=place.practice, therapist=place.ben, starts_at=TEN + DAY * 3 / 2, ends_at=TEN + 40 * DAY
    )
    TimeOff.objects.create(
        practice=place.practice, therapist=place.ann, starts_at=TEN + DAY * 5 / 2, ends_at=TEN + 40 * DAY
    )
    # Left are Ann's tomorrow and the day after; the day after Bea has an appointment herself.
    close(place)
    Appointment.objects.filter(client__name="Bea Miller", starts_at=TEN + 2 * DAY).update(
        therapist=place.ben, room=None
    )
    proposal = propose(desk, keys, clock=CLOCK)
    found = {one.appointment.client_name: one.to.starts for one in proposal.moves}
    assert found == {"Bea Miller": TEN + DAY, "Ada Byron": TEN + 2 * DAY}
    assert isinstance(apply(desk, as_moves(proposal), clock=CLOCK), tuple)


def test_who_finds_no_place_is_named(place: Place, desk: Caller) -> None:
    key = booked(place)
    last = (NOW + 60 * DAY).date()
    Closure.objects.create(practice=place.practice, first_day=NOW.date(), last_day=last)
    proposal = propose(desk, clock=CLOCK)
    assert proposal.moves == ()
    assert [one.id for one in proposal.without] == [key]


def test_a_course_keeps_its_gaps(place: Place, desk: Caller) -> None:
    keys = [booked(place, starts=TEN + n * 3 * DAY) for n in range(3)]
    client = Appointment.objects.get(pk=keys[0]).client
    assert client is not None
    course = Course.objects.create(
        practice=place.practice, client=client, plan={"gap_min_days": 3, "gap_max_days": 4}, created_at=NOW
    )
    Appointment.objects.update(course=course)
    day = (TEN + 6 * DAY).date()
    Closure.objects.create(practice=place.practice, first_day=day, last_day=day)
    [one] = propose(desk, clock=CLOCK).moves
    assert one.to.starts == TEN + 7 * DAY
    assert isinstance(apply(desk, as_moves(propose(desk, clock=CLOCK)), clock=CLOCK), tuple)


def test_all_or_none(place: Place, desk: Caller) -> None:
    booked(place)
    booked(place, "Bea Miller", therapist_code="ben")
    close(place)
    moves = as_moves(propose(desk, clock=CLOCK))
    last = moves[-1]
    booked(place, "Cleo Day", therapist_code=last.wish.therapist_code, starts=last.wish.starts)
    outcome = apply(desk, moves, clock=CLOCK)
    assert outcome == Changed(last.appointment_id)
    assert not Message.objects.filter(kind="change").exists()
    assert len(hits(desk)) == 2


def test_two_may_change_places(place: Place, desk: Caller) -> None:
    first, second = booked(place), booked(place, "Bea Miller", starts=TEN + 2 * HOUR)
    # Bea goes to a third place, Ada where Bea was; in this order Ada has to wait for Bea.
    moves = [
        Move(first, Wish("harbour", "ann", TEN + 2 * HOUR)),
        Move(second, Wish("harbour", "ann", TEN + 4 * HOUR)),
    ]
    outcome = apply(desk, moves, clock=CLOCK)
    assert isinstance(outcome, tuple)
    assert [one.appointment.starts for one in outcome] == [TEN + 2 * HOUR, TEN + 4 * HOUR]


def test_it_is_for_the_desk_alone(place: Place) -> None:
    ann = caller(place.ann_user.pk)
    for work in (hit, propose):
        with pytest.raises(NotFoundError):
            work(ann, clock=CLOCK)
    with pytest.raises(NotFoundError):
        apply(ann, [], clock=CLOCK)


def test_the_number_of_queries_does_not_grow_with_bookings(place: Place, desk: Caller) -> None:
    counts = []
    for count in (1, 3):
        for number in range(count):
            booked(place, f"Bea {'I' * (count + number)}", starts=TEN + (count * 3 + number) * DAY)
        with CaptureQueriesContext(connection) as queries:
            assert hits(desk) == []
        counts.append(len(queries))
    assert counts[0] == counts[1]
