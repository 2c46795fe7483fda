"""A session of today for whoever tries the demonstration: the check, the room and the note work on the day alone."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from unpinch.clinical.values import Disposition
from unpinch.records.models import Appointment, Status
from unpinch.services import booking, session_link

if TYPE_CHECKING:
    from datetime import datetime

_QUARTERS = 12
"""How many quarters of an hour are tried."""


def session_today(therapist_email: str, now: datetime) -> str | None:
    """The secret of the link of a session of this therapist that is still to come today, made if there is none.

    None when nothing could be put on today any more, or nobody of theirs may have a massage as things are.
    """
    mine = Appointment.objects.filter(
        therapist__user__email=therapist_email,
        status=Status.BOOKED,
        starts_at__gt=now,
        assessment__disposition=Disposition.MASSAGE_OK,
    ).order_by("starts_at", "pk")
    like = mine.first()
    if like is None:
        return None
    if _day(like.starts_at, like) == _day(now, like):
        return session_link.token_of(like.calendar_uid)
    for quarter in range(1, _QUARTERS + 1):
        start = _quarter_after(now, quarter)
        if _day(start, like) != _day(now, like):
            return None
        try:
            with transaction.atomic():
                return session_link.token_of(_put(like, start, now).calendar_uid)
        except IntegrityError:
            continue  # something lies there already
    return None


def _put(like: Appointment, start: datetime, now: datetime) -> Appointment:
    uid = uuid.uuid4()
    local = start.astimezone(ZoneInfo(like.time_zone))
    return Appointment.objects.create(
        practice_id=like.practice_id,
        key=uuid.uuid4(),
        therapist_id=like.therapist_id,
        room_id=like.room_id,
        client_id=like.client_id,
        service_id=like.service_id,
        location_id=like.location_id,
        assessment_id=like.assessment_id,
        starts_at=start,
        ends_at=start + (like.ends_at - like.starts_at),
        busy_from=start,
        busy_until=start + (like.busy_until - like.starts_at),
        local_start=local.strftime("%Y-%m-%dT%H:%M"),
        time_zone=like.time_zone,
        status=Status.BOOKED,
        price_minor=like.price_minor,
        calendar_uid=uid,
        cancel_token_hash=booking.hash_of(booking.token_of(uid)),
        booked_at=now,
    )


def _quarter_after(now: datetime, number: int) -> datetime:
    whole = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return whole + timedelta(minutes=15 * number)


def _day(moment: datetime, row: Appointment) -> str:
    return moment.astimezone(ZoneInfo(row.time_zone)).date().isoformat()
