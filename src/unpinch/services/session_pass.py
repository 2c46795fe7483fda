"""How the client's own phone joins a session: by a short code that is shown in the room and lives as long as it."""

from __future__ import annotations

from datetime import timedelta

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.records.models import RoomSession
from unpinch.services import limits
from unpinch.services.limits import Limit
from unpinch.services.outcomes import Refused
from unpinch.services.session_room import CODE_LENGTH, LETTERS, hash_of

_WRONG = Limit("room-code", most=12, span=timedelta(minutes=10))
"""Twelve of sixty-four million codes: whoever is in the room gets in, and nobody guesses."""
_LONGEST = timedelta(hours=4)
"""No session takes as long: a code of one that nobody finished is shut then."""


def enter(typed: str, address: str, *, clock: Clock = SYSTEM_CLOCK) -> int | Refused:
    """The number of the running session with this code."""
    now, place = clock.now(), limits.network(address)
    if limits.is_used_up(_WRONG, place, now=now):
        return Refused(
            "too-many", "Too many wrong codes from here. Please wait ten minutes, or tell your therapist."
        )
    code = "".join(letter for letter in typed.upper() if letter in LETTERS)
    found = None
    if len(code) == CODE_LENGTH:
        running = RoomSession.objects.filter(phase="running", started_at__gt=now - _LONGEST)
        found = running.filter(code_hash=hash_of(code)).first()
    if found is None:
        limits.count(_WRONG, place, now=now)
        return Refused("wrong-code", "No session with this code is under way. Please look at the code again.")
    return found.pk
