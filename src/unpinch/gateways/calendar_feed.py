"""Fetches somebody's calendar from an address that they gave, and reads from it when they are busy.

The address comes from a person, so the server that it names is looked at first: only http and https, no address
inside this network (unless the installation allows it), the connection goes to the very address that was looked
at, and size, time and the number of events are limited.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import recurring_ical_events
from icalendar import Calendar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

MOST_BYTES = 2_000_000
MOST_EVENTS = 5_000
SECONDS = 10.0
_HOPS = 4
_PIECE = 16_384
_SLICE = timedelta(days=28)
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}


class FeedError(Exception):
    """The calendar cannot be had or read; the words are for the person whose calendar it is."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A calendar's text, None when it is the same as before; ``etag`` is what to ask with next time."""

    text: str | None
    etag: str


def fetch(address: str, etag: str = "", *, allows_local: bool = False) -> Fetched:
    """The calendar at an address (http, https or webcal). FeedError when it cannot be had."""
    ends, where = time.monotonic() + SECONDS, check_address(address)
    for _hop in range(_HOPS):
        answer = _ask(where, etag, ends, allows_local=allows_local)
        if isinstance(answer, Fetched):
            return answer
        where = check_address(urljoin(where, answer))
    raise FeedError("The address leads from one to another without an end.")


def check_address(address: str) -> str:
    """An address as it is fetched: webcal is https. FeedError for what is no web address."""
    text = address.strip()
    if text.lower().startswith("webcal://"):
        text = f"https://{text[9:]}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise FeedError("This is no web address.") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise FeedError("Give an address that begins with https://, http:// or webcal://.")
    if parts.username or parts.password:
        raise FeedError("Give the secret address of the calendar, without a name and password in it.")
    if any(letter <= " " or letter == "\x7f" for letter in text):
        raise FeedError("There is a blank in this address.")
    return text


def busy_times(
    text: str, start: datetime, end: datetime, zone: ZoneInfo
) -> tuple[tuple[datetime, datetime], ...]:
    """When a calendar says "busy" between two moments, joined where they touch. Times without a zone are in ``zone``."""
    try:
        calendar = Calendar.from_ical(text)
        _need_sane(calendar)
        found = sorted(_occurrences(calendar, start, end, zone))
    except FeedError:
        raise
    except Exception as error:  # a stranger's file can break a parser in any way
        raise FeedError("What is there is no calendar that we can read.") from error
    return tuple(_joined(found))


def _ask(where: str, etag: str, ends: float, *, allows_local: bool) -> Fetched | str:
    """The calendar, or the address that the server sends us to."""
    parts = urlsplit(where)
    host, is_https = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_https else 80)
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    try:
        connection = _connect(host, port, ends, is_https=is_https, allows_local=allows_local)
        try:
            headers = {"Accept": "text/calendar", "User-Agent": "unpinch", "Accept-Encoding": "identity"}
            connection.request(
                "GET", target, headers={**headers, **({"If-None-Match": etag} if etag else {})}
            )
            return _read(connection.getresponse(), connection, ends)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise FeedError("The calendar's server could not be reached.") from error


def _connect(
    host: str, port: int, ends: float, *, is_https: bool, allows_local: bool
) -> http.client.HTTPConnection:
    """A connection to an address that was looked at, so that the name cannot lead elsewhere in between."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [entry[4][0] for entry in found]
    if not addresses or (not allows_local and not all(_is_public(str(one)) for one in addresses)):
        raise FeedError("This address lies inside a private network, so it is not fetched.")
    sock = socket.create_connection((str(addresses[0]), port), timeout=_left(ends))
    if is_https:
        sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    connection = http.client.HTTPConnection(host, port, timeout=_left(ends))
    connection.sock = sock
    return connection


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    if mapped is not None:
        found = mapped
    return found.is_global and not found.is_multicast


def _read(
    response: http.client.HTTPResponse, connection: http.client.HTTPConnection, ends: float
) -> Fetched | str:
    if response.status in {301, 302, 303, 307, 308}:
        return response.getheader("Location") or "nowhere"
    etag = (response.getheader("ETag") or "")[:200]
    if response.status == 304:
        return Fetched(None, etag)
    if response.status != 200:
        raise FeedError(f"The calendar's server answered {response.status}.")
    pieces, size = [], 0
    while True:
        if connection.sock is not None:
            connection.sock.settimeout(_left(ends))
        piece = response.read1(_PIECE)
        if not piece:
            break
        size += len(piece)
        if size > MOST_BYTES:
            raise FeedError("This calendar is larger than 2 megabytes.")
        pieces.append(piece)
    return Fetched(b"".join(pieces).decode("utf-8", "replace"), etag)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise FeedError("The calendar's server took longer than ten seconds.")
    return left


def _need_sane(calendar: Any) -> None:
    """A rule that repeats by the hour or faster is no appointment, and would take for ever to work out."""
    for event in calendar.walk("VEVENT"):
        rules = event.get("RRULE") or []
        for rule in rules if isinstance(rules, list) else [rules]:
            if {str(one).upper() for one in rule.get("FREQ", [])} & _TOO_OFTEN:
                raise FeedError("An event in this calendar repeats every hour or more often.")


def _occurrences(
    calendar: Any, start: datetime, end: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    query, count, at = recurring_ical_events.of(calendar), 0, start
    while at < end:
        until = min(end, at + _SLICE)
        for event in query.between(at, until):
            count += 1
            if count > MOST_EVENTS:
                raise FeedError("This calendar has too many events.")
            is_free = str(event.get("TRANSP", "")).upper() == "TRANSPARENT"
            if is_free or str(event.get("STATUS", "")).upper() == "CANCELLED":
                continue
            first, last = _moment(event.start, zone), _moment(event.end, zone)
            if first < last:
                yield max(first, start), min(last, end)
        at = until


def _moment(value: date, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=zone)
    return value if value.tzinfo is not None else value.replace(tzinfo=zone)


def _joined(found: list[tuple[datetime, datetime]]) -> Iterator[tuple[datetime, datetime]]:
    current: tuple[datetime, datetime] | None = None
    for start, end in found:
        if current is not None and start <= current[1]:
            current = current[0], max(current[1], end)
            continue
        if current is not None:
            yield current
        current = start, end
    if current is not None:
        yield current
