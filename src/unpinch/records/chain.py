"""How the lines of the record book hang together: each carries a fingerprint of itself and of the line before.

``content`` is the fingerprint of what a line says. ``chain`` is the fingerprint of the chain before it, its number
and its content: whoever changes, takes out or puts in a line breaks the chain from there on.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

FIRST = "0" * 64
"""What the first line is chained to."""


def content_of(
    practice_id: int,
    at: datetime,
    words: tuple[str, str, str, str],
    about: int | None,
    details: Mapping[str, Any],
) -> str:
    """The fingerprint of what a line says; ``words`` are actor, action, kind and id."""
    said = [practice_id, at.astimezone(UTC).isoformat(timespec="microseconds"), *words, about, dict(details)]
    text = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def link(previous: str, number: int, content: str) -> str:
    """The fingerprint of the chain up to this line. PostgreSQL computes the same in ``append_only``."""
    return hashlib.sha256(f"{previous}:{number}:{content}".encode("ascii")).hexdigest()
