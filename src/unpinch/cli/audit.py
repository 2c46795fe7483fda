"""``unpinch audit``: look after the record book."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from unpinch.cli import installed
from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    import argparse

    from unpinch.services.audit import Mark

_MARK = re.compile(r"(\d{1,15}):([0-9a-f]{64})")


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = "Look after the record book of who did and read what."
    tasks = parser.add_subparsers(title="tasks", dest="task", metavar="TASK", required=True)
    verify = tasks.add_parser(
        "verify",
        help="find out whether anybody tampered with the record book",
        description="Look through the record book from its first line. Exit status 1 and the first line that does "
        "not hold, if anybody changed, took out or put in a line.",
        allow_abbrev=False,
    )
    verify.add_argument(
        "--since",
        metavar="MARK",
        help="the end of the chain as an earlier run printed it: it must still be in it",
    )


def run(args: argparse.Namespace) -> int:
    """Verify, and print the end of each chain or the first line that does not hold."""
    installed.open_installation()
    # Late: it reads the settings, which only now are there.
    from unpinch.services import audit  # noqa: PLC0415

    status = 0
    for found in audit.verify(_mark(args.since) if args.since else None):
        if isinstance(found, audit.Broken):
            print(f"{found.practice}: line {found.number} does not hold: {found.why}.")
            status = 1
        else:
            print(f"{found.practice}: {found.last.number} lines hold together, up to {found.last}")
    return status


def _mark(text: str) -> Mark:
    from unpinch.services.audit import Mark  # noqa: PLC0415 - reads the settings

    read = _MARK.fullmatch(text.strip())
    if read is None:
        raise InputError(
            f"--since {text!r} is not the end of a chain; it is a number, a colon and 64 hex digits, "
            "as `unpinch audit verify` prints it."
        )
    return Mark(int(read[1]), read[2])
