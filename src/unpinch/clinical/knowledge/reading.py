"""From the CSV files of one folder to typed rows. Collects every fault instead of stopping at the first."""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unpinch.clinical.knowledge.cells import CellError, Column
from unpinch.clinical.knowledge.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from unpinch.clinical.knowledge.faults import Faults
    from unpinch.clinical.knowledge.table import Table

VERSION_FILE = "version.toml"


@dataclass(frozen=True, slots=True)
class RawTables:
    """The typed rows of every table by table name, and the version of the folder they came from."""

    rows: Mapping[str, tuple[Any, ...]]
    version: str


def read_folder(folder: Path, faults: Faults) -> RawTables:
    """Read every table of ``folder``. A row with a fault is left out, and the fault is noted."""
    digest = hashlib.sha256()
    tables: dict[str, tuple[Any, ...]] = {}
    for table in TABLES:
        content = _content(folder, table.name, faults)
        digest.update(table.name.encode() + b"\0" + content + b"\0")
        tables[table.name] = _rows(table, content, faults)
    return RawTables(tables, f"{_date(folder, faults)}+{digest.hexdigest()[:12]}")


def _content(folder: Path, name: str, faults: Faults) -> bytes:
    try:
        return (folder / f"{name}.csv").read_bytes().replace(b"\r\n", b"\n")
    except OSError as error:
        faults.add(name, None, "", f"the file cannot be read ({error.strerror})", "restore it")
        return b""


def _date(folder: Path, faults: Faults) -> str:
    try:
        return str(tomllib.loads((folder / VERSION_FILE).read_text(encoding="utf-8"))["date"])
    except (OSError, ValueError, KeyError):
        faults.add(
            VERSION_FILE, None, "", "holds no date", 'write date = "2026-01-31", the day of the last change'
        )
        return "undated"


def _rows(table: Table, content: bytes, faults: Faults) -> tuple[Any, ...]:
    if not content:
        return ()
    names = [column.name for column in table.columns]
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        remedy = "save it as UTF-8 with quotes round cells that hold commas"
        faults.add(table.name, None, "", f"cannot be read ({error})", remedy)
        return ()
    if not lines or lines[0] != names:
        found = ",".join(lines[0]) if lines else "empty"
        faults.add(table.name, 1, "", f"the header is {found}", f"make it exactly {','.join(names)}")
        return ()
    found_rows = []
    for number, cells in enumerate(lines[1:], 2):
        row = _row(table, number, cells, faults)
        if row is not None:
            found_rows.append(row)
    _unique(table, found_rows, faults)
    return tuple(found_rows)


def _row(table: Table, number: int, cells: list[str], faults: Faults) -> Any | None:
    columns = table.columns
    if len(cells) != len(columns):
        what = f"{len(cells)} cells instead of {len(columns)}"
        faults.add(table.name, number, "", what, "put quotes round cells that hold commas")
        return None
    try:
        return table.row_class(
            number, *[column.read(cell) for column, cell in zip(columns, cells, strict=True)]
        )
    except CellError:
        _explain(table.name, number, columns, cells, faults)
        return None


def _explain(name: str, number: int, columns: tuple[Column, ...], cells: list[str], faults: Faults) -> None:
    """Read the row again cell by cell, noting each fault."""
    for column, cell in zip(columns, cells, strict=True):
        try:
            column.read(cell)
        except CellError as error:
            faults.add(name, number, column.name, error.what, error.remedy)


def _unique(table: Table, found: list[Any], faults: Faults) -> None:
    if not table.unique:
        return
    first: dict[Any, int] = {}
    for row in found:
        key = getattr(row, table.unique)
        if key in first:
            what = f"{str(key)!r} is in row {first[key]} too"
            faults.add(table.name, row.row, table.unique, what, "keys must be unique: rename or merge")
        first.setdefault(key, row.row)
