"""The link and the code by which a doctor comes in: made, kept as hashes, tied to one browser.

What "one-time" means here: the link lets one browser in, after a press of a button (mail scanners follow links,
they press nothing). From then on only that browser may look, answer, and think again, until the link expires.
A forwarded link meets a closed door. Who needs another device types the short code of the letter, or has a fresh
link sent to the address that the person gave; both shut out the browser before.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from unpinch.clinical.clearance_states import LIVE, ClearanceState, Event, after
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.records.models import Clearance, Message
from unpinch.services import audit, clearance_messages, limits, outbox
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

_SALT = "unpinch.clearance-link"
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
CODE_LENGTH = 8
_GUESSES = limits.Limit("letter-code", most=20, span=timedelta(hours=1))
"""Twenty of some five hundred thousand million codes."""
_WRONG_CODES_MAX = 10
_FRESH_LINKS_MAX = 5
_BETWEEN_FRESH_LINKS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Doorstep:
    """What the page before the question shows: enough to know that it is meant for oneself, and nothing medical."""

    key: UUID
    practice_name: str
    practice_phone: str
    is_answered: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """The door is open for the browser that keeps ``secret``."""

    key: UUID
    secret: str


def new_token() -> str:
    """A fresh secret for a link, signed, so that made-up ones are refused before any table is read."""
    return signing.Signer(salt=_SALT, sep=".").sign(secrets.token_urlsafe(32))


def new_code() -> str:
    """A fresh short code, without letters and digits that look alike."""
    return "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """The code as it is printed: two groups of four."""
    return f"{code[:4]}-{code[4:]}"


def hash_of(secret: str) -> str:
    """What the table keeps of a link's or browser's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_of_code(code: str) -> str:
    """What the table keeps of a short code. A key of the installation is in it: codes are short enough to be tried out."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return salted_hmac("unpinch.clearance-code", plain, algorithm="sha256").hexdigest()


def state_at(row: Clearance, now: datetime) -> ClearanceState:
    """The state with the clock taken into account."""
    state = ClearanceState(row.state)
    ends = (
        row.valid_until
        if state is ClearanceState.ANSWERED
        else row.link_expires_at
        if state in LIVE
        else None
    )
    if ends is not None and ends <= now:
        return after(state, Event.EXPIRE) or state
    return state


def look(token: str, *, clock: Clock = SYSTEM_CLOCK) -> Doorstep | Refused:
    """What stands behind a link, without opening it."""
    row = _by_token(token, Clearance.objects.all())
    shut = _FORGED if row is None else closed(row, clock.now())
    if row is None or shut is not None:
        return shut or _FORGED
    return Doorstep(row.key, row.practice.name, row.practice.phone, row.version > 0)


def open_link(token: str, *, secret: str = "", clock: Clock = SYSTEM_CLOCK) -> Opened | Refused:
    """Let the browser in that presses the button first; later only the one that has the ``secret`` of then."""
    now = clock.now()
    with transaction.atomic():
        row = _to_change(token, now)
        if isinstance(row, Refused):
            return row
        if row.browser_hash and not constant_time_compare(row.browser_hash, hash_of(secret)):
            audit.record(row.practice_id, audit.VISITOR, "clearance.refuse-browser", "clearance", row.pk, now)
            return _ELSEWHERE
        return Opened(row.key, secret) if row.browser_hash else _seat(row, now)


def open_code(code: str, address: str = "", *, clock: Clock = SYSTEM_CLOCK) -> Opened | Refused:
    """Let the browser in that types the short code of the letter; the one before is out.

    Wrong codes are counted by where they come from (``address`` on the network), so that nobody can try them all.
    """
    now, place = clock.now(), limits.network(address)
    if limits.is_used_up(_GUESSES, place, now=now):
        return _TOO_MANY_CODES
    with transaction.atomic():
        rows = Clearance.objects.select_for_update(of=("self",)).select_related("practice")
        row = rows.filter(code_hash=hash_of_code(code)).first()
        if row is not None:
            return closed(row, now) or _seat(row, now)
    limits.count(_GUESSES, place, now=now)
    return _WRONG_CODE


def confirm_code(token: str, code: str, *, clock: Clock = SYSTEM_CLOCK) -> Opened | Refused:
    """The short code typed on another device that has the link. After ten wrong ones the code is dead."""
    now = clock.now()
    with transaction.atomic():
        row = _to_change(token, now)
        if isinstance(row, Refused):
            return row
        if row.wrong_codes >= _WRONG_CODES_MAX:
            return _DEAD_CODE
        if not row.code_hash or not constant_time_compare(row.code_hash, hash_of_code(code)):
            row.wrong_codes += 1
            row.save(update_fields=["wrong_codes"])
            return _WRONG_CODE
        return _seat(row, now)


def send_fresh_link(token: str, *, clock: Clock = SYSTEM_CLOCK) -> Refused | None:
    """Send a new link to the address the doctor was asked at; the old link and its browser are out."""
    now = clock.now()
    with transaction.atomic():
        row = _to_change(token, now)
        if isinstance(row, Refused):
            return row
        if not row.doctor_email:
            return _NO_ADDRESS
        sent = Message.objects.filter(
            practice_id=row.practice_id, idempotency_key__startswith=clearance_messages.ask_prefix(row)
        )
        count = sent.count()
        if count > _FRESH_LINKS_MAX or sent.filter(created_at__gt=now - _BETWEEN_FRESH_LINKS).exists():
            return _TOO_MANY
        fresh = new_token()
        row.token_hash, row.browser_hash = hash_of(fresh), ""
        row.save(update_fields=["token_hash", "browser_hash"])
        outbox.enqueue(clearance_messages.ask(row, fresh, count), now)
        audit.record(row.practice_id, audit.VISITOR, "clearance.fresh-link", "clearance", row.pk, now)
    return None


def seated(key: UUID, secret: str, rows: QuerySet[Clearance], now: datetime) -> Clearance | Refused:
    """The question for the browser that was let in; a refusal for every other, and when it is over."""
    row = rows.select_related("practice", "assessment").filter(key=key).first()
    if row is None or not row.browser_hash:
        return _FORGED
    if not secret or not constant_time_compare(row.browser_hash, hash_of(secret)):
        return _ELSEWHERE
    return closed(row, now) or row


def closed(row: Clearance, now: datetime) -> Refused | None:
    """Why a doctor can no longer come in; None when they can."""
    state = state_at(row, now)
    if state is ClearanceState.EXPIRED or row.link_expires_at <= now:
        return _EXPIRED
    return {ClearanceState.REVOKED: _REVOKED, ClearanceState.SUPERSEDED: _SUPERSEDED}.get(state)


def _seat(row: Clearance, now: datetime) -> Opened:
    secret = secrets.token_urlsafe(32)
    row.browser_hash = hash_of(secret)
    row.state = after(ClearanceState(row.state), Event.OPEN) or row.state
    row.opened_at = row.opened_at or now
    row.save(update_fields=["browser_hash", "state", "opened_at"])
    audit.record(row.practice_id, f"doctor:{row.pk}", "clearance.open", "clearance", row.pk, now)
    return Opened(row.key, secret)


def _to_change(token: str, now: datetime) -> Clearance | Refused:
    """The question behind a link, locked; a refusal when it cannot be opened any more."""
    row = _by_token(token, Clearance.objects.select_for_update(of=("self",)))
    return _FORGED if row is None else closed(row, now) or row


def _by_token(token: str, rows: QuerySet[Clearance]) -> Clearance | None:
    try:
        signing.Signer(salt=_SALT, sep=".").unsign(token)
    except signing.BadSignature:
        return None
    return rows.select_related("practice").filter(token_hash=hash_of(token)).first()


_FORGED = Refused(
    "link-unknown",
    "This link leads nowhere: it is not complete, or a newer one has taken its place. "
    "Please use the last link you were sent, or call the practice.",
)
_EXPIRED = Refused(
    "link-expired",
    "The time for this question is over. Please call the practice, or ask your patient to send it again.",
)
_REVOKED = Refused("link-revoked", "This question was taken back. There is nothing to answer any more.")
_SUPERSEDED = Refused(
    "link-superseded", "A newer question has taken the place of this one. Please answer that one."
)
_ELSEWHERE = Refused(
    "link-elsewhere",
    "This link has been opened on another device, and it lets in one only. If that was you, answer there. "
    "If not, you have two ways in here.",
)
_WRONG_CODE = Refused("wrong-code", "This code is of no open question. Please check it, letter by letter.")
_TOO_MANY_CODES = Refused(
    "too-many", "Too many wrong codes from here. Please wait an hour, or call the practice."
)
_DEAD_CODE = Refused("dead-code", "Too many wrong codes were typed. Please call the practice.")
_NO_ADDRESS = Refused(
    "no-address", "We were given no e-mail address of yours. Please use the code in the letter."
)
_TOO_MANY = Refused(
    "too-many-links", "A link was sent a short while ago. Please look for it, also among unwanted mail."
)
