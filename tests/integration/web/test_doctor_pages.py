"""The pages around a doctor's answer, without a browser: who gets in, what is kept, what is told when it is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from asking import agree, asked, leg_answers
from clinic import make_practice
from unpinch.records.models import (
    Clearance,
    ClearanceAnswer,
    Message,
    Practice,
    Role,
    User,
)
from unpinch.services import clearance_ask
from unpinch.services.clearance_ask import AskCommand, Asked

if TYPE_CHECKING:
    from clinic import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def question(place: Place) -> Asked:
    """A question of this very moment: pages read the real clock."""
    key = leg_answers(place)
    agree(place, key)
    found = clearance_ask.ask(
        AskCommand(key, "Ada <b>", "ada@clients.example", "Dr Grey", "grey@surgery.example")
    )
    assert isinstance(found, Asked)
    return found


def let_in(question: Asked) -> Browser:
    browser = Browser()
    found = browser.post(reverse("doctor-open", args=[question.token]))
    assert found.status_code == 302
    assert found["Location"] == reverse("doctor-question", args=[question.key])
    return browser


def send(browser: Browser, question: Asked, **fields: Any) -> Any:
    given = {"by_name": "Dr Grey", "version": "0", "say": "yes", **fields}
    return browser.post(reverse("doctor-question", args=[question.key]), given)


def test_a_plain_yes(question: Asked) -> None:
    browser = let_in(question)
    page = browser.get(reverse("doctor-question", args=[question.key]))
    assert page.status_code == 200
    assert "Ada &lt;b&gt;" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert send(browser, question).status_code == 302
    answer = ClearanceAnswer.objects.get()
    assert (answer.word["say"], answer.by_name, answer.how) == ("yes", "Dr Grey", "link")


def test_every_limit_of_the_form_is_kept(question: Asked) -> None:
    browser = let_in(question)
    limits: dict[str, Any] = {
        "say": "yes-with-limits",
        "mark": ["region-low-back:left", "region-low-back:right", "region-moon:left"],
        "ceiling": "2",
        "techniques": ["petrissage"],
        "sessions": "4",
        "note": "Call me",
    }
    too_long = send(browser, question, **limits, wait_until="2126-12-01")
    assert too_long.status_code == 422  # a hundred years is too long to wait
    sent = send(
        browser,
        question,
        **limits,
        diagnosis="Disc L5",
        medicines="Ibuprofen",
        **{
            "care-cortisone-peripheral-day": "2026-01-10",
            "care-cortisone-peripheral-place": "region-calf",
            "care-splint": "on",
        },
    )
    assert sent.status_code == 302
    word = ClearanceAnswer.objects.get().word
    assert word == {
        "say": "yes-with-limits",
        "avoid_regions": ["region-low-back"],
        "pressure_ceiling": 2,
        "excluded_techniques": ["petrissage"],
        "sessions_max": 4,
        "wait_until": None,
        "last_day": None,
        "care": [
            {"code": "cortisone-peripheral", "day": "2026-01-10", "regions": ["region-calf"]},
            {"code": "splint", "day": None, "regions": []},
        ],
        "diagnosis": "Disc L5",
        "medicines": "Ibuprofen",
        "note": "Call me",
    }


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"say": "yes-with-limits"}, "no limit is set"),
        ({"say": "yes", "sessions": "3"}, "but limits are set"),
        ({"say": "maybe"}, "choose what you say"),
        ({"by_name": ""}, "Write your name"),
        ({"sessions": "999", "say": "yes-with-limits"}, "60"),
        ({"ceiling": "9", "say": "yes-with-limits"}, "not one of the available choices"),
        ({"last_day": "2020-01-01", "say": "yes-with-limits"}, "lies in the past"),
        ({"care-surgery-disc": "on"}, "please give the day"),
    ],
    ids=lambda value: str(value)[:34],
)
def test_what_is_wrong_is_told_and_nothing_kept(question: Asked, fields: dict[str, str], told: str) -> None:
    page = send(let_in(question), question, **fields)
    assert page.status_code == 422
    assert told in page.content.decode()
    assert not ClearanceAnswer.objects.exists()


def test_the_doctor_thinks_again_and_an_old_page_changes_nothing(question: Asked) -> None:
    browser = let_in(question)
    send(browser, question)
    send(browser, question, say="no", version="1")
    page = browser.post(
        reverse("doctor-question", args=[question.key]),
        {"by_name": "Dr Grey", "version": "0", "say": "yes"},
        follow=True,
    )
    assert "Another answer came in" in page.content.decode()
    assert [answer.word["say"] for answer in ClearanceAnswer.objects.order_by("number")] == ["yes", "no"]


def test_strangers_meet_a_closed_door(question: Asked) -> None:
    let_in(question)
    stranger = Browser()
    page = stranger.post(reverse("doctor-open", args=[question.token]))
    assert page.status_code == 403
    assert "another device" in page.content.decode()
    assert "Ada" not in page.content.decode()
    assert stranger.get(reverse("doctor-question", args=[question.key])).status_code == 403
    assert send(stranger, question).status_code == 403
    assert stranger.get(reverse("doctor-open", args=["forged"])).status_code == 404
    stranger.cookies[f"unpinch_doctor_{question.key.hex}"] = "guess:sig"
    assert stranger.get(reverse("doctor-question", args=[question.key])).status_code == 403
    assert not ClearanceAnswer.objects.exists()


def test_code_and_fresh_link_lead_in_again(question: Asked) -> None:
    let_in(question)
    other = Browser()
    wrong = other.post(reverse("doctor-confirm", args=[question.token]), {"code": "WRONG"})
    assert wrong.status_code == 422
    right = other.post(reverse("doctor-confirm", args=[question.token]), {"code": question.code})
    assert right.status_code == 302
    by_code = Browser().post(reverse("doctor-code"), {"code": question.code.lower()})
    assert by_code.status_code == 302
    soon = Browser().post(reverse("doctor-fresh", args=[question.token]))
    assert soon.status_code == 429
    Message.objects.all().delete()
    sent = Browser().post(reverse("doctor-fresh", args=[question.token]))
    assert sent.status_code == 200
    assert Message.objects.get().to == "grey@surgery.example"


def test_the_person_reads_the_answer_and_goes_on_to_booking(question: Asked) -> None:
    ada = Browser()
    news = reverse("doctor-news", args=[question.person_token])
    assert "No answer yet" in ada.get(news).content.decode()
    send(let_in(question), question, say="yes-with-limits", ceiling="2")
    page = ada.get(news).content.decode()
    assert "You can book" in page
    assert "2 (heavy lotioning)" in page
    gone_on = ada.post(reverse("doctor-go-on", args=[question.person_token]))
    assert gone_on["Location"] == reverse("book")
    assert ada.get(reverse("book")).status_code == 200
    assert Browser().get(reverse("book")).status_code == 302
    assert ada.get(reverse("doctor-news", args=["forged"])).status_code == 404


def test_a_no_is_told_and_leads_nowhere(question: Asked) -> None:
    send(let_in(question), question, say="no")
    ada = Browser()
    page = ada.get(reverse("doctor-news", args=[question.person_token])).content.decode()
    assert "Your doctor said no" in page
    assert "Find a time" not in page
    ada.post(reverse("doctor-go-on", args=[question.person_token]))
    assert ada.get(reverse("book"))["Location"] == reverse("doctor")


def test_staff_write_an_answer_down(place: Place, question: Asked) -> None:
    desk = Browser()
    desk.force_login(_user(place.practice, "dee", Role.DESK))
    listed = desk.get(reverse("clearances"))
    assert "Dr Grey" in listed.content.decode()
    key = Clearance.objects.get().assessment.key
    assert desk.get(reverse("clearance-write", args=[key])).status_code == 200
    wrong = desk.post(reverse("clearance-write", args=[key]), {"say": "yes", "by_name": "Dr Grey"})
    assert wrong.status_code == 422
    future = {"say": "yes", "by_name": "Dr Grey", "how": "phone", "said_on": "2199-01-01"}
    assert "in the future" in desk.post(reverse("clearance-write", args=[key]), future).content.decode()
    kept = desk.post(
        reverse("clearance-write", args=[key]),
        {"say": "yes-with-limits", "ceiling": "2", "by_name": "Dr Grey", "how": "phone", "said_on": _today()},
    )
    assert kept.status_code == 302
    answer = ClearanceAnswer.objects.get()
    assert (answer.how, answer.entered_by.name) == ("phone", "Dee")  # type: ignore[union-attr]
    again = desk.get(reverse("clearances")).content.decode()
    assert "By telephone" in again
    assert "heavy" not in again  # the desk sees that there is an answer, and not what it says


def test_a_therapist_writes_down_for_own_clients_only(place: Place, question: Asked) -> None:
    ann = Browser()
    ann.force_login(place.ann_user)
    key = Clearance.objects.get().assessment.key
    assert ann.get(reverse("clearance-write", args=[key])).status_code == 404
    assert "Dr Grey" not in ann.get(reverse("clearances")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_staff_asks_the_database_as_often_for_one_as_for_three(
    place: Place, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        asked(place, leg_answers(place))
    desk = Browser()
    desk.force_login(_user(place.practice, "dee", Role.DESK))
    desk.get(reverse("clearances"))
    with django_assert_num_queries(LIST_QUERIES):
        desk.get(reverse("clearances"))


LIST_QUERIES = 13


def test_the_letter_is_kept_as_a_copy_that_opens_nothing(place: Place, question: Asked) -> None:
    owner = Browser()
    owner.force_login(_user(place.practice, "olga", Role.OWNER))
    row = Clearance.objects.get()
    assert owner.get(reverse("clearance-letter", args=[row.pk])).status_code == 404


def _user(practice: Practice, name: str, role: Role) -> User:
    return User.objects.create_user(f"{name}@people.example", practice=practice, role=role, name=name.title())


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
