"""One table: the file it stands in, the class of its rows, and its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unpinch.clinical.knowledge.cells import Column


@dataclass(frozen=True, slots=True)
class Table:
    """One file: its name without ``.csv``, the class of its rows, its unique column or none, its columns."""

    name: str
    row_class: type[Any]
    unique: str
    columns: tuple[Column, ...]
