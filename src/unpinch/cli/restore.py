"""``unpinch restore``: put a backup in the place of what is here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from unpinch.cli import installed

if TYPE_CHECKING:
    import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = (
        "Put a backup in the place of what is here: all of it, or nothing and the reason. "
        "Stop the server first."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that `unpinch backup` made")
    parser.add_argument("--force", action="store_true", help="give up what is in this installation now")


def run(args: argparse.Namespace) -> int:
    """Restore, and say of when things are now."""
    # What is here may be broken, which is why somebody restores.
    installed.open_installation(bring_up_to_date=False)
    from unpinch.services import backup  # noqa: PLC0415 - reads the settings, which only now are there

    restored = backup.restore(args.file, may_overwrite=args.force)
    print(f"Restored: everything is as it was at {restored.made_at} (made by unpinch {restored.unpinch}).")
    return 0
