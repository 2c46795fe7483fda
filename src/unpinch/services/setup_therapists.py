"""The owner sets up who gives massage, and what each of them has learned."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.records.models import Therapist, TherapistSkill
from unpinch.services.setup_rules import Skill, TherapistDetails, checked_therapist
from unpinch.services.setup_writing import change, free_code, need_owner, note, note_change, one, practice_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.services.access import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapistSetup(TherapistDetails):
    """A therapist that is kept. ``can_log_in`` says whether an account belongs to the name."""

    id: int
    code: str
    can_log_in: bool


def therapists(caller: Caller) -> tuple[TherapistSetup, ...]:
    """All therapists in the order of the list, in two queries; those who left too."""
    need_owner(caller)
    rows = Therapist.objects.filter(practice_id=caller.practice_id).order_by("position", "name", "pk")
    return tuple(_view(row) for row in rows.prefetch_related("skills"))


def therapist(caller: Caller, key: int) -> TherapistSetup:
    """One therapist; NotFoundError when the practice has no such."""
    need_owner(caller)
    return _view(one(Therapist.objects.all(), caller, key, "therapist"))


def add_therapist(caller: Caller, given: TherapistDetails, *, clock: Clock = SYSTEM_CLOCK) -> TherapistSetup:
    """A new therapist, without an account: an invitation to the same name gives one."""
    wanted = checked_therapist(given)
    with transaction.atomic():
        practice = practice_of(caller)
        code = free_code(wanted.name, Therapist.objects.filter(practice=practice))
        row = Therapist.objects.create(practice=practice, code=code, **_columns(wanted))
        _write_skills(row, wanted.skills)
        note(caller, "therapist.add", "therapist", row.pk, clock.now(), code=code)
    return _view(row)


def change_therapist(
    caller: Caller, key: int, given: TherapistDetails, *, clock: Clock = SYSTEM_CLOCK
) -> TherapistSetup:
    """Change a therapist. Sessions that are booked stay booked, also when somebody leaves."""
    wanted = checked_therapist(given)
    with transaction.atomic():
        practice_of(caller)
        row = one(Therapist.objects.all(), caller, key, "therapist")
        changed = change(row, _columns(wanted))
        if _skills(row.skills.all()) != wanted.skills:
            _write_skills(row, wanted.skills)
            changed = (*changed, "skills")
        note_change(caller, "therapist", row.pk, changed, clock.now())
    return therapist(caller, key)


def _columns(wanted: TherapistDetails) -> dict[str, object]:
    values = asdict(wanted)
    del values["skills"]
    return values


def _write_skills(row: Therapist, skills: Iterable[Skill]) -> None:
    row.skills.all().delete()
    TherapistSkill.objects.bulk_create(
        TherapistSkill(practice_id=row.practice_id, therapist=row, **asdict(one)) for one in skills
    )


def _skills(rows: Iterable[TherapistSkill]) -> tuple[Skill, ...]:
    return tuple(sorted(Skill(row.skill, row.region) for row in rows))


def _view(row: Therapist) -> TherapistSetup:
    kept = {name: getattr(row, name) for name in TherapistDetails.__dataclass_fields__ if name != "skills"}
    return TherapistSetup(
        id=row.pk,
        code=row.code,
        can_log_in=row.user_id is not None,
        skills=_skills(row.skills.all()),
        **kept,
    )
