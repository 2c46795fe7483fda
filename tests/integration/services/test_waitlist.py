"""The waitlist: who came first is asked first, what is offered is held, and what nobody takes passes on."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from clinic import CLOCK, NOW, TEN, command, make_practice, stored_answers
from unpinch.gateways.clock import FixedClock
from unpinch.jobs import periodic
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import (
    Appointment,
    Closure,
    Course,
    Message,
    Status,
    StoredAssessment,
    WaitlistEntry,
    WorkingHours,
)
from unpinch.services import offers, waitlist
from unpinch.services.booking import Booked, Taken, book, cancel
from unpinch.services.outcomes import Refused
from unpinch.services.waitlist import JoinCommand, Wait, WaitView

if TYPE_CHECKING:
    from clinic import Place

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
TOMORROW = date(2026, 11, 25)
OFFERED_FOR = timedelta(minutes=120)


@pytest.fixture
def place() -> Place:
    """One room and one therapist, open for just one session a day: from ten to a quarter past eleven."""
    place = make_practice(rooms=1)
    place.ben.delete()
    WorkingHours.objects.update(starts=time(10), ends=time(11, 15))
    return place


def queue(place: Place, name: str, wait: Wait | None = None, **changes: Any) -> str:
    """The token of someone who waits for a session tomorrow."""
    outcome = waitlist.join(wish(place, name, wait, **changes), clock=CLOCK)
    assert isinstance(outcome, WaitView), outcome
    return outcome.token


def wish(place: Place, name: str, wait: Wait | None = None, **changes: Any) -> JoinCommand:
    asked = JoinCommand(
        practice_id=place.practice.pk,
        assessment_key=stored_answers(place),
        service_code="swedish-60",
        wait=wait or Wait(TOMORROW, TOMORROW),
        name=name,
        email=f"{name.split(maxsplit=1)[0].lower()}@clients.example",
        phone="0117 496 0123",
        agrees_to_terms=True,
    )
    return replace(asked, **changes)


def tick(after: timedelta = timedelta()) -> dict[str, int]:
    done = periodic.tick(clock=FixedClock(NOW + after))
    assert not done.failed
    return done.counts


def state(token: str) -> str:
    return waitlist.find(token).state


def full_day(place: Place) -> Booked:
    outcome = book(command(place), clock=CLOCK)
    assert isinstance(outcome, Booked)
    return outcome


def test_what_becomes_free_is_held_for_the_first(place: Place) -> None:
    taken = full_day(place)
    first, second = queue(place, "Bea Miller"), queue(place, "Cleo Day")
    assert tick()["offers made"] == 0
    cancel(taken.token, clock=CLOCK)
    assert tick()["offers made"] == 1
    assert (state(first), state(second)) == ("offered", "waiting")
    [offered] = waitlist.find(first).offered
    assert offered.starts == TEN
    assert waitlist.find(first).offer_until == NOW + OFFERED_FOR
    message = Message.objects.get(kind="waitlist-offer")
    assert (message.to, message.ics) == ("bea@clients.example", "")
    assert first in message.text
    assert isinstance(book(command(place, name="Dan"), clock=CLOCK), Taken)


def test_taking_it_books_it(place: Place) -> None:
    token = queue(place, "Bea Miller")
    tick()
    outcome = waitlist.accept(token, clock=FixedClock(NOW + timedelta(minutes=119)))
    assert not isinstance(outcome, Refused)
    assert [booked.appointment.starts for booked in outcome] == [TEN]
    row = Appointment.objects.get(status=Status.BOOKED)
    assert (row.hold_expires_at, row.course) == (None, None)
    assert Message.objects.filter(kind="confirmation").count() == 1
    assert state(token) == "booked"
    again = waitlist.accept(token, clock=CLOCK)
    assert isinstance(again, Refused)
    assert again.code == "offer-over"


def test_an_offer_that_runs_out_passes_on(place: Place) -> None:
    first, second = queue(place, "Bea Miller"), queue(place, "Cleo Day")
    tick()
    done = {what: count for what, count in tick(OFFERED_FOR).items() if count}
    assert done == {"holds given back": 1, "offers passed on": 1, "offers made": 1}
    assert (state(first), state(second)) == ("waiting", "offered")
    late = waitlist.accept(first, clock=FixedClock(NOW + OFFERED_FOR))
    assert isinstance(late, Refused)
    assert not isinstance(waitlist.accept(second, clock=FixedClock(NOW + OFFERED_FOR)), Refused)


def test_the_same_place_is_not_offered_twice_to_one_who_let_it_go(place: Place) -> None:
    token = queue(place, "Bea Miller")
    tick()
    tick(OFFERED_FOR)
    assert state(token) == "waiting"
    assert isinstance(book(command(place, name="Dan"), clock=FixedClock(NOW + OFFERED_FOR)), Booked)


def test_who_never_answers_is_taken_off(place: Place) -> None:
    token = queue(place, "Bea Miller", Wait(TOMORROW, TOMORROW + timedelta(days=5)))
    tick()
    tick(OFFERED_FOR)
    assert state(token) == "offered"
    tick(2 * OFFERED_FOR)
    assert state(token) == "lapsed"
    assert not Appointment.objects.filter(status=Status.HELD).exists()


def test_saying_no_passes_on_at_once_and_keeps_waiting(place: Place) -> None:
    first, second = queue(place, "Bea Miller"), queue(place, "Cleo Day")
    tick()
    assert waitlist.decline(first, clock=CLOCK).state == "waiting"
    tick()
    assert (state(first), state(second)) == ("waiting", "offered")


def test_leaving_gives_back_what_is_held(place: Place) -> None:
    token = queue(place, "Bea Miller")
    tick()
    assert waitlist.leave(token, clock=CLOCK).state == "left"
    full_day(place)


def evenings(**changes: Any) -> Wait:
    """Three sessions, weekly, after 16:00, not on Wednesdays."""
    wait = Wait(
        TOMORROW,
        TOMORROW + timedelta(days=30),
        not_before=time(16),
        weekdays=frozenset({0, 1, 3, 4, 5, 6}),
        sessions=3,
        gap_min_days=6,
        gap_max_days=8,
    )
    return replace(wait, **changes)


def test_a_course_is_offered_whole_and_fits_every_wish(place: Place) -> None:
    WorkingHours.objects.update(starts=time(9), ends=time(18))
    token = queue(place, "Bea Miller", evenings())
    tick()
    offered = waitlist.find(token).offered
    days = [one.starts.date() for one in offered]
    assert len(days) == 3
    assert all(6 <= (after - before).days <= 8 for before, after in itertools.pairwise(days))
    assert all(one.starts.time() >= time(16) and one.starts.weekday() != 2 for one in offered)
    outcome = waitlist.accept(token, clock=CLOCK)
    assert not isinstance(outcome, Refused)
    course = Course.objects.get()
    assert Appointment.objects.filter(course=course, status=Status.BOOKED).count() == 3
    assert course.plan == {"sessions": 3, "gap_min_days": 6, "gap_max_days": 8}


def test_a_course_without_its_last_session_is_not_offered(place: Place) -> None:
    WorkingHours.objects.update(starts=time(9), ends=time(18))
    Closure.objects.create(
        practice=place.practice,
        first_day=TOMORROW + timedelta(days=10),
        last_day=TOMORROW + timedelta(days=40),
    )
    token = queue(place, "Bea Miller", evenings())
    tick()
    assert state(token) == "waiting"
    assert not Appointment.objects.exists()


def test_a_course_is_taken_whole_or_not(place: Place) -> None:
    WorkingHours.objects.update(starts=time(9), ends=time(18))
    token = queue(place, "Bea Miller", evenings())
    tick()
    last = waitlist.find(token).offered[-1].starts.date()
    Closure.objects.create(practice=place.practice, first_day=last, last_day=last)
    outcome = waitlist.accept(token, clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert not Appointment.objects.filter(status=Status.BOOKED).exists()
    assert not Course.objects.exists()


def test_the_latest_start_is_kept(place: Place) -> None:
    WorkingHours.objects.update(starts=time(9), ends=time(18))
    token = queue(
        place, "Bea Miller", Wait(TOMORROW, TOMORROW, not_before=time(12, 5), not_after=time(12, 20))
    )
    tick()
    [offered] = waitlist.find(token).offered
    assert offered.starts == datetime(2026, 11, 25, 12, 15, tzinfo=LONDON)


def test_the_gate_stands_at_every_step(place: Place) -> None:
    refused = waitlist.join(
        wish(place, "Bea Miller", assessment_key=stored_answers(place, rf_saddle_numb=True)), clock=CLOCK
    )
    assert isinstance(refused, Refused)
    assert refused.code == "danger"
    token = queue(place, "Cleo Day")
    StoredAssessment.objects.update(disposition="urgent")
    tick()
    assert state(token) == "waiting"
    StoredAssessment.objects.update(disposition="massage-ok")
    WaitlistEntry.objects.update(look_at=NOW)
    tick()
    StoredAssessment.objects.update(disposition="emergency")
    outcome = waitlist.accept(token, clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == "danger"


def test_one_wish_for_one_service(place: Place) -> None:
    queue(place, "Bea Miller")
    outcome = waitlist.join(wish(place, "Bea Miller"), clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == "waiting"


def test_days_that_are_over_end_the_wish(place: Place) -> None:
    full_day(place)
    token = queue(place, "Bea Miller")
    tick()
    tick(timedelta(days=3))
    assert state(token) == "over"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"last_day": TOMORROW - timedelta(days=1)}, "days"),
        ({"last_day": TOMORROW + timedelta(days=92)}, "days"),
        ({"weekdays": frozenset()}, "weekdays"),
        ({"not_before": time(16), "not_after": time(15)}, "not_after"),
        ({"sessions": 0}, "sessions"),
        ({"sessions": 6}, "gap_min_days"),
    ],
)
def test_a_wish_that_makes_no_sense_is_explained(place: Place, change: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as caught:
        queue(place, "Bea Miller", replace(Wait(TOMORROW, TOMORROW), **change))
    assert caught.value.code == code


@pytest.mark.parametrize("change", [{"location_code": "moon"}, {"therapist_code": "nobody"}])
def test_unknown_places_and_people_are_said(place: Place, change: dict[str, Any]) -> None:
    with pytest.raises(NotFoundError):
        queue(place, "Bea Miller", replace(Wait(TOMORROW, TOMORROW), **change))


def test_a_link_cannot_be_guessed(place: Place) -> None:
    token = queue(place, "Bea Miller")
    for other in ("", "x", token[:-1], token.replace(token[:4], "0000")):
        with pytest.raises(NotFoundError):
            waitlist.find(other)


def test_work_that_fails_keeps_no_other_from_being_done(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: datetime) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(periodic, "WORK", (periodic.Work("broken", fail), *periodic.WORK))
    token = queue(place, "Bea Miller")
    done = periodic.tick(clock=CLOCK)
    assert done.failed == ("broken",)
    assert done.counts["offers made"] == 1
    assert state(token) == "offered"
    assert offers.make(NOW) == 0
