"""Reading what a person hands in as a file, with errors that name the file, the line and what to do."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

MOST_ANSWER_BYTES = 1_000_000
"""An answer file is a few kilobytes; more than this is the wrong file."""

MOST_CASES_BYTES = 256_000_000
"""A case is a few kilobytes, so this holds some fifty thousand of them."""


def read_text(name: str, most_bytes: int) -> str:
    """The text of the file ``name`` (``-`` is standard input), without a byte order mark."""
    content = _read_bytes(name, most_bytes)
    if len(content) > most_bytes:
        raise InputError(f"{label(name)} is larger than {most_bytes:,} bytes, so it is not the file meant.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(
            f"{label(name)} is not UTF-8 text: byte {error.start + 1}, on line {line}, cannot be read. "
            "Save it as UTF-8."
        ) from None


def _read_bytes(name: str, most_bytes: int) -> bytes:
    if not name:
        raise InputError("The name of the file is empty. Name one, or use - for standard input.")
    if name == "-":
        return _first_bytes(sys.stdin.buffer, most_bytes)
    try:
        with Path(name).open("rb") as file:
            return _first_bytes(file, most_bytes)
    except FileNotFoundError:
        raise InputError(f"There is no file {name!r}. Check the name, or use - for standard input.") from None
    except IsADirectoryError:
        raise InputError(f"{name!r} is a folder. Name a file in it.") from None
    except PermissionError:
        raise InputError(f"{name!r} may not be read by you. Change its permissions or copy it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{name!r} cannot be read: {reason}.") from None


def _first_bytes(file: BinaryIO, most_bytes: int) -> bytes:
    """One byte more than allowed at most, so that an endless file ends too."""
    return file.read(most_bytes + 1)


def label(name: str) -> str:
    """How messages call the file."""
    return "Standard input" if name == "-" else repr(name)


def parse_json(text: str, where: str) -> Any:
    """The value that a JSON text holds. A key given twice is refused: one of the two would be lost."""
    try:
        return json.loads(text, object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{where} is not JSON: {error.msg} at {place}.") from None
    except RecursionError:
        raise InputError(f"{where} is nested too deeply to be answers.") from None
    except InputError as error:
        raise InputError(f"{where}: {error.message}") from None
    except ValueError:
        raise InputError(f"{where} holds a number with too many digits to be an answer.") from None


def _without_twins(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InputError(f"the key {key!r} stands there twice. Keep one of the two.")
        found[key] = value
    return found


def _refuse_constant(word: str) -> NoReturn:
    raise InputError(f"{word} is not a value that JSON allows. Use a whole number.")


def refuse_taken(name: str) -> None:
    """Say at the start, not after twenty questions, that a file cannot be written."""
    path = Path(name)
    if path.exists() or path.is_symlink():
        raise InputError(f"{name!r} is there already and would be lost. Choose another name.")
    if not path.parent.is_dir():
        raise InputError(f"The folder of {name!r} is not there. Make it first, or choose another name.")
    if not os.access(path.parent, os.W_OK):
        raise InputError(f"You may not write in the folder of {name!r}. Choose another one.")


def write_private(name: str, text: str) -> None:
    """Write a new file that only its owner can read: it holds health data."""
    try:
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError(f"{name!r} cannot be written: {error.strerror}. Choose another name.") from None
