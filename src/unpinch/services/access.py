"""Who someone is who has signed in, and what that allows."""

from __future__ import annotations

from dataclasses import dataclass

from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Client, Role, Therapist, User
from unpinch.services import second_factor


@dataclass(frozen=True, slots=True)
class Caller:
    """A person who has signed in. ``therapist_id`` and ``client_id`` are None when they are not one."""

    user_id: int
    practice_id: int
    name: str
    role: str
    therapist_id: int | None
    client_id: int | None
    lacks_second_factor: bool = False
    """Whether the practice asks its staff for a second factor, and this person has none yet."""

    @property
    def is_therapist(self) -> bool:
        """Whether this person gives massage here (an owner may, too)."""
        return self.therapist_id is not None

    @property
    def is_owner(self) -> bool:
        """Whether the practice is theirs."""
        return self.role == Role.OWNER

    @property
    def is_at_desk(self) -> bool:
        """Whether this person looks after everybody's bookings: front desk and owner."""
        return self.role in {Role.DESK, Role.OWNER}

    @property
    def is_staff(self) -> bool:
        """Whether this person works here."""
        return self.role in {Role.THERAPIST, Role.DESK, Role.OWNER}


def caller(user_id: int) -> Caller:
    """The person behind a signed-in user; NotFoundError when the account is closed."""
    user = User.objects.select_related("practice").filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotFoundError("This account is closed. Please ask the practice.")
    therapist = Therapist.objects.filter(user=user, is_active=True).values_list("pk", flat=True).first()
    client = Client.objects.filter(user=user).values_list("pk", flat=True).first()
    lacks = (
        user.practice.needs_second_factor
        and user.role != Role.CLIENT
        and not second_factor.factors_of(user.pk).has_second
    )
    return Caller(
        user.pk, user.practice_id, user.name or user.email, str(user.role), therapist, client, lacks
    )
