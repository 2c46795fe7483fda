"""Collecting every fault of the tables, so that one run tells them all."""

from __future__ import annotations

from unpinch.kernel.errors import KnowledgeError


class Faults:
    """The faults found so far, one line each: ``file.csv, row N, column c: what. Remedy: ...``."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, table: str, row: int | None, column: str, what: str, remedy: str) -> None:
        """Note one fault; ``row`` None and ``column`` empty when it is about the whole file."""
        where = table if "." in table else f"{table}.csv"
        where += f", row {row}" if row is not None else ""
        where += f", column {column}" if column else ""
        self.lines.append(f"{where}: {what}. Remedy: {remedy}.")

    def raise_if_any(self) -> None:
        """Raise one :class:`KnowledgeError` that lists every fault, or return."""
        if self.lines:
            count = len(self.lines)
            head = f"The knowledge tables have {count} fault(s); nothing is answered from them."
            raise KnowledgeError("\n".join([head, *self.lines]))
