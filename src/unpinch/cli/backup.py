"""``unpinch backup``: one file with everything, also while the server runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from unpinch.cli import installed

if TYPE_CHECKING:
    import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = (
        "Write a backup of the whole installation to one file that only you can read. "
        "The server may run meanwhile."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="where to; a name that is not taken yet")
    parser.add_argument(
        "--without-keys",
        action="store_true",
        help="leave the secrets out: without its keys, kept elsewhere, nobody can read the health records",
    )
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")


def run(args: argparse.Namespace) -> int:
    """Make the backup and say what it is worth."""
    installed.open_installation()
    from unpinch.services import backup  # noqa: PLC0415 - reads the settings, which only now are there

    kept = backup.back_up(args.file, with_keys=not args.without_keys, may_replace=args.force)
    print(f"Backed up to {args.file} ({kept.size:,} bytes).")
    if not args.without_keys:
        print(
            "It holds the keys: whoever has this file can read everything. Keep it locked away or encrypted."
        )
    elif kept.needs_keys:
        print(
            f"It does not hold the keys it needs ({', '.join(kept.needs_keys)}). Keep health-keys and secret-key "
            "in another safe place: without them nobody can read the health records."
        )
    return 0
