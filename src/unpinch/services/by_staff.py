"""What staff do with appointments: book for a caller, move, cancel, and say how it went. All of it on the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import Appointment, Status, Therapist
from unpinch.services import (
    admission,
    alternatives,
    audit,
    booking,
    cancelling,
    contact,
    override,
    permissions,
    place,
    reschedule,
)
from unpinch.services.alternatives import Taken
from unpinch.services.appointment import AppointmentView, view, with_names
from unpinch.services.availability import active_service
from unpinch.services.outcomes import Refused
from unpinch.services.transactions import GoneError, LeaveError, once_more_on_deadlock

if TYPE_CHECKING:
    from datetime import datetime

    from unpinch.records.models import Service
    from unpinch.services.access import Caller
    from unpinch.services.booking import BookCommand, Booked
    from unpinch.services.cancelling import Cancelled
    from unpinch.services.contact import Contact
    from unpinch.services.place import Wish
    from unpinch.services.reschedule import Moved

_LONGEST_LATE = 240


def book_for(
    caller: Caller, command: BookCommand, *, override_reason: str = "", clock: Clock = SYSTEM_CLOCK
) -> Booked | Taken | Refused:
    """Book for somebody who calls or stands at the desk; the gate asks for their answers all the same.

    Staff have no notice to keep. ``override_reason`` lets them book outside free times and over others; it is kept.
    """
    now = clock.now()
    reschedule.need_zone(command.wish)
    _need_calendar(caller, command.practice_id, command.therapist_code)
    reason = override.read_reason(override_reason)
    service = active_service(command.practice_id, command.service_code)
    person = contact.read(
        name=command.name, email=command.email, phone=command.phone, country=service.practice.country
    )
    try:
        return once_more_on_deadlock(lambda: _book(caller, command, service, person, reason, now))
    except LeaveError as leaving:
        return leaving.refused
    except GoneError:
        return Taken(alternatives.near(service, command.wish, now, any_notice=True))


def move(
    caller: Caller,
    appointment_id: int,
    wish: Wish,
    *,
    override_reason: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Moved | Taken | Refused:
    """Move an appointment; with a reason also against spacing, free times and over others.

    A therapist moves within their own calendar; into another's only the desk does.
    """
    now = clock.now()
    reschedule.need_zone(wish)
    _need_calendar(caller, caller.practice_id, wish.therapist_code)
    reason = override.read_reason(override_reason)
    by = reschedule.By(audit.actor_of(caller.user_id), is_staff=True, override_reason=reason)

    def work() -> Moved:
        with transaction.atomic():
            return reschedule.move_row(_row(caller, appointment_id), wish, by, now)

    try:
        return once_more_on_deadlock(work)
    except LeaveError as leaving:
        return leaving.refused
    except GoneError:
        return reschedule.others_for(_row(caller, appointment_id), wish, now)


def cancel(
    caller: Caller,
    appointment_id: int,
    *,
    waive_fee: bool = False,
    reason: str = "",
    clock: Clock = SYSTEM_CLOCK,
) -> Cancelled | Refused:
    """Cancel an appointment. The policy's fee is kept unless it is waived; ``reason`` stands in the record book."""
    now = clock.now()
    reason = override.read_reason(reason)
    with transaction.atomic():
        row = _row(caller, appointment_id)
        if row.released_at is not None:
            return cancelling.Cancelled(view(row), was_already=True)
        if row.status != Status.BOOKED:
            return Refused("over", "This appointment is over. Please say how it went instead.")
        fee = 0 if waive_fee else cancelling.terms(row, now).fee_minor
        cancelling.release(row, now, actor=audit.actor_of(caller.user_id), fee_minor=fee, reason=reason)
        return cancelling.Cancelled(view(row), fee_minor=fee, back_minor=row.price_minor - fee)


def mark(
    caller: Caller,
    appointment_id: int,
    status: str,
    *,
    late_minutes: int = 0,
    clock: Clock = SYSTEM_CLOCK,
) -> AppointmentView | Refused:
    """Say how an appointment went: ``completed``, ``no-show``, or back to ``booked``; and by how much it was late.

    InputError for another status or minutes that make no sense.
    """
    now = clock.now()
    if status not in {Status.BOOKED, Status.COMPLETED, Status.NO_SHOW}:
        raise InputError(
            f"{status!r} is not how an appointment goes. Use booked, completed or no-show.", code="status"
        )
    if not 0 <= late_minutes <= _LONGEST_LATE:
        raise InputError(
            f"{late_minutes} minutes late cannot be kept; give 0 to {_LONGEST_LATE}.", code="late_minutes"
        )
    with transaction.atomic():
        row = _row(caller, appointment_id)
        if row.released_at is not None:
            return Refused("cancelled", "This appointment is cancelled, so nothing can be said about it.")
        if row.starts_at > now and (status != Status.BOOKED or late_minutes):
            return Refused("too-early", "This appointment has not begun yet.")
        before = row.status
        row.status, row.late_minutes = Status(status), late_minutes
        row.save(update_fields=["status", "late_minutes"])
        audit.record(
            row.practice_id,
            audit.actor_of(caller.user_id),
            "appointment.mark",
            "appointment",
            row.pk,
            now,
            before=str(before),
            after=str(row.status),
            late_minutes=late_minutes,
        )
    return view(row)


def _book(
    caller: Caller, command: BookCommand, service: Service, person: Contact, reason: str, now: datetime
) -> Booked:
    with transaction.atomic():
        if before := booking.with_key(command, person):
            return before
        admission.need_terms(agrees=command.agrees_to_terms)
        known = admission.known_client(person, service.practice_id)
        admitted = admission.pass_gate(
            command.practice_id, command.assessment_key, now, admission.Times([command.starts], known)
        )
        client = admission.client_of(person, service.practice_id, now)
        admission.claim_answers(admitted.stored, client.pk)
        place.release_expired(service.practice_id, now)

        def draft(at: place.Spot) -> Appointment:
            row = place.draft(service, at, command.starts, command.key, now)
            row.client_id, row.assessment_id = client.pk, admitted.stored.id
            row.override_reason = reason
            return row

        try:
            place.need_no_other(client.pk, service, command.starts)
            row = place.take(service, command.wish, draft, now, any_notice=True)
        except (GoneError, LeaveError):
            if not reason:
                raise
            row = place.empty(service, command.key, now)
            row.client_id, row.assessment_id = client.pk, admitted.stored.id
            override.put_anyway(row, service, command.wish, reason)
            if not place.insert(row):
                raise GoneError from None
        actor = audit.actor_of(caller.user_id)
        return booking.confirm(row, admitted, service, actor, now)


def _row(caller: Caller, appointment_id: int) -> Appointment:
    """The row, locked, if this person may change it; NotFoundError otherwise."""
    row = (
        with_names(Appointment.objects)
        .select_related("course", "assessment")
        .select_for_update(of=("self",))
        .filter(pk=appointment_id, practice_id=caller.practice_id)
        .exclude(status__in=[Status.HELD, Status.EXPIRED])
        .first()
    )
    thing = permissions.Thing(caller.practice_id, therapist_id=None if row is None else row.therapist_id)
    if row is None or not permissions.can_see_calendar(caller, thing):
        raise NotFoundError("There is no such appointment in your calendar.")
    return row


def _need_calendar(caller: Caller, practice_id: int, therapist_code: str) -> None:
    therapist = Therapist.objects.filter(practice_id=practice_id, code=therapist_code).first()
    thing = permissions.Thing(practice_id, therapist_id=None if therapist is None else therapist.pk)
    if not permissions.can_see_calendar(caller, thing):
        raise NotFoundError("There is no such calendar for you to book in.")
