"""What is new in running sessions, for those who watch them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import close_old_connections, connection
from django.db.models import Q

from unpinch.records.models import RoomEvent, RoomSession
from unpinch.services.session_room import read_event

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 500


@dataclass(frozen=True, slots=True)
class News:
    """One event of a session. ``is_end`` says that none follows."""

    room_id: int
    number: int
    kind: str
    by: str
    is_end: bool


def newer(lasts: Mapping[int, int]) -> list[News]:
    """The events after the given numbers, by session number. Two queries at most, whoever and however many ask."""
    if not connection.in_atomic_block:
        close_old_connections()  # no request ends here, so nobody else does it
    current = dict(RoomSession.objects.filter(pk__in=lasts).values_list("pk", "last"))
    behind = {key: last for key, last in lasts.items() if current.get(key, 0) > last}
    if not behind:
        return []
    wanted = Q()
    for key, last in behind.items():
        wanted |= Q(session_id=key, number__gt=last)
    rows = RoomEvent.objects.filter(wanted).order_by("session_id", "number")[:_MOST]
    return [_news(row) for row in rows]


def is_running(room_id: int) -> bool:
    """Whether the session goes on."""
    return RoomSession.objects.filter(pk=room_id, phase="running").exists()


def _news(row: RoomEvent) -> News:
    happened = read_event(row)
    kind = happened.event.kind
    failed = kind == "recheck" and not happened.event.passed
    ends = not happened.why and (kind in ("stop", "finish") or failed)
    return News(row.session_id, row.number, kind, row.by, ends)
