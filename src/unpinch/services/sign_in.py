"""The browsers in which somebody has logged in: begun, seen, listed, ended.

The session travels with the person, signed; a copy of an old cookie would open the account again after a log-out.
So the cookie holds a key, and it opens nothing once its sign-in has ended here.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import SignIn, User
from unpinch.services import audit

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

LIFETIME = timedelta(hours=12)
"""A working day: then one logs in again."""
FRESH = timedelta(minutes=30)
"""For how long after a login one may change how one logs in."""
_SEEN_EVERY = timedelta(minutes=5)
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SignInView:
    """One browser. ``is_this`` says that it is the one that asks."""

    id: int
    browser: str
    how: str
    has_second_factor: bool
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


def begin(
    user_id: int, *, how: str, has_second_factor: bool, agent: str = "", clock: Clock = SYSTEM_CLOCK
) -> str:
    """Keep a new sign-in and give its key, for the cookie."""
    now = clock.now()
    key = secrets.token_urlsafe(32)
    user = User.objects.get(pk=user_id)
    with transaction.atomic():
        tidy(now)
        row = SignIn.objects.create(
            practice_id=user.practice_id,
            user=user,
            key_hash=_hash(key),
            how=how,
            has_second_factor=has_second_factor,
            browser=browser(agent),
            created_at=now,
            last_seen_at=now,
            expires_at=now + LIFETIME,
        )
        audit.record(
            user.practice_id,
            audit.actor_of(user_id),
            "login",
            "user",
            user_id,
            now,
            how=how,
            second_factor=has_second_factor,
            sign_in=row.pk,
        )
    return key


def user_of(key: str, user_id: int, *, clock: Clock = SYSTEM_CLOCK) -> User | None:
    """The person behind the key of a cookie; None when the sign-in has ended or the account is closed."""
    now = clock.now()
    row = (
        SignIn.objects.select_related("user")
        .filter(
            key_hash=_hash(key),
            user_id=user_id,
            ended_at__isnull=True,
            expires_at__gt=now,
            user__is_active=True,
        )
        .first()
    )
    if row is None:
        return None
    if now - row.last_seen_at > _SEEN_EVERY:
        SignIn.objects.filter(pk=row.pk).update(last_seen_at=now)
    return row.user


def is_fresh(key: str, *, clock: Clock = SYSTEM_CLOCK) -> bool:
    """Whether this login is young enough to change how one logs in."""
    return SignIn.objects.filter(key_hash=_hash(key), created_at__gt=clock.now() - FRESH).exists()


def end(key: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Log out this browser."""
    SignIn.objects.filter(key_hash=_hash(key), ended_at__isnull=True).update(ended_at=clock.now())


def open_sign_ins(user_id: int, key: str, *, clock: Clock = SYSTEM_CLOCK) -> tuple[SignInView, ...]:
    """Every browser in which this person is logged in, the one that asks first."""
    this = _hash(key)
    found = [
        SignInView(
            row.pk,
            row.browser,
            row.how,
            row.has_second_factor,
            row.created_at,
            row.last_seen_at,
            row.key_hash == this,
        )
        for row in _open(user_id, clock.now()).order_by("-last_seen_at")
    ]
    return tuple(sorted(found, key=lambda one: not one.is_this))


def end_one(user_id: int, sign_in_id: int, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Log out one of this person's browsers; NotFoundError when it is not theirs."""
    now = clock.now()
    with transaction.atomic():
        if not _open(user_id, now).filter(pk=sign_in_id).update(ended_at=now):
            raise NotFoundError("You are not logged in there. Please reload the page of your account.")
        _note(user_id, now, sign_in_id)


def end_all(user_id: int, *, but: str = "", clock: Clock = SYSTEM_CLOCK) -> int:
    """Log out all of this person's browsers, but the one with this key; how many."""
    now = clock.now()
    with transaction.atomic():
        ended = _open(user_id, now).exclude(key_hash=_hash(but)).update(ended_at=now)
        if ended:
            _note(user_id, now, 0)
    return ended


def tidy(now: datetime) -> int:
    """Remove sign-ins that ended or ran out a month ago; how many."""
    return SignIn.objects.filter(expires_at__lt=now - timedelta(days=30)).delete()[0]


def browser(agent: str) -> str:
    """What a browser calls itself, in two words: nothing that would tell one person's from another's."""
    name = next((shown for word, shown in _BROWSERS if word in agent), "")
    system = next((shown for word, shown in _SYSTEMS if word in agent), "")
    return " on ".join(part for part in (name, system) if part)


def _open(user_id: int, now: datetime) -> QuerySet[SignIn]:
    return SignIn.objects.filter(user_id=user_id, ended_at__isnull=True, expires_at__gt=now)


def _note(user_id: int, now: datetime, sign_in_id: int) -> None:
    practice_id = User.objects.values_list("practice_id", flat=True).get(pk=user_id)
    audit.record(
        practice_id, audit.actor_of(user_id), "login.end", "user", user_id, now, sign_in=sign_in_id or "all"
    )


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
