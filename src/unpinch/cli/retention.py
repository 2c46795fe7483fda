"""What ``unpinch admin`` does with a client's data: hand it out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpinch.kernel.errors import InputError

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


TASKS = {"export-client": _export}
