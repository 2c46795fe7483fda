"""What is put before a person at one time, and what their keys do to it. Knows nothing of terminals.

A screen of the interview is one page or several: a list to mark, one choice, or one number. A page takes
single keys (``press``) or a whole line (``say``), and both end in the same answers (``given``). A danger
question is never answered by silence: unmarked boxes count as no only when something is marked, or when
the person said "none of these".
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from unpinch.clinical.values import UNSURE, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MARK = re.compile(r"(\d+)(\?)?")


class Move(Enum):
    """Where to go after a key: stay on the page, go on, go back, or stop."""

    STAY = "stay"
    NEXT = "next"
    BACK = "back"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that can be marked or picked, under an optional heading."""

    code: str
    text: str
    heading: str = ""


class Page(ABC):
    """One page. ``notice`` is what to tell the person about their last key; ``text`` the question, if one."""

    keys = ""
    line_help = ""

    def __init__(self, text: str, *, must_answer: bool) -> None:
        self.text = text
        self.notice = ""
        self.cursor = 0
        self._must_answer = must_answer
        self._was_warned = False

    @abstractmethod
    def press(self, key: str) -> Move:
        """Take one key: a character, or ``up``, ``down``, ``enter``, ``space``, ``delete``."""

    @abstractmethod
    def say(self, line: str) -> Move:
        """Take a whole line as the answer to the page."""

    @abstractmethod
    def given(self) -> dict[str, Value]:
        """The answers that the page holds; a code without an answer is left out."""

    def items(self) -> Sequence[Item]:
        """What can be marked or picked."""
        return ()

    @abstractmethod
    def box(self, number: int) -> str:
        """The mark before an item, counted from 0."""

    def _away(self, key: str) -> Move | None:
        """Back and stop work on every page."""
        return {"b": Move.BACK, "q": Move.QUIT}.get(key.lower())

    def _leave(self, ask: str) -> Move:
        """Go on with an answer; without one only after a word of warning."""
        if self.given() or self._was_warned:
            self.notice = ""
            return Move.NEXT
        self._was_warned = True
        left_open = " A danger question left open means: see a doctor first." if self._must_answer else ""
        self.notice = f"{ask} Enter once more leaves it open.{left_open}"
        return Move.STAY

    def _puzzled(self, said: str) -> Move:
        self.notice = f"{said[:20]!r} is no answer here. {self.line_help}"
        return Move.STAY


class _Listed(Page):
    """A page with numbered items and a cursor. Numbers of two digits are typed digit by digit."""

    def __init__(self, text: str, items: Sequence[Item], *, must_answer: bool) -> None:
        super().__init__(text, must_answer=must_answer)
        self._items = tuple(items)
        self._typed = ""

    def items(self) -> Sequence[Item]:
        return self._items

    @property
    def typed(self) -> str:
        """The first digits of a number that is not complete yet."""
        return self._typed

    def press(self, key: str) -> Move:
        """Move, mark, or leave."""
        self.notice = ""
        if key.isdecimal() and key.isascii() and (self._typed or key != "0"):
            return self._digit(key)
        if self._typed and key in ("enter", "space"):
            return self._numbered(self._take_typed())
        self._typed = ""
        if key in ("up", "down"):
            self.cursor = (self.cursor + (1 if key == "down" else -1)) % len(self._items)
            return Move.STAY
        return self._away(key) or self._own_key(key)

    def _digit(self, key: str) -> Move:
        self._typed += key
        if int(self._typed) * 10 > len(self._items):
            return self._numbered(self._take_typed())
        return Move.STAY

    def _take_typed(self) -> int:
        number, self._typed = int(self._typed), ""
        return number

    def _numbered(self, number: int) -> Move:
        if not 1 <= number <= len(self._items):
            return self._puzzled(str(number))
        self.cursor = number - 1
        return self._own_key("space")

    @abstractmethod
    def _own_key(self, key: str) -> Move:
        """What the keys of this kind of page do at the cursor."""


class MarkPage(_Listed):
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


class PickPage(_Listed):
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
