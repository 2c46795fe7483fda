"""Calendars to subscribe to: of a therapist, a room or a client, by a secret address that can be changed.

Nothing in them is about health. Clients stand in them as initials, if the practice chooses so, or not at all.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from unpinch.gateways.calendar_file import CalendarEntry, published
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Appointment, CalendarFeed, Room, Status, Therapist
from unpinch.services import audit, permissions
from unpinch.services.appointment import view, with_names
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from unpinch.services.access import Caller

Kind = Literal["therapist", "room", "client"]
FEED_PATH = "/feed/{token}.ics"
_PROOF_BYTES = 20
_BACK, _AHEAD = timedelta(days=60), timedelta(days=400)
_SHOWN = (Status.BOOKED, Status.COMPLETED, Status.NO_SHOW)


@dataclass(frozen=True, slots=True)
class FeedSeen:
    """What can be subscribed to. ``address`` is empty until somebody asks for one."""

    kind: Kind
    id: int
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar with what tells one state of it from another."""

    text: str
    etag: str


def of(caller: Caller) -> tuple[FeedSeen, ...]:
    """The calendars that somebody may subscribe to, in at most three queries."""
    wanted: list[tuple[Kind, int, str]] = []
    if caller.client_id is not None:
        wanted.append(("client", caller.client_id, "Your own appointments"))
    thing = Thing(caller.practice_id)
    therapists = Therapist.objects.filter(practice_id=caller.practice_id, is_active=True)
    if permissions.can_work_at_desk(caller, thing):
        wanted += [("therapist", key, name) for key, name in therapists.values_list("pk", "name")]
        rooms = Room.objects.filter(practice_id=caller.practice_id, is_active=True).order_by(
            "location", "name"
        )
        wanted += [("room", key, name) for key, name in rooms.values_list("pk", "name")]
    elif caller.therapist_id is not None:
        wanted.append(("therapist", caller.therapist_id, "Your sessions"))
    rows = CalendarFeed.objects.filter(practice_id=caller.practice_id)
    uids = {(row.kind, row.of): row.uid for row in rows}
    return tuple(
        FeedSeen(kind, key, name, _address(uids[kind, key]) if (kind, key) in uids else "")
        for kind, key, name in wanted
    )


def renew(caller: Caller, kind: str, key: int, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Make an address, or another in place of the one there is, which then leads nowhere."""
    now, found = clock.now(), _mine(caller, kind, key)
    with transaction.atomic():
        CalendarFeed.objects.update_or_create(
            practice_id=caller.practice_id, kind=found.kind, of=key, defaults={"uid": uuid4(), "made_at": now}
        )
        actor = audit.actor_of(caller.user_id)
        audit.record(caller.practice_id, actor, "feed.renew", found.kind, key, now)


def stop(caller: Caller, kind: str, key: int, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Take the address back."""
    now, found = clock.now(), _mine(caller, kind, key)
    with transaction.atomic():
        CalendarFeed.objects.filter(practice_id=caller.practice_id, kind=found.kind, of=key).delete()
        actor = audit.actor_of(caller.user_id)
        audit.record(caller.practice_id, actor, "feed.stop", found.kind, key, now)


def read(token: str, *, clock: Clock = SYSTEM_CLOCK) -> Feed:
    """The calendar behind a secret address; NotFoundError when it leads nowhere."""
    uid, now = _uid_in(token), clock.now()
    row = None if uid is None else CalendarFeed.objects.select_related("practice").filter(uid=uid).first()
    if row is None:
        raise NotFoundError("This address is of no calendar. Ask for a new one on your page.")
    mine = {"therapist": "therapist_id", "room": "room_id", "client": "client_id"}[row.kind]
    appointments = with_names(Appointment.objects).filter(
        **{mine: row.of},
        practice_id=row.practice_id,
        status__in=_SHOWN,
        released_at__isnull=True,
        busy_from__gte=now - _BACK,
        busy_from__lte=now + _AHEAD,
    )
    shows = row.practice.feeds_show_initials and row.kind != "client"
    rows = list(appointments.order_by("starts_at", "pk"))
    text = published([_entry(one, row.kind, shows=shows) for one in rows])
    return Feed(text, f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"')


def _entry(row: Appointment, kind: str, *, shows: bool) -> CalendarEntry:
    shown = view(row)
    initials = "".join(part[0] + "." for part in shown.client_name.split()) if shows else ""
    title = f"Appointment at {shown.practice}" if kind == "client" else initials or "Booked"
    return CalendarEntry(
        uid=row.calendar_uid,
        sequence=row.calendar_sequence,
        start=row.starts_at,
        end=row.ends_at,
        title=title,
        place=", ".join(
            part for part in (shown.location, shown.address if kind == "client" else shown.room) if part
        ),
        notes=f"With {shown.therapist}" + (f". Phone: {shown.phone}" if kind == "client" else ""),
        organiser_name=shown.practice,
        organiser_email=row.practice.email,
        attendee_email="",
        written_at=row.booked_at,
        status="TENTATIVE" if row.is_tentative else "CONFIRMED",
    )


def _mine(caller: Caller, kind: str, key: int) -> FeedSeen:
    found = next((one for one in of(caller) if (one.kind, one.id) == (kind, key)), None)
    if found is None:
        raise NotFoundError("There is no such calendar for you.")
    return found


def _address(uid: UUID) -> str:
    token = base64.urlsafe_b64encode(uid.bytes + _proof(uid)).decode().rstrip("=")
    return f"{settings.PUBLIC_URL}{FEED_PATH.format(token=token)}"


def _uid_in(token: str) -> UUID | None:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + _PROOF_BYTES:
        return None
    uid = UUID(bytes=raw[:16])
    return uid if constant_time_compare(raw[16:], _proof(uid)) else None


def _proof(uid: UUID) -> bytes:
    return salted_hmac("unpinch.calendar-feed", uid.hex, algorithm="sha256").digest()[:_PROOF_BYTES]
