"""What an address asks for, read with care: anybody may type anything there."""

from __future__ import annotations

from datetime import date

_FIRST_YEAR, _LAST_YEAR = 1970, 2999


def asked_day(text: str) -> date | None:
    """The day asked for; None for what is no day, or one outside any practice's books."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None
