"""Who works here: invitations, closing an account, a lost second factor, and whether one is required."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.text import slugify

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import Invitation, Practice, Role, SignIn, Therapist, User
from unpinch.services import account_messages, audit, contact, outbox, permissions, second_factor, sign_in
from unpinch.services.outcomes import Refused
from unpinch.services.permissions import Thing
from unpinch.services.practice_setup import new_password

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from unpinch.services.access import Caller

INVITATION_DAYS = 7
STAFF_ROLES = (Role.THERAPIST, Role.DESK, Role.OWNER)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works here, or did."""

    id: int
    name: str
    email: str
    role: str
    is_active: bool
    has_second_factor: bool
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation that waits."""

    id: int
    name: str
    email: str
    role: str
    expires_at: datetime
    practice: str


@dataclass(frozen=True, slots=True)
class Staff:
    """All that the owner's page of people shows."""

    members: tuple[Member, ...]
    invitations: tuple[InvitationView, ...]
    needs_second_factor: bool


def staff_of(caller: Caller, *, clock: Clock = SYSTEM_CLOCK) -> Staff:
    """The people of the caller's practice."""
    _check(caller)
    practice = Practice.objects.get(pk=caller.practice_id)
    users = User.objects.filter(practice=practice, role__in=STAFF_ROLES).order_by(
        "-is_active", "name", "email"
    )
    factors = {
        *users.filter(authenticator__confirmed_at__isnull=False).values_list("pk", flat=True),
        *users.filter(passkeys__isnull=False).values_list("pk", flat=True),
    }
    seen: dict[int, datetime] = {}
    for user_id, at in SignIn.objects.filter(practice=practice).values_list("user_id", "last_seen_at"):
        seen[user_id] = max(at, seen.get(user_id, at))
    waiting = _waiting(clock.now()).filter(practice=practice).select_related("practice").order_by("name")
    return Staff(
        tuple(
            Member(
                user.pk,
                user.name,
                user.email,
                Role(user.role).value,
                user.is_active,
                user.pk in factors,
                seen.get(user.pk),
            )
            for user in users
        ),
        tuple(_view(row) for row in waiting),
        practice.needs_second_factor,
    )


def invite(
    caller: Caller, *, email: str, name: str, role: str, clock: Clock = SYSTEM_CLOCK
) -> Refused | None:
    """Mail a link with which this person becomes staff. An older invitation to the same address stops working.

    InputError (code ``email``, ``name`` or ``role``) when one cannot be used.
    """
    _check(caller)
    now = clock.now()
    plain_name, address = contact.read_name(name), contact.read_email(email).lower()
    if role not in STAFF_ROLES:
        raise InputError(f"{role!r} is no role of staff. Choose therapist, front desk or owner.", code="role")
    if User.objects.filter(email=address).exclude(role=Role.CLIENT).exists():
        return Refused(
            "has-account", f"{address} works here already or somewhere else, and needs no invitation."
        )
    token = secrets.token_urlsafe(32)
    practice = Practice.objects.get(pk=caller.practice_id)
    with transaction.atomic():
        _waiting(now).filter(practice=practice, email=address).update(revoked_at=now)
        row = Invitation.objects.create(
            practice=practice,
            email=address,
            name=plain_name,
            role=role,
            token_hash=_hash(token),
            invited_by_id=caller.user_id,
            created_at=now,
            expires_at=now + timedelta(days=INVITATION_DAYS),
        )
        outbox.enqueue(account_messages.invitation(row, practice, caller.name, token, INVITATION_DAYS), now)
        _note(caller, "invitation.send", "invitation", row.pk, now, role=role)
    return None


def revoke(caller: Caller, invitation_id: int, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Take an invitation back; its link stops working."""
    _check(caller)
    now = clock.now()
    with transaction.atomic():
        mine = _waiting(now).filter(practice_id=caller.practice_id, pk=invitation_id)
        if not mine.update(revoked_at=now):
            raise NotFoundError("There is no such invitation any more.")
        _note(caller, "invitation.revoke", "invitation", invitation_id, now)


def find_invitation(token: str, *, clock: Clock = SYSTEM_CLOCK) -> InvitationView:
    """The invitation behind a link; NotFoundError when it was used, taken back or ran out."""
    return _view(_by_token(token, clock.now()))


def accept(token: str, *, password: str | None, clock: Clock = SYSTEM_CLOCK) -> int:
    """Make the account of the invitation; its user. Without a password one logs in by code or passkey."""
    now = clock.now()
    with transaction.atomic():
        row = _by_token(token, now)
        if not _waiting(now).filter(pk=row.pk).update(accepted_at=now):
            raise _gone()  # the link was used a moment ago
        # A client who starts to work here keeps the account, and with it the own appointments.
        given = {"password": make_password(password)} if password else {}
        facts = {
            "practice_id": row.practice_id,
            "role": row.role,
            "name": row.name,
            "email_verified_at": now,
            "is_active": True,
            **given,
        }
        user, _ = User.objects.update_or_create(
            email=row.email, defaults=facts, create_defaults={"password": make_password(None), **facts}
        )
        if row.role == Role.THERAPIST:
            _make_therapist(user)
        audit.record(
            row.practice_id,
            audit.actor_of(user.pk),
            "invitation.accept",
            "invitation",
            row.pk,
            now,
            role=str(row.role),
        )
    return user.pk


def set_active(caller: Caller, user_id: int, *, active: bool, clock: Clock = SYSTEM_CLOCK) -> Refused | None:
    """Close or open somebody's account. Closing logs them out everywhere at once."""
    now = clock.now()
    user = _member(caller, user_id)
    if user.pk == caller.user_id:
        return Refused("own-account", "You cannot close your own account. Another owner can.")
    with transaction.atomic():
        user.is_active = active
        user.save(update_fields=["is_active"])
        if not active:
            sign_in.end_all(user.pk, clock=clock)
        _note(caller, "account.open" if active else "account.close", "user", user.pk, now)
    return None


def reset_second_factor(caller: Caller, user_id: int, *, clock: Clock = SYSTEM_CLOCK) -> Refused | None:
    """For somebody who has lost phone and recovery codes: the first factor is enough until they set up anew."""
    user = _member(caller, user_id)
    if user.pk == caller.user_id:
        return Refused("own-account", "You change your own second factor on your account page.")
    with transaction.atomic():
        second_factor.remove_all(user.pk, by=caller.user_id, clock=clock)
        sign_in.end_all(user.pk, clock=clock)
        practice = Practice.objects.get(pk=caller.practice_id)
        outbox.enqueue(
            account_messages.changed(practice, user.email, "The second factor was removed"), clock.now()
        )
    return None


def require_second_factor(caller: Caller, *, required: bool, clock: Clock = SYSTEM_CLOCK) -> Refused | None:
    """Whether staff must have a second factor. Who requires it must have one: nobody shuts themselves out."""
    _check(caller)
    if required and not second_factor.factors_of(caller.user_id).has_second:
        return Refused("set-up-first", "Set up your own second factor first, on your account page.")
    with transaction.atomic():
        Practice.objects.filter(pk=caller.practice_id).update(needs_second_factor=required)
        _note(
            caller, "practice.second-factor", "practice", caller.practice_id, clock.now(), required=required
        )
    return None


def reset_login(email: str, *, clock: Clock = SYSTEM_CLOCK) -> str:
    """For the one who runs the machine: a new password for somebody who has lost it and the second factor."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise NotFoundError(
            f"Nobody logs in with {email!r}. Check the address; the owner's page of people lists them."
        )
    password = new_password()
    with transaction.atomic():
        second_factor.remove_all(user.pk, by=None, clock=clock)
        sign_in.end_all(user.pk, clock=clock)
        user.set_password(password)
        user.is_active = True
        user.save(update_fields=["password", "is_active"])
        audit.record(user.practice_id, audit.SYSTEM, "account.reset", "user", user.pk, clock.now())
    return password


def _make_therapist(user: User) -> None:
    if Therapist.objects.filter(user=user).exists():
        return
    # The owner may have set this person up before inviting them: the same name is the same therapist.
    waiting = Therapist.objects.filter(practice_id=user.practice_id, user=None, name__iexact=user.name)
    if len(waiting) == 1:
        waiting.update(user=user)
        return
    stem = slugify(user.name)[:50] or "therapist"
    taken = set(Therapist.objects.filter(practice_id=user.practice_id).values_list("code", flat=True))
    code = next(code for n in range(1, 1000) if (code := stem if n == 1 else f"{stem}-{n}") not in taken)
    Therapist.objects.create(practice_id=user.practice_id, user=user, code=code, name=user.name)


def _member(caller: Caller, user_id: int) -> User:
    _check(caller)
    user = User.objects.filter(practice_id=caller.practice_id, pk=user_id, role__in=STAFF_ROLES).first()
    if user is None:
        raise NotFoundError("Nobody like that works here.")
    return user


def _check(caller: Caller) -> None:
    if not permissions.can_run_practice(caller, Thing(caller.practice_id)):
        raise NotFoundError("This page is for the owner of the practice.")


def _waiting(now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)


def _by_token(token: str, now: datetime) -> Invitation:
    row = _waiting(now).select_related("practice").filter(token_hash=_hash(token)).first()
    if row is None:
        raise _gone()
    return row


def _gone() -> NotFoundError:
    return NotFoundError("This invitation was used, taken back or is too old. Please ask for a new one.")


def _view(row: Invitation) -> InvitationView:
    return InvitationView(
        row.pk, row.name, row.email, Role(row.role).value, row.expires_at, row.practice.name
    )


def _note(caller: Caller, action: str, kind: str, key: int, now: datetime, **details: str | bool) -> None:
    audit.record(caller.practice_id, audit.actor_of(caller.user_id), action, kind, key, now, **details)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
