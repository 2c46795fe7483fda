"""The secret link of an appointment: made by the server, known to the client, kept as a hash."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from django.utils.crypto import salted_hmac

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Appointment, Status
from unpinch.services import messages
from unpinch.services.appointment import AppointmentView, view, with_names

if TYPE_CHECKING:
    from uuid import UUID


def token_of(calendar_uid: UUID) -> str:
    """The secret of an appointment's link. It can be made again by the server, and is not in the table."""
    made = salted_hmac("unpinch.appointment-link", calendar_uid.hex, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def hash_of(token: str) -> str:
    """What the table keeps of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(token: str, *, for_change: bool = False) -> Appointment:
    """The row behind a link; NotFoundError when it is of no appointment. A mere hold is none yet."""
    rows = with_names(Appointment.objects).select_related("course", "assessment")
    if for_change:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(cancel_token_hash=hash_of(token)).first()
    if row is None or row.status in {Status.HELD, Status.EXPIRED}:
        raise NotFoundError("This link is of no appointment. Please check it, or call us.")
    return row


def find(token: str) -> AppointmentView:
    """The appointment behind a link; NotFoundError when the link is of no appointment."""
    return view(by_token(token))


def calendar_file(token: str, *, clock: Clock = SYSTEM_CLOCK) -> str:
    """The appointment as a calendar file to download."""
    return messages.download(by_token(token), clock.now())
