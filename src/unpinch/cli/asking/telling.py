"""One's own words before the first question: a line to type, and what was understood of it to look over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.cli.asking.drawing import Header
from unpinch.cli.asking.marking import TickPage
from unpinch.cli.asking.pages import Item, Move, Page
from unpinch.cli.read import in_words
from unpinch.clinical import own_words

if TYPE_CHECKING:
    from unpinch.cli.asking.terminals import Terminal
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.own_words import Heard
    from unpinch.clinical.values import Value

_ASK = "Tell it in your own words if you like: where it is, how it feels, since when. Enter alone goes on."
ON_CHART = frozenset({"body-map", "side", "main-place"})
"""Only filled in where they are asked: the places are looked over in the list."""


class TextPage(Page):
    """A line of free text. Every key is text, so only Ctrl-C and Ctrl-D stop."""

    keys = "type | enter: go on | Ctrl-D stop"
    line_help = "Write a sentence or two on one line, or an empty line to go on."

    def __init__(self) -> None:
        super().__init__(_ASK, must_answer=False)
        self.typed = ""

    def press(self, key: str) -> Move:
        """Collect the text; Enter takes it."""
        if key == "enter":
            return Move.NEXT
        if key == "end":
            return Move.QUIT
        if key == "delete":
            self.typed = self.typed[:-1]
        elif key == "space":
            self.typed += " "
        elif len(key) == 1 and key.isprintable():
            self.typed = (self.typed + key)[: own_words.MOST_CHARACTERS]
        return Move.STAY

    def say(self, line: str) -> Move:
        """The line is the text."""
        self.typed = line[: own_words.MOST_CHARACTERS]
        return Move.NEXT

    def given(self) -> dict[str, Value]:
        """Text is no answer."""
        return {}

    def box(self, number: int) -> str:
        """There are no items."""
        raise IndexError(number)


def tell(terminal: Terminal, kb: Knowledge, total: int) -> dict[str, Value] | None:
    """The answers that a person told and confirmed; None when they stopped. ``total`` is the guess at all questions."""
    while True:
        page = TextPage()
        if terminal.ask(page, Header("In your own words", "", 1, total)) is Move.QUIT:
            return None
        heard = own_words.read(page.typed, kb)
        if not heard.findings:
            return {}
        shown = _overview(heard, kb)
        why = (
            f"You wrote “{heard.dangers[0].words}”. If that is so: {heard.dangers[0].action}"
            if heard.dangers
            else ""
        )
        move = terminal.ask(shown, Header("We understood this", why, 1, total))
        if move is Move.QUIT:
            return None
        if move is Move.NEXT:
            return {one.code: one.value for one in heard.findings if shown.marks.get(one.code) is True}


def _overview(heard: Heard, kb: Knowledge) -> TickPage:
    """What was heard, all of it ticked, dangers first. What the person leaves ticked is right."""
    first = [danger.code for danger in heard.dangers]
    found = sorted(heard.findings, key=lambda one: one.code not in first)
    items = [Item(one.code, f"{in_words(one.code, one.value, kb)} (“{one.words}”)") for one in found]
    page = TickPage(
        "Is this right? Take the mark away where it is not; you are asked then.", items, must_answer=False
    )
    page.marks = dict.fromkeys((one.code for one in found), True)
    return page
