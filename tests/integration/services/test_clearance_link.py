"""The doctor's link: it lets one browser in, and keeps out what is forged, forwarded, late or taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from asking import agree, asked, leg_answers, opened, say, word
from clinic import CLOCK, NOW, Place, make_practice, stored_answers
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import InputError
from unpinch.records.models import AuditEvent, Clearance, Message
from unpinch.services import clearance_answer, clearance_ask, clearance_link, consent, intake
from unpinch.services.clearance_answer import Question
from unpinch.services.clearance_ask import AskCommand
from unpinch.services.clearance_link import Doorstep, Opened
from unpinch.services.outcomes import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_practice()


def later(**more: float) -> FixedClock:
    return FixedClock(NOW + timedelta(**more))


def code_of(outcome: object) -> str:
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def test_the_table_holds_no_secret_and_the_messages_nothing_medical(place: Place) -> None:
    question = asked(place)
    row = Clearance.objects.values().get()
    for secret in (question.token, question.code, question.person_token):
        assert secret not in repr(row)
    to_doctor, to_person = Message.objects.order_by("to", "kind").values("to", "subject", "text", "html")[
        ::-1
    ]
    assert to_doctor["to"] == "grey@surgery.example"
    assert to_person["to"] == "ada@clients.example"
    assert question.token in to_doctor["text"]
    assert question.code not in to_doctor["text"]
    assert question.token not in to_person["text"]
    for message in (to_doctor, to_person):
        for told in ("back", "leg", "pain", "numb", "massage-", "disc"):
            text = message["subject"] + message["text"].replace("Harbour Massage", "")
            for secret in (question.token, question.person_token):  # chance may write any word in there
                text = text.replace(secret, "")
            assert told not in text.lower()
    assert "Ada" not in to_doctor["subject"] + to_doctor["text"] + to_doctor["html"]


def test_looking_opens_nothing_and_the_first_press_does(place: Place) -> None:
    question = asked(place)
    step = clearance_link.look(question.token, clock=CLOCK)
    assert step == Doorstep(question.key, "Harbour Massage", "+441174960100", is_answered=False)
    assert Clearance.objects.get().state == "requested"
    door = opened(question)
    row = Clearance.objects.get()
    assert (row.state, row.opened_at) == ("opened", NOW)
    assert door.secret not in repr(Clearance.objects.values().get())
    read = clearance_answer.read(door.key, door.secret, clock=CLOCK)
    assert isinstance(read, Question)
    assert (read.person_name, read.doctor_name, read.word, read.version) == ("Ada Byron", "Dr Grey", None, 0)
    assert AuditEvent.objects.filter(action="clearance.read", actor=f"doctor:{row.pk}").count() == 1


def test_a_forwarded_link_is_refused_and_the_first_browser_stays_in(place: Place) -> None:
    question = asked(place)
    door = opened(question)
    assert code_of(clearance_link.open_link(question.token, clock=CLOCK)) == "link-elsewhere"
    assert code_of(clearance_link.open_link(question.token, secret="guess", clock=CLOCK)) == "link-elsewhere"
    assert code_of(clearance_answer.read(door.key, "guess", clock=CLOCK)) == "link-elsewhere"
    assert code_of(clearance_answer.read(door.key, "", clock=CLOCK)) == "link-elsewhere"
    assert clearance_link.open_link(question.token, secret=door.secret, clock=CLOCK) == door
    assert AuditEvent.objects.filter(action="clearance.refuse-browser").count() == 2


@pytest.mark.parametrize(
    "change", ["", "x", "a.b", "{raw}.{raw}", "{token}x"], ids=lambda text: text or "empty"
)
def test_a_forged_link_is_refused(place: Place, change: str) -> None:
    question = asked(place)
    forged = change.format(raw=question.token.rpartition(".")[0], token=question.token)
    assert code_of(clearance_link.look(forged, clock=CLOCK)) == "link-unknown"
    assert code_of(clearance_link.open_link(forged, clock=CLOCK)) == "link-unknown"


def test_a_link_for_one_purpose_opens_no_other_door(place: Place) -> None:
    question = asked(place)
    assert code_of(clearance_link.open_link(question.person_token, clock=CLOCK)) == "link-unknown"
    assert clearance_ask.asking_by_person(question.token, clock=CLOCK) is None
    found = clearance_ask.asking_by_person(question.person_token, clock=CLOCK)
    assert found is not None
    assert found.key == question.key


def test_it_expires_to_the_second(place: Place) -> None:
    question = asked(place)
    door = opened(question)
    before, at = later(days=30, seconds=-1), later(days=30)
    assert isinstance(clearance_link.look(question.token, clock=before), Doorstep)
    assert code_of(clearance_link.look(question.token, clock=at)) == "link-expired"
    assert code_of(clearance_link.open_link(question.token, secret=door.secret, clock=at)) == "link-expired"
    assert code_of(clearance_answer.read(door.key, door.secret, clock=at)) == "link-expired"
    late = clearance_answer.answer(door.key, door.secret, word(), by_name="Grey", version=0, clock=at)
    assert code_of(late) == "link-expired"


def test_a_newer_question_takes_the_place_of_an_older_one(place: Place) -> None:
    key = leg_answers(place)
    first = asked(place, key)
    door = opened(first)
    second = asked(place, key, doctor_email="other@surgery.example")
    assert (
        code_of(clearance_link.open_link(first.token, secret=door.secret, clock=CLOCK)) == "link-superseded"
    )
    assert code_of(say(door, word())) == "link-unknown"
    assert isinstance(say(opened(second), word()), clearance_answer.Answered)


def test_a_question_that_was_taken_back_cannot_be_answered(place: Place) -> None:
    question = asked(place)
    revoked = clearance_answer.revoke(
        question.id, practice_id=place.practice.pk, actor="client:1", clock=CLOCK
    )
    assert revoked == 0
    assert code_of(clearance_link.open_link(question.token, clock=CLOCK)) == "link-revoked"
    again = clearance_answer.revoke(question.id, practice_id=place.practice.pk, actor="client:1", clock=CLOCK)
    assert code_of(again) == "over"


def test_the_code_of_the_letter_lets_another_browser_in_and_the_first_one_out(place: Place) -> None:
    question = asked(place, is_letter=True, doctor_email="")
    first = opened(question)
    shown = clearance_link.shown_code(question.code)
    for typed in (shown.lower(), question.code):
        assert isinstance(clearance_link.open_code(typed, clock=CLOCK), Opened)
    second = clearance_link.open_code(shown, clock=CLOCK)
    assert isinstance(second, Opened)
    assert code_of(clearance_answer.read(first.key, first.secret, clock=CLOCK)) == "link-elsewhere"
    assert isinstance(clearance_answer.read(second.key, second.secret, clock=CLOCK), Question)
    assert code_of(clearance_link.open_code("AAAA-AAAA", clock=CLOCK)) == "wrong-code"
    assert not Message.objects.filter(kind="clearance-ask").exists()


def test_codes_cannot_be_tried_one_after_the_other(place: Place) -> None:
    question = asked(place, is_letter=True, doctor_email="")
    for number in range(20):
        guess = f"AAAA-{number:04}"
        assert code_of(clearance_link.open_code(guess, "192.0.2.7", clock=CLOCK)) == "wrong-code"
    assert code_of(clearance_link.open_code(question.code, "192.0.2.7", clock=CLOCK)) == "too-many"
    assert isinstance(clearance_link.open_code(question.code, "192.0.2.8", clock=CLOCK), Opened)


def test_ten_wrong_codes_kill_the_code_of_a_link(place: Place) -> None:
    question = asked(place)
    opened(question)
    for _ in range(10):
        assert code_of(clearance_link.confirm_code(question.token, "WRONG", clock=CLOCK)) == "wrong-code"
    assert code_of(clearance_link.confirm_code(question.token, question.code, clock=CLOCK)) == "dead-code"


def test_a_fresh_link_goes_to_the_known_address_alone_and_shuts_the_old_one(place: Place) -> None:
    question = asked(place)
    door = opened(question)
    assert code_of(clearance_link.send_fresh_link(question.token, clock=later(minutes=5))) == "too-many-links"
    assert clearance_link.send_fresh_link(question.token, clock=later(minutes=11)) is None
    to = Message.objects.filter(kind="clearance-ask").values_list("to", flat=True)
    assert list(to) == ["grey@surgery.example"] * 2
    assert (
        code_of(clearance_link.open_link(question.token, secret=door.secret, clock=CLOCK)) == "link-unknown"
    )
    assert code_of(clearance_answer.read(door.key, door.secret, clock=CLOCK)) == "link-unknown"
    fresh = Message.objects.filter(kind="clearance-ask").latest("pk").text.split("/open/")[1].split()[0]
    assert isinstance(clearance_link.open_link(fresh, clock=CLOCK), Opened)


def test_nobody_is_asked_without_consent_or_in_danger(place: Place) -> None:
    key = leg_answers(place)
    command = AskCommand(key, "Ada Byron", "ada@clients.example", "", "grey@surgery.example")
    assert code_of(clearance_ask.ask(command, clock=CLOCK)) == "consent"
    agree(place, key)
    assert isinstance(clearance_ask.ask(command, clock=CLOCK), clearance_ask.Asked)
    danger = stored_answers(place, rf_saddle_numb=True)
    agree(place, danger)
    urgent = AskCommand(danger, "Ada Byron", "ada@clients.example", "", "grey@surgery.example")
    assert code_of(clearance_ask.ask(urgent, clock=CLOCK)) == "danger"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"person_name": "  "}, "name"),
        ({"person_email": "ada"}, "email"),
        ({"doctor_email": "grey"}, "doctor_email"),
        ({"doctor_name": "\u202egrey"}, "doctor_name"),
        ({"born": NOW.date() + timedelta(days=1)}, "born"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_who_cannot_be_reached_is_told_so(place: Place, change: dict[str, object], code: str) -> None:
    key = leg_answers(place)
    agree(place, key)
    given: dict[str, object] = {
        "assessment_key": key,
        "person_name": "Ada Byron",
        "person_email": "ada@clients.example",
        "doctor_email": "grey@surgery.example",
        **change,
    }
    with pytest.raises(InputError) as caught:
        clearance_ask.ask(AskCommand(**given), clock=CLOCK)  # type: ignore[arg-type]  # wrong on purpose
    assert caught.value.code == code
    assert not Clearance.objects.exists()
    assert consent.has_for(intake.load(key), "doctor")
