"""How set-up is written: by the owner alone, in one transaction, with a line in the record book that says what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.utils.text import slugify

from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Practice
from unpinch.services import audit, permissions
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from unpinch.records.models.practice import OfPractice
    from unpinch.services.access import Caller

_Row = TypeVar("_Row", bound="OfPractice")
_LONGEST = 60


def need_owner(caller: Caller) -> None:
    """NotFoundError for everybody but the owner of the practice."""
    if not permissions.can_run_practice(caller, Thing(caller.practice_id)):
        raise NotFoundError("The set-up is for the owner of the practice.")


def practice_of(caller: Caller) -> Practice:
    """The owner's practice, locked inside a transaction: two set-ups at once do not mix."""
    need_owner(caller)
    return Practice.objects.select_for_update().get(pk=caller.practice_id)


def one(rows: QuerySet[_Row], caller: Caller, key: int, what: str) -> _Row:
    """The row of the caller's practice; NotFoundError when there is none."""
    row = rows.filter(practice_id=caller.practice_id, pk=key).first()
    if row is None:
        raise NotFoundError(f"There is no such {what} in your practice.")
    return row


def change(row: Practice | OfPractice, values: Mapping[str, object]) -> tuple[str, ...]:
    """Put values into a row and save it if one differs; the names of those that did."""
    changed = tuple(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    return changed


def note(
    caller: Caller, action: str, kind: str, key: object, now: datetime, **details: str | int | None
) -> None:
    """A line in the record book."""
    audit.record(caller.practice_id, audit.actor_of(caller.user_id), action, kind, key, now, **details)


def note_change(caller: Caller, kind: str, key: object, changed: tuple[str, ...], now: datetime) -> None:
    """A line that names the fields which changed; none when nothing did."""
    if changed:
        note(caller, f"{kind}.change", kind, key, now, changed=", ".join(changed))


def free_code(name: str, rows: QuerySet[_Row]) -> str:
    """A short name for addresses that no row of these has yet."""
    base = slugify(name)[: _LONGEST - 4].strip("-") or "one"
    taken = set(rows.values_list("code", flat=True))
    if base not in taken:
        return base
    return next(code for number in range(2, 10_000) if (code := f"{base}-{number}") not in taken)
