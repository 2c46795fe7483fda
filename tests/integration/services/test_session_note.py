"""Notes and the day after: filled in from the session, signed once, and an alarm that is heard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from clinic import CLOCK, NOW, TEN, Place, command, make_practice
from unpinch.clinical import day_check, knowledge
from unpinch.clinical.day_check import Said
from unpinch.clinical.pressure import Event
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import (
    Appointment,
    AuditEvent,
    Client,
    Course,
    Message,
    NoteVersion,
    ReliefReading,
)
from unpinch.services import (
    access,
    booking,
    session_after,
    session_check,
    session_link,
    session_note,
    session_room,
)
from unpinch.services.outcomes import Refused
from unpinch.services.session_check import SayCommand, Sheet
from unpinch.services.session_note import Saved
from unpinch.web.session.press_form import event_from

pytestmark = pytest.mark.django_db
START, END = FixedClock(TEN), FixedClock(TEN + timedelta(minutes=50))
TOP = "region-shoulder-top"


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def ann(place: Place) -> access.Caller:
    assert isinstance(booking.book(command(place), clock=CLOCK), booking.Booked)
    caller, number = access.caller(place.ann_user.pk), Appointment.objects.get().pk
    sheet = session_check.sheet_for(number, caller, clock=START)
    assert isinstance(sheet, Sheet)
    rows: Any = {line.code: False for line in day_check.lines(sheet.before, knowledge.load())}
    session_check.ask(number, SayCommand(uuid4(), Said(rows), 3), caller, clock=START)
    found = session_room.begin(number, caller, clock=START)
    assert isinstance(found, session_room.Room)
    for kind in ("more", "more", "more", "less", "same"):
        session_room.press(found.id, event_from(kind, TOP), "client", clock=START)
    session_room.press(found.id, Event("step", step=1), "therapist", clock=START)
    session_room.press(found.id, Event("finish"), "therapist", clock=END)
    return caller


def number() -> int:
    return Appointment.objects.get().pk


def token() -> str:
    return session_link.token_of(Appointment.objects.get().calendar_uid)


def saved(outcome: Saved | Refused) -> Saved:
    assert isinstance(outcome, Saved), outcome
    return outcome


def signed(ann: access.Caller) -> Saved:
    shown = session_note.read(number(), ann, clock=END)
    return saved(session_note.sign(number(), shown.number, shown.text, ann, clock=END))


def test_the_note_is_filled_in_with_what_is_known(ann: access.Caller) -> None:
    text = session_note.read(number(), ann, clock=END).text
    assert "Pain before the session: 3 of 10." in text["subjective"]
    assert "Nothing new today." in text["subjective"]
    assert "Top of the shoulder: pressure" in text["objective"]
    assert "asked for more" in text["objective"]
    assert "Techniques: Long gliding strokes, Kneading." in text["objective"]
    assert "50 minutes." in text["objective"]
    assert text["assessment"] == "Tolerated well, no complaint."
    assert "No next session booked." in text["plan"]
    assert not NoteVersion.objects.exists()


def test_two_windows_and_a_signature(ann: access.Caller) -> None:
    shown = dict(session_note.read(number(), ann, clock=END).text)
    first = saved(session_note.save(number(), 0, {**shown, "plan": "Walk."}, ann, clock=END))
    second = saved(session_note.save(number(), 0, {**shown, "assessment": "Sleepy."}, ann, clock=END))
    assert (first.number, second.number) == (2, 3)
    assert (second.text["plan"], second.text["assessment"]) == ("Walk.", "Sleepy.")
    unseen = session_note.sign(number(), 2, {**shown, "plan": "Walk."}, ann, clock=END)
    assert isinstance(unseen, Refused)
    assert unseen.code == "changed"
    saved(session_note.sign(number(), 3, second.text, ann, clock=END))
    late = session_note.save(number(), 3, {**shown, "plan": "Run."}, ann, clock=END)
    assert isinstance(late, Refused)
    assert late.code == "signed"
    added = session_note.amend(number(), "Walked, not ran.", "Wrong word", ann, clock=END)
    assert not isinstance(added, Refused)
    now = session_note.read(number(), ann, clock=END)
    assert (now.signed_by, now.text["plan"], [one.text for one in now.amendments]) == (
        "Ann",
        "Walk.",
        ["Walked, not ran."],
    )
    assert [line.action for line in AuditEvent.objects.filter(action__startswith="note").order_by("pk")] == [
        "note.read",
        "note.begin",
        "note.sign",
        "note.amend",
        "note.read",
    ]
    raw = NoteVersion.objects.extra(select={"raw": "text"}).first()  # as it lies in the table
    assert "Walk" not in str(raw.raw)  # type: ignore[union-attr]


def test_only_the_therapist_reads_and_writes(ann: access.Caller, place: Place) -> None:
    foreign = access.caller(make_practice("elsewhere").ann_user.pk)
    with pytest.raises(NotFoundError):
        session_note.read(number(), foreign, clock=END)
    with pytest.raises(NotFoundError):
        session_note.save(number(), 0, {"plan": "x"}, foreign, clock=END)


def test_the_summary_comes_with_the_signature_and_the_mail_says_nothing(ann: access.Caller) -> None:
    before = session_after.summary(token())
    assert isinstance(before, Refused)
    signed(ann)
    found = session_after.summary(token())
    assert not isinstance(found, Refused)
    assert next(place.name for place in found.places) == "Back of the head"
    assert {care.part for care in found.care} == {"stretch", "posture", "heat"}
    mail = Message.objects.get(kind="session-summary")
    assert "/session/" in mail.text
    for word in ("shoulder", "pressure", "pain", "neck"):
        assert word not in mail.text.lower()
    page = Browser().get(f"/session/{token()}/after").content.decode()
    assert "What you can do at home" in page


def test_the_day_after_is_asked_on_the_day_after(ann: access.Caller) -> None:
    mail = Message.objects.get(kind="session-day-after")
    assert mail.due_at == datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
    assert NOW < END.at < mail.due_at


@pytest.mark.parametrize(
    ("hours", "felt", "outcome"),
    [(20, [], "fine"), (20, ["sore"], "expected"), (50, ["sore"], "alarm"), (20, ["weak"], "alarm")],
)
def test_what_is_felt_is_kept_once_and_an_alarm_is_heard(
    ann: access.Caller, hours: int, felt: list[str], outcome: str
) -> None:
    Course.objects.create(
        practice_id=Client.objects.get().practice_id,
        client=Client.objects.get(),
        link_uid=uuid4(),
        created_at=NOW,
    )
    Appointment.objects.update(course=Course.objects.get())
    said = session_after.SayCommand(uuid4(), {code: code in felt for code in knowledge.load().after_effects})
    clock = FixedClock(END.at + timedelta(hours=hours))
    for _ in range(2):
        verdict = session_after.say(token(), said, clock=clock)
        assert not isinstance(verdict, Refused)
        assert verdict.outcome == outcome
    is_alarm = outcome == "alarm"
    assert Message.objects.filter(kind="session-alarm").count() == is_alarm
    assert ReliefReading.objects.count() == is_alarm
    kept = session_after.last_of(number())
    assert kept is not None
    assert kept[0] == outcome


def test_pages_of_note_and_day_after(ann: access.Caller, place: Place) -> None:
    therapist, client, at = Browser(), Browser(), f"/appointments/{number()}/note"
    therapist.force_login(place.ann_user)
    assert "Top of the shoulder" in therapist.get(at).content.decode()
    shown = dict(session_note.read(number(), ann).text)
    told = therapist.post(f"{at}/save", {**shown, "base": "0", "plan": "Walk."}).json()
    assert (told["number"], told["text"]["plan"], told["clashed"]) == (2, "Walk.", [])
    page = therapist.post(at, {**shown, "plan": "Walk.", "base": "2", "do": "sign"}, follow=True)
    assert "Signed by Ann" in page.content.decode()
    refused = therapist.post(f"{at}/save", {**shown, "base": "2"})
    assert refused.status_code == 409
    added = therapist.post(f"{at}/amend", {"text": "More.", "reason": "Forgotten"}, follow=True)
    assert "Forgotten" in added.content.decode()
    day = f"/session/{token()}/next-day"
    assert "How are you today?" in client.get(day).content.decode()
    assert client.post(day, {}).status_code == 422
    assert "Please see a doctor today" in client.post(day, {"numb": "yes"}).content.decode()
    assert "call the client" in therapist.get(f"/appointments/{number()}").content.decode()
