"""Set a practice up from its description: places, services, people and hours, all or nothing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.text import slugify

from unpinch.kernel.errors import RefusedError
from unpinch.records.models import (
    Closure,
    Location,
    Practice,
    Role,
    Room,
    Service,
    Therapist,
    TherapistSkill,
    TimeOff,
    User,
    WorkingHours,
)
from unpinch.services.practice_file import read_practice

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from unpinch.services.practice_file import DaysOff, PracticePlan, TherapistPlan


_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for others


@dataclass(frozen=True, slots=True)
class Login:
    """How to log in as one of the roles."""

    role: str
    name: str
    email: str
    password: str


def new_password() -> str:
    """A password nobody can guess (59 bits) and everybody can type."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def load_practice(file: Path, now: datetime) -> tuple[Login, ...]:
    """Set up the practice that a file describes; the logins of owner and therapists, with new passwords."""
    plan = read_practice(file, now.astimezone(UTC).date())
    people = [(Role.OWNER, plan.owner), *((Role.THERAPIST, item.person) for item in plan.therapists)]
    logins = tuple(Login(str(role), person.name, person.email, new_password()) for role, person in people)
    set_up_practice(plan, {login.email: login.password for login in logins}, now)
    return logins


@transaction.atomic
def set_up_practice(plan: PracticePlan, passwords: Mapping[str, str], now: datetime) -> Practice:
    """Write the practice down. Whoever has no entry in ``passwords`` (by e-mail) cannot sign in yet.

    An installation holds one practice: a second is refused.
    """
    standing = Practice.objects.first()
    if standing is not None:
        raise RefusedError(
            f"This installation already holds the practice {standing.name!r}, and it holds one. "
            "Set UNPINCH_DATA to another folder for another practice."
        )
    practice = Practice.objects.create(
        slug=plan.slug,
        name=plan.name,
        time_zone=plan.time_zone,
        country=plan.country,
        currency=plan.currency,
        phone=plan.phone,
        email=plan.email,
        terms=plan.terms,
        created_at=now,
    )
    User.objects.create_user(
        plan.owner.email,
        passwords.get(plan.owner.email),
        practice=practice,
        role=Role.OWNER,
        name=plan.owner.name,
    )
    locations = _add_locations(practice, plan)
    _add_services(practice, plan)
    therapists = {
        item.code: _add_therapist(practice, item, position, locations, passwords)
        for position, item in enumerate(plan.therapists)
    }
    Closure.objects.bulk_create(
        Closure(
            practice=practice,
            location=locations[off.who] if off.who else None,
            first_day=off.first,
            last_day=off.last,
            reason=off.reason,
        )
        for off in plan.closures
    )
    TimeOff.objects.bulk_create(
        _time_off(practice, therapists[off.who], off, ZoneInfo(plan.time_zone)) for off in plan.absences
    )
    return practice


def _add_locations(practice: Practice, plan: PracticePlan) -> dict[str, Location]:
    found = {}
    for item in plan.locations:
        found[item.code] = location = Location.objects.create(
            practice=practice,
            code=item.code,
            name=item.name,
            address=item.address,
            phone=item.phone,
            time_zone=plan.time_zone,
        )
        Room.objects.bulk_create(
            Room(practice=practice, location=location, code=slugify(name), name=name) for name in item.rooms
        )
    return found


def _add_services(practice: Practice, plan: PracticePlan) -> None:
    Service.objects.bulk_create(
        Service(
            practice=practice,
            code=item.code,
            name=item.name,
            description=item.description,
            skill=item.skill,
            minutes=item.minutes,
            turnover_after_minutes=item.turnover_after_minutes,
            price_minor=item.price_minor,
            position=position,
        )
        for position, item in enumerate(plan.services)
    )


def _add_therapist(
    practice: Practice,
    item: TherapistPlan,
    position: int,
    locations: Mapping[str, Location],
    passwords: Mapping[str, str],
) -> Therapist:
    email = item.person.email
    user = User.objects.create_user(
        email, passwords.get(email), practice=practice, role=Role.THERAPIST, name=item.person.name
    )
    therapist = Therapist.objects.create(
        practice=practice,
        user=user,
        code=item.code,
        name=item.person.name,
        about=item.about,
        position=position,
    )
    TherapistSkill.objects.bulk_create(
        TherapistSkill(practice=practice, therapist=therapist, skill=skill) for skill in item.skills
    )
    WorkingHours.objects.bulk_create(
        WorkingHours(
            practice=practice,
            therapist=therapist,
            location=locations[hours.location],
            weekday=hours.weekday,
            starts=hours.starts,
            ends=hours.ends,
        )
        for hours in item.hours
    )
    return therapist


def _time_off(practice: Practice, therapist: Therapist, off: DaysOff, zone: ZoneInfo) -> TimeOff:
    return TimeOff(
        practice=practice,
        therapist=therapist,
        starts_at=datetime.combine(off.first, time(), zone),
        ends_at=datetime.combine(off.last + timedelta(days=1), time(), zone),
        reason=off.reason,
    )
