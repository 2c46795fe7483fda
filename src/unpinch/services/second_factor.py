"""The second factor: an authenticator app, codes on paper for when it is lost, and what a passkey stands for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.crypto import salted_hmac

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import RefusedError
from unpinch.records.models import Authenticator, Passkey, RecoveryCode, User
from unpinch.services import audit, totp
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from datetime import datetime

RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for others


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app needs. ``address`` is for the QR code, ``secret`` to be typed."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody has set up."""

    has_password: bool
    has_authenticator: bool
    passkeys: int
    recovery_codes: int

    @property
    def has_second(self) -> bool:
        """Whether the account is kept by more than a password or a mailbox."""
        return self.has_authenticator or self.passkeys > 0


def factors_of(user_id: int) -> Factors:
    """What this person has set up."""
    user = User.objects.get(pk=user_id)
    return Factors(
        has_password=user.has_usable_password(),
        has_authenticator=Authenticator.objects.filter(user_id=user_id, confirmed_at__isnull=False).exists(),
        passkeys=Passkey.objects.filter(user_id=user_id).count(),
        recovery_codes=RecoveryCode.objects.filter(user_id=user_id, used_at__isnull=True).count(),
    )


def set_up_authenticator(user_id: int, *, clock: Clock = SYSTEM_CLOCK) -> Setup:
    """A secret that waits for its first code; the same until then, so that a reload changes nothing."""
    user = User.objects.select_related("practice").get(pk=user_id)
    row, _ = Authenticator.objects.get_or_create(
        user=user,
        defaults={"practice_id": user.practice_id, "secret": totp.new_secret(), "created_at": clock.now()},
    )
    if row.confirmed_at is not None:
        raise RefusedError("You have an authenticator app already. To change it, remove the old one first.")
    return Setup(row.secret, totp.address(row.secret, account=user.email, issuer=user.practice.name))


def confirm_authenticator(
    user_id: int, typed: str, *, clock: Clock = SYSTEM_CLOCK
) -> tuple[str, ...] | Refused:
    """Count the app from now on, if ``typed`` is what it shows; new recovery codes."""
    now = clock.now()
    with transaction.atomic():
        row = (
            Authenticator.objects.select_for_update()
            .filter(user_id=user_id, confirmed_at__isnull=True)
            .first()
        )
        if row is None:
            return Refused(
                "no-setup", "This page was open for long. Please begin again with your account page."
            )
        step = totp.matching_step(row.secret, typed, now, after=0)
        if step is None:
            return Refused(
                "wrong-code", "That is not the code of this moment. Wait for the next one and type that."
            )
        row.confirmed_at, row.last_step = now, step
        row.save(update_fields=["confirmed_at", "last_step"])
        _note(user_id, "second-factor.add", now, what="authenticator")
        return new_recovery_codes(user_id, clock=clock)


def new_recovery_codes(user_id: int, *, clock: Clock = SYSTEM_CLOCK) -> tuple[str, ...]:
    """Ten new codes, shown this once; the old ones are good no more."""
    practice_id = User.objects.values_list("practice_id", flat=True).get(pk=user_id)
    codes = tuple(_new_code() for _ in range(RECOVERY_CODES))
    with transaction.atomic():
        RecoveryCode.objects.filter(user_id=user_id).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(practice_id=practice_id, user_id=user_id, code_hash=_hash(code)) for code in codes
        )
        _note(user_id, "second-factor.recovery-codes", clock.now())
    return codes


def is_right(user_id: int, typed: str, now: datetime) -> bool:
    """Whether ``typed`` is what the app shows now, or a recovery code; either is good once."""
    with transaction.atomic():
        row = (
            Authenticator.objects.select_for_update()
            .filter(user_id=user_id, confirmed_at__isnull=False)
            .first()
        )
        if row is not None:
            step = totp.matching_step(row.secret, typed, now, after=row.last_step)
            if step is not None:
                row.last_step = step
                row.save(update_fields=["last_step"])
                return True
        unused = RecoveryCode.objects.filter(user_id=user_id, used_at__isnull=True, code_hash=_hash(typed))
        if not unused.update(used_at=now):
            return False
        _note(user_id, "second-factor.recovery-code-used", now)
        return True


def remove_authenticator(user_id: int, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Forget the app; and the recovery codes, when no passkey is left that they could stand in for."""
    with transaction.atomic():
        if Authenticator.objects.filter(user_id=user_id).delete()[0]:
            _note(user_id, "second-factor.remove", clock.now(), what="authenticator")
        if not Passkey.objects.filter(user_id=user_id).exists():
            RecoveryCode.objects.filter(user_id=user_id).delete()


def remove_all(user_id: int, *, by: int | None, clock: Clock = SYSTEM_CLOCK) -> None:
    """Forget app, passkeys and codes of somebody who has lost them."""
    now = clock.now()
    with transaction.atomic():
        for table in (Authenticator, Passkey, RecoveryCode):
            table.objects.filter(user_id=user_id).delete()
        _note(user_id, "second-factor.remove", now, by=by, what="all")


def _note(user_id: int, action: str, now: datetime, *, by: int | None = None, **details: str) -> None:
    practice_id = User.objects.values_list("practice_id", flat=True).get(pk=user_id)
    audit.record(practice_id, audit.actor_of(by or user_id), action, "user", user_id, now, **details)


def _new_code() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2))


def _hash(typed: str) -> str:
    """Keyed, so that who reads the table alone cannot try all codes."""
    plain = "".join(character for character in typed.lower() if character.isalnum())
    return salted_hmac("unpinch.recovery-code", plain, algorithm="sha256").hexdigest()
