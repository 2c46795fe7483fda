"""A page as lines of text that fit a terminal: wrapped, and scrolled so that the cursor is in sight."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unpinch.cli.asking.pages import Page

_BAR = 24
_LEAST_ROOM = 3
Line = tuple[str, str]
"""Text and style."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above a page: the screen's title and reason, and how far the interview is."""

    title: str
    why: str
    number: int
    total: int

    @property
    def progress(self) -> str:
        """A bar and the words beside it. The total is a guess, and says so."""
        total = max(self.total, self.number)
        done = round(_BAR * (self.number - 1) / total)
        return f"[{'#' * done}{'-' * (_BAR - done)}] question {self.number} of about {total}"


def frame(page: Page, header: Header, width: int, height: int) -> list[Line]:
    """The whole picture, no taller than ``height`` when that leaves room for anything."""
    top = [*_above(page, header, width)]
    bottom = [*_wrapped(page.notice, width, "bold yellow"), *_wrapped(page.keys, width, "dim")]
    items, cursor_lines = item_lines(page, width, with_cursor=True)
    room = max(height - len(top) - len(bottom) - 2, _LEAST_ROOM)
    return [*top, *_window(items, cursor_lines, room), ("", ""), *bottom]


def _above(page: Page, header: Header, width: int) -> list[Line]:
    typed = getattr(page, "typed", "")
    answer = [(f"> {typed}_", "bold")] if typed or not page.items() else []
    return [
        *_wrapped(header.progress, width, "dim"),
        ("", ""),
        *_wrapped(header.title, width, "bold"),
        *_wrapped(header.why, width, "dim"),
        *_wrapped(page.text, width, ""),
        *answer,
    ]


def item_lines(page: Page, width: int, *, with_cursor: bool) -> tuple[list[Line], range]:
    """The items with their headings and numbers, and which of the lines belong to the cursor."""
    lines: list[Line] = []
    cursor_lines = range(0)
    heading = ""
    for number, item in enumerate(page.items()):
        if item.heading != heading:
            heading = item.heading
            lines.append((heading, "bold cyan"))
        is_here = with_cursor and number == page.cursor
        box = page.box(number)
        lead = f"{'>' if is_here else ' '}{number + 1:>3} {box} "
        style = "reverse" if is_here else "bold" if "x" in box or "?" in box else ""
        own = _wrapped(item.text, width, style, lead)
        if is_here:
            cursor_lines = range(len(lines), len(lines) + len(own))
        lines += own
    return lines, cursor_lines


def _window(lines: list[Line], cursor_lines: range, room: int) -> list[Line]:
    """As many lines as there is room for, with the cursor's among them and a word on what is hidden."""
    if len(lines) <= room:
        return lines
    inner = max(room - 2, 1)
    start = min(max(cursor_lines.stop - inner, cursor_lines.start - inner // 2, 0), len(lines) - inner)
    above, below = start, len(lines) - start - inner
    more_above = f"     ^ {above} more above" if above else ""
    more_below = f"     v {below} more below" if below else ""
    return [(more_above, "dim"), *lines[start : start + inner], (more_below, "dim")]


def _wrapped(text: str, width: int, style: str, lead: str = "") -> list[Line]:
    wrapped = textwrap.wrap(
        text,
        max(width - 1, 20),
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_on_hyphens=False,
    )
    return [(line, style) for line in wrapped]
