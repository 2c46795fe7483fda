"""The two ways to ask: with single keys on a real terminal, or line by line everywhere else."""

from __future__ import annotations

import os
import string
import sys
from typing import TYPE_CHECKING, Protocol, Self

from unpinch.cli import output
from unpinch.cli.asking import drawing
from unpinch.cli.asking.pages import Move
from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    from types import TracebackType

    from rich.live import Live

    from unpinch.cli.asking.drawing import Header
    from unpinch.cli.asking.pages import Page

_WIDEST = 100
_SEQUENCES = {"[A": "up", "[B": "down", "OA": "up", "OB": "down"}
_PLAIN = {"\r": "enter", "\n": "enter", " ": "space", "\x7f": "delete", "\b": "delete", "\x04": "end"}
_LAST_OF_SEQUENCE = frozenset("~" + string.ascii_letters)
_REST_OF_SEQUENCE_SECONDS = 0.05


class Terminal(Protocol):
    """Shows pages and takes answers; a context manager, because a real terminal must be given back."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def ask(self, page: Page, header: Header) -> Move:
        """Show a page until the person leaves it."""
        ...


def choose(*, plain: bool) -> Terminal:
    """Single keys where the terminal can do that and nobody asked for plain lines."""
    is_real = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    if plain or not is_real:
        return LineTerminal()
    try:
        import termios  # noqa: PLC0415, F401 - not there on every system
    except ImportError:
        return LineTerminal()
    return KeyTerminal()


class LineTerminal:
    """One line, one answer: for pipes, screen readers and simple terminals."""

    def __init__(self) -> None:
        self._page = output.console()
        self._width = min(self._page.width, _WIDEST)
        self._title = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def ask(self, page: Page, header: Header) -> Move:
        """Print the page once, then take lines until one is an answer."""
        self._show(page, header)
        while True:
            line = self._read()
            move = Move.QUIT if line is None else page.say(line)
            if move is not Move.STAY:
                return move
            self._page.print(page.notice, style="yellow")

    def _show(self, page: Page, header: Header) -> None:
        self._page.print()
        self._page.print(header.progress, style="dim")
        for text, style in ((header.title, "bold"), (header.why, "dim"), (page.text, "")):
            if text:
                self._page.print(text, style=style)
        for text, style in drawing.item_lines(page, self._width, with_cursor=False)[0]:
            self._page.print(text, style=style, soft_wrap=True)
        self._page.print(f"{page.line_help} b = back, q = stop.", style="dim")

    def _read(self) -> str | None:
        """The next line; None when a person ends the input (Ctrl-D)."""
        try:
            return input("> ")
        except UnicodeDecodeError:
            raise InputError("The answers on standard input are not text in UTF-8.") from None
        except EOFError:
            if sys.stdin.isatty():
                return None
            raise InputError(
                "The answers on standard input ended before the interview did. One line answers one page."
            ) from None


class KeyTerminal:
    """Single keys and a picture redrawn in place. What was answered does not stay in the scroll-back."""

    def __init__(self) -> None:
        self._console = output.console()
        self._live: Live | None = None
        self._input = sys.stdin.fileno()

    def __enter__(self) -> Self:
        # Late: only a real terminal has these.
        import termios  # noqa: PLC0415
        import tty  # noqa: PLC0415

        from rich.live import Live  # noqa: PLC0415

        self._settings = termios.tcgetattr(self._input)
        tty.setcbreak(self._input)
        self._live = Live(console=self._console, screen=True, auto_refresh=False)
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        import termios  # noqa: PLC0415 - see __enter__

        if self._live is not None:
            self._live.stop()
        termios.tcsetattr(self._input, termios.TCSADRAIN, self._settings)

    def ask(self, page: Page, header: Header) -> Move:
        """Redraw after each key until one leaves the page."""
        while True:
            self._draw(page, header)
            move = page.press(self._key())
            if move is not Move.STAY:
                return move

    def _draw(self, page: Page, header: Header) -> None:
        from rich.text import Text  # noqa: PLC0415 - loaded with the console

        size = self._console.size
        lines = drawing.frame(page, header, min(size.width, _WIDEST), size.height)
        picture = Text("\n").join(Text(text, style=style, no_wrap=True) for text, style in lines)
        if self._live is not None:
            self._live.update(picture, refresh=True)

    def _key(self) -> str:
        """The next key by name. The rest of an arrow key follows at once; a lone Escape has no rest."""
        first = self._byte()
        if first != "\x1b":
            return _PLAIN.get(first, first)
        sequence = ""
        # Byte by byte: a fast typist's next key may already wait behind this one.
        while self._has_more() and not (len(sequence) > 1 and sequence[-1] in _LAST_OF_SEQUENCE):
            sequence += self._byte()
        return _SEQUENCES.get(sequence, "other")

    def _byte(self) -> str:
        """One byte; the end of the input counts as stop."""
        return os.read(self._input, 1).decode("latin-1") or "q"

    def _has_more(self) -> bool:
        import select  # noqa: PLC0415 - only here

        return bool(select.select([self._input], [], [], _REST_OF_SEQUENCE_SECONDS)[0])
