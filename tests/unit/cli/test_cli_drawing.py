"""A page fits the terminal, and the cursor is always in sight."""

from __future__ import annotations

import pytest

from unpinch.cli.asking.drawing import Header, frame, item_lines
from unpinch.cli.asking.marking import TickPage
from unpinch.cli.asking.pages import Item
from unpinch.cli.asking.picking import NumberPage

HEADER = Header("Where you feel it", "Each nerve has its own patch of skin.", 3, 20)


def long_page() -> TickPage:
    items = [Item(f"c{n}", f"Question {n} " + "goes on and on " * 9, f"Part {n // 10}") for n in range(56)]
    return TickPage("Tick everything that fits.", items, must_answer=True)


@pytest.mark.parametrize("height", [18, 24, 50])
@pytest.mark.parametrize("width", [40, 80, 100])
@pytest.mark.parametrize("cursor", [0, 1, 27, 54, 55])
def test_a_long_list_is_scrolled_to_the_cursor(height: int, width: int, cursor: int) -> None:
    page = long_page()
    page.cursor = cursor
    lines = frame(page, HEADER, width, height)
    assert len(lines) <= height
    assert all(len(text) < width for text, _ in lines)
    own, at = item_lines(page, width, with_cursor=True)
    shown = [text for text, _ in lines]
    assert own[at.start][0] in shown


def test_what_is_hidden_is_said() -> None:
    texts = [text for text, _ in frame(long_page(), HEADER, 80, 24)]
    assert any("more below" in text for text in texts)


def test_a_tiny_terminal_still_shows_something() -> None:
    assert frame(long_page(), HEADER, 10, 2)


def test_a_number_page_shows_what_was_typed() -> None:
    page = NumberPage("age", "How old are you?", (0, 120), must_answer=True)
    page.press("4")
    assert ("> 4_", "bold") in frame(page, HEADER, 80, 24)


@pytest.mark.parametrize(
    ("number", "total", "words"),
    [
        pytest.param(1, 20, "[------------------------] question 1 of about 20", id="start"),
        pytest.param(11, 20, "[############------------] question 11 of about 20", id="half"),
        pytest.param(25, 20, "[#######################-] question 25 of about 25", id="a-guess-too-low"),
    ],
)
def test_progress(number: int, total: int, words: str) -> None:
    assert Header("", "", number, total).progress == words
