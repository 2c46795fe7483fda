"""Passkeys: a key on a phone, a computer or a stick logs in without a password, and counts as two factors.

The browser is asked to verify the person (by finger, face or PIN), so holding the key is one factor and this the other.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Passkey, RecoveryCode, User
from unpinch.services import audit, second_factor
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# It would write the ids of keys into the log.
logging.getLogger("fido2").setLevel(logging.WARNING)

MOST = 10
"""Passkeys of one person."""
_WRONG = Refused(
    "wrong-passkey",
    "This passkey did not work here. Try again, or log in another way and add it anew on your account page.",
)


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """One passkey as its owner sees it."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


def passkeys_of(user_id: int) -> tuple[PasskeyView, ...]:
    """The passkeys of this person, the oldest first."""
    rows = Passkey.objects.filter(user_id=user_id).order_by("pk")
    return tuple(PasskeyView(row.pk, row.name, row.created_at, row.last_used_at) for row in rows)


def begin_adding(user_id: int) -> tuple[dict[str, Any], str]:
    """What the browser needs to make a passkey, and the challenge to keep until it has."""
    user = User.objects.get(pk=user_id)
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(
            id=_handle(user_id), name=user.email, display_name=user.name or user.email
        ),
        credentials=_credentials(user_id),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), str(state["challenge"])


def add(
    user_id: int, challenge: str, answer: Mapping[str, Any], *, name: str, clock: Clock = SYSTEM_CLOCK
) -> tuple[str, ...] | Refused:
    """Keep the passkey that the browser made. Recovery codes, if this is the first second factor; else nothing."""
    now = clock.now()
    if Passkey.objects.filter(user_id=user_id).count() >= MOST:
        return Refused("too-many", f"You have {MOST} passkeys, and more are not kept. Remove one first.")
    try:
        made = _server().register_complete(_state(challenge), answer).credential_data
    except (ValueError, TypeError, KeyError, AttributeError):
        return _WRONG
    assert made is not None
    user = User.objects.get(pk=user_id)
    credential_id = websafe_encode(made.credential_id)
    with transaction.atomic():
        if Passkey.objects.filter(credential_id=credential_id).exists():
            return _WRONG
        has_codes = RecoveryCode.objects.filter(user_id=user_id, used_at__isnull=True).exists()
        row = Passkey.objects.create(
            practice_id=user.practice_id,
            user=user,
            credential_id=credential_id,
            credential=websafe_encode(bytes(made)),
            name=" ".join(name.split())[:60] or "Passkey",
            created_at=now,
        )
        audit.record(
            user.practice_id, audit.actor_of(user_id), "passkey.add", "user", user_id, now, passkey=row.pk
        )
        return () if has_codes else second_factor.new_recovery_codes(user_id, clock=clock)


def remove(user_id: int, passkey_id: int, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Forget a passkey; NotFoundError when it is not this person's."""
    with transaction.atomic():
        row = Passkey.objects.filter(user_id=user_id, pk=passkey_id).first()
        if row is None:
            raise NotFoundError("There is no such passkey in your account.")
        row.delete()
        audit.record(
            row.practice_id,
            audit.actor_of(user_id),
            "passkey.remove",
            "user",
            user_id,
            clock.now(),
            passkey=passkey_id,
        )
        if not second_factor.factors_of(user_id).has_second:
            RecoveryCode.objects.filter(user_id=user_id).delete()


def begin_login() -> tuple[dict[str, Any], str]:
    """What the browser needs to offer its passkeys for this place, and the challenge to keep until it has."""
    options, state = _server().authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return dict(options), str(state["challenge"])


def log_in(challenge: str, answer: Mapping[str, Any], *, clock: Clock = SYSTEM_CLOCK) -> User | Refused:
    """Whose passkey has signed the challenge."""
    try:
        response = AuthenticationResponse.from_dict(answer)
        credential_id = websafe_encode(response.raw_id)
        handle = response.response.user_handle
        count = response.response.authenticator_data.counter
    except (ValueError, TypeError, KeyError, AttributeError):
        return _WRONG
    with transaction.atomic():
        row = (
            Passkey.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(credential_id=credential_id, user__is_active=True)
            .first()
        )
        if row is None or (handle and handle != _handle(row.user_id)):
            return _WRONG
        try:
            _server().authenticate_complete(_state(challenge), [_credential(row)], response)
        except (ValueError, TypeError, KeyError):
            return _WRONG
        if (count or row.sign_count) and count <= row.sign_count:
            return _WRONG  # a copy of the key is in use somewhere
        row.sign_count, row.last_used_at = count, clock.now()
        row.save(update_fields=["sign_count", "last_used_at"])
        return row.user


def _server() -> Fido2Server:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=host, name="unpinch"), verify_origin=lambda given: given == _origin()
    )


def _origin() -> str:
    parts = urlsplit(settings.PUBLIC_URL)
    return f"{parts.scheme}://{parts.netloc}"


def _state(challenge: str) -> dict[str, Any]:
    return {"challenge": challenge, "user_verification": UserVerificationRequirement.REQUIRED}


def _handle(user_id: int) -> bytes:
    return f"unpinch:{user_id}".encode()


def _credentials(user_id: int) -> list[AttestedCredentialData]:
    return [_credential(row) for row in Passkey.objects.filter(user_id=user_id)]


def _credential(row: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(row.credential))
