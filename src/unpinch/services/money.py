"""What a client owes, has paid, and has left.

What is owed follows from the appointments: the price of each that is booked, took place or was missed, and the
fee of each that was cancelled late. It is due when the session begins, for the sessions of a course that was sold
as a package when the first of them begins, and for a fee at once. What was paid is a ledger that is only added to;
it covers what falls due first, and the rest is credit. So a course that is stopped settles itself: the sessions
that are given back are owed no longer, and what was paid for them is credit for later, or paid back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Sum

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.kernel.money import Account, Charge, settle
from unpinch.records.models import Appointment, Client, LedgerEntry, Practice, Status, Way
from unpinch.services import audit, permissions
from unpinch.services.outcomes import Refused
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from datetime import datetime

    from unpinch.services.access import Caller

DESK_WAYS = (Way.CASH, Way.CARD, Way.TRANSFER, Way.GOODWILL)
MOST_MINOR = 100_000_00
_OWED = (Status.BOOKED, Status.COMPLETED, Status.NO_SHOW)


@dataclass(frozen=True, slots=True)
class Money:
    """A sum with its currency."""

    price_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand with one appointment, or all of a course. ``by`` is when the rest is due, None if nothing is."""

    price: Money
    paid: Money
    open: Money
    by: datetime | None
    credit: Money
    sessions: int = 1
    sessions_paid: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger."""

    amount: Money
    is_back: bool
    way: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """A client's money for the desk: what is to be paid now, in all, and what is left as credit."""

    client_id: int
    client_name: str
    due: Money
    owed: Money
    credit: Money
    lines: tuple[Line, ...]
    charges: tuple[tuple[datetime, Money, Money], ...]
    """When each falls due, what it is, and what is open of it."""


@dataclass(frozen=True, slots=True)
class PayCommand:
    """Money that the desk took (``amount_minor`` above nought). ``key`` is made once per form."""

    client_id: int
    key: str
    amount_minor: int
    way: str
    note: str = ""


def currency_of(practice_id: int) -> str:
    """The currency's three letters."""
    return Practice.objects.values_list("currency", flat=True).get(pk=practice_id)


def account_of(client_id: int) -> Account:
    """A client's account as it stands, in two queries."""
    paid = LedgerEntry.objects.filter(client_id=client_id).aggregate(total=Sum("amount_minor"))["total"] or 0
    return settle(_charges(client_id), paid)


def of_appointment(row: Appointment) -> Standing:
    """How things stand with one appointment (with its practice)."""
    assert row.client_id is not None
    return _standing(row.client_id, {row.pk}, row.practice.currency, row.practice.time_zone)


def of_appointment_id(appointment_id: int) -> Standing:
    """The same by its number."""
    row = Appointment.objects.select_related("practice").get(pk=appointment_id)
    return of_appointment(row)


def of_course(course_id: int) -> Standing | None:
    """How things stand with all sessions of a course; None for a course without any."""
    rows = list(Appointment.objects.filter(course_id=course_id).select_related("practice"))
    if not rows or rows[0].client_id is None:
        return None
    practice = rows[0].practice
    return _standing(rows[0].client_id, {row.pk for row in rows}, practice.currency, practice.time_zone)


def sheet(caller: Caller, client_id: int, *, clock: Clock = SYSTEM_CLOCK) -> Sheet:
    """A client's money for the desk; NotFoundError for anybody else."""
    now = clock.now()
    client = _client(caller, client_id)
    practice = Practice.objects.get(pk=caller.practice_id)
    currency, zone = practice.currency, ZoneInfo(practice.time_zone)
    account = account_of(client_id)
    entries = LedgerEntry.objects.filter(client_id=client_id).order_by("-pk")
    return Sheet(
        client.pk,
        client.name,
        Money(account.due_by(now), currency),
        Money(account.owed, currency),
        Money(max(0, account.left), currency),
        tuple(
            Line(
                Money(abs(one.amount_minor), currency),
                one.amount_minor < 0,
                str(Way(one.way).label),
                one.note,
                one.at.astimezone(zone),
            )
            for one in entries
        ),
        tuple(
            (
                one.charge.due_at.astimezone(zone),
                Money(one.charge.amount, currency),
                Money(one.open, currency),
            )
            for one in account.charges
        ),
    )


def take(caller: Caller, command: PayCommand, *, clock: Clock = SYSTEM_CLOCK) -> int:
    """Write down money that the desk took. The same ``key`` twice is one payment. InputError for a sum that cannot be."""
    now = clock.now()
    if command.way not in DESK_WAYS:
        raise InputError("Choose how it was paid.", code="way")
    _check(command.amount_minor)
    client = _client(caller, command.client_id)
    actor = audit.actor_of(caller.user_id)
    entry = LedgerEntry(
        practice_id=client.practice_id,
        client=client,
        key=f"desk:{command.key}",
        amount_minor=command.amount_minor,
        way=command.way,
        note=command.note.strip()[:200],
        actor=actor,
        at=now,
    )
    return write(entry)


def pay_back(caller: Caller, command: PayCommand, *, clock: Clock = SYSTEM_CLOCK) -> int | Refused:
    """Pay a client back, at most what is left as credit."""
    now = clock.now()
    _check(command.amount_minor)
    client = _client(caller, command.client_id)
    with transaction.atomic():
        Client.objects.select_for_update().get(pk=client.pk)  # two at once must not both see the same credit
        key = f"desk:{command.key}"
        before = LedgerEntry.objects.filter(practice_id=client.practice_id, key=key).first()
        if before is not None:
            return before.pk
        if account_of(client.pk).left < command.amount_minor:
            return Refused("no-credit", "That is more than is left as credit.")
        entry = LedgerEntry(
            practice_id=client.practice_id,
            client=client,
            key=key,
            amount_minor=-command.amount_minor,
            way=Way.REFUND,
            note=command.note.strip()[:200],
            actor=audit.actor_of(caller.user_id),
            at=now,
        )
        return write(entry)


def write(entry: LedgerEntry) -> int:
    """Add a line to the ledger, with one in the record book; a key that is there already adds nothing."""
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
            audit.record(
                entry.practice_id,
                entry.actor,
                "money.write",
                "ledger",
                entry.pk,
                entry.at,
                about=entry.client_id,
                way=str(entry.way),
                amount_minor=entry.amount_minor,
            )
    except IntegrityError:
        before = LedgerEntry.objects.filter(practice_id=entry.practice_id, key=entry.key).first()
        if before is None:
            raise
        return before.pk
    return entry.pk


def _standing(client_id: int, keys: set[int], currency: str, time_zone: str) -> Standing:
    account = account_of(client_id)
    mine = [one for one in account.charges if one.charge.id in keys]
    unpaid = [one for one in mine if one.open]
    return Standing(
        price=Money(sum(one.charge.amount for one in mine), currency),
        paid=Money(sum(one.paid for one in mine), currency),
        open=Money(sum(one.open for one in unpaid), currency),
        by=unpaid[0].charge.due_at.astimezone(ZoneInfo(time_zone)) if unpaid else None,
        credit=Money(max(0, account.left), currency),
        sessions=len(mine),
        sessions_paid=len(mine) - len(unpaid),
    )


def _charges(client_id: int) -> list[Charge]:
    rows = list(
        Appointment.objects.filter(client_id=client_id, status__in=[*_OWED, Status.CANCELLED]).values_list(
            "pk",
            "status",
            "price_minor",
            "cancel_fee_minor",
            "starts_at",
            "released_at",
            "course_id",
            "course__is_package",
        )
    )
    firsts: dict[int, datetime] = {}
    for _pk, status, _price, _fee, starts, _released, course, is_package in rows:
        if is_package and status in _OWED:
            firsts[course] = min(starts, firsts.get(course, starts))
    charges = []
    for key, status, price, fee, starts, released, course, _is_package in rows:
        if status == Status.CANCELLED:
            charges.append(Charge(key, fee, released or starts))
        else:
            charges.append(Charge(key, price, firsts.get(course, starts)))
    return [one for one in charges if one.amount]


def _client(caller: Caller, client_id: int) -> Client:
    row = Client.objects.filter(pk=client_id, practice_id=caller.practice_id).first()
    if row is None or not permissions.can_work_at_desk(caller, Thing(caller.practice_id)):
        raise NotFoundError("There is no such client here.")
    return row


def _check(amount_minor: int) -> None:
    if not 0 < amount_minor <= MOST_MINOR:
        raise InputError("Write a sum above nought, as 58 or 57.50.", code="amount")
