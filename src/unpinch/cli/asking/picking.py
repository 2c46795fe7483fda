"""One answer to one question: a choice, or a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.cli.asking.pages import Item, Listed, Move, Page
from unpinch.clinical.values import UNSURE, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class PickPage(Listed):
    """One question with one answer out of a few."""

    keys = "space or number: pick | ? not sure | enter: go on | b back | q stop"
    line_help = "Type one number, or ? if you are not sure."

    def __init__(
        self, code: str, text: str, options: Sequence[tuple[Value, str]], *, must_answer: bool
    ) -> None:
        super().__init__(text, [Item(str(value), words) for value, words in options], must_answer=must_answer)
        self._code = code
        self._values = [value for value, _ in options]
        self.picked: Value | None = None

    def box(self, number: int) -> str:
        """Picked or not."""
        return "(x)" if self.picked is not None and self.picked == self._values[number] else "( )"

    def _own_key(self, key: str) -> Move:
        if key == "enter":
            return self._leave("Pick one, or press ? if you are not sure.")
        if key == "space":
            self.picked = self._values[self.cursor]
        elif key == "?":
            self.picked = UNSURE
            self.notice = "Not sure. Enter goes on."
        return Move.STAY

    def say(self, line: str) -> Move:
        """The number of the answer, or ``?``; yes and no also as words."""
        self.notice = ""
        word = line.strip().lower()
        if not word:
            return self._leave("Type the number of one answer, or ? if you are not sure.")
        numbers = {str(number): value for number, value in enumerate(self._values, 1)}
        said = {**numbers, "?": UNSURE, **self._words()}
        if word in said:
            self.picked = said[word]
            return Move.NEXT
        return self._away(word) or self._puzzled(line.strip())

    def _words(self) -> dict[str, Value]:
        return {"y": True, "yes": True, "n": False, "no": False} if True in self._values else {}

    def given(self) -> dict[str, Value]:
        """The answer picked."""
        return {} if self.picked is None else {self._code: self.picked}

    def remember(self, earlier: Mapping[str, Value]) -> None:
        """Show what was said here before."""
        self.picked = earlier.get(self._code)


class NumberPage(Page):
    """One whole number."""

    keys = "type the number | ? not sure | enter: go on | b back | q stop"

    def box(self, number: int) -> str:
        """A number has no items."""
        raise IndexError(number)

    def __init__(self, code: str, text: str, limits: tuple[int, int], *, must_answer: bool) -> None:
        super().__init__(text, must_answer=must_answer)
        self.line_help = f"Type a whole number from {limits[0]} to {limits[1]}, or ? if you are not sure."
        self._code = code
        self._limits = limits
        self.typed = ""

    def press(self, key: str) -> Move:
        """Collect digits; Enter takes them."""
        self.notice = ""
        if key.isdecimal() and key.isascii():
            self.typed = ("" if self.typed == "?" else self.typed)[:5] + key
        elif key == "delete":
            self.typed = self.typed[:-1]
        elif key == "?":
            self.typed = "?"
        elif key == "enter":
            return self.say(self.typed) if self.typed else self._leave(self.line_help)
        return self._away(key) or Move.STAY

    def say(self, line: str) -> Move:
        """The number, or ``?``."""
        self.notice = ""
        word = line.strip()
        away = self._away(word)
        if away:
            return away
        self.typed = word
        if not word:
            return self._leave(self.line_help)
        if not self.given():
            self.typed = ""
            return self._puzzled(word)
        return Move.NEXT

    def given(self) -> dict[str, Value]:
        """The number when it lies within the limits."""
        if self.typed == "?":
            return {self._code: UNSURE}
        is_number = self.typed.isascii() and self.typed.isdecimal() and len(self.typed) < 7
        low, high = self._limits
        return {self._code: int(self.typed)} if is_number and low <= int(self.typed) <= high else {}

    def remember(self, earlier: Mapping[str, Value]) -> None:
        """Show what was said here before."""
        before = earlier.get(self._code)
        self.typed = "" if before is None else "?" if before == UNSURE else str(before)
