"""What ``unpinch admin`` does with clients' data: hand it out, erase it, let go what is too old."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpinch.kernel.errors import InputError, RefusedError

if TYPE_CHECKING:
    import argparse


def add_tasks(tasks: Any) -> None:
    """Describe the tasks."""
    export = tasks.add_parser(
        "export-client",
        help="write everything kept about a client to one file",
        description="Write everything kept about a client to one file, on the client's wish. Make sure first that it is "
        "the client who asks. It stands in the record book.",
        allow_abbrev=False,
    )
    _whose(export)
    export.add_argument("file", type=Path, metavar="FILE", help="where to; a name that is not taken yet")
    erase = tasks.add_parser(
        "erase-client",
        help="erase a client, on the client's wish",
        description="Erase a client, on the client's wish. Make sure first that it is the client who asks. What stays is "
        "that sessions were booked, when and for how much, without a name. It cannot be undone.",
        allow_abbrev=False,
    )
    _whose(erase)
    erase.add_argument("--yes", action="store_true", help="do it; without, it is only said what would go")
    old = tasks.add_parser(
        "retention",
        help="let go what has been kept long enough",
        description="Say what has been kept longer than it should be, and let it go when told so.",
        allow_abbrev=False,
    )
    which = old.add_mutually_exclusive_group()
    which.add_argument("--dry-run", action="store_true", help="only say what would go, as without any option")
    which.add_argument("--apply", action="store_true", help="let it go; it cannot be undone")


def _whose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the client's address")
    parser.add_argument("--name", default="", help="the client's name, where several share the address")


def _export(args: argparse.Namespace) -> int:
    """Write the file, for its owner alone."""
    from unpinch.services import audit, privacy_export  # noqa: PLC0415 - reads the settings, which only now are there

    client = privacy_export.client_called(args.email, args.name)
    try:
        number = os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InputError(f"{args.file} cannot be written: {error.strerror}. Choose another name.") from error
    with os.fdopen(number, "wb") as opened:
        opened.write(privacy_export.export(client.pk, actor=audit.SYSTEM).content)
    print(f"Written to {args.file}. It speaks about the client's health: hand it to nobody else.")
    return 0


def _erase(args: argparse.Namespace) -> int:
    """Erase, or say what would go."""
    # Late: these read the settings, which only now are there.
    from unpinch.services import audit, erasure, privacy_export  # noqa: PLC0415
    from unpinch.services.outcomes import Refused  # noqa: PLC0415

    client = privacy_export.client_called(args.email, args.name)
    if not args.yes:
        rows = {name: len(found) for name, found in privacy_export.tables(client) if found}
        print(
            f"{client.name} <{client.email}>: "
            + ", ".join(f"{count} {name}" for name, count in rows.items())
            + "."
        )
        print(
            "Nothing was changed. With --yes all of it goes, but for nameless appointments and the record book."
        )
        return 0
    erased = erasure.erase(client.pk, actor=audit.SYSTEM)
    if isinstance(erased, Refused):
        raise RefusedError(erased.reason)
    print(f"Erased: {erased.lines} lines. {erased.appointments} appointments stay, without a name.")
    print("Backups from before still have this person: let them expire.")
    return 0


def _retention(args: argparse.Namespace) -> int:
    """Say or do, kind by kind."""
    from unpinch.services import retention  # noqa: PLC0415 - reads the settings, which only now are there

    found = retention.apply() if args.apply else retention.due()
    for one in found:
        print(
            f"{one.count:>6}  {one.rule.kind:<20} {one.rule.days} days from {one.rule.starts}: {one.rule.then}"
        )
    print("Let go." if args.apply else "Nothing was changed. --apply lets it go.")
    return 0


TASKS = {"export-client": _export, "erase-client": _erase, "retention": _retention}
