"""Whatever day the demonstration is loaded on, every session finds its place."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from unpinch.services.demo.calendar import DemoCalendar, Slot
from unpinch.services.demo.clients import FOLDER, read_clients
from unpinch.services.practice_file import read_practice

LONDON = ZoneInfo("Europe/London")


def filled(today: date) -> tuple[list[Slot], int]:
    """The sessions as the loader places them, and how many there should be."""
    plan = read_practice(FOLDER / "practice.toml", today)
    calendar, slots, wanted = DemoCalendar(plan, LONDON), [], 0
    for turn, client in enumerate(read_clients()):
        service = next(item for item in plan.services if item.code == client.course.service)
        for number in range(client.course.sessions):
            wanted += 1
            days = (number - client.course.behind) * client.course.every_days + client.course.later
            slot = calendar.take(
                service, client.course.therapist, client.name, today + timedelta(days), turn + number
            )
            if slot is not None:
                slots.append(slot)
    return slots, wanted


@pytest.mark.parametrize("today", [date(2026, 11, 23) + timedelta(days) for days in range(7)], ids=str)
def test_nearly_every_session_finds_a_place_and_none_overlap(today: date) -> None:
    slots, wanted = filled(today)
    assert len(slots) >= wanted - 2
    for one in slots:
        for other in slots:
            if one is not other and one.starts < other.busy_until and other.starts < one.busy_until:
                assert one.therapist != other.therapist
                assert (one.location, one.room) != (other.location, other.room)


def test_the_same_day_gives_the_same_calendar() -> None:
    assert filled(date(2027, 3, 27)) == filled(date(2027, 3, 27))
