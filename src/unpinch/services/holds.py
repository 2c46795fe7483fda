"""Keeps a place for some minutes while a form is filled in; the clock gives it back, or a booking turns it into its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError
from unpinch.records import prepared
from unpinch.records.models import Appointment, Status
from unpinch.services import admission, alternatives, gate, limits, place
from unpinch.services.alternatives import Taken
from unpinch.services.availability import bookable_service
from unpinch.services.outcomes import Refused
from unpinch.services.transactions import GoneError, LeaveError, once_more_on_deadlock

if TYPE_CHECKING:
    from unpinch.clinical.values import Answers
    from unpinch.records.models import Service

_KEPT = limits.Limit("hold", most=30, span=timedelta(minutes=10))
"""Enough for a family at one table; not enough to keep a practice's calendar from everybody else."""
_TOO_MANY = Refused(
    "too-many-holds", "Many places are kept from here already. You can book all the same: send the form."
)
_HELD = prepared.Prepared(
    lambda: (
        Appointment.objects.select_related("therapist", "location")
        .select_for_update(of=("self",))
        .filter(
            practice_id=prepared.number("practice"),
            key=prepared.uuid("key"),
            status=Status.HELD,
            waitlist_entry=None,
        )
    )
)


@dataclass(frozen=True, slots=True)
class HoldCommand:
    """Which place to keep, and for whose answers. ``starts`` is aware.

    ``answers`` are stored ones, by their key, or those of a visitor whose answers nobody keeps yet; then
    ``has_agreement`` is the visitor's word that a doctor agrees. ``replaces`` is the key of an earlier hold.
    ``address`` is where on the network a visitor is: one place cannot keep the whole calendar.
    """

    practice_id: int
    answers: UUID | Answers
    service_code: str
    location_code: str
    therapist_code: str
    starts: datetime
    has_agreement: bool = False
    replaces: UUID | None = None
    address: str = ""

    @property
    def wish(self) -> place.Wish:
        """The place alone."""
        return place.Wish(self.location_code, self.therapist_code, self.starts)


@dataclass(frozen=True, slots=True)
class Held:
    """The place is kept until ``expires_at``. Booking names ``key`` to turn it into an appointment."""

    key: UUID
    expires_at: datetime


def hold(command: HoldCommand, *, clock: Clock = SYSTEM_CLOCK) -> Held | Taken | Refused:
    """Keep a place for the minutes that the practice allows.

    The gate stands here too. A hold of the same stored answers, and the one that is replaced, is given back first.
    InputError for a time without a zone; NotFoundError for an unknown service or unknown answers.
    """
    now = clock.now()
    if command.starts.tzinfo is None:
        raise InputError("The time has no time zone, so nobody knows when it is.", code="starts")
    service = bookable_service(command.practice_id, command.service_code)
    if command.address and not limits.count(_KEPT, limits.network(command.address), now=now):
        return _TOO_MANY
    try:
        return once_more_on_deadlock(lambda: _hold(command, service, now))
    except LeaveError as leaving:
        return leaving.refused
    except GoneError:
        return Taken(alternatives.near(service, command.wish, now))


def release(key: UUID, *, clock: Clock = SYSTEM_CLOCK) -> bool:
    """Give a place back before its time. False when it was not held any more."""
    return bool(
        Appointment.objects.filter(key=key, status=Status.HELD, waitlist_entry=None).update(
            status=Status.EXPIRED, released_at=clock.now()
        )
    )


def expire_due(now: datetime) -> int:
    """Give back the places of all holds that have run out, in every practice; how many."""
    due = Appointment.objects.filter(status=Status.HELD, hold_expires_at__lte=now)
    released = 0
    for practice_id in sorted(set(due.values_list("practice_id", flat=True))):
        with transaction.atomic():
            released += place.release_expired(practice_id, now)
    return released


def turn_into_booking(
    key: UUID, admitted: admission.Admitted, wish: place.Wish, service: Service, now: datetime
) -> Appointment | None:
    """The held row of just this place, ready to be made a booking, inside its transaction.

    None when nothing is held under this key, or something else is: that is given back then. The rule is asked
    again, for a hold keeps others out but does not keep a day open that was closed meanwhile; notice counts from
    the moment of holding.
    """
    row = _HELD.one(practice=service.practice_id, key=key)
    # A hold of a visitor belongs to whoever has its key.
    if row is None or row.assessment_id not in {None, admitted.stored.id}:
        return None
    is_same = (row.service_id, row.starts_at, row.therapist.code, row.location.code) == (
        service.pk,
        wish.starts,
        wish.therapist_code,
        wish.location_code,
    )
    spot = None
    if is_same:
        spot = place.spot(service, wish, row.booked_at, ignore=frozenset({row.pk}))
    if spot is None or row.room_id not in spot.rooms:
        row.status, row.released_at = Status.EXPIRED, now
        row.save(update_fields=["status", "released_at"])
        return None
    return row


def _hold(command: HoldCommand, service: Service, now: datetime) -> Held:
    with transaction.atomic():
        assessment_id = _let_in(command, now)
        place.release_expired(service.practice_id, now)
        _release_earlier(command, assessment_id, now)
        place.need_notice(service, command.starts, now)
        expires = now + timedelta(minutes=service.practice.hold_minutes)

        def draft(spot: place.Spot) -> Appointment:
            row = place.draft(service, spot, command.starts, uuid4(), now)
            row.status, row.hold_expires_at = Status.HELD, expires
            row.assessment_id = assessment_id
            return row

        return Held(place.take(service, command.wish, draft, now).key, expires)


def _let_in(command: HoldCommand, now: datetime) -> int | None:
    """Pass the gate; the key of the stored answers if there are any."""
    if isinstance(command.answers, UUID):
        times = admission.Times([command.starts])
        return admission.pass_gate(command.practice_id, command.answers, now, times).stored.id
    verdict = gate.may_hold(command.answers, has_agreement=command.has_agreement)
    if isinstance(verdict, Refused):
        raise LeaveError(verdict)
    return None


def _release_earlier(command: HoldCommand, assessment_id: int | None, now: datetime) -> None:
    mine = Q() if command.replaces is None else Q(key=command.replaces, assessment=None)
    if assessment_id is not None:
        mine |= Q(assessment_id=assessment_id)
    if mine:
        held = Appointment.objects.filter(practice_id=command.practice_id, status=Status.HELD)
        held.filter(mine, waitlist_entry=None).update(status=Status.EXPIRED, released_at=now)
