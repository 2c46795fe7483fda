"""What a doctor's word means for the people who treat: for therapists' screens and clients' pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.clinical import knowledge
from unpinch.services import clearance_ask
from unpinch.services.outcomes import Refused
from unpinch.web.public import told

if TYPE_CHECKING:
    from datetime import date

    from unpinch.services.intake import Stored


@dataclass(frozen=True, slots=True)
class DoctorsStanding:
    """The last word of a doctor. ``given`` is None when it closed booking.

    ``refusal`` is why nothing can be booked now, ``stop`` why even what is booked must not take place.
    """

    given: told.WordTold | None
    by_name: str
    said_on: date
    how: str
    is_open: bool
    refusal: str
    stop: str

    @property
    def is_own_hand(self) -> bool:
        """Whether the doctor wrote it; otherwise staff did."""
        return self.how == "link"


def doctors_word(stored: Stored) -> DoctorsStanding | None:
    """What a doctor said about the person behind these answers; None when no doctor did."""
    found = clearance_ask.outcome_of(stored.key)
    standing = found.standing
    if standing is None:
        return None
    return DoctorsStanding(
        given=told.word(standing.word, knowledge.load()) if standing.word else None,
        by_name=standing.by_name,
        said_on=standing.said_on,
        how=standing.how,
        is_open=found.is_open,
        refusal=found.verdict.reason if isinstance(found.verdict, Refused) else "",
        stop=found.stop.reason if found.stop else "",
    )
