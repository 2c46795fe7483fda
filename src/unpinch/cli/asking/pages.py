"""What is put before a person at one time, and what their keys do to it. Knows nothing of terminals.

A screen of the interview is one page or several: a list to mark, one choice, or one number. A page takes
single keys (``press``) or a whole line (``say``), and both end in the same answers (``given``). A danger
question is never answered by silence: unmarked boxes count as no only when something is marked, or when
the person said "none of these".
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from unpinch.clinical.values import Value


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
        return {"b": Move.BACK, "q": Move.QUIT, "end": Move.QUIT}.get(key.lower())

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


class Listed(Page):
    """A page with numbered items and a cursor. Numbers of two digits are typed digit by digit."""

    def __init__(self, text: str, items: Sequence[Item], *, must_answer: bool) -> None:
        super().__init__(text, must_answer=must_answer)
        self._items = tuple(items)
        self._typed = ""

    def items(self) -> Sequence[Item]:
        """All of them, in the order of their numbers."""
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
