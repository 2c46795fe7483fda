"""What unpinch knows: the tables of this folder, typed, validated and versioned.

``load`` gives the knowledge base or explains every fault of the tables. ``check`` looks harder (wording,
reading age, reachability of dangers, the worked examples) and is for tests and for those who edit the tables.
``show`` gives all that is known about one code.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from unpinch.clinical.knowledge.base import Knowledge
from unpinch.clinical.knowledge.build import build
from unpinch.clinical.knowledge.checks import check_all
from unpinch.clinical.knowledge.faults import Faults
from unpinch.clinical.knowledge.reading import RawTables, read_folder
from unpinch.clinical.knowledge.references import check_references
from unpinch.clinical.knowledge.show import Entry, Section, show

__all__ = ["TABLES_FOLDER", "Entry", "Knowledge", "Section", "check", "load", "show"]

TABLES_FOLDER = Path(__file__).parent / "tables"
"""The tables that come with unpinch."""


@lru_cache(maxsize=4)
def load(folder: Path | None = None) -> Knowledge:
    """The knowledge of ``folder`` (the tables that come with unpinch when None), read once per process.

    Raises :class:`KnowledgeError` with one line per fault: file, row, column, what is wrong and the remedy.
    """
    return _read(folder or TABLES_FOLDER, Faults())[1]


def check(folder: Path | None = None) -> Knowledge:
    """The knowledge of ``folder`` after the thorough check, or a :class:`KnowledgeError` with every fault."""
    faults = Faults()
    raw, kb = _read(folder or TABLES_FOLDER, faults)
    check_all(folder or TABLES_FOLDER, raw, kb, faults)
    faults.raise_if_any()
    return kb


def _read(folder: Path, faults: Faults) -> tuple[RawTables, Knowledge]:
    raw = read_folder(folder, faults)
    faults.raise_if_any()
    kb = build(raw)
    check_references(raw, kb, faults)
    faults.raise_if_any()
    return raw, kb
