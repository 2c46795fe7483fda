"""The command line: one small module per command, each a thin edge over the core or the services."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from unpinch.kernel.errors import UnpinchError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_REFUSED = 2
_INTERRUPTED = 130
_PIPE_CLOSED = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status.

    0 done, 1 the command's own "no" (its page says which), 2 something cannot be used, 130 Ctrl-C. Every
    fault is one message on stderr that begins with ``unpinch:``, never a traceback.
    """
    # Late: `unpinch --help` must be there at once, and argparse costs more than all the rest.
    from unpinch.cli import registry  # noqa: PLC0415

    _survive_narrow_encodings()
    try:
        status = registry.run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except UnpinchError as error:
        print(f"unpinch: {error.message}", file=sys.stderr)
        return _REFUSED
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`| head`). Nobody is left to tell, and Python's own flush at exit must not try.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    return status


def _survive_narrow_encodings() -> None:
    """A terminal that cannot show a dash gets a question mark instead of a traceback."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
