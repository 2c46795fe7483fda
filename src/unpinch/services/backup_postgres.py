"""Reads every table of a PostgreSQL database in one transaction that sees one moment, and puts the rows back.

Not by ``pg_dump``: it must be installed, and not older than the server. Rows go as PostgreSQL itself writes them
(COPY); the tables they go back into are made by the migrations that the backup names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from unpinch.kernel.errors import RefusedError
from unpinch.services.backup_file import Table
from unpinch.services.backup_sqlite import Moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from unpinch.services.backup_file import Reader, Writer

_OURS = ("records_", "auth_", "django_")


def write(writer: Writer) -> Moment:
    """Write every table as it is at one moment into a backup."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = tuple(cursor.fetchall())
        tables = tuple(_described(cursor, name) for name in _tables(cursor))
        for table in tables:
            writer.add(_part(table), _rows(cursor, table))
    return Moment(migrations, tables)


def restore(reader: Reader) -> None:
    """Put the rows in the place of what is there: in one transaction, so all of them or none."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            for name in _tables(cursor):
                cursor.execute(f"DROP TABLE {_quoted(name)} CASCADE")
            _make_tables(reader.manifest.migrations)
            tables = reader.manifest.tables
            for table in tables:
                cursor.execute(f"DELETE FROM {_quoted(table.name)}")  # noqa: S608 - quoted; a name is no parameter
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            # The lines of the record book have their chain already.
            for table in tables:
                cursor.execute(f"ALTER TABLE {_quoted(table.name)} DISABLE TRIGGER USER")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in tables:
                _fill(cursor, table, reader)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in tables:
                cursor.execute(f"ALTER TABLE {_quoted(table.name)} ENABLE TRIGGER USER")
    except DatabaseError as error:
        said = (str(error).strip().splitlines() or ["no reason given"])[0]
        raise RefusedError(
            f"The backup could not be put back ({said}). Nothing was changed. "
            "Stop the server, if it runs, and try again."
        ) from error


def _make_tables(migrations: tuple[tuple[str, str], ...]) -> None:
    executor = MigrationExecutor(connection)
    applied, graph = set(migrations), executor.loader.graph
    ends = [
        key
        for key in sorted(applied)
        if not any(child.key[0] == key[0] and child.key in applied for child in graph.node_map[key].children)
    ]
    executor.migrate(ends)


def _tables(cursor: Any) -> list[str]:
    return sorted(
        info.name
        for info in connection.introspection.get_table_list(cursor)
        if info.type == "t" and info.name.startswith(_OURS)
    )


def _described(cursor: Any, name: str) -> Table:
    columns = tuple(column.name for column in connection.introspection.get_table_description(cursor, name))
    sequence = _sequence(cursor, name, columns)
    if sequence is None:
        return Table(name, columns, None)
    cursor.execute(f"SELECT last_value, is_called FROM {sequence}")  # noqa: S608 - quoted by PostgreSQL
    last, is_called = cursor.fetchone()
    return Table(name, columns, (last, is_called))


def _sequence(cursor: Any, name: str, columns: tuple[str, ...]) -> str | None:
    if "id" not in columns:
        return None
    cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [_quoted(name)])
    found: str | None = cursor.fetchone()[0]
    return found


def _rows(cursor: Any, table: Table) -> Iterator[memoryview]:
    with cursor.copy(f"COPY {_quoted(table.name)} ({_listed(table)}) TO STDOUT") as copy:
        yield from copy


def _fill(cursor: Any, table: Table, reader: Reader) -> None:
    with cursor.copy(f"COPY {_quoted(table.name)} ({_listed(table)}) FROM STDIN") as copy:
        for chunk in reader.chunks(_part(table)):
            copy.write(chunk)
    sequence = _sequence(cursor, table.name, table.columns)
    if sequence is not None and table.sequence is not None:
        cursor.execute("SELECT setval(%s, %s, %s)", [sequence, *table.sequence])


def _part(table: Table) -> str:
    return f"tables/{table.name}"


def _listed(table: Table) -> str:
    return ", ".join(_quoted(column) for column in table.columns)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
