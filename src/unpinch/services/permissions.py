"""Who may do what: the one page of rules, for every door.

Each rule is a pure function of who is asking and whose the thing is. ``caller`` is None for a visitor who has
not logged in. Everything is of one practice: staff of another practice are strangers here, whatever their role.
A person who holds the secret link of a thing (an appointment, a doctor's question) is let in by the link's own
service; no rule here knows links.

| | client | therapist | front desk | owner |
| --- | --- | --- | --- | --- |
| own appointments, own health record, own lines of the record book | yes | as a client | as a client | as a client |
| calendar | | own | all | all |
| names, phones, bookings, payments | own | of own sessions | all | all |
| health records | own | of those they treat | | all, and every reading is written down |
| notes of a session | | own sessions | | |
| a doctor's answer by paper or phone | | of those they treat | yes | yes |
| people, services, prices, hours, results, record book | | | | yes |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.records.models import Role

if TYPE_CHECKING:
    from unpinch.services.access import Caller


@dataclass(frozen=True, slots=True)
class Thing:
    """What is asked about, by whose it is. ``therapist_id`` and ``client_id`` are None where it is nobody's own."""

    practice_id: int
    client_id: int | None = None
    therapist_id: int | None = None


def can_work_here(caller: Caller | None, thing: Thing) -> bool:
    """Whether this person is staff of the practice."""
    return _is_of(caller, thing) and caller is not None and caller.is_staff


def can_run_practice(caller: Caller | None, thing: Thing) -> bool:
    """People and invitations, services, prices, hours, policies, results, the record book: the owner."""
    return can_work_here(caller, thing) and caller is not None and caller.role == Role.OWNER


def can_work_at_desk(caller: Caller | None, thing: Thing) -> bool:
    """Everybody's bookings, contacts and payments, the waitlist: front desk and owner."""
    return can_work_here(caller, thing) and caller is not None and caller.role in {Role.DESK, Role.OWNER}


def can_see_calendar(caller: Caller | None, thing: Thing) -> bool:
    """The calendar of ``thing.therapist_id``: the therapist's own, every one for desk and owner. Nothing on health."""
    return can_work_at_desk(caller, thing) or _gives_it(caller, thing)


def can_change_booking(caller: Caller | None, thing: Thing) -> bool:
    """Move or cancel: the client, the therapist who gives it, desk and owner. What is booked still passes the gate."""
    return can_see_calendar(caller, thing) or is_own(caller, thing)


def can_treat(caller: Caller | None, thing: Thing) -> bool:
    """The screen in the room and the notes: the therapist whose session it is, and nobody else."""
    return _gives_it(caller, thing)


def can_read_health(caller: Caller | None, thing: Thing) -> bool:
    """Answers, judgement, doctor's words, notes, relief: the client, the therapist who treats, the owner.

    A reading by staff is written in the record book (``audit.record``), in the same service.
    """
    return is_own(caller, thing) or can_treat(caller, thing) or can_run_practice(caller, thing)


def can_enter_clearance(caller: Caller | None, thing: Thing) -> bool:
    """Write down what a doctor said on paper or by phone: the therapist who treats, desk and owner."""
    return can_treat(caller, thing) or can_work_at_desk(caller, thing)


def can_decide_for_client(caller: Caller | None, thing: Thing) -> bool:
    """Consent, export, erasure, what to share: the client; the owner carries it out on the client's wish."""
    return is_own(caller, thing) or can_run_practice(caller, thing)


def can_read_record_book(caller: Caller | None, thing: Thing) -> bool:
    """The lines about ``thing.client_id``: that client; all lines (None): the owner."""
    return is_own(caller, thing) or can_run_practice(caller, thing)


def is_own(caller: Caller | None, thing: Thing) -> bool:
    """Whether the thing is this client's."""
    return (
        _is_of(caller, thing)
        and caller is not None
        and caller.client_id is not None
        and caller.client_id == thing.client_id
    )


def _gives_it(caller: Caller | None, thing: Thing) -> bool:
    return (
        can_work_here(caller, thing)
        and caller is not None
        and caller.therapist_id is not None
        and caller.therapist_id == thing.therapist_id
    )


def _is_of(caller: Caller | None, thing: Thing) -> bool:
    return caller is not None and caller.practice_id == thing.practice_id
