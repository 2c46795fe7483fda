"""The secret link of a course: it names the course and proves that the server made it."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Course

if TYPE_CHECKING:
    from django.db.models import QuerySet

_PROOF_BYTES = 20


def token_of(link_uid: UUID) -> str:
    """The secret of a course's link. It can be made again by the server, and is not in the table."""
    return base64.urlsafe_b64encode(link_uid.bytes + _proof(link_uid)).decode().rstrip("=")


def by_token(token: str, rows: QuerySet[Course] | None = None) -> Course:
    """The course behind a link; NotFoundError when the link is of no course."""
    found = (Course.objects.all() if rows is None else rows).select_related("practice", "client")
    uid = _uid_in(token)
    course = None if uid is None else found.filter(link_uid=uid).first()
    if course is None:
        raise NotFoundError("This link is of no course. Please check it, or call us.")
    return course


def _uid_in(token: str) -> UUID | None:
    """The course that a token names, None when the server did not make it."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + _PROOF_BYTES:
        return None
    uid = UUID(bytes=raw[:16])
    return uid if constant_time_compare(raw[16:], _proof(uid)) else None


def _proof(link_uid: UUID) -> bytes:
    return salted_hmac("unpinch.course-link", link_uid.hex, algorithm="sha256").digest()[:_PROOF_BYTES]
