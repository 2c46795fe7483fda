"""What unpinch knows: the tables of this folder, typed, validated and versioned.

``load`` gives the knowledge base or explains every fault of the tables. ``check`` looks harder (wording,
reading age, reachability of dangers, the worked examples) and is for tests and for those who edit the tables.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from unpinch.clinical.knowledge.base import Knowledge
from unpinch.clinical.knowledge.build import build
from unpinch.clinical.knowledge.faults import Faults
from unpinch.clinical.knowledge.reading import read_folder
from unpinch.clinical.knowledge.references import check_references

__all__ = ["TABLES_FOLDER", "Knowledge", "load"]

TABLES_FOLDER = Path(__file__).parent / "tables"
"""The tables that come with unpinch."""


@lru_cache(maxsize=4)
def load(folder: Path | None = None) -> Knowledge:
    """The knowledge of ``folder`` (the tables that come with unpinch when None), read once per process.

    Raises :class:`KnowledgeError` with one line per fault: file, row, column, what is wrong and the remedy.
    """
    faults = Faults()
    raw = read_folder(folder or TABLES_FOLDER, faults)
    faults.raise_if_any()
    kb = build(raw)
    check_references(raw, kb, faults)
    faults.raise_if_any()
    return kb
