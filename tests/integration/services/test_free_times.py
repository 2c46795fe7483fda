"""What is offered can be booked, and what can be booked is offered: on odd days too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic import CLOCK, NOW, TEN, command, make_practice, stored_answers
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import InputError
from unpinch.records.models import (
    Appointment,
    Closure,
    Location,
    Practice,
    Service,
    Status,
    Therapist,
    TherapistSkill,
    TimeOff,
    WorkingHours,
)
from unpinch.services.availability import FreeTime, FreeTimesQuery, free_times
from unpinch.services.booking import Booked, Taken, book

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clinic import Place

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
SPRING = date(2027, 3, 28)
"""London's clocks go from 01:00 to 02:00."""
AUTUMN = date(2026, 10, 25)
"""London's clocks go from 02:00 back to 01:00."""


@pytest.fixture
def place() -> Place:
    return make_practice()


def open_at(starts: time, ends: time) -> None:
    WorkingHours.objects.update(starts=starts, ends=ends)


def listed(place: Place, day: date, days: int = 1, **more: Any) -> tuple[FreeTime, ...]:
    """The day's free times with Ann, asked for the day before at noon."""
    asked_at = datetime.combine(day - timedelta(days=1), time(12), UTC)
    query = FreeTimesQuery(place.practice.pk, "swedish-60", day, days, therapist_code="ann", **more)
    return free_times(query, clock=FixedClock(asked_at))


def clocks(times: Iterable[FreeTime]) -> list[str]:
    """The wall clock with the offset from UTC, once per hour."""
    return [f"{free.starts:%H:%M%z}" for free in times if free.starts.minute == 0]


def test_a_plain_day(place: Place) -> None:
    times = listed(place, date(2026, 11, 25))
    assert clocks(times) == [f"{hour:02d}:00+0000" for hour in range(9, 16)]
    # The turnover must fit before five, too.
    assert f"{times[-1].starts:%H:%M}" == "15:45"


def test_the_hour_that_spring_leaves_out(place: Place) -> None:
    open_at(time(0), time(6))
    assert clocks(listed(place, SPRING)) == ["00:00+0000", "02:00+0100", "03:00+0100", "04:00+0100"]


def test_the_hour_that_comes_twice_in_autumn(place: Place) -> None:
    open_at(time(0), time(4))
    assert clocks(listed(place, AUTUMN)) == ["00:00+0100", "01:00+0100", "01:00+0000", "02:00+0000"]


def test_days_of_23_and_25_hours_are_counted_right(place: Place) -> None:
    open_at(time(0), time(0))
    Service.objects.update(turnover_after_minutes=0)
    assert [len(clocks(listed(place, day))) for day in (SPRING, AUTUMN, date(2026, 11, 25))] == [23, 25, 24]


def test_a_session_may_run_over_midnight(place: Place) -> None:
    open_at(time(20), time(2))
    day = date(2026, 11, 25)
    assert clocks(listed(place, day)) == ["00:00+0000", *(f"{hour}:00+0000" for hour in range(20, 24))]
    late = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    outcome = book(command(place, starts=late), clock=CLOCK)
    assert isinstance(outcome, Booked)
    assert Appointment.objects.get().local_start == "2026-11-25T23:30"
    assert "00:00+0000" not in clocks(listed(place, day + timedelta(days=1)))


def test_the_leap_day_is_a_day(place: Place) -> None:
    WorkingHours.objects.exclude(weekday=1).delete()
    day = date(2028, 2, 29)
    assert {free.starts.date() for free in listed(place, day - timedelta(days=1), 3)} == {day}


@pytest.mark.parametrize(
    ("day", "hour", "instant"),
    [(SPRING, 10, 9), (AUTUMN, 10, 10), (SPRING - timedelta(days=1), 10, 10)],
)
def test_the_wall_clock_that_was_meant_is_kept(place: Place, day: date, hour: int, instant: int) -> None:
    starts = datetime.combine(day, time(hour), LONDON)
    clock = FixedClock(starts - timedelta(days=2))
    with mock.patch("clinic.CLOCK", clock):
        outcome = book(command(place, starts=starts), clock=clock)
    assert isinstance(outcome, Booked)
    row = Appointment.objects.get()
    assert row.starts_at == datetime.combine(day, time(instant), UTC)
    assert (row.local_start, row.time_zone) == (f"{day}T10:00", "Europe/London")


def test_every_place_keeps_its_own_clock(place: Place) -> None:
    hill = Location.objects.create(
        practice=place.practice, code="hill", name="On the hill", time_zone="America/New_York"
    )
    place.ann.hours.update(location=hill)
    hill.rooms.create(practice=place.practice, code="one", name="One")
    times = listed(place, date(2026, 11, 25))
    assert clocks(times)[0] == "09:00-0500"
    assert isinstance(book(command(place, location_code="hill", starts=times[0].starts), clock=CLOCK), Booked)
    assert Appointment.objects.get().local_start == "2026-11-25T09:00"


def test_closures_time_off_and_skills_take_time_away(place: Place) -> None:
    day = date(2026, 11, 25)
    TimeOff.objects.create(
        practice=place.practice,
        therapist=place.ann,
        starts_at=TEN,
        ends_at=TEN + timedelta(hours=5),
    )
    assert clocks(listed(place, day)) == ["15:00+0000"]
    Closure.objects.create(practice=place.practice, location=place.harbour, first_day=day, last_day=day)
    assert listed(place, day) == ()
    assert listed(place, day + timedelta(days=1))
    TherapistSkill.objects.filter(therapist=place.ann).update(skill="thai")
    assert listed(place, day + timedelta(days=1)) == ()


def test_hours_have_days_from_and_to(place: Place) -> None:
    place.ann.hours.update(valid_from=date(2026, 11, 26), valid_to=date(2026, 11, 27))
    days = {free.starts.date() for free in listed(place, date(2026, 11, 25), 5)}
    assert days == {date(2026, 11, 26), date(2026, 11, 27)}


def test_who_has_left_is_not_offered(place: Place) -> None:
    Therapist.objects.filter(pk=place.ann.pk).update(is_active=False)
    assert listed(place, date(2026, 11, 25)) == ()


@pytest.mark.parametrize("days", [0, 93])
def test_too_many_days_are_refused(place: Place, days: int) -> None:
    with pytest.raises(InputError):
        listed(place, date(2026, 11, 25), days)


shapes = st.fixed_dictionaries(
    {
        "grid": st.sampled_from([5, 10, 15, 20, 30, 45, 60]),
        "minutes": st.sampled_from([20, 45, 60, 90]),
        "before": st.sampled_from([0, 5, 10]),
        "after": st.sampled_from([0, 5, 15]),
        "opens": st.integers(0, 23),
        "opens_minute": st.sampled_from([0, 15, 30, 50]),
        "hours": st.integers(2, 12),
        "day": st.sampled_from([SPRING, AUTUMN, date(2026, 11, 25), date(2028, 2, 29)]),
        "zone": st.sampled_from(["Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu"]),
        "taken": st.lists(st.integers(0, 95), max_size=3),
        "ask": st.integers(0, 96 * 3),
    }
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shape=shapes)
def test_offered_is_bookable_and_bookable_is_offered(place: Place, shape: dict[str, Any]) -> None:
    zone = ZoneInfo(shape["zone"])
    _arrange(shape)
    clock = FixedClock(datetime.combine(shape["day"] - timedelta(days=2), time(12), UTC))
    query = FreeTimesQuery(place.practice.pk, "swedish-60", shape["day"], 1)
    with mock.patch("clinic.CLOCK", clock):
        answers = stored_answers(place)
    for quarter in shape["taken"]:
        starts = datetime.combine(shape["day"], time(), zone) + timedelta(minutes=15 * quarter)
        book(command(place, assessment_key=answers, starts=starts), clock=clock)
    ask = datetime.combine(shape["day"], time(), zone).astimezone(UTC) + timedelta(minutes=5 * shape["ask"])
    for name in ("Cleo", "Dora"):
        free = {(item.starts.astimezone(UTC), item.therapist_code) for item in free_times(query, clock=clock)}
        starts = ask if name == "Cleo" else min((start for start, _ in free), default=ask)
        if starts.astimezone(zone).date() == shape["day"]:
            asked = command(place, assessment_key=_fresh(place, clock), name=name, starts=starts)
            outcome = book(asked, clock=clock)
            assert isinstance(outcome, Booked) == ((starts, "ann") in free), (starts, outcome)
            assert isinstance(outcome, Booked | Taken)


def _fresh(place: Place, clock: FixedClock) -> Any:
    with mock.patch("clinic.CLOCK", clock):
        return stored_answers(place)


def _arrange(shape: dict[str, Any]) -> None:
    """Set the practice up as the example says."""
    starts = time(shape["opens"], shape["opens_minute"])
    ends = (datetime.combine(NOW, starts) + timedelta(hours=shape["hours"])).time()
    Practice.objects.update(grid_minutes=shape["grid"])
    Location.objects.update(time_zone=shape["zone"])
    WorkingHours.objects.update(starts=starts, ends=ends)
    Service.objects.update(
        minutes=shape["minutes"],
        turnover_before_minutes=shape["before"],
        turnover_after_minutes=shape["after"],
    )
    Appointment.objects.exclude(status=Status.EXPIRED).update(status=Status.CANCELLED, released_at=NOW)
