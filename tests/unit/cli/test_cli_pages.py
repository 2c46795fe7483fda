"""What keys and lines do to a page, without any terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpinch.cli.asking.marking import RegionPage, TickPage
from unpinch.cli.asking.pages import Item, Move
from unpinch.cli.asking.picking import NumberPage, PickPage

ITEMS = [Item(f"code-{number}", f"Question {number}?") for number in range(1, 13)]
SOME = ITEMS[:3]


def ticks(items: list[Item] = SOME) -> TickPage:
    return TickPage("Tick everything that fits.", items, must_answer=True)


def press(page: TickPage | PickPage | NumberPage | RegionPage, *keys: str) -> Move:
    move = Move.STAY
    for key in keys:
        move = page.press(key)
    return move


@pytest.mark.parametrize(
    ("keys", "given_answers"),
    [
        pytest.param(["2"], {"code-1": False, "code-2": True, "code-3": False}, id="a-number-ticks"),
        pytest.param(
            ["down", "space"], {"code-1": False, "code-2": True, "code-3": False}, id="arrow-and-space"
        ),
        pytest.param(["up", "space"], {"code-1": False, "code-2": False, "code-3": True}, id="up-goes-round"),
        pytest.param(["2", "2"], {}, id="twice-takes-it-back"),
        pytest.param(["0"], {"code-1": False, "code-2": False, "code-3": False}, id="none-of-these"),
        pytest.param(["0", "0"], {}, id="none-taken-back"),
        pytest.param(["0", "1"], {"code-1": True, "code-2": False, "code-3": False}, id="a-tick-beats-none"),
        pytest.param(["1", "0"], {"code-1": False, "code-2": False, "code-3": False}, id="none-beats-a-tick"),
        pytest.param(["?"], {"code-1": "unsure"}, id="not-sure-alone-leaves-the-rest-open"),
        pytest.param(
            ["?", "0"], {"code-1": "unsure", "code-2": False, "code-3": False}, id="not-sure-and-none"
        ),
        pytest.param(
            ["?", "2"], {"code-1": "unsure", "code-2": True, "code-3": False}, id="not-sure-and-a-tick"
        ),
        pytest.param(["x", "escape", "other"], {}, id="other-keys-do-nothing"),
    ],
)
def test_keys_on_a_list_of_ticks(keys: list[str], given_answers: dict[str, object]) -> None:
    page = ticks()
    assert press(page, *keys) is Move.STAY
    assert page.given() == given_answers


@pytest.mark.parametrize(
    ("line", "move", "given_answers"),
    [
        pytest.param("1 3", Move.NEXT, {"code-1": True, "code-2": False, "code-3": True}, id="numbers"),
        pytest.param("1,3", Move.NEXT, {"code-1": True, "code-2": False, "code-3": True}, id="commas"),
        pytest.param("0", Move.NEXT, {"code-1": False, "code-2": False, "code-3": False}, id="none"),
        pytest.param(
            "2? 0", Move.NEXT, {"code-1": False, "code-2": "unsure", "code-3": False}, id="one-unsure"
        ),
        pytest.param(
            "?", Move.NEXT, dict.fromkeys(["code-1", "code-2", "code-3"], "unsure"), id="all-unsure"
        ),
        pytest.param("2?", Move.STAY, {"code-2": "unsure"}, id="unsure-alone-warns"),
        pytest.param("", Move.STAY, {}, id="nothing-warns"),
        pytest.param("4", Move.STAY, {}, id="no-such-number"),
        pytest.param("1 x", Move.STAY, {}, id="a-wrong-word-spoils-the-line"),
        pytest.param("yes", Move.STAY, {}, id="a-word"),
        pytest.param("b", Move.BACK, {}, id="back"),
        pytest.param("Q", Move.QUIT, {}, id="stop-in-capitals"),
    ],
)
def test_a_line_on_a_list_of_ticks(line: str, move: Move, given_answers: dict[str, object]) -> None:
    page = ticks()
    assert page.say(line) is move
    assert page.given() == given_answers


def test_silence_is_no_answer_and_is_warned_of_once() -> None:
    page = ticks()
    assert page.press("enter") is Move.STAY
    assert "see a doctor first" in page.notice
    assert page.press("enter") is Move.NEXT
    assert page.given() == {}


def test_an_optional_list_does_not_speak_of_danger() -> None:
    page = TickPage("", SOME, must_answer=False)
    page.press("enter")
    assert "doctor" not in page.notice


def test_two_digits_wait_for_the_second() -> None:
    page = ticks(ITEMS)
    page.press("1")
    assert page.marks == {}
    assert page.typed == "1"
    page.press("2")
    assert page.marks == {"code-12": True}


@pytest.mark.parametrize("key", ["enter", "space"])
def test_enter_or_space_ends_a_number_and_stays(key: str) -> None:
    page = ticks(ITEMS)
    assert press(page, "1", key) is Move.STAY
    assert page.marks == {"code-1": True}


def test_another_key_forgets_a_number_begun() -> None:
    page = ticks(ITEMS)
    press(page, "1", "down", "enter")
    assert page.marks == {}


def test_no_number_beyond_the_list() -> None:
    page = ticks(ITEMS)
    press(page, "1", "9")
    assert page.marks == {}
    assert "'19' is no answer here" in page.notice


def test_ticks_remember_what_was_said() -> None:
    page = ticks()
    page.remember({"code-1": True, "code-2": "unsure", "code-3": False, "other": True})
    assert page.given() == {"code-1": True, "code-2": "unsure", "code-3": False}


def test_ticks_remember_none_of_these() -> None:
    page = ticks()
    page.remember({"code-1": False, "code-2": False, "code-3": False})
    assert page.is_none


def test_a_half_answered_list_is_not_remembered_as_none() -> None:
    page = ticks()
    page.remember({"code-1": False, "code-2": "unsure"})
    assert not page.is_none


@given(st.lists(st.sampled_from(["up", "down", "space", "?", "0", "1", "2", "3", "9", "enter", "x"])))
def test_a_no_never_comes_from_silence(keys: list[str]) -> None:
    page = ticks()
    press(page, *keys)
    answers = page.given()
    if False in answers.values():
        assert page.is_none or True in answers.values()


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        pytest.param("2 1", {"body-map": ("code-1", "code-2")}, id="places"),
        pytest.param("0", {"body-map": ()}, id="no-place"),
        pytest.param("?", {"body-map": "unsure"}, id="not-sure"),
        pytest.param("1 2?", {"body-map": ("code-1",)}, id="a-place-not-sure-of-is-not-marked"),
    ],
)
def test_places_of_the_body(line: str, answers: dict[str, object]) -> None:
    page = RegionPage("body-map", "Where?", SOME, must_answer=True)
    assert page.say(line) is Move.NEXT
    assert page.given() == answers
    again = RegionPage("body-map", "Where?", SOME, must_answer=True)
    again.remember(page.given())
    if "unsure" not in answers.values():
        assert again.given() == answers


def yes_no() -> PickPage:
    return PickPage("q", "Does it?", [(True, "Yes"), (False, "No")], must_answer=False)


@pytest.mark.parametrize(
    ("line", "move", "answers"),
    [
        pytest.param("1", Move.NEXT, {"q": True}, id="number"),
        pytest.param("no", Move.NEXT, {"q": False}, id="word"),
        pytest.param("Y", Move.NEXT, {"q": True}, id="letter"),
        pytest.param("?", Move.NEXT, {"q": "unsure"}, id="not-sure"),
        pytest.param("", Move.STAY, {}, id="nothing"),
        pytest.param("3", Move.STAY, {}, id="no-such-number"),
        pytest.param("b", Move.BACK, {}, id="back"),
    ],
)
def test_a_line_on_a_choice(line: str, move: Move, answers: dict[str, object]) -> None:
    page = yes_no()
    assert page.say(line) is move
    assert page.given() == answers


@pytest.mark.parametrize(
    ("keys", "move", "answers"),
    [
        pytest.param(["2"], Move.STAY, {"q": False}, id="number-picks"),
        pytest.param(["2", "enter"], Move.NEXT, {"q": False}, id="enter-goes-on"),
        pytest.param(["space", "down", "space"], Move.STAY, {"q": False}, id="one-answer-only"),
        pytest.param(["?", "enter"], Move.NEXT, {"q": "unsure"}, id="not-sure"),
        pytest.param(["enter"], Move.STAY, {}, id="the-cursor-alone-picks-nothing"),
        pytest.param(["enter", "enter"], Move.NEXT, {}, id="left-open"),
    ],
)
def test_keys_on_a_choice(keys: list[str], move: Move, answers: dict[str, object]) -> None:
    page = yes_no()
    assert press(page, *keys) is move
    assert page.given() == answers


def number() -> NumberPage:
    return NumberPage("age", "How old are you?", (0, 120), must_answer=True)


@pytest.mark.parametrize(
    ("line", "move", "answers"),
    [
        pytest.param("44", Move.NEXT, {"age": 44}, id="a-number"),
        pytest.param("120", Move.NEXT, {"age": 120}, id="the-limit"),
        pytest.param("121", Move.STAY, {}, id="past-the-limit"),
        pytest.param("-1", Move.STAY, {}, id="below"),
        pytest.param("4.5", Move.STAY, {}, id="a-fraction"),
        pytest.param("²", Move.STAY, {}, id="a-digit-that-is-none"),
        pytest.param("٤٤", Move.STAY, {}, id="digits-of-another-script"),
        pytest.param("9" * 5000, Move.STAY, {}, id="too-many-digits"),
        pytest.param("?", Move.NEXT, {"age": "unsure"}, id="not-sure"),
        pytest.param("b", Move.BACK, {}, id="back"),
    ],
)
def test_a_line_on_a_number(line: str, move: Move, answers: dict[str, object]) -> None:
    page = number()
    assert page.say(line) is move
    assert page.given() == answers


def test_keys_on_a_number() -> None:
    page = number()
    assert press(page, "4", "5", "delete", "4") is Move.STAY
    assert page.typed == "44"
    assert press(page, "enter") is Move.NEXT


def test_a_number_remembers() -> None:
    page = number()
    page.remember({"age": 44})
    assert page.given() == {"age": 44}
