"""``unpinch admin``: set up and look after an installation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from unpinch.cli import installed

if TYPE_CHECKING:
    import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = "Set up and look after an installation."
    tasks = parser.add_subparsers(title="tasks", dest="task", metavar="TASK", required=True)
    load = tasks.add_parser(
        "load-practice",
        help="set up the practice that a file describes",
        description="Set up the practice that a TOML file describes: all of it, or nothing and the fault.",
        allow_abbrev=False,
    )
    load.add_argument(
        "file", type=Path, metavar="FILE", help="for example a changed copy of the demonstration's"
    )


def run(args: argparse.Namespace) -> int:
    """Set up the practice and print how its people log in, this once."""
    installed.open_installation()
    # Late: these read the settings, which only now are there.
    from unpinch.gateways.clock import SYSTEM_CLOCK  # noqa: PLC0415
    from unpinch.services import practice_setup  # noqa: PLC0415

    logins = practice_setup.load_practice(args.file, SYSTEM_CLOCK.now())
    print("The practice is set up. Hand these passwords over safely; they are shown this once:")
    for login in logins:
        print(f"  {login.role:<10} {login.email}  {login.password}   ({login.name})")
    return 0
