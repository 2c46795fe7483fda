"""Six digits from a shared secret and the time (RFC 6238): what authenticator apps show."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from datetime import datetime

STEP_SECONDS = 30
DIGITS = 6
_DIGITS = "0123456789"  # not isdigit(): other alphabets have digits, too
_DRIFT = 1
"""How many steps the clock of a phone may be off, either way."""


def new_secret() -> str:
    """A new secret of 160 bits, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def code(secret: str, step: int) -> str:
    """The digits that an app shows during a time step."""
    key = base64.b32decode(secret)
    made = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = made[-1] & 0x0F
    number: int = struct.unpack(">I", made[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_at(moment: datetime) -> int:
    """The time step of a moment."""
    return int(moment.timestamp()) // STEP_SECONDS


def matching_step(secret: str, typed: str, now: datetime, *, after: int) -> int | None:
    """The time step that ``typed`` belongs to; None when it is wrong, or not later than ``after``: used before."""
    digits = "".join(character for character in typed if character in _DIGITS)
    current = step_at(now)
    found = None
    for step in range(current - _DRIFT, current + _DRIFT + 1):
        if hmac.compare_digest(code(secret, step), digits) and step > after:
            found = step
    return found


def address(secret: str, *, account: str, issuer: str) -> str:
    """What the QR code for an authenticator app says."""
    return f"otpauth://totp/{quote(f'{issuer}:{account}')}?secret={secret}&issuer={quote(issuer)}"
