"""The page for one's own words: read once, confirmed by the person, kept nowhere else."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from people import KB
from unpinch.clinical import own_words
from unpinch.web.public import check

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

TEXT = "I'm 48 and for two months my right thumb tingles at night. I don't have any shooting pain."
DANGER = "I can't pee and it is numb between my legs. My thumb tingles."


def tell(client: Client, text: str) -> str:
    response = client.post("/check/words", {"text": text})
    assert response.status_code == 200
    return response.content.decode()


def kept(client: Client) -> dict[str, Any]:
    """What the sealed cookie holds now."""
    from django.test import RequestFactory  # noqa: PLC0415 - needs the settings

    request = RequestFactory().get("/")
    request.COOKIES[check.COOKIE] = client.cookies[check.COOKIE].value
    said = check.read(request, KB)
    return {
        "answers": dict(said.answers.values),
        "told": said.told,
        "marks": [str(mark) for mark in said.marks],
    }


def test_the_check_begins_with_the_box_and_can_skip_it(client: Client) -> None:
    assert client.get("/check").headers["Location"] == "/check/words"
    page = client.get("/check/words").content.decode()
    assert "<textarea" in page
    assert 'href="/check/1"' in page


def test_what_was_understood_is_shown_with_the_very_words(client: Client) -> None:
    page = tell(client, TEXT)
    assert "Is it right?" in page
    assert 'value="age=48" checked' in page
    assert 'value="q-shooting=no" checked' in page
    assert "Your words: “tingles”" in page


def test_nothing_is_kept_before_it_is_confirmed(client: Client) -> None:
    tell(client, TEXT)
    assert check.COOKIE not in client.cookies


def test_confirmed_answers_are_kept_and_not_asked_again(client: Client) -> None:
    client.post(
        "/check/words/confirm", {"heard": ["age=48", "q-tingling=yes", "side=right", "body-map=region-thumb"]}
    )
    found = kept(client)
    assert found["answers"] == {"age": 48, "q-tingling": True, "side": "right"}
    assert found["told"] == {"age", "q-tingling"}
    assert found["marks"] == ["region-thumb:right"]
    client.post("/check/1", {"asked": asked(client, 1), "none-of-these": "yes"})
    second = client.get("/check/2").content.decode()
    assert "How old are you" not in second
    assert "What sex were you" in second


def asked(client: Client, number: int) -> str:
    page = client.get(f"/check/{number}").content.decode()
    return page.split('name="asked" value="')[1].split('"')[0]


def test_what_is_unticked_is_asked_as_ever(client: Client) -> None:
    client.post("/check/words/confirm", {"heard": []})
    assert kept(client)["answers"] == {}


def test_a_danger_is_put_first_with_its_sentence_and_its_question(client: Client) -> None:
    page = tell(client, DANGER)
    assert "You wrote “can&#x27;t pee”" in page or "You wrote “numb between my legs”" in page
    assert "Please answer this first" in page
    assert KB.findings["rf-bladder-cannot-go"].question in page.replace("&#x27;", "'")
    assert page.index("Please answer this first") < page.index("Is it right?")


def test_a_confirmed_danger_leads_to_the_danger_page_at_once(client: Client) -> None:
    response = client.post("/check/words/confirm", {"danger-rf-bladder-cannot-go": "yes"})
    assert response.headers["Location"] == "/answer"
    assert "emergency" in client.get("/answer").content.decode().lower()


@pytest.mark.parametrize("answer", ["no", "unsure"])
def test_a_danger_not_confirmed_is_still_asked(client: Client, answer: str) -> None:
    client.post("/check/words/confirm", {"danger-rf-bladder-cannot-go": answer, "heard": ["age=48"]})
    assert kept(client)["answers"] == {"age": 48}


@pytest.mark.parametrize("code", sorted(own_words.protected(KB))[::12])
def test_no_form_can_clear_a_danger(client: Client, code: str) -> None:
    client.post("/check/words/confirm", {"heard": [f"{code}=no", "age=48"]})
    assert kept(client)["answers"] == {"age": 48}


@pytest.mark.parametrize(
    "odd", ["", "=", "age=old", "age=900", "nothing=yes", "rf-fever", "body-map=here", "sc-cancer=yes"]
)
def test_what_cannot_be_read_is_left_to_the_questions(client: Client, odd: str) -> None:
    response = client.post("/check/words/confirm", {"heard": [odd]})
    assert response.status_code == 302
    assert kept(client)["answers"] == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "Write a sentence"), ("hello", "We did not understand"), ("a " * 5001, "too long")],
    ids=["nothing", "not-understood", "too-long"],
)
def test_what_is_not_understood_is_said_and_the_text_stays(client: Client, text: str, words: str) -> None:
    response = client.post("/check/words", {"text": text})
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert text.strip() in page


def test_the_text_is_in_no_address_log_or_cookie(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        response = client.post("/check/words", {"text": "my thumb tingles zebra"})
    assert response.headers["Cache-Control"] == "no-store, private"
    assert "zebra" not in caplog.text
    assert all("zebra" not in morsel.value for morsel in client.cookies.values())


def test_markup_in_the_text_is_shown_as_text(client: Client) -> None:
    page = tell(client, "My thumb tingles and <script>alert(1)</script> numb")
    assert "<script>alert" not in page


def test_telling_it_again_begins_anew(client: Client) -> None:
    client.post("/check/words/confirm", {"heard": ["age=48"]})
    client.post("/check/words/confirm", {"heard": ["sex=female"]})
    assert kept(client)["answers"] == {"sex": "female"}


def test_the_answer_page_shows_what_was_told_and_where_to_change_it(client: Client) -> None:
    client.post("/check/words/confirm", {"danger-rf-bladder-cannot-go": "yes", "heard": ["age=48"]})
    page = client.get("/answer").content.decode()
    assert "In your own words" in page
    assert 'href="/check/words"' in page
