"""``unpinch demo``: load the demonstration practice and say how to log in to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.cli import installed

if TYPE_CHECKING:
    import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = "Load a made-up practice to look around in. Loading again changes nothing."


def run(args: argparse.Namespace) -> int:
    """Bring the database up to date, load the demonstration, print the logins."""
    del args
    installed.open_installation()
    print(load_and_describe())
    return 0


def load_and_describe() -> str:
    """Load the demonstration if it is not there; how to log in, as lines for the terminal. Needs Django set up."""
    from unpinch.gateways.clock import SYSTEM_CLOCK  # noqa: PLC0415
    from unpinch.services.demo.load import load_demo  # noqa: PLC0415
    from unpinch.services.demo.today import session_today  # noqa: PLC0415

    now = SYSTEM_CLOCK.now()
    logins = load_demo(now)
    wide = max(len(login.email) for login in logins)
    lines = [
        f"  {login.role:<10} {login.email:<{wide}}  {login.password}   ({login.name})" for login in logins
    ]
    token = session_today(next(login.email for login in logins if login.role == "therapist"), now)
    today = [f"A session of today, as its client: /session/{token}/check"] if token else []
    return "\n".join(["A demonstration practice with made-up people. Log in as", *lines, *today])
