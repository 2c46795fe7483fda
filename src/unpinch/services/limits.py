"""Slows guessing down without shutting anybody out who is not guessing.

A count belongs to who tries *and* what is tried (an address from a place on the network, a known browser), never
to the victim alone: a stranger who types your address a thousand times uses up the stranger's tries, not yours.
The counts are in the database, so that all server processes share them.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from unpinch.records.models import TryCount

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from django.db.models import QuerySet

_IPV6_NETWORK = 64


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` tries within ``span``; ``name`` keeps it apart from other limits."""

    name: str
    most: int
    span: timedelta


def is_used_up(limit: Limit, *who: object, now: datetime) -> bool:
    """Whether the next try has to wait. Counts nothing."""
    return _counts(limit, who).filter(resets_at__gt=now, count__gte=limit.most).exists()


def count(limit: Limit, *who: object, now: datetime) -> bool:
    """Count one try; whether it was still within the limit. Tries at the same moment are all counted."""
    rows = _counts(limit, who)
    key, ends = _key(limit, who), now + limit.span
    with transaction.atomic():
        rows.filter(resets_at__lte=now).update(count=0, resets_at=ends)
        if not rows.update(count=F("count") + 1):
            tidy(now)  # a new row takes the place of those that are over: the table needs no other care
            TryCount.objects.bulk_create([TryCount(key=key, count=0, resets_at=ends)], ignore_conflicts=True)
            rows.update(count=F("count") + 1)
        return rows.values_list("count", flat=True).get() <= limit.most


def forget(limit: Limit, *who: object) -> None:
    """Begin at nought again, after a try that was right."""
    _counts(limit, who).delete()


def tidy(now: datetime) -> int:
    """Remove counts that are over; how many."""
    return TryCount.objects.filter(resets_at__lte=now).delete()[0]


def network(address: str) -> str:
    """The place on the network that one person has: an IPv4 address, or the /64 that an IPv6 customer gets."""
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _IPV6_NETWORK), strict=False))


def _counts(limit: Limit, who: tuple[object, ...]) -> QuerySet[TryCount]:
    return TryCount.objects.filter(key=_key(limit, who))


def _key(limit: Limit, who: tuple[object, ...]) -> str:
    return hashlib.sha256(repr((limit.name, *map(str, who))).encode()).hexdigest()
