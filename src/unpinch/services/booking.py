"""Books an appointment: one transaction, the gate first, the database as the last word."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError
from unpinch.records import prepared
from unpinch.records.models import Appointment, Service, Status
from unpinch.services import admission, alternatives, audit, contact, holds, messages, outbox, place
from unpinch.services.alternatives import Taken
from unpinch.services.appointment import AppointmentView, view, with_names
from unpinch.services.availability import bookable_service
from unpinch.services.cancelling import Cancelled, cancel
from unpinch.services.links import calendar_file, find, hash_of, token_of
from unpinch.services.outcomes import Refused
from unpinch.services.transactions import GoneError, LeaveError, once_more_on_deadlock

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from unpinch.services.admission import Admitted
    from unpinch.services.contact import Contact

# One front door for the pages: what is done with a booking and with its link.
__all__ = [
    "BookCommand",
    "Booked",
    "Cancelled",
    "Taken",
    "book",
    "calendar_file",
    "cancel",
    "confirm",
    "find",
    "hash_of",
    "token_of",
    "with_key",
]


_NAMED = prepared.Prepared(lambda: with_names(Appointment.objects).filter(pk=prepared.number("key")))
_BY_KEY = prepared.Prepared(
    lambda: with_names(Appointment.objects).filter(
        practice_id=prepared.number("practice"), key=prepared.uuid("key")
    )
)


@dataclass(frozen=True, slots=True)
class BookCommand:
    """What someone asks for. ``key`` is made once per form, so that a second press books nothing new.

    ``starts`` is aware. ``assessment_key`` is what ``intake.store`` gave. ``hold`` is the key of a held place,
    if there is one; when it has run out and the place is still free, the booking goes through all the same.
    """

    practice_id: int
    key: UUID
    assessment_key: UUID
    service_code: str
    location_code: str
    therapist_code: str
    starts: datetime
    name: str
    email: str
    phone: str
    agrees_to_terms: bool
    hold: UUID | None = None

    @property
    def wish(self) -> place.Wish:
        """The place alone."""
        return place.Wish(self.location_code, self.therapist_code, self.starts)


@dataclass(frozen=True, slots=True)
class Booked:
    """It is kept. ``token`` opens the appointment's page, where it can be cancelled."""

    appointment: AppointmentView
    token: str


def book(command: BookCommand, *, clock: Clock = SYSTEM_CLOCK) -> Booked | Taken | Refused:
    """Book one appointment.

    The same ``key`` twice gives the same appointment. InputError (code ``name``, ``email``, ``phone`` or
    ``starts``) when the contact or the time cannot be used; NotFoundError for an unknown service or unknown answers.
    """
    now = clock.now()
    if command.starts.tzinfo is None:
        raise InputError("The time has no time zone, so nobody knows when it is.", code="starts")
    service = bookable_service(command.practice_id, command.service_code)
    person = contact.read(
        name=command.name, email=command.email, phone=command.phone, country=service.practice.country
    )
    try:
        return once_more_on_deadlock(lambda: _book(command, service, person, now))
    except LeaveError as leaving:
        return leaving.refused
    except GoneError:
        return Taken(alternatives.near(service, command.wish, now))


def confirm(row: Appointment, admitted: Admitted, service: Service, actor: str, now: datetime) -> Booked:
    """Write the line in the record book and the message to the client for a row that is now booked.

    For every door that books, inside its transaction. ``row`` may be fresh from the database or not.
    """
    named = _NAMED.one(key=row.pk)
    assert named is not None
    audit.record(
        named.practice_id,
        actor,
        "appointment.book",
        "appointment",
        named.pk,
        now,
        on_unverified_agreement=admitted.on_agreement,
        terms=hashlib.sha256(service.practice.terms.encode()).hexdigest()[:16],
    )
    token = token_of(named.calendar_uid)
    outbox.enqueue(messages.confirmation(named, token, now), now)
    return Booked(view(named), token)


def _book(command: BookCommand, service: Service, person: Contact, now: datetime) -> Booked:
    with transaction.atomic():
        if before := with_key(command, person):
            return before
        admission.need_terms(agrees=command.agrees_to_terms)
        known = admission.find_client(person, service.practice_id)
        times = admission.Times([command.starts], known.pk if known else None)
        admitted = admission.pass_gate(command.practice_id, command.assessment_key, now, times)
        client = admission.client_of(person, service.practice_id, now, known=known)
        admission.claim_answers(admitted.stored, client.pk)
        place.release_expired(service.practice_id, now)
        row = _of_hold(command, service, admitted, client.pk, now) or _take(
            command, service, admitted, client.pk, now
        )
        return confirm(row, admitted, service, f"client:{client.pk}", now)


def with_key(command: BookCommand, person: Contact) -> Booked | None:
    """The second press of one button: the same answer as to the first, for the same person and time alone.

    None for the first press; LeaveError when the key has been used for something else.
    """
    row = _BY_KEY.one(practice=command.practice_id, key=command.key)
    if row is None:
        return None
    is_same = (
        row.client is not None
        and row.starts_at == command.starts
        and row.therapist.code == command.therapist_code
        and row.client.email_key == person.email_key
        and row.client.name_key == person.name_key
        and row.released_at is None
    )
    if not is_same:
        raise LeaveError(
            Refused("key-used", "This form has been sent before. Please start the booking again.")
        )
    return Booked(view(row), token_of(row.calendar_uid))


def _of_hold(
    command: BookCommand, service: Service, admitted: Admitted, client_id: int, now: datetime
) -> Appointment | None:
    """The held place as a booking; None when nothing is held that this could be."""
    if command.hold is None:
        return None
    row = holds.turn_into_booking(command.hold, admitted, command.wish, service, now)
    if row is None:
        return None
    place.need_no_other(client_id, service, command.starts)
    row.client_id, row.key, row.price_minor = client_id, command.key, service.price_minor
    row.assessment_id = admitted.stored.id
    row.status, row.hold_expires_at, row.booked_at = Status.BOOKED, None, now
    if not place.update(
        row, "client", "assessment", "key", "price_minor", "status", "hold_expires_at", "booked_at"
    ):
        raise GoneError  # the client has booked another appointment in this very moment
    return row


def _take(
    command: BookCommand, service: Service, admitted: Admitted, client_id: int, now: datetime
) -> Appointment:
    """Take therapist and room, or leave."""
    place.need_notice(service, command.starts, now)

    def draft(at: place.Spot) -> Appointment:
        place.need_no_other(client_id, service, command.starts)
        row = place.draft(service, at, command.starts, command.key, now)
        row.client_id, row.assessment_id = client_id, admitted.stored.id
        return row

    return place.take(service, command.wish, draft, now)
