"""Who may have a place: the gate, whose answers they are, and the client's row. Every door comes through here.

All of it runs inside the transaction of the use case and leaves it by ``LeaveError`` when a rule forbids it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from unpinch.clinical.clearance import Clearance
from unpinch.kernel.errors import NotFoundError
from unpinch.records import prepared
from unpinch.records.models import Client, StoredAssessment
from unpinch.services import audit, clearance, gate, intake
from unpinch.services.outcomes import Refused
from unpinch.services.transactions import LeaveError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from unpinch.services.contact import Contact


@dataclass(frozen=True, slots=True)
class Admitted:
    """The gate is passed. ``on_agreement`` says that it rests on the person's word about their doctor.

    ``allowed`` are the doctor's limits on times, ``clearance`` is what binds a plan made today.
    """

    stored: intake.Stored
    on_agreement: bool
    allowed: gate.Allowed = field(default_factory=gate.Allowed)
    clearance: Clearance | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """When sessions are to start, and of whom.

    ``client_id`` is the person's row if there is one already: what doctors said about them binds then, whatever
    answers they come with. ``moving`` are appointments that give way to these times.
    """

    starts: Sequence[datetime]
    client_id: int | None = None
    moving: Collection[int] = ()


_CLIENT = prepared.Prepared(
    lambda: Client.objects.filter(
        practice_id=prepared.number("practice"),
        email_key=prepared.text("email"),
        name_key=prepared.text("name"),
    )
)


def need_terms(*, agrees: bool) -> None:
    """Nobody books without the practice's terms."""
    if not agrees:
        raise LeaveError(
            Refused(
                "terms", "Please agree to the practice's terms; without that we cannot keep a time for you."
            )
        )


def pass_gate(
    practice_id: int,
    assessment_key: UUID,
    now: datetime,
    times: Times | None = None,
) -> Admitted:
    """Let in whoever's answers and doctors allow it, at these times; LeaveError otherwise.

    NotFoundError for unknown answers.
    """
    times = times or Times(())
    stored = intake.load(assessment_key)
    if stored.practice_id != practice_id:
        raise NotFoundError("These answers were given to another practice. Please go through the questions.")
    verdict = gate.may_book(
        stored,
        clearance.latest_agreement(stored.id),
        now,
        starts=times.starts,
        client_id=times.client_id,
        moving=times.moving,
    )
    if isinstance(verdict, Refused):
        raise LeaveError(verdict)
    return Admitted(stored, verdict.on_agreement, verdict, _binding(verdict, now))


def _binding(allowed: gate.Allowed, now: datetime) -> Clearance | None:
    if allowed.on_agreement:
        return Clearance("yes")
    today = now.astimezone(ZoneInfo(allowed.time_zone)).date()
    return None if allowed.word is None else allowed.word.on(today)


def need_limits(assessment_key: UUID, now: datetime, times: Times) -> None:
    """The doctor's word alone, for what is booked already: LeaveError when these times break it."""
    verdict = gate.still_stands(
        intake.load(assessment_key), now, client_id=times.client_id, moving=times.moving
    )
    refused = verdict if isinstance(verdict, Refused) else gate.fits(verdict, times.starts)
    if refused is not None:
        raise LeaveError(refused)


def known_client(person: Contact, practice_id: int) -> int | None:
    """The client with this name and address, if there is one."""
    found = find_client(person, practice_id)
    return None if found is None else found.pk


def find_client(person: Contact, practice_id: int) -> Client | None:
    """The row of the client with this name and address, if there is one."""
    return _CLIENT.one(practice=practice_id, email=person.email_key, name=person.name_key)


def client_of(person: Contact, practice_id: int, now: datetime, *, known: Client | None = None) -> Client:
    """The client with this name and address, made if new. ``known`` is the row if it has been found already."""
    client = known or find_client(person, practice_id)
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
        client = find_client(person, practice_id)
        assert client is not None
    if client.phone != person.phone:
        client.phone = person.phone
        client.save(update_fields=["phone"])
        audit.record(practice_id, audit.VISITOR, "client.phone", "client", client.pk, now)
    return client


def claim_answers(stored: intake.Stored, client_id: int) -> None:
    """Make the answers this person's; nobody else can book on them."""
    if stored.client_id == client_id:
        return
    mine = StoredAssessment.objects.filter(pk=stored.id, client__isnull=True)
    if (
        not mine.update(client=client_id)
        and not StoredAssessment.objects.filter(pk=stored.id, client=client_id).exists()
    ):
        raise LeaveError(
            Refused(
                "answers-of-another",
                "These answers belong to a booking under another name. Each person answers for themselves; "
                "please go through the questions again.",
            )
        )
