"""One's own account: name, password, and the bookings that were made before there was an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import Appointment, Client, User
from unpinch.services import account_messages, audit, contact, outbox, sign_in
from unpinch.services.booking import hash_of
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from unpinch.services.access import Caller


@dataclass(frozen=True, slots=True)
class Claimed:
    """The bookings under this name are now on the person's own page."""

    client_id: int


def check_password(password: str, *, email: str, name: str = "") -> None:
    """InputError (code ``password``) with all that is wrong with a new password."""
    try:
        validate_password(password, User(email=email, name=name))
    except ValidationError as error:
        raise InputError(" ".join(error.messages), code="password") from error


def set_password(caller: Caller, password: str, *, key: str, clock: Clock = SYSTEM_CLOCK) -> None:
    """A new password. It logs out all other browsers, and a mail says so in case it was somebody else."""
    now = clock.now()
    user = User.objects.select_related("practice").get(pk=caller.user_id)
    check_password(password, email=user.email, name=user.name)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        sign_in.end_all(user.pk, but=key, clock=clock)
        audit.record(user.practice_id, audit.actor_of(user.pk), "account.password", "user", user.pk, now)
        outbox.enqueue(account_messages.changed(user.practice, user.email, "The password was changed"), now)


def can_claim(caller: Caller) -> bool:
    """Whether there are bookings under this person's proven address that no account has yet."""
    user = User.objects.get(pk=caller.user_id)
    return caller.client_id is None and user.email_verified_at is not None and _unclaimed(user).exists()


def claim_by_name(caller: Caller, name: str, *, clock: Clock = SYSTEM_CLOCK) -> Claimed | Refused:
    """Take over the bookings made under the account's own address and exactly this name.

    A family may share an address, and each of them sees only what is their own. Names are not listed.
    """
    user = User.objects.get(pk=caller.user_id)
    given = contact.read_name(name)
    key = contact.Contact(given, user.email, "").name_key
    row = _unclaimed(user).filter(name_key=key).first()
    if row is None:
        return Refused(
            "no-booking",
            "We have no booking without an account under this name and your e-mail address. "
            "Write the name as you did when you booked.",
        )
    return _claim(user, row, clock)


def claim_by_link(caller: Caller, token: str, *, clock: Clock = SYSTEM_CLOCK) -> Claimed | Refused:
    """Take over the bookings of the person whom a booking's link is about, if the account has the same address."""
    user = User.objects.get(pk=caller.user_id)
    booked = Appointment.objects.filter(
        practice_id=user.practice_id, cancel_token_hash=hash_of(token)
    ).first()
    if booked is None:
        raise NotFoundError("This link is of no appointment. Please check it, or call us.")
    row = _unclaimed(user).filter(appointments=booked).first()
    if row is None:
        return Refused(
            "not-yours",
            "This booking was made with another e-mail address, or is in an account already. "
            "Log in with the address you booked with, or call us.",
        )
    return _claim(user, row, clock)


def _claim(user: User, row: Client, clock: Clock) -> Claimed | Refused:
    if user.email_verified_at is None:
        return Refused(
            "not-proven", "First log in with a code by e-mail once, so that we know the address is yours."
        )
    with transaction.atomic():
        if Client.objects.filter(user=user).exists() or not _unclaimed(user).filter(pk=row.pk).update(
            user=user
        ):
            return Refused(
                "has-bookings",
                "Your account has bookings of its own already. Please call us to join the two.",
            )
        if not user.name:
            User.objects.filter(pk=user.pk).update(name=row.name)
        now = clock.now()
        audit.record(user.practice_id, audit.actor_of(user.pk), "client.claim", "client", row.pk, now)
    return Claimed(row.pk)


def _unclaimed(user: User) -> QuerySet[Client]:
    return Client.objects.filter(practice_id=user.practice_id, email_key=user.email, user__isnull=True)
