"""How a use case leaves its transaction, so that nothing of the try is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import OperationalError, connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from unpinch.services.outcomes import Refused

_DEADLOCK = {"40P01", "40001"}
_THERAPIST, _ROOM, _CLIENT = 1, 2, 3
_T = TypeVar("_T")


class GoneError(Exception):
    """The place is not free any more."""


class LeaveError(Exception):
    """A rule forbids it; ``refused`` says which."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


class KeyInUseError(Exception):
    """Another transaction has just booked with the same key: look again and find its appointment."""


def once_more_on_deadlock(work: Callable[[], _T]) -> _T:
    """PostgreSQL may end one of two transactions that wait for each other; the second try finds the way free."""
    try:
        return work()
    except KeyInUseError:
        return work()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) not in _DEADLOCK:
            raise
        return work()


def lock(therapists: Iterable[int], rooms: Iterable[int] = (), clients: Iterable[int] = ()) -> None:
    """Wait until no other transaction works on these; they are ours until the transaction ends.

    For everything that changes more than one place or moves one: on PostgreSQL two such transactions would wait
    for each other's rows until one is killed. All take their locks in one order, so none waits in a circle.
    SQLite has one writer at a time, from the start of its transaction, and needs nothing here.
    """
    if connection.vendor != "postgresql":
        return
    wanted = [
        (kind, key)
        for kind, keys in ((_THERAPIST, therapists), (_ROOM, rooms), (_CLIENT, clients))
        for key in sorted(set(keys))
    ]
    if not wanted:
        return
    with connection.cursor() as cursor:
        for kind, key in wanted:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [kind, key % 2**31])
