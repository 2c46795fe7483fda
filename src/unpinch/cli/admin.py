"""``unpinch admin``: set up and look after an installation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from unpinch.cli import installed, retention

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
    rotate = tasks.add_parser(
        "rotate-key",
        help="encrypt all health records with a new key",
        description="Encrypt all health records with a new key; the server may run meanwhile. Old keys are kept, "
        "because older backups need them.",
        allow_abbrev=False,
    )
    rotate.add_argument(
        "--again", action="store_true", help="make no new key: go on with the first of the ring"
    )
    rotate.add_argument(
        "--forget-old", action="store_true", help="only drop the keys that no record needs any more"
    )
    reset = tasks.add_parser(
        "reset-login",
        help="let somebody in who has lost password and second factor",
        description="Give somebody who has lost everything a new password, shown this once, remove their second "
        "factor and log them out everywhere. For an owner whom no other owner can help.",
        allow_abbrev=False,
    )
    reset.add_argument("email", metavar="EMAIL", help="the address they log in with")
    retention.add_tasks(tasks)


def run(args: argparse.Namespace) -> int:
    """Do the task that was named."""
    installed.open_installation()
    return _TASKS[args.task](args)


def _rotate_key(args: argparse.Namespace) -> int:
    """A new key for the health records."""
    from unpinch.services import health_keys  # noqa: PLC0415 - reads the settings, which only now are there

    if args.forget_old:
        gone = health_keys.forget_unused()
        print(
            f"Forgotten: {', '.join(gone)}." if gone else "No key was forgotten: there is none without use."
        )
        return 0
    rotated = health_keys.rotate(with_new_key=not args.again)
    print(f"The key {rotated.key_id} is in use; {rotated.values} values were encrypted anew.")
    print("Back up the file of keys now: without it nobody can read these records.")
    return 0


def _load_practice(args: argparse.Namespace) -> int:
    """Set up the practice and print how its people log in, this once."""
    # Late: these read the settings, which only now are there.
    from unpinch.gateways.clock import SYSTEM_CLOCK  # noqa: PLC0415
    from unpinch.services import practice_setup  # noqa: PLC0415

    logins = practice_setup.load_practice(args.file, SYSTEM_CLOCK.now())
    print("The practice is set up. Hand these passwords over safely; they are shown this once:")
    for login in logins:
        print(f"  {login.role:<10} {login.email}  {login.password}   ({login.name})")
    return 0


def _reset_login(args: argparse.Namespace) -> int:
    """A new password in place of all that was lost."""
    from unpinch.services import staff  # noqa: PLC0415 - reads the settings, which only now are there

    password = staff.reset_login(args.email)
    print(f"New password, shown this once: {password}")
    print("The second factor is removed, and every browser is logged out. Set up a new one after logging in.")
    return 0


_TASKS = {
    "reset-login": _reset_login,
    "load-practice": _load_practice,
    "rotate-key": _rotate_key,
    **retention.TASKS,
}
