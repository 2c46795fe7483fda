"""Backs an installation up, also while it is in use, and puts a backup back.

A backup is one moment of the database, with the secrets that make it of use. SQLite copies itself; of PostgreSQL
every table is read in one transaction that sees one moment. Neither holds up whoever writes meanwhile.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import RefusedError, SetupError
from unpinch.records import keyring
from unpinch.records.models import Practice
from unpinch.services import audit, backup_file, backup_postgres, backup_sqlite, health_keys, installation
from unpinch.services.backup_file import KEYS, SECRET, Manifest

if TYPE_CHECKING:
    from pathlib import Path

    from unpinch.services.backup_file import Reader


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup that was made: its size in bytes, and the keys it needs (and holds, unless they were left out)."""

    size: int
    needs_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was put back: when and by which unpinch it was made."""

    made_at: str
    unpinch: str


def back_up(
    file: Path, *, with_keys: bool = True, may_replace: bool = False, clock: Clock = SYSTEM_CLOCK
) -> Kept:
    """Write a backup of the database as it is now, with the secrets unless they are left out.

    RefusedError when the file exists.
    """
    now = clock.now()
    with backup_file.new(file, may_replace=may_replace) as writer, ExitStack() as stack:
        # Asked before and after: a change of keys may be under way.
        needs = set(health_keys.in_use())
        if connection.vendor == "postgresql":
            moment = backup_postgres.write(writer)
        else:
            moment = stack.enter_context(backup_sqlite.written(writer))
        needs |= set(health_keys.in_use())
        if with_keys:
            writer.add(KEYS, ["".join(f"{key}\n" for key in keyring.all_keys()).encode("ascii")])
            writer.add(SECRET, [settings.SECRET_KEY.encode("ascii")])
        manifest = Manifest(
            metadata.version("unpinch"),
            now.isoformat(timespec="seconds"),
            connection.vendor,
            moment.migrations,
            tuple(sorted(needs)),
            with_keys,
            moment.tables,
            dict(writer.parts),
        )
        writer.add_manifest(manifest)
    return Kept(file.stat().st_size, manifest.needs_keys)


def restore(file: Path, *, may_overwrite: bool = False, clock: Clock = SYSTEM_CLOCK) -> Restored:
    """Put a backup in the place of what is here: all of it, or nothing and the reason.

    The keys come first, and the old ones stay in the ring behind them: whatever cuts this off, what the database
    holds can be read.
    """
    with backup_file.opened(file) as reader:
        _refuse_unfit(reader.manifest)
        if not may_overwrite and _holds_something():
            raise RefusedError(
                "There is a practice in this installation already. Give --force to put the backup in its place, "
                "and back up first what is here now."
            )
        _restore_keys(reader)
        if connection.vendor == "postgresql":
            backup_postgres.restore(reader)
        else:
            backup_sqlite.restore(reader)
        if SECRET in reader.manifest.parts:
            keyring.replace_file(settings.DATA_FOLDER / "secret-key", reader.text(SECRET))
        manifest = reader.manifest
    installation.migrate_database()
    now = clock.now()
    for practice_id in Practice.objects.values_list("pk", flat=True):
        audit.record(
            practice_id,
            audit.SYSTEM,
            "backup.restore",
            "practice",
            practice_id,
            now,
            made_at=manifest.made_at,
        )
    return Restored(manifest.made_at, manifest.unpinch)


def _refuse_unfit(manifest: Manifest) -> None:
    if manifest.database != connection.vendor:
        raise RefusedError(
            f"This is a backup of a {manifest.database} database, and this installation uses {connection.vendor}. "
            "Set UNPINCH_DATABASE_URL to one of the same kind."
        )
    known = set(MigrationExecutor(None).loader.disk_migrations)
    newer = sorted(name for app, name in manifest.migrations if (app, name) not in known)
    if newer:
        raise RefusedError(
            f"The backup was made by a newer unpinch ({manifest.unpinch}; it has the step {newer[-1]}). "
            "Restore it with that version or a later one."
        )


def _restore_keys(reader: Reader) -> None:
    held = reader.text(KEYS).split() if KEYS in reader.manifest.parts else []
    if settings.HEALTH_KEYS:
        here = {keyring.id_of(key) for key in settings.HEALTH_KEYS}
    else:
        here = {keyring.id_of(key) for key in held} | set(keyring.keyring.ids())
    missing = sorted(set(reader.manifest.needs_keys) - here)
    if missing:
        raise RefusedError(
            f"The backup needs the key {', '.join(missing)}, which is neither in it nor here: without it nobody can "
            "read what people said about their health. Put the file health-keys into the data folder, or set "
            "UNPINCH_HEALTH_KEYS, and try again."
        )
    if held and not settings.HEALTH_KEYS:
        keyring.put_first(tuple(held))


def _holds_something() -> bool:
    """Whether there is a practice here, or something that cannot be looked into."""
    if connection.vendor == "sqlite" and not backup_sqlite.has_file():
        return False
    try:
        if "records_practice" not in connection.introspection.table_names():
            return False
        return Practice.objects.exists()
    except DatabaseError as error:
        if connection.vendor == "sqlite":
            return True
        raise SetupError(f"The PostgreSQL database cannot be used: {str(error).splitlines()[0]}.") from error
    finally:
        connection.close()
