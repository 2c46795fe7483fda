"""Keys for programs: made and revoked by the owner, shown once, kept as a hash, each use of one on the record."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import ApiToken, Role, User
from unpinch.services import access, audit, contact
from unpinch.services.setup_writing import need_owner, note

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from unpinch.services.access import Caller

SETUP, CALENDAR, BOOKING = "setup", "calendar", "booking"
SCOPES = (SETUP, CALENDAR, BOOKING)
"""Set up the practice; read the calendar; book, move, cancel and mark."""
_PREFIX = "unpinch_"
_SEEN_EVERY = timedelta(minutes=5)
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class TokenView:
    """A key as its owner sees it: never the key itself."""

    id: int
    name: str
    acts_as: str
    role: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who calls with a key, and what the key is for."""

    caller: Caller
    token_id: int
    scopes: frozenset[str]


def tokens(caller: Caller) -> tuple[TokenView, ...]:
    """The keys of the practice that work, the newest first; in one query."""
    need_owner(caller)
    rows = ApiToken.objects.filter(practice_id=caller.practice_id, revoked_at__isnull=True)
    return tuple(
        TokenView(
            row.pk,
            row.name,
            row.user.name or row.user.email,
            str(row.user.role),
            tuple(row.scopes),
            row.created_at,
            row.last_used_at,
        )
        for row in rows.select_related("user").order_by("-created_at", "-pk")
    )


def staff_to_act_as(caller: Caller) -> tuple[tuple[int, str], ...]:
    """Whom a key can act as: those who work here and whose account is open."""
    need_owner(caller)
    rows = User.objects.filter(practice_id=caller.practice_id, is_active=True).exclude(role=Role.CLIENT)
    return tuple(
        (row.pk, f"{row.name or row.email} ({Role(row.role).label})") for row in rows.order_by("name")
    )


def make(
    caller: Caller, name: str, user_id: int, scopes: Iterable[str], *, clock: Clock = SYSTEM_CLOCK
) -> str:
    """A new key, shown this once. InputError (code ``name``, ``user`` or ``scopes``) for what cannot be."""
    need_owner(caller)
    plain = contact.read_name(name)
    if len(plain) > _LONGEST_NAME:
        raise InputError(
            f"This name is longer than {_LONGEST_NAME} characters. Please shorten it.", code="name"
        )
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(SCOPES):
        raise InputError(f"A key is for one or more of: {', '.join(SCOPES)}.", code="scopes")
    if user_id not in dict(staff_to_act_as(caller)):
        raise InputError("Choose somebody who works here; the key acts as this person.", code="user")
    key, now = _PREFIX + secrets.token_urlsafe(32), clock.now()
    with transaction.atomic():
        row = ApiToken.objects.create(
            practice_id=caller.practice_id,
            user_id=user_id,
            name=plain,
            token_hash=_hash(key),
            scopes=wanted,
            made_by_id=caller.user_id,
            created_at=now,
        )
        note(caller, "token.make", "token", row.pk, now, acts_as=f"user:{user_id}", scopes=", ".join(wanted))
    return key


def revoke(caller: Caller, token_id: int, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """The key stops working at once."""
    need_owner(caller)
    now = clock.now()
    with transaction.atomic():
        mine = ApiToken.objects.filter(practice_id=caller.practice_id, pk=token_id, revoked_at__isnull=True)
        if not mine.update(revoked_at=now):
            raise NotFoundError("There is no such key any more.")
        note(caller, "token.revoke", "token", token_id, now)


def bearer(key: str, *, clock: Clock = SYSTEM_CLOCK) -> Bearer | None:
    """Who calls with this key; None when it is no key, was revoked, or the account behind it is closed."""
    row = (
        ApiToken.objects.filter(token_hash=_hash(key), revoked_at__isnull=True, user__is_active=True)
        .exclude(user__role=Role.CLIENT)
        .first()
    )
    if row is None:
        return None
    now = clock.now()
    if row.last_used_at is None or now - row.last_used_at > _SEEN_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return Bearer(access.caller(row.user_id), row.pk, frozenset(row.scopes))


def note_call(bearer: Bearer, operation: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """A line that says which key a change came by; what changed stands in the service's own line, as the person."""
    who = bearer.caller
    audit.record(
        who.practice_id,
        audit.actor_of(who.user_id),
        "token.use",
        "token",
        bearer.token_id,
        clock.now(),
        operation=operation,
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
