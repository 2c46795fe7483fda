"""``unpinch tick``: do once what falls due by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.cli import installed

if TYPE_CHECKING:
    import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = (
        "Give back places whose hold has run out, pass on offers to those who wait, and do what else is due. "
        "`unpinch serve` and `unpinch worker` do so every minute."
    )


def run(args: argparse.Namespace) -> int:
    """Do what is due; 1 when a piece of it failed."""
    del args
    installed.open_installation()
    from unpinch.jobs import periodic  # noqa: PLC0415 - it needs the installation to be open

    done = periodic.tick()
    print(", ".join(f"{count} {name}" for name, count in done.counts.items()) + ".")
    for name in done.failed:
        print(f"Failed: {name}. The log says why.")
    return 1 if done.failed else 0
