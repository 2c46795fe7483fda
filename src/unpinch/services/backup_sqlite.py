"""Copies a SQLite database by its own online backup, and puts a copy back as one transaction."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection

from unpinch.kernel.errors import InputError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from unpinch.services.backup_file import Reader, Table, Writer

PART = "database.sqlite3"
_CHUNK = 1 << 20
_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Moment:
    """What a copy holds: the migrations that made it, and its tables where they are parts of their own."""

    migrations: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...] = ()


@contextmanager
def written(writer: Writer) -> Iterator[Moment]:
    """Write the database as it is now into a backup. The copy lies beside the database meanwhile."""
    file = _file()
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
        copy = Path(folder) / PART
        # In one step, under one reading lock: with a write-ahead log that holds up nobody.
        with (
            closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as here,
            closing(sqlite3.connect(copy)) as there,
        ):
            here.backup(there)
            there.execute("PRAGMA journal_mode=DELETE")
            migrations = tuple(there.execute("SELECT app, name FROM django_migrations ORDER BY app, name"))
        writer.add(PART, _chunks(copy))
        yield Moment(migrations)


def has_file() -> bool:
    """Whether there is a database at all. Looking into it by a connection would make one."""
    return _file().exists()


def restore(reader: Reader) -> None:
    """Put the copy in the place of the database. Cut off at any moment, the old one is there, whole."""
    file = _file()
    connection.close()
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".restore-") as folder:
        copy = Path(folder) / PART
        with copy.open("xb") as opened:
            for chunk in reader.chunks(PART):
                opened.write(chunk)
        with closing(sqlite3.connect(copy)) as there:
            _check(there)
            # So that it is of the same kind as the one it takes the place of, and needs no file beside it.
            there.execute("PRAGMA journal_mode=DELETE")
        if _is_database(file):
            _overwrite(copy, file)
        else:
            for rest in (f"{file}-wal", f"{file}-shm"):
                Path(rest).unlink(missing_ok=True)
            copy.replace(file)


def _check(copy: sqlite3.Connection) -> None:
    try:
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise InputError(
            f"The database in the backup is damaged ({found}). Nothing was changed. Take another backup."
        )


def _overwrite(copy: Path, file: Path) -> None:
    """One transaction of SQLite: whoever has the old one open sees the new one afterwards, and never a part of it."""
    with (
        closing(sqlite3.connect(copy)) as source,
        closing(sqlite3.connect(file, timeout=_WAIT_SECONDS)) as target,
    ):
        try:
            source.backup(target)
        except sqlite3.OperationalError as error:
            raise RefusedError(
                f"The database is in use ({error}). Nothing was changed. Stop the server and try again."
            ) from error


def _is_database(file: Path) -> bool:
    if not file.exists():
        return False
    try:
        with closing(sqlite3.connect(file, timeout=_WAIT_SECONDS)) as opened:
            opened.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise RefusedError(
                f"The database is in use ({error}). Nothing was changed. Stop the server and try again."
            ) from error
        return False
    return True


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk


def _file() -> Path:
    return Path(connection.settings_dict["NAME"]).absolute()
