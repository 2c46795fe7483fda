"""Therapists' own calendars: fetched by the worker, and what is busy there is time off here.

Only from when to when is kept, never what it is. While a calendar cannot be fetched, what it said last holds, and
its owner is told why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from unpinch.gateways import calendar_feed
from unpinch.gateways.calendar_feed import FeedError
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import PrivateCalendar, TimeOff
from unpinch.services import audit

if TYPE_CHECKING:
    from datetime import datetime

    from unpinch.services.access import Caller

EVERY = timedelta(minutes=15)
AHEAD = timedelta(days=400)
MOST = 5
_A_ROUND = 3
_LEASE = timedelta(minutes=2)
REASON = "Private"


@dataclass(frozen=True, slots=True)
class CalendarSeen:
    """One calendar as its therapist sees it. ``fault`` says why it could not be read; empty: all is well."""

    id: int
    name: str
    host: str
    read_at: datetime | None
    fault: str


def of(caller: Caller) -> tuple[CalendarSeen, ...]:
    """A therapist's own calendars."""
    rows = (
        PrivateCalendar.objects.filter(therapist_id=_therapist(caller))
        .select_related("practice")
        .order_by("pk")
    )
    return tuple(
        CalendarSeen(
            row.pk,
            row.name,
            row.address.split("/")[2],
            None if row.read_at is None else row.read_at.astimezone(ZoneInfo(row.practice.time_zone)),
            row.fault,
        )
        for row in rows
    )


def add(caller: Caller, name: str, address: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Add one; it is fetched within a minute. InputError with code ``address`` for what is no address."""
    therapist, now = _therapist(caller), clock.now()
    try:
        checked = calendar_feed.check_address(address)
    except FeedError as error:
        raise InputError(str(error), code="address") from error
    with transaction.atomic():
        if PrivateCalendar.objects.filter(therapist_id=therapist).count() >= MOST:
            raise InputError(f"{MOST} calendars are the most. Remove one first.", code="address")
        row = PrivateCalendar.objects.create(
            practice_id=caller.practice_id,
            therapist_id=therapist,
            name=name.strip()[:60] or "Calendar",
            address=checked,
            look_at=now,
        )
        audit.record(
            caller.practice_id, audit.actor_of(caller.user_id), "calendar.add", "calendar", row.pk, now
        )


def remove(caller: Caller, calendar_id: int, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Remove one, and the time that it blocked."""
    now = clock.now()
    with transaction.atomic():
        gone = PrivateCalendar.objects.filter(therapist_id=_therapist(caller), pk=calendar_id).delete()[0]
        if not gone:
            raise NotFoundError("You have no such calendar.")
        actor = audit.actor_of(caller.user_id)
        audit.record(caller.practice_id, actor, "calendar.remove", "calendar", calendar_id, now)


def refresh_due(now: datetime) -> int:
    """Fetch the calendars whose turn it is, three at most in a round; how many were read anew."""
    due = PrivateCalendar.objects.filter(look_at__lte=now).order_by("look_at", "pk")
    return sum(_refresh(key, now) for key in list(due.values_list("pk", flat=True)[:_A_ROUND]))


def _refresh(key: int, now: datetime) -> bool:
    """Fetch one outside any transaction, then put what it says in the place of what it said."""
    mine = PrivateCalendar.objects.filter(pk=key, look_at__lte=now).update(look_at=now + _LEASE)
    row = PrivateCalendar.objects.select_related("practice").filter(pk=key).first() if mine else None
    if row is None:
        return False
    fields, busy = {"look_at": now + EVERY, "fault": ""}, None
    try:
        # The days ahead move on: once a day the whole is read again, changed or not.
        is_old = row.read_at is None or row.read_at <= now - timedelta(days=1)
        fetched = calendar_feed.fetch(
            row.address, "" if is_old else row.etag, allows_local=settings.ALLOWS_LOCAL_CALENDARS
        )
        if fetched.text is not None:
            zone = ZoneInfo(row.practice.time_zone)
            busy = calendar_feed.busy_times(fetched.text, now, now + AHEAD, zone)
            fields |= {"etag": fetched.etag, "read_at": now}
    except FeedError as error:
        fields["fault"] = str(error)[:200]
    with transaction.atomic():
        if not PrivateCalendar.objects.filter(pk=key).update(**fields):
            return False  # removed meanwhile
        if busy is None:
            return False
        TimeOff.objects.filter(calendar_id=key).delete()
        TimeOff.objects.bulk_create(
            TimeOff(
                practice_id=row.practice_id,
                therapist_id=row.therapist_id,
                calendar_id=key,
                starts_at=start,
                ends_at=end,
                reason=REASON,
            )
            for start, end in busy
        )
    return True


def _therapist(caller: Caller) -> int:
    if caller.therapist_id is None:
        raise NotFoundError("Private calendars are for therapists.")
    return caller.therapist_id
