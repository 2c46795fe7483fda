"""What a use case can answer when it does not do what was asked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule forbids it. ``code`` is stable, ``reason`` is for the person and says what to do next."""

    code: str
    reason: str
