"""Logging in: a password, a code by e-mail or a passkey, and then the second factor where there is one.

Nothing here tells whether an address has an account: the answers and what they cost are the same. Guessing is slowed
down for the one who guesses (``limits``), and whoever owns the mailbox always gets in by code.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.records.models import Client, LoginStep, Practice, Role, User
from unpinch.services import account_messages, audit, limits, outbox, passkeys, second_factor
from unpinch.services.limits import Limit
from unpinch.services.outcomes import Refused
from unpinch.services.practice import current_practice_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

CODE_MINUTES = 10
_DIGITS = "0123456789"
_CODE_TRIES = 5
_STEP = timedelta(minutes=CODE_MINUTES)
_WRONG_PASSWORDS = Limit("password", 5, timedelta(minutes=5))
"""For one address from one place or one known browser."""
_WRONG_FROM_PLACE = Limit("password-place", 50, timedelta(minutes=10))
_WRONG_FOR_ADDRESS = Limit("password-address", 50, timedelta(hours=1))
"""From places that nobody knows: then the password alone does not do from there, and a code does."""
_CODES = Limit("code", 3, timedelta(minutes=10))
"""Mails to one address, asked for from one place."""
_CODES_FROM_PLACE = Limit("code-place", 20, timedelta(minutes=10))
_WRONG_CODES = Limit("wrong-code", 50, timedelta(days=1))
"""For one address: somebody is guessing from many places. Nobody is shut out, but codes get longer."""
_SHORT, _LONG = 8, 12
_SECOND = Limit("second", 10, timedelta(minutes=10))
_SECOND_FOR_USER = Limit("second-user", 30, timedelta(hours=1))
"""From browsers that nobody knows: whoever gets this far has the password or the mailbox already."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a try comes from: the address on the network, and the browser if this person has logged in there before."""

    address: str
    known_browser: str = ""

    @property
    def network(self) -> str:
        """What tries are counted by."""
        return limits.network(self.address)


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Who it is. ``how`` and the second factor stand in the list of sign-ins."""

    user_id: int
    how: str
    has_second_factor: bool = False


@dataclass(frozen=True, slots=True)
class NextStep:
    """Not in yet: ``key`` goes into the session, ``stage`` says which page comes next (``code`` or ``second``)."""

    key: str
    stage: str


def by_password(
    email: str, password: str, place: Place, *, clock: Clock = SYSTEM_CLOCK
) -> LoggedIn | NextStep | Refused:
    """Log in with a password; the second factor comes next where there is one."""
    now, key = clock.now(), email_key(email)
    who = (key, place.known_browser or place.network)
    if limits.is_used_up(_WRONG_PASSWORDS, *who, now=now):
        return _WAIT
    is_unknown = not place.known_browser
    if is_unknown and (
        limits.is_used_up(_WRONG_FROM_PLACE, place.network, now=now)
        or limits.is_used_up(_WRONG_FOR_ADDRESS, key, now=now)
    ):
        return _USE_A_CODE
    user = User.objects.filter(email=key, is_active=True).first()
    if user is None:
        make_password(password)  # as slow as a real check, so that time does not tell
    if user is None or not user.check_password(password):
        limits.count(_WRONG_PASSWORDS, *who, now=now)
        if is_unknown:
            limits.count(_WRONG_FROM_PLACE, place.network, now=now)
            limits.count(_WRONG_FOR_ADDRESS, key, now=now)
        return _WRONG_PASSWORD
    limits.forget(_WRONG_PASSWORDS, *who)
    return _after_first(user, "password", now)


def send_code(email: str, place: Place, *, clock: Clock = SYSTEM_CLOCK) -> NextStep | Refused:
    """Mail a code to whoever has an account or a booking under this address; nobody learns which."""
    now, key = clock.now(), email_key(email)
    is_within = limits.count(_CODES, key, place.known_browser or place.network, now=now)
    if not place.known_browser:
        is_within = limits.count(_CODES_FROM_PLACE, place.network, now=now) and is_within
    if not is_within:
        return _WAIT_FOR_MAIL
    practice = Practice.objects.get(pk=current_practice_id())
    user = User.objects.filter(email=key, is_active=True).first()
    digits = _LONG if limits.is_used_up(_WRONG_CODES, key, now=now) else _SHORT
    code = f"{secrets.randbelow(10**digits):0{digits}d}"
    with transaction.atomic():
        step_key = _begin_step(practice.pk, "code", now, user=user, email_key=key, code_hash=_code_hash(code))
        if user is not None or _has_bookings(key, practice.pk):
            shown = " ".join(code[start : start + 4] for start in range(0, digits, 4))
            outbox.enqueue(account_messages.login_code(practice, email.strip(), shown, CODE_MINUTES), now)
    return NextStep(step_key, "code")


def by_code(key: str, typed: str, *, clock: Clock = SYSTEM_CLOCK) -> LoggedIn | NextStep | Refused:
    """Log in with the code of the mail. A person with bookings but no account gets one."""
    now = clock.now()
    step = _try_step(key, "code", now)
    if step is None:
        return _BEGIN_AGAIN
    digits = "".join(character for character in typed if character in _DIGITS)
    if not constant_time_compare(step.code_hash, _code_hash(digits)):
        limits.count(_WRONG_CODES, step.email_key, now=now)
        return _WRONG_CODE
    with transaction.atomic():
        if not LoginStep.objects.filter(pk=step.pk).delete()[0]:
            return _BEGIN_AGAIN  # the same code at the same moment: only one of them gets in
        user = step.user or _new_client(step, now)
        if user is None:
            return _WRONG_CODE
        User.objects.filter(pk=user.pk).update(email_verified_at=now)
    return _after_first(user, "code", now)


def by_second_factor(
    key: str, typed: str, place: Place, *, clock: Clock = SYSTEM_CLOCK
) -> LoggedIn | Refused:
    """Finish with what the authenticator app shows, or with a recovery code."""
    now = clock.now()
    step = _try_step(key, "second", now)
    if step is None or step.user is None:
        return _BEGIN_AGAIN
    is_within = limits.count(_SECOND, step.user.pk, place.known_browser or place.network, now=now)
    if not place.known_browser:
        is_within = limits.count(_SECOND_FOR_USER, step.user.pk, now=now) and is_within
    if not is_within:
        return _WAIT
    if not second_factor.is_right(step.user.pk, typed, now):
        return _WRONG_SECOND
    if not LoginStep.objects.filter(pk=step.pk).delete()[0]:
        return _BEGIN_AGAIN
    return LoggedIn(step.user.pk, step.how, has_second_factor=True)


def offer_passkey(*, clock: Clock = SYSTEM_CLOCK) -> tuple[dict[str, Any], str]:
    """What the browser needs, and the key of the step for the session."""
    options, challenge = passkeys.begin_login()
    with transaction.atomic():
        key = _begin_step(current_practice_id(), "passkey", clock.now(), challenge=challenge)
    return options, key


def by_passkey(key: str, answer: Mapping[str, Any], *, clock: Clock = SYSTEM_CLOCK) -> LoggedIn | Refused:
    """Log in with a passkey. The challenge is good once, whatever comes of it."""
    step = _try_step(key, "passkey", clock.now())
    if step is None or not LoginStep.objects.filter(pk=step.pk).delete()[0]:
        return _BEGIN_AGAIN
    user = passkeys.log_in(step.challenge, answer, clock=clock)
    if isinstance(user, Refused):
        return user
    return LoggedIn(user.pk, "passkey", has_second_factor=True)


def offer_new_passkey(user_id: int, *, clock: Clock = SYSTEM_CLOCK) -> tuple[dict[str, Any], str]:
    """What the browser needs to make a passkey, and the key of the step for the session."""
    options, challenge = passkeys.begin_adding(user_id)
    user = User.objects.get(pk=user_id)
    with transaction.atomic():
        key = _begin_step(user.practice_id, "passkey", clock.now(), user=user, challenge=challenge)
    return options, key


def add_passkey(
    user_id: int, key: str, answer: Mapping[str, Any], *, name: str, clock: Clock = SYSTEM_CLOCK
) -> tuple[str, ...] | Refused:
    """Keep the passkey that was made; recovery codes if there were none."""
    step = _try_step(key, "passkey", clock.now())
    if step is None or step.user_id != user_id or not LoginStep.objects.filter(pk=step.pk).delete()[0]:
        return _BEGIN_AGAIN
    return passkeys.add(user_id, step.challenge, answer, name=name, clock=clock)


def stage_of(key: str, *, clock: Clock = SYSTEM_CLOCK) -> str:
    """Which page a login under way is at; empty when there is none."""
    row = LoginStep.objects.filter(key_hash=_hash(key), expires_at__gt=clock.now()).first()
    return "" if row is None else row.stage


def tidy(now: datetime) -> int:
    """Remove logins that were never finished; how many."""
    return LoginStep.objects.filter(expires_at__lte=now).delete()[0]


def email_key(email: str) -> str:
    """An address as it is compared."""
    return email.strip().lower()


def _after_first(user: User, how: str, now: datetime) -> LoggedIn | NextStep:
    if not second_factor.factors_of(user.pk).has_second:
        return LoggedIn(user.pk, how)
    with transaction.atomic():
        key = _begin_step(user.practice_id, "second", now, user=user, how=how)
    return NextStep(key, "second")


def _begin_step(practice_id: int, stage: str, now: datetime, **more: Any) -> str:
    key = secrets.token_urlsafe(32)
    tidy(now)  # who begins clears away what others never finished: the table needs no other care
    LoginStep.objects.create(
        practice_id=practice_id,
        key_hash=_hash(key),
        stage=stage,
        created_at=now,
        expires_at=now + _STEP,
        **more,
    )
    return key


def _try_step(key: str, stage: str, now: datetime) -> LoginStep | None:
    """The step, with one try of it used up: counted before the answer is looked at, however many come at once."""
    rows = LoginStep.objects.filter(
        key_hash=_hash(key), stage=stage, expires_at__gt=now, tries__lt=_CODE_TRIES
    )
    if not key or not rows.update(tries=F("tries") + 1):
        return None
    return LoginStep.objects.select_related("user").filter(key_hash=_hash(key)).first()


def _has_bookings(key: str, practice_id: int) -> bool:
    return Client.objects.filter(practice_id=practice_id, email_key=key).exists()


def _new_client(step: LoginStep, now: datetime) -> User | None:
    """An account for somebody who has booked without one, and has just proved that the address is theirs."""
    if not _has_bookings(step.email_key, step.practice_id):
        return None
    user, is_new = User.objects.get_or_create(
        email=step.email_key,
        defaults={"practice_id": step.practice_id, "role": Role.CLIENT, "password": make_password(None)},
    )
    if is_new:
        audit.record(step.practice_id, audit.actor_of(user.pk), "account.make", "user", user.pk, now)
    return user if user.is_active else None


def _code_hash(code: str) -> str:
    """Keyed, so that who reads the table alone cannot try all codes."""
    return salted_hmac("unpinch.login-code", code, algorithm="sha256").hexdigest()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


_WAIT = Refused("wait", "Too many tries. Wait a few minutes, then try again.")
_WAIT_FOR_MAIL = Refused(
    "wait",
    "We have sent several codes just now. Look into your mail and its junk folder, or try again in ten minutes.",
)
_USE_A_CODE = Refused(
    "use-a-code", "For now a password is not enough here. Let us e-mail you a code instead, or use a passkey."
)
_WRONG_PASSWORD = Refused(
    "wrong-password", "E-mail and password do not fit together. Check both and try again."
)
_WRONG_CODE = Refused("wrong-code", "That is not the code of the last mail. Check it and try again.")
_WRONG_SECOND = Refused(
    "wrong-code", "That code does not fit, or was used before. Wait for the next one and type that."
)
_BEGIN_AGAIN = Refused("begin-again", "That took too long or too many tries. Please begin again.")
