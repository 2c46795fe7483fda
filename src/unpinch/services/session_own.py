"""A session as its therapist finds it, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Appointment
from unpinch.services import permissions
from unpinch.services.appointment import with_names

if TYPE_CHECKING:
    from unpinch.services.access import Caller


def own_row(appointment_id: int, caller: Caller, *, for_change: bool = False) -> Appointment:
    """The appointment of a session that this caller gives; NotFoundError otherwise. Locked when ``for_change``."""
    rows = with_names(Appointment.objects).select_related("assessment")
    if for_change:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=appointment_id, client__isnull=False).first()
    if row is None or not permissions.can_treat(
        caller, permissions.Thing(row.practice_id, therapist_id=row.therapist_id)
    ):
        raise NotFoundError("There is no such session in your calendar.")
    return row
