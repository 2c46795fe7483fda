"""What the cells of the lexicon may hold."""

from __future__ import annotations

from unpinch.clinical.knowledge import lexicon_rows as rows
from unpinch.clinical.knowledge.cells import CellError, Column, key, one_of, text, words, yes_no
from unpinch.clinical.knowledge.table import Table


def _says() -> Column:
    """A list of ``finding=value``, separated by semicolons."""

    def read(cell: str) -> tuple[tuple[str, str], ...]:
        pairs = [part.partition("=") for part in cell.split(";")]
        if not all(sign and code.strip() and value.strip() for code, sign, value in pairs):
            raise CellError(f"{cell!r} is not a list of answers", "write finding=value; finding=value")
        return tuple((code.strip(), value.strip()) for code, _, value in pairs)

    return Column("says", read)


LEXICON_TABLES = (
    Table(
        "lexicon_words",
        rows.LexiconWord,
        "",
        (
            one_of("kind", "symptom", "word", "cue", "list", "spelling", "leave"),
            text("code", required=True),
            words("phrases", separator=";", required=True),
            text("note"),
        ),
    ),
    Table(
        "lexicon_places",
        rows.LexiconPlace,
        "place",
        (
            key("place"),
            key("part"),
            yes_no("coarse"),
            words("regions", required=True),
            words("phrases", separator=";", required=True),
        ),
    ),
    Table(
        "lexicon",
        rows.LexiconPattern,
        "pattern",
        (
            text("pattern", required=True),
            _says(),
            one_of("past", "counts", "ended", to=lambda word: word == "counts"),
            text("note"),
        ),
    ),
)
"""The three tables of the lexicon, in the order in which they are read."""
