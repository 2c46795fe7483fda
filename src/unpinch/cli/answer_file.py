"""The answer file of a person: reading it for ``assess``, ``interview`` and ``plan``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.cli import files
from unpinch.clinical import findings
from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    import argparse

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Answers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``--answers FILE`` and ``--json``."""
    parser.add_argument(
        "--answers", metavar="FILE", required=True, help="the answer file (JSON); - is standard input"
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs")


def read(name: str, kb: Knowledge) -> Answers:
    """The checked answers in the file ``name``."""
    raw = files.parse_json(files.read_text(name, files.MOST_ANSWER_BYTES), files.label(name))
    try:
        return findings.parse_answers(raw, kb)
    except InputError as error:
        raise InputError(f"{files.label(name)}: {error.message}") from None
