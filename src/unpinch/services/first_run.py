"""An empty installation: whoever can read the server's own output makes the practice and its owner, once."""

from __future__ import annotations

import hmac
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.text import slugify

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError
from unpinch.records.models import Practice, Role, User
from unpinch.services import account, audit, contact
from unpinch.services.outcomes import Refused
from unpinch.services.setup_rules import PracticeDetails, checked_practice

_CODE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class FirstOwner:
    """Who owns the practice. ``code`` is what the server printed when it started."""

    name: str
    email: str
    password: str
    code: str


def is_empty() -> bool:
    """Whether there is no practice yet."""
    return not Practice.objects.exists()


def code() -> str:
    """The code that lets somebody make the practice: it follows from the server's secret, and no visitor knows it."""
    return salted_hmac("unpinch.first-run", "practice", algorithm="sha256").hexdigest()[:_CODE_LENGTH]


def open_practice(
    details: PracticeDetails, owner: FirstOwner, *, clock: Clock = SYSTEM_CLOCK
) -> int | Refused:
    """Make the practice with its owner's account; the owner's user. InputError (code: the field) for what cannot be."""
    if not hmac.compare_digest(owner.code.strip().lower().encode(), code().encode()):
        raise InputError(
            "This is not the code that unpinch printed when it started. Look there, and type it again.",
            code="code",
        )
    wanted = checked_practice(details)
    name = contact.read_name(owner.name, field="owner_name")
    try:
        email = contact.read_email(owner.email).lower()
    except InputError as error:
        raise InputError(error.message, code="owner_email") from error
    account.check_password(owner.password, email=email, name=name)
    now = clock.now()
    with transaction.atomic():
        if not is_empty():
            return Refused("not-empty", "This installation holds a practice already. Please log in.")
        slug = slugify(wanted.name)[:60] or "practice"
        practice = Practice.objects.create(slug=slug, created_at=now, **asdict(wanted))
        user = User.objects.create_user(email, owner.password, practice=practice, role=Role.OWNER, name=name)
        audit.record(practice.pk, audit.actor_of(user.pk), "practice.open", "practice", practice.pk, now)
    return user.pk
