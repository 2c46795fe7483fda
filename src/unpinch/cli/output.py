"""Writing to the terminal: JSON for programs, plain paragraphs for people."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def write_json(value: Any) -> None:
    """One JSON value on stdout, in ASCII so that no terminal setting can spoil it."""
    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def console(*, stderr: bool = False) -> Console:
    """A console that has no colour when NO_COLOR is set or nobody is looking, and reads no markup in texts."""
    # Late: rich costs more than judging a person, and `--json` never needs it.
    from rich.console import Console  # noqa: PLC0415

    class Screen(Console):
        """A console that leaves a broken pipe to ``main``, as every other writer does."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    screen = Screen(stderr=stderr, markup=False, highlight=False, emoji=False)
    if not screen.is_terminal:
        # A file or a pipe has no width: wrap for reading, the same everywhere.
        screen.width = 100
    return screen
