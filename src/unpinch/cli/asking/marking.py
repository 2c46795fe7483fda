"""Lists to mark: danger ticks, and the places of the body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from unpinch.cli.asking.pages import Item, Listed, Move
from unpinch.clinical.values import UNSURE, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MARK = re.compile(r"(\d+)(\?)?")


class MarkPage(Listed):
    """A list to mark: questions to tick, or places of the body."""

    keys = "space or number: tick | 0 none | ? not sure | enter: go on | b back | q stop"
    line_help = "Type the numbers that fit (like 1 3), 3? if not sure about 3, 0 for none of these."

    def __init__(self, text: str, items: Sequence[Item], *, must_answer: bool) -> None:
        super().__init__(text, items, must_answer=must_answer)
        self.marks: dict[str, Value] = {}
        self.is_none = False

    def box(self, number: int) -> str:
        """Ticked, not sure, none of these, or not marked yet."""
        mark = self.marks.get(self._items[number].code)
        return "[?]" if mark == UNSURE else "[x]" if mark else "[-]" if self.is_none else "[ ]"

    def _own_key(self, key: str) -> Move:
        if key == "enter":
            return self._leave("Mark what fits, or press 0 for none of these.")
        if key in ("space", "?"):
            self._mark(self.cursor, UNSURE if key == "?" else True)
        elif key == "0":
            self._none()
        return Move.STAY

    def _mark(self, number: int, mark: Value) -> None:
        code = self._items[number].code
        if self.marks.get(code) == mark:
            del self.marks[code]
        else:
            self.marks[code] = mark
        self.is_none = self.is_none and mark == UNSURE

    def _none(self) -> None:
        """None of these: ticks go, and what the person is not sure about stays."""
        self.is_none = not self.is_none
        self.marks = {code: mark for code, mark in self.marks.items() if mark == UNSURE}

    def say(self, line: str) -> Move:
        """Numbers that fit, ``3?`` for not sure about 3, ``?`` for not sure about all, ``0`` for none."""
        self.notice = ""
        words = line.replace(",", " ").split()
        if not words:
            return self._leave("Type the numbers that fit, or 0 for none of these.")
        away = self._away(words[0]) if len(words) == 1 else None
        if away:
            return away
        wrong = next((word for word in words if not self._is_mark(word)), None)
        if wrong is not None:
            return self._puzzled(wrong)
        self.marks, self.is_none = {}, "0" in words
        for word in words:
            self._take_word(word)
        return self._leave("Say 0 if none of the others fits.")

    def _is_mark(self, word: str) -> bool:
        match = _MARK.fullmatch(word)
        return word in ("?", "0") or bool(match and 1 <= int(match[1]) <= len(self._items))

    def _take_word(self, word: str) -> None:
        if word == "?":
            self.marks |= {item.code: UNSURE for item in self._items if item.code not in self.marks}
        elif word != "0":
            number = int(word.rstrip("?")) - 1
            self.marks[self._items[number].code] = UNSURE if word.endswith("?") else True
            self.is_none = self.is_none and word.endswith("?")


class TickPage(MarkPage):
    """Yes-no questions to tick."""

    def given(self) -> dict[str, Value]:
        """Yes for ticks; no for the rest once something is ticked, or "none of these" was said."""
        if self.is_none or any(mark is True for mark in self.marks.values()):
            return {item.code: self.marks.get(item.code, False) for item in self._items}
        return dict(self.marks)

    def _leave(self, ask: str) -> Move:
        """Marks of "not sure" alone leave the others open, which is easily overlooked: warn once."""
        is_whole = len(self.given()) == len(self._items)
        if is_whole or self._was_warned or not self.marks:
            return super()._leave(ask)
        self._was_warned = True
        self.notice = "And the others? 0 says none of them. Enter once more leaves them open."
        return Move.STAY

    def remember(self, earlier: Mapping[str, Value]) -> None:
        """Show what was said here before."""
        codes = [item.code for item in self._items]
        self.marks = {code: earlier[code] for code in codes if earlier.get(code)}
        self.is_none = all(code in earlier for code in codes) and True not in self.marks.values()


class RegionPage(MarkPage):
    """The body chart as a list of places."""

    def __init__(self, code: str, text: str, items: Sequence[Item], *, must_answer: bool) -> None:
        super().__init__(text, items, must_answer=must_answer)
        self._code = code

    def given(self) -> dict[str, Value]:
        """The places marked; an empty list for "none of these"; not sure when that is all there is."""
        marked = tuple(item.code for item in self._items if self.marks.get(item.code) is True)
        if marked or self.is_none:
            return {self._code: marked}
        return {self._code: UNSURE} if self.marks else {}

    def remember(self, earlier: Mapping[str, Value]) -> None:
        """Show what was said here before."""
        before = earlier.get(self._code)
        if isinstance(before, tuple):
            self.marks = dict.fromkeys(before, True)
            self.is_none = not before
