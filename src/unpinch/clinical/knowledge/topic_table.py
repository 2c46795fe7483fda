"""The questions that people ask in general, and the conditions that each is about."""

from __future__ import annotations

from dataclasses import dataclass

from unpinch.clinical.knowledge.cells import key, text, words
from unpinch.clinical.knowledge.table import Table


@dataclass(frozen=True, slots=True)
class Topic:
    """One question asked in general, its short answer, and the conditions behind it, commonest first."""

    row: int
    code: str
    part: str
    question: str
    answer: str
    conditions: tuple[str, ...]
    source_id: tuple[str, ...]


TOPICS = Table(
    "topics",
    Topic,
    "code",
    (
        key("code"),
        key("part"),
        text("question", required=True),
        text("answer", required=True),
        words("conditions", required=True),
        words("source_id", required=True),
    ),
)
"""The table of topics."""
