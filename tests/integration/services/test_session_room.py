"""The session in the room: begun only when clear, logged event by event, never above a ceiling, ended once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from clinic import CLOCK, TEN, Place, command, make_practice
from unpinch.clinical import day_check, knowledge
from unpinch.clinical.day_check import Said
from unpinch.clinical.pressure import Event
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import Appointment, AppointmentBlock, AuditEvent, RoomEvent, RoomSession
from unpinch.services import access, booking, session_check, session_live, session_pass, session_room
from unpinch.services.outcomes import Refused
from unpinch.services.session_check import SayCommand, Sheet
from unpinch.services.session_room import Room
from unpinch.web.session.press_form import event_from

if TYPE_CHECKING:
    from unpinch.services.access import Caller

pytestmark = pytest.mark.django_db
NOW = FixedClock(TEN)
LATER = FixedClock(TEN + timedelta(minutes=5))
TOP = "region-shoulder-top"


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def ann(place: Place) -> Caller:
    assert isinstance(booking.book(command(place), clock=CLOCK), booking.Booked)
    return access.caller(place.ann_user.pk)


def check(ann: Caller, clock: FixedClock = NOW) -> None:
    number = Appointment.objects.latest("starts_at").pk
    sheet = session_check.sheet_for(number, ann, clock=clock)
    assert isinstance(sheet, Sheet)
    rows: Any = {line.code: False for line in day_check.lines(sheet.before, knowledge.load())}
    session_check.ask(number, SayCommand(uuid4(), Said(rows), 3), ann, clock=clock)


def begun(ann: Caller, clock: FixedClock = NOW) -> Room:
    check(ann, clock)
    found = session_room.begin(Appointment.objects.latest("starts_at").pk, ann, clock=clock)
    assert isinstance(found, Room), found
    return found


def again(found: Room) -> Room:
    return session_room.by_id(found.id)


def test_it_begins_once_with_plan_and_code(ann: Caller) -> None:
    found = begun(ann)
    assert session_room.begin(found.appointment_id, ann, clock=LATER) == found
    assert found.state.regions[TOP].level <= found.state.regions[TOP].ceiling
    assert (len(found.code), found.phase, found.last) == (6, "running", 0)
    assert [place.name for place in found.plan.places]
    assert AuditEvent.objects.filter(action="room.begin").count() == 1


@pytest.mark.parametrize(
    ("hinder", "code"),
    [
        pytest.param("no-check", "check-open", id="nobody asked"),
        pytest.param("hold", "on-hold", id="on hold"),
        pytest.param("tomorrow", "not-today", id="another day"),
    ],
)
def test_it_does_not_begin(ann: Caller, hinder: str, code: str) -> None:
    row, clock = Appointment.objects.get(), NOW
    if hinder != "no-check":
        check(ann)
    if hinder == "hold":
        AppointmentBlock.objects.create(practice=row.practice, appointment=row, reason="x", since=TEN)
    if hinder == "tomorrow":
        clock = FixedClock(TEN + timedelta(days=1))
    outcome = session_room.begin(row.pk, ann, clock=clock)
    assert isinstance(outcome, Refused)
    assert outcome.code == code
    shown = session_room.screen(row.pk, ann, clock=clock)
    assert shown.hindrance == outcome
    assert not RoomSession.objects.exists()


def test_more_stops_at_the_ceiling_and_is_kept_as_a_wish(ann: Caller) -> None:
    found = begun(ann)
    ceiling = found.state.regions[TOP].ceiling
    whys = [session_room.press(found.id, Event("more", TOP), "client", clock=NOW).why for _ in range(6)]
    assert set(whys) == {"", "ceiling"}
    after = again(found)
    assert (after.state.regions[TOP].level, after.last) == (ceiling, 6)
    assert [one.number for one in after.happened] == [1, 2, 3, 4, 5, 6]
    raw = RoomEvent.objects.raw("SELECT id, what FROM records_roomevent LIMIT 1")
    assert raw[0].what["region"] == TOP


def test_electric_halts_the_place_until_the_questions_are_denied(ann: Caller) -> None:
    found = begun(ann)
    session_room.press(found.id, Event("halt", TOP), "client", clock=NOW)
    assert session_room.press(found.id, Event("more", TOP), "client", clock=NOW).why == "halted"
    assert session_room.recheck(found.id, {"weak": False}, "client", clock=NOW) is None
    assert again(found).state.halted == {TOP}
    rows = {row.code: False for row in knowledge.load().day_check.values() if row.in_room}
    assert session_room.recheck(found.id, rows, "client", clock=NOW) is True
    assert (again(found).state.halted, again(found).state.regions[TOP].level) == (frozenset(), 1)


def test_a_yes_to_weakness_stops_the_session(ann: Caller) -> None:
    found = begun(ann)
    session_room.press(found.id, Event("halt", TOP), "client", clock=NOW)
    rows = {row.code: row.code == "weak" for row in knowledge.load().day_check.values() if row.in_room}
    assert session_room.recheck(found.id, rows, "client", clock=LATER) is False
    ended = again(found)
    assert (ended.phase, ended.code, ended.ended_at) == ("stopped", "", LATER.at)
    assert session_room.press(found.id, Event("less", TOP), "client", clock=LATER).why == "over"
    assert again(found).last == ended.last
    assert Appointment.objects.get().status == "completed"


def test_the_next_session_begins_with_what_was_right(ann: Caller, place: Place) -> None:
    found = begun(ann)
    session_room.press(found.id, Event("less", TOP), "client", clock=NOW)
    session_room.press(found.id, Event("same", TOP), "client", clock=NOW)
    session_room.press(found.id, Event("more", TOP), "client", clock=NOW)
    session_room.press(found.id, Event("halt", "region-neck"), "client", clock=NOW)
    session_room.press(found.id, Event("finish"), "therapist", clock=LATER)
    later = TEN + timedelta(days=2)
    assert isinstance(booking.book(command(place, starts=later), clock=CLOCK), booking.Booked)
    following = begun(ann, FixedClock(later))
    level = again(found).state.regions[TOP].level - 1
    assert following.usual == {TOP: level}
    assert following.state.regions[TOP].level == level


def test_the_code_lets_in_while_the_session_runs_and_guessing_is_slow(ann: Caller) -> None:
    found = begun(ann)
    typed = f" {found.code[:3].lower()} {found.code[3:]}"
    assert session_pass.enter(typed, "192.0.2.1", clock=NOW) == found.id
    for _ in range(12):
        wrong = session_pass.enter("BBBBBB", "192.0.2.9", clock=NOW)
    assert isinstance(wrong, Refused)
    slowed = session_pass.enter(found.code, "192.0.2.9", clock=NOW)
    assert isinstance(slowed, Refused)
    assert (wrong.code, slowed.code) == ("wrong-code", "too-many")
    assert session_pass.enter(found.code, "192.0.2.1", clock=NOW) == found.id
    forgotten = session_pass.enter(found.code, "192.0.2.1", clock=FixedClock(TEN + timedelta(hours=4)))
    assert isinstance(forgotten, Refused)
    session_room.press(found.id, Event("finish"), "therapist", clock=LATER)
    over = session_pass.enter(found.code, "192.0.2.1", clock=LATER)
    assert isinstance(over, Refused)


def test_what_is_new_is_told_from_any_number_on(ann: Caller) -> None:
    found = begun(ann)
    for kind in ("more", "less", "finish"):
        session_room.press(found.id, event_from(kind, TOP), "therapist", clock=NOW)
    news = session_live.newer({found.id: 1, 10**6: 0})
    assert [(one.number, one.kind, one.is_end) for one in news] == [(2, "less", False), (3, "finish", True)]
    assert session_live.newer({found.id: 3}) == []


def test_a_stranger_sees_no_room(ann: Caller) -> None:
    foreign = access.caller(make_practice("elsewhere").ann_user.pk)
    with pytest.raises(NotFoundError):
        session_room.screen(Appointment.objects.get().pk, foreign, clock=NOW)
    with pytest.raises(NotFoundError):
        session_room.press_for(Appointment.objects.get().pk, Event("stop"), ann, clock=NOW)


@pytest.mark.parametrize(("kind", "level"), [("recheck", ""), ("", ""), ("set", "high")])
def test_a_form_of_nonsense_is_refused(kind: str, level: str) -> None:
    with pytest.raises(InputError):
        event_from(kind, TOP, level=level)
