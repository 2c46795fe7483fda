"""Gift vouchers: a sum with a code, sold by the desk and used once.

The code is shown when the voucher is made and kept as a hash. Of two who use one code at the same moment the
database lets one change the row; the ledger names the voucher, and refuses it a second time as well.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.kernel.money import CODE_ALPHABET, read_code, shown_code, with_check
from unpinch.records.models import Client, LedgerEntry, Voucher, Way
from unpinch.services import audit, limits, links, money, permissions
from unpinch.services.limits import Limit
from unpinch.services.money import MOST_MINOR, Money
from unpinch.services.outcomes import Refused
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from datetime import date, datetime

    from unpinch.services.access import Caller

_LENGTH = 15
MOST = 100
TRIES = Limit("voucher", 10, timedelta(hours=1))
"""Wrong codes from one place on the network; a code has 75 random bits."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new voucher; its code is told here and never again."""

    id: int
    code: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Its sum is now the client's credit."""

    amount: Money


@dataclass(frozen=True, slots=True)
class VoucherSeen:
    """A voucher in the desk's list."""

    id: int
    hint: str
    amount: Money
    valid_until: date | None
    note: str
    created_at: datetime
    state: str


def make(
    caller: Caller,
    amount_minor: int,
    valid_until: date | None = None,
    note: str = "",
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> Made:
    """Make a voucher that has been paid for at the desk."""
    now = clock.now()
    _need_desk(caller)
    if not 0 < amount_minor <= MOST_MINOR:
        raise InputError("Write a sum above nought, as 58 or 57.50.", code="amount")
    if valid_until is not None and valid_until <= now.date():
        raise InputError("Choose a day to come, or leave it empty.", code="valid_until")
    code = with_check("".join(secrets.choice(CODE_ALPHABET) for _ in range(_LENGTH)))
    with transaction.atomic():
        row = Voucher.objects.create(
            practice_id=caller.practice_id,
            code_hash=_hash(code),
            hint=code[-4:],
            amount_minor=amount_minor,
            valid_until=valid_until,
            note=note.strip()[:120],
            created_at=now,
        )
        actor = audit.actor_of(caller.user_id)
        audit.record(
            row.practice_id, actor, "voucher.make", "voucher", row.pk, now, amount_minor=amount_minor
        )
    return Made(row.pk, shown_code(code), Money(amount_minor, money.currency_of(caller.practice_id)))


def seen(caller: Caller) -> tuple[VoucherSeen, ...]:
    """The last hundred vouchers, the newest first."""
    _need_desk(caller)
    currency = money.currency_of(caller.practice_id)
    rows = Voucher.objects.filter(practice_id=caller.practice_id).order_by("-pk")[:MOST]
    return tuple(
        VoucherSeen(
            row.pk,
            row.hint,
            Money(row.amount_minor, currency),
            row.valid_until,
            row.note,
            row.created_at,
            _state(row),
        )
        for row in rows
    )


def cancel(caller: Caller, voucher_id: int, *, clock: Clock = SYSTEM_CLOCK) -> bool:
    """Take back a voucher that nobody has used; whether there was one."""
    now = clock.now()
    _need_desk(caller)
    with transaction.atomic():
        done = Voucher.objects.filter(
            practice_id=caller.practice_id, pk=voucher_id, redeemed_at__isnull=True, cancelled_at__isnull=True
        ).update(cancelled_at=now)
        if done:
            actor = audit.actor_of(caller.user_id)
            audit.record(caller.practice_id, actor, "voucher.cancel", "voucher", voucher_id, now)
    return bool(done)


def redeem_by_token(
    token: str, code: str, address: str, *, clock: Clock = SYSTEM_CLOCK
) -> Redeemed | Refused:
    """Use a voucher for whoever holds the link of an appointment. ``address`` is where they ask from."""
    row = links.by_token(token)
    if row.client_id is None:
        raise NotFoundError("This link is of no appointment. Please check it, or call us.")
    return redeem(row.client_id, code, address, actor=f"client:{row.client_id}", clock=clock)


def redeem(
    client_id: int, code: str, address: str, *, actor: str, clock: Clock = SYSTEM_CLOCK
) -> Redeemed | Refused:
    """Turn a voucher into a client's credit, once. Wrong codes are counted, and after ten one has to wait."""
    now = clock.now()
    where = limits.network(address)
    if limits.is_used_up(TRIES, where, now=now):
        return Refused("too-many", "Too many codes were wrong. Please wait an hour, or call us.")
    read = read_code(code)
    if read is None:
        limits.count(TRIES, where, now=now)
        return Refused("mistyped", "This code has a slip in it. Please compare it letter by letter.")
    client = Client.objects.select_related("practice").get(pk=client_id)
    row = Voucher.objects.filter(practice_id=client.practice_id, code_hash=_hash(read)).first()
    if row is None:
        limits.count(TRIES, where, now=now)
        return Refused("unknown", "We do not know this code. Please check it, or call us.")
    today = now.astimezone(ZoneInfo(client.practice.time_zone)).date()
    if row.valid_until is not None and row.valid_until < today:
        return Refused("over", "This voucher was valid until a day that has passed. Please call us.")
    with transaction.atomic():
        won = Voucher.objects.filter(pk=row.pk, redeemed_at__isnull=True, cancelled_at__isnull=True).update(
            redeemed_at=now, redeemed_by=client
        )
        if not won:
            return Refused("used", "This voucher has been used already.")
        money.write(
            LedgerEntry(
                practice_id=client.practice_id,
                client=client,
                key=f"voucher:{row.pk}",
                amount_minor=row.amount_minor,
                way=Way.VOUCHER,
                voucher=row,
                actor=actor,
                at=now,
            )
        )
    return Redeemed(Money(row.amount_minor, client.practice.currency))


def _state(row: Voucher) -> str:
    if row.redeemed_at is not None:
        return "used"
    return "cancelled" if row.cancelled_at is not None else "open"


def _hash(code: str) -> str:
    return hashlib.sha256(b"unpinch.voucher:" + code.encode()).hexdigest()


def _need_desk(caller: Caller) -> None:
    if not permissions.can_work_at_desk(caller, Thing(caller.practice_id)):
        raise NotFoundError("Vouchers are for the front desk and the owner.")
