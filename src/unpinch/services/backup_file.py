"""The file of a backup: one zip that says what it is, what is in it, and a checksum of every part.

Nothing in it is ever executed: of a PostgreSQL database it holds rows alone, and the tables they go into are made
by unpinch itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpinch.kernel.errors import InputError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FORMAT = 1
"""The shape of the file. A file with a higher number was made by a newer unpinch."""
KEYS = "health-keys"
SECRET = "secret-key"  # noqa: S105 - the name of a part
_MANIFEST = "backup.json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a PostgreSQL backup; its rows are the part ``tables/NAME``. ``sequence`` is where its numbers go on."""

    name: str
    columns: tuple[str, ...]
    sequence: tuple[int, bool] | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says about itself. ``needs_keys`` names the keys without which health records stay shut."""

    unpinch: str
    made_at: str
    database: str
    """``sqlite`` or ``postgresql``."""
    migrations: tuple[tuple[str, str], ...]
    needs_keys: tuple[str, ...]
    has_keys: bool
    tables: tuple[Table, ...] = ()
    parts: dict[str, str] = field(default_factory=dict)
    """SHA-256 of every part."""
    format: int = FORMAT


class Writer:
    """Puts parts into a backup and keeps their checksums."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self.parts: dict[str, str] = {}

    def add(self, name: str, chunks: Iterable[bytes | memoryview]) -> None:
        """Write one part."""
        checksum = hashlib.sha256()
        with self._packed.open(name, "w", force_zip64=True) as part:
            for chunk in chunks:
                checksum.update(chunk)
                part.write(chunk)
        self.parts[name] = checksum.hexdigest()

    def add_manifest(self, manifest: Manifest) -> None:
        """Write what the backup says about itself; the last thing, for it names all parts."""
        self._packed.writestr(_MANIFEST, json.dumps(asdict(manifest), indent=1))


@contextmanager
def new(file: Path, *, may_replace: bool) -> Iterator[Writer]:
    """A backup that is there as a whole when the block ends, and not at all when it fails. Only its owner reads it."""
    if file.exists() and not may_replace:
        raise RefusedError(f"{file} exists. Choose another name, or give --force to replace it.")
    try:
        handle, name = tempfile.mkstemp(dir=file.absolute().parent, prefix=".backup-")  # made with mode 0600
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}. Choose another place.") from error
    try:
        with os.fdopen(handle, "w+b") as opened:
            with zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
                yield Writer(packed)
            opened.flush()
            os.fsync(opened.fileno())
        Path(name).replace(file)
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}. Choose another place.") from error
    finally:
        Path(name).unlink(missing_ok=True)


class Reader:
    """A backup that was looked through: every part is there and has its checksum."""

    def __init__(self, packed: zipfile.ZipFile, manifest: Manifest) -> None:
        self._packed = packed
        self.manifest = manifest

    def chunks(self, name: str) -> Iterator[bytes]:
        """One part, piece by piece."""
        with self._packed.open(name) as part:
            while chunk := part.read(_CHUNK):
                yield chunk

    def text(self, name: str) -> str:
        """One short part as text."""
        return b"".join(self.chunks(name)).decode("ascii")


@contextmanager
def opened(file: Path) -> Iterator[Reader]:
    """A backup to read from. InputError when it is none or damaged, RefusedError when a newer unpinch made it."""
    try:
        packed = zipfile.ZipFile(file)
    except FileNotFoundError as error:
        raise InputError(f"There is no file {file}. Give the name of a backup.") from error
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error
    except zipfile.BadZipFile as error:
        raise InputError(f"{file} is no backup of unpinch, or it was cut off. {_ANOTHER}") from error
    with packed:
        yield Reader(packed, _looked_through(packed, file))


def _looked_through(packed: zipfile.ZipFile, file: Path) -> Manifest:
    try:
        said = json.loads(packed.read(_MANIFEST))
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(f"{file} is no backup of unpinch, or it is damaged. {_ANOTHER}") from error
    made_by = said.get("unpinch", "another version") if isinstance(said, dict) else ""
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise RefusedError(
            f"{file} was made by a newer unpinch ({made_by}). Restore it with that version or a later one."
        )
    try:
        manifest = _manifest(said)
        for name, checksum in manifest.parts.items():
            if _checksum(packed, name) != checksum:
                raise InputError(f"{file} is damaged: its part {name} is not what was backed up. {_ANOTHER}")
    except (KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{file} is damaged and cannot be restored. {_ANOTHER}") from error
    return manifest


def _manifest(said: dict[str, Any]) -> Manifest:
    tables = tuple(
        Table(row["name"], tuple(row["columns"]), tuple(row["sequence"]) if row["sequence"] else None)
        for row in said["tables"]
    )
    return Manifest(
        **{
            **said,
            "tables": tables,
            "migrations": tuple((app, name) for app, name in said["migrations"]),
            "needs_keys": tuple(said["needs_keys"]),
        }
    )


def _checksum(packed: zipfile.ZipFile, name: str) -> str:
    found = hashlib.sha256()
    with packed.open(name) as part:
        while chunk := part.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


_ANOTHER = "Nothing was changed. Take another backup."
