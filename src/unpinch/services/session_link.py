"""The secret link of one session: for the check on the day, the summary and the question on the day after.

It is made from the appointment and the server's secret, names the appointment, and proves that the server made it.
It opens less than the appointment's own link: nothing can be cancelled or moved with it.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Appointment, Status
from unpinch.services.appointment import with_names

if TYPE_CHECKING:
    from django.db.models import QuerySet

_PROOF_BYTES = 20


def token_of(calendar_uid: UUID) -> str:
    """The secret of a session's link."""
    return base64.urlsafe_b64encode(calendar_uid.bytes + _proof(calendar_uid)).decode().rstrip("=")


def by_token(token: str, rows: QuerySet[Appointment] | None = None) -> Appointment:
    """The appointment behind a link; NotFoundError when the link is of none, or of one that was given back."""
    found = with_names(Appointment.objects.all() if rows is None else rows).select_related("assessment")
    uid = _uid_in(token)
    row = None if uid is None else found.filter(calendar_uid=uid, client__isnull=False).first()
    if row is None or row.status in {Status.HELD, Status.EXPIRED, Status.CANCELLED}:
        raise NotFoundError("This link is of no session. Please check it, or call us.")
    return row


def _uid_in(token: str) -> UUID | None:
    """The appointment that a token names, None when the server did not make it."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + _PROOF_BYTES:
        return None
    uid = UUID(bytes=raw[:16])
    return uid if constant_time_compare(raw[16:], _proof(uid)) else None


def _proof(calendar_uid: UUID) -> bytes:
    return salted_hmac("unpinch.session-link", calendar_uid.hex, algorithm="sha256").digest()[:_PROOF_BYTES]
