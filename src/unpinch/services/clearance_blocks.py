"""Booked appointments and a doctor's word: what no longer fits is put on hold, and freed again when it fits.

On hold means: it keeps its time, and must not take place until somebody has settled it, by cancelling or moving
it, or by a new answer of the doctor. Staff cannot overrule a doctor here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.records.models import Appointment, AppointmentBlock, Status
from unpinch.services import audit, clearance_messages, gate, intake, outbox, permissions
from unpinch.services.appointment import AppointmentView, view, with_names
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from unpinch.records.models import Clearance
    from unpinch.services.access import Caller
    from unpinch.services.intake import Stored


@dataclass(frozen=True, slots=True)
class Blocked:
    """An appointment on hold: why (a stable code, nothing medical), since when, and by which question.

    ``clearance_id`` is None when what the client said on the day has stopped it.
    """

    appointment: AppointmentView
    reason: str
    since: datetime
    clearance_id: int | None


def blocked(practice_id: int, *, clock: Clock = SYSTEM_CLOCK) -> tuple[Blocked, ...]:
    """Every appointment of a practice that is on hold and still to come, the next first."""
    return tuple(_blocked(AppointmentBlock.objects.filter(practice_id=practice_id), clock.now()))


def blocked_of(client_id: int, *, clock: Clock = SYSTEM_CLOCK) -> tuple[Blocked, ...]:
    """The same for one client."""
    return tuple(_blocked(AppointmentBlock.objects.filter(appointment__client_id=client_id), clock.now()))


def blocked_for(caller: Caller, *, clock: Clock = SYSTEM_CLOCK) -> tuple[Blocked, ...]:
    """Those that a member of staff may know of: all for desk and owner, their own for a therapist."""
    rows = AppointmentBlock.objects.filter(practice_id=caller.practice_id)
    if not permissions.can_work_at_desk(caller, permissions.Thing(caller.practice_id)):
        rows = rows.filter(appointment__therapist_id=caller.therapist_id or 0)
    return tuple(_blocked(rows, clock.now()))


def is_blocked(appointment_id: int) -> bool:
    """Whether this appointment must not take place as it is."""
    return appointment_id in blocked_among([appointment_id])


def blocked_among(appointment_ids: Iterable[int]) -> frozenset[int]:
    """Which of these appointments are on hold, in one query."""
    rows = AppointmentBlock.objects.filter(
        appointment_id__in=list(appointment_ids), appointment__released_at__isnull=True
    )
    return frozenset(rows.values_list("appointment_id", flat=True))


def reconcile(row: Clearance, now: datetime, *, event: str) -> int:
    """Put on hold what no longer fits the doctor's word, free what fits again; gives how many are newly on hold.

    Call it in the transaction of the change. ``event`` tells changes of one question apart.
    """
    stored = intake.read_row(row.assessment)
    coming = _coming(stored, now)
    faults = _faults(stored, coming, now)
    blocks = AppointmentBlock.objects.filter(appointment__in=coming)
    before = set(blocks.values_list("appointment_id", flat=True))
    by_doctor = set(blocks.filter(clearance__isnull=False).values_list("appointment_id", flat=True))
    # What a check on the day has stopped, no doctor's answer frees: the therapist asks again first.
    fitting = [a for a in coming if a.pk not in faults]
    AppointmentBlock.objects.filter(appointment__in=fitting, clearance__isnull=False).delete()
    fresh = [
        appointment for appointment in coming if appointment.pk in faults and appointment.pk not in before
    ]
    for appointment in fresh:
        AppointmentBlock.objects.create(
            practice_id=row.practice_id,
            appointment=appointment,
            clearance=row,
            reason=faults[appointment.pk],
            since=now,
        )
    for key in by_doctor - faults.keys():
        audit.record(row.practice_id, audit.SYSTEM, "appointment.free", "appointment", key, now)
    for appointment in fresh:
        audit.record(row.practice_id, audit.SYSTEM, "appointment.hold", "appointment", appointment.pk, now)
    if fresh:
        client = fresh[0].client
        assert client is not None  # they were found by their client
        words = {"name": client.name, "email": client.email, "event": event}
        outbox.enqueue(clearance_messages.on_hold(row, **words), now)
        outbox.enqueue(clearance_messages.on_hold_for_practice(row, count=len(fresh), event=event), now)
    return len(fresh)


def settle_by_move(row: Appointment, now: datetime) -> None:
    """A blocked appointment that was moved to where the doctor allows it is blocked no more."""
    gone, _ = AppointmentBlock.objects.filter(appointment=row, clearance__isnull=False).delete()
    if gone:
        audit.record(row.practice_id, audit.SYSTEM, "appointment.free", "appointment", row.pk, now)


def _coming(stored: Stored, now: datetime) -> list[Appointment]:
    if stored.client_id is None:
        return []
    rows = Appointment.objects.select_related("client").filter(
        client_id=stored.client_id, released_at__isnull=True, status__in=[Status.BOOKED, Status.HELD]
    )
    return list(rows.filter(starts_at__gt=now).order_by("starts_at", "pk"))


def _faults(stored: Stored, coming: Sequence[Appointment], now: datetime) -> dict[int, str]:
    """Appointment id to the code of what it breaks. The earliest sessions are the ones that a limit leaves."""
    verdict = gate.still_stands(stored, now, moving=[appointment.pk for appointment in coming])
    if isinstance(verdict, Refused):
        return {appointment.pk: verdict.code for appointment in coming}
    found: dict[int, str] = {}
    kept: list[datetime] = []
    for appointment in coming:
        fault = gate.fits(verdict, [*kept, appointment.starts_at])
        if fault is None:
            kept.append(appointment.starts_at)
        else:
            found[appointment.pk] = fault.code
    return found


def _blocked(blocks: Iterable[AppointmentBlock], now: datetime) -> Iterable[Blocked]:
    by_appointment = {block.appointment_id: block for block in blocks}
    rows = with_names(
        Appointment.objects.filter(pk__in=by_appointment, released_at__isnull=True, starts_at__gt=now)
    )
    for row in rows.order_by("starts_at", "pk"):
        block = by_appointment[row.pk]
        yield Blocked(view(row), block.reason, block.since, block.clearance_id)
