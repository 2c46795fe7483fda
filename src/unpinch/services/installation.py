"""Make an installation fit to serve: its database up to date, its static files in place.

Everything here may be cut off at any moment and done again.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from unpinch.kernel.errors import SetupError

_SQLITE_HEADER = b"SQLite format 3\0"


def bring_up_to_date() -> None:
    """Create or upgrade the database and collect the static files; nothing to do is found out quickly."""
    migrate_database()
    collect_static()


def migrate_database() -> None:
    """Apply the migrations that are missing. A database that is broken, shut or too new is a SetupError."""
    if connection.vendor == "sqlite":
        _check_sqlite_file(Path(connection.settings_dict["NAME"]))
    try:
        executor = MigrationExecutor(connection)
        _refuse_newer(executor)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
    except (DatabaseError, sqlite3.Error) as error:
        raise SetupError(_what_is_wrong(error)) from error


def collect_static() -> None:
    """Put style sheets, scripts and pictures where the server finds them, if they have changed."""
    target = Path(settings.STATIC_ROOT)
    stamp = target / ".collected"
    wanted = _fingerprint_of_static_files()
    try:
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return
        target.mkdir(parents=True, exist_ok=True)
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(wanted, encoding="utf-8")
    except OSError as error:
        raise SetupError(
            f"Cannot write the static files to {target}: {error.strerror}. "
            "Give unpinch write access there, or set UNPINCH_DATA to a folder that it may write to."
        ) from error


def _fingerprint_of_static_files() -> str:
    found = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            found.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return found.hexdigest()


def _check_sqlite_file(file: Path) -> None:
    """Say plainly what SQLite would only hint at."""
    if file.is_dir():
        raise SetupError(f"{file} is a folder, and the database file belongs there. Move it away.")
    if not file.exists():
        return
    if not (os.access(file, os.R_OK | os.W_OK) and os.access(file.parent, os.W_OK)):
        raise SetupError(
            f"unpinch may not write to {file} or its folder. "
            "Give it write access, or set UNPINCH_DATA to another folder."
        )
    with file.open("rb") as opened:
        start = opened.read(len(_SQLITE_HEADER))
    if start and start != _SQLITE_HEADER:
        raise SetupError(
            f"{file} is not a database of unpinch, or it is damaged. "
            "Put a backup in its place, or move it away to start with an empty one."
        )


def _refuse_newer(executor: MigrationExecutor) -> None:
    known = set(executor.loader.disk_migrations)
    apps = {app for app, _ in known}
    applied = executor.loader.applied_migrations
    newer = sorted(name for app, name in applied if app in apps and (app, name) not in known)
    if newer:
        raise SetupError(
            f"The database was made by a newer unpinch (it has the step {newer[-1]}). "
            "Start that version, or put back the backup from before the upgrade."
        )


def _what_is_wrong(error: Exception) -> str:
    where = connection.settings_dict["NAME"] if connection.vendor == "sqlite" else "the PostgreSQL database"
    said = (str(error).strip().splitlines() or ["no reason given"])[0]
    if "malformed" in said or "not a database" in said:
        return f"{where} is damaged ({said}). Put a backup in its place; how: docs/how-to/back-up.md."
    return (
        f"{where} cannot be used: {said}. Check that it runs, that unpinch may write there, and its setting."
    )
