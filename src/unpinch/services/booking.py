"""Books an appointment and takes it back: one transaction each, the gate first, the database as the last word."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from django.db import OperationalError, transaction
from django.utils.crypto import salted_hmac

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import Appointment, Client, Service, Status, StoredAssessment
from unpinch.services import audit, clearance, contact, free_time, gate, intake, messages, outbox, place
from unpinch.services.appointment import AppointmentView, view, with_names
from unpinch.services.availability import FreeTime, bookable_service, listed
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from unpinch.services.contact import Contact

_ALTERNATIVES = 6
_ALTERNATIVE_DAYS = 7
_DEADLOCK = {"40P01", "40001"}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class BookCommand:
    """What someone asks for. ``key`` is made once per form, so that a second press books nothing new.

    ``starts`` is aware. ``assessment_key`` is what ``intake.store`` gave.
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


@dataclass(frozen=True, slots=True)
class Booked:
    """It is kept. ``token`` opens the appointment's page, where it can be cancelled."""

    appointment: AppointmentView
    token: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The time is not free any more. ``alternatives`` are free now, the nearest first."""

    alternatives: tuple[FreeTime, ...]


@dataclass(frozen=True, slots=True)
class Cancelled:
    """It is given back. ``was_already`` says that it had been cancelled before."""

    appointment: AppointmentView
    was_already: bool = False


class _GoneError(Exception):
    """Leaves the transaction, so that nothing of the try is kept."""


class _RefusedError(Exception):
    """Leaves the transaction with the reason."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


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
        return _once_more_on_deadlock(lambda: _book(command, service, person, now))
    except _RefusedError as leaving:
        return leaving.refused
    except _GoneError:
        return Taken(_alternatives(command, service, now))


def find(token: str) -> AppointmentView:
    """The appointment behind a link; NotFoundError when the link is of no appointment."""
    return view(_by_token(token))


def calendar_file(token: str, *, clock: Clock = SYSTEM_CLOCK) -> str:
    """The appointment as a calendar file to download."""
    return messages.download(_by_token(token), clock.now())


def cancel(token: str, *, clock: Clock = SYSTEM_CLOCK) -> Cancelled | Refused:
    """Give an appointment back by its link. Once it has begun, it can no longer be cancelled."""
    now = clock.now()
    with transaction.atomic():
        row = _by_token(token, for_change=True)
        if row.released_at is not None:
            return Cancelled(view(row), was_already=True)
        if row.starts_at <= now or row.status != Status.BOOKED:
            return Refused(
                "too-late",
                "This appointment has begun or is over, so it cannot be cancelled here. Please call us.",
            )
        row.status, row.released_at = Status.CANCELLED, now
        row.calendar_sequence += 1
        row.save(update_fields=["status", "released_at", "calendar_sequence"])
        audit.record(
            row.practice_id, f"client:{row.client_id}", "appointment.cancel", "appointment", row.pk, now
        )
        outbox.enqueue(messages.cancellation(row, now), now)
    return Cancelled(view(row))


def token_of(calendar_uid: UUID) -> str:
    """The secret of an appointment's link. It can be made again by the server, and is not in the table."""
    made = salted_hmac("unpinch.appointment-link", calendar_uid.hex, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _book(command: BookCommand, service: Service, person: Contact, now: datetime) -> Booked:
    with transaction.atomic():
        before = (
            with_names(Appointment.objects).filter(practice_id=service.practice_id, key=command.key).first()
        )
        if before is not None:
            return _again(before, command, person)
        stored, on_agreement = _pass_gate(command, now)
        client = _client(person, service.practice_id, now)
        _claim_answers(stored, client.pk)
        row = with_names(Appointment.objects).get(pk=_take(command, service, client.pk, stored.id, now).pk)
        audit.record(
            row.practice_id,
            f"client:{client.pk}",
            "appointment.book",
            "appointment",
            row.pk,
            now,
            on_unverified_agreement=on_agreement,
            terms=hashlib.sha256(service.practice.terms.encode()).hexdigest()[:16],
        )
        token = token_of(row.calendar_uid)
        outbox.enqueue(messages.confirmation(row, token, now), now)
    return Booked(view(row), token)


def _again(row: Appointment, command: BookCommand, person: Contact) -> Booked:
    """The second press of one button: the same answer as to the first, for the same person and time alone."""
    is_same = (
        row.starts_at == command.starts
        and row.therapist.code == command.therapist_code
        and row.client.email_key == person.email_key
        and row.client.name_key == person.name_key
        and row.released_at is None
    )
    if not is_same:
        raise _RefusedError(
            Refused("key-used", "This form has been sent before. Please start the booking again.")
        )
    return Booked(view(row), token_of(row.calendar_uid))


def _pass_gate(command: BookCommand, now: datetime) -> tuple[intake.Stored, bool]:
    if not command.agrees_to_terms:
        raise _RefusedError(
            Refused(
                "terms", "Please agree to the practice's terms; without that we cannot keep a time for you."
            )
        )
    stored = intake.load(command.assessment_key)
    if stored.practice_id != command.practice_id:
        raise NotFoundError("These answers were given to another practice. Please go through the questions.")
    verdict = gate.may_book(stored, clearance.latest_agreement(stored.id), now)
    if isinstance(verdict, Refused):
        raise _RefusedError(verdict)
    return stored, verdict.on_agreement


def _client(person: Contact, practice_id: int, now: datetime) -> Client:
    """The client with this name and address, made if new."""
    mine = Client.objects.filter(
        practice_id=practice_id, email_key=person.email_key, name_key=person.name_key
    )
    client = mine.first()
    if client is None:
        # Two first bookings of one person at once: the second waits for the first and then finds its row.
        fresh = Client(
            practice_id=practice_id,
            name=person.name,
            name_key=person.name_key,
            email=person.email,
            email_key=person.email_key,
            phone=person.phone,
            created_at=now,
        )
        Client.objects.bulk_create([fresh], ignore_conflicts=True)
        client = mine.get()
    if client.phone != person.phone:
        client.phone = person.phone
        client.save(update_fields=["phone"])
        audit.record(practice_id, audit.VISITOR, "client.phone", "client", client.pk, now)
    return client


def _claim_answers(stored: intake.Stored, client_id: int) -> None:
    """Make the answers this person's; nobody else can book on them."""
    if stored.client_id == client_id:
        return
    mine = StoredAssessment.objects.filter(pk=stored.id, client__isnull=True)
    if (
        not mine.update(client=client_id)
        and not StoredAssessment.objects.filter(pk=stored.id, client=client_id).exists()
    ):
        raise _RefusedError(
            Refused(
                "answers-of-another",
                "These answers belong to a booking under another name. Each person answers for themselves; "
                "please go through the questions again.",
            )
        )


def _take(
    command: BookCommand, service: Service, client_id: int, assessment_id: int, now: datetime
) -> Appointment:
    """Take therapist and room, or leave: each round asks the rule that also makes the list of free times."""
    allowed = free_time.notice(service, now)
    if not allowed.start <= command.starts < allowed.end:
        raise _RefusedError(
            Refused(
                "notice", "This time is too soon or too far ahead to be booked here. Please choose another."
            )
        )
    rounds = 1
    while True:
        spot = place.spot(service, command.location_code, command.therapist_code, command.starts, now)
        if spot is None:
            raise _GoneError
        if place.has_other(client_id, service, command.starts):
            raise _RefusedError(
                Refused(
                    "own-appointment",
                    "You have another appointment at this time. Please choose another time, or cancel that one first.",
                )
            )
        row = place.draft(service, spot, command.starts, command.key, now)
        row.client_id, row.assessment_id = client_id, assessment_id
        row.cancel_token_hash = hash_of(token_of(row.calendar_uid))
        if place.insert(row):
            return row
        # Someone took the room a moment ago: look again, there may be another. Each round means one was lost.
        rounds += 1
        if rounds > spot.rooms_in_all + 1:
            raise _GoneError


def _alternatives(command: BookCommand, service: Service, now: datetime) -> tuple[FreeTime, ...]:
    """The nearest free times of the days around, those of the wished therapist first among equals."""
    day = command.starts.date()
    wanted = free_time.Wanted(
        service,
        day - timedelta(days=1),
        day + timedelta(days=_ALTERNATIVE_DAYS),
        location_code=command.location_code,
    )
    free = listed(free_time.find(wanted, now))
    nearest = sorted(
        free,
        key=lambda time: (abs(time.starts - command.starts), time.therapist_code != command.therapist_code),
    )
    return tuple(nearest[:_ALTERNATIVES])


def _by_token(token: str, *, for_change: bool = False) -> Appointment:
    rows = with_names(Appointment.objects)
    if for_change:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(cancel_token_hash=hash_of(token)).first()
    if row is None:
        raise NotFoundError("This link is of no appointment. Please check it, or call us.")
    return row


def hash_of(token: str) -> str:
    """What the table keeps of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def _once_more_on_deadlock(work: Callable[[], _T]) -> _T:
    """PostgreSQL may end one of two transactions that wait for each other; the second try finds the way free."""
    try:
        return work()
    except place.KeyInUseError:
        return work()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) not in _DEADLOCK:
            raise
        return work()
