"""Somebody's calendar: which addresses are fetched, how much of it, and what "busy" means in it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from unpinch.gateways import calendar_feed
from unpinch.gateways.calendar_feed import FeedError, busy_times, check_address, fetch

if TYPE_CHECKING:
    from collections.abc import Iterator

LONDON = ZoneInfo("Europe/London")
START, END = datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 11, 9, tzinfo=UTC)


_WEEKLY = """\
DTSTART;TZID=Europe/London:20261020T090000
DURATION:PT1H
RRULE:FREQ=WEEKLY
EXDATE;TZID=Europe/London:20261103T090000"""


def calendar(*events: str) -> str:
    inner = "\n".join(f"BEGIN:VEVENT\nUID:{n}\n{event}\nEND:VEVENT" for n, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{inner}\nEND:VCALENDAR\n".replace("\n", "\r\n")


def times(*events: str) -> list[str]:
    found = busy_times(calendar(*events), START, END, LONDON)
    return [f"{a.astimezone(UTC):%m-%d %H:%M}/{b.astimezone(UTC):%m-%d %H:%M}" for a, b in found]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("DTSTART:20261020T090000Z\nDTEND:20261020T100000Z", ["10-20 09:00/10-20 10:00"]),
        ("DTSTART:20261020T090000\nDURATION:PT1H", ["10-20 08:00/10-20 09:00"]),
        ("DTSTART;VALUE=DATE:20261025", ["10-24 23:00/10-26 00:00"]),
        (
            _WEEKLY,
            ["10-20 08:00/10-20 09:00", "10-27 09:00/10-27 10:00"],
        ),
        ("DTSTART:20261020T090000Z\nDTEND:20261020T100000Z\nTRANSP:TRANSPARENT", []),
        ("DTSTART:20261020T090000Z\nDTEND:20261020T100000Z\nSTATUS:CANCELLED", []),
        ("DTSTART:20261018T220000Z\nDTEND:20261019T010000Z", ["10-19 00:00/10-19 01:00"]),
        ("DTSTART:20200101T090000Z\nDTEND:20200101T100000Z", []),
    ],
    ids=[
        "utc",
        "floating",
        "25-hour day",
        "weekly over the clock change",
        "free",
        "cancelled",
        "cut",
        "past",
    ],
)
def test_when_somebody_is_busy(event: str, expected: list[str]) -> None:
    assert times(event) == expected


def test_times_that_touch_are_one() -> None:
    events = [f"DTSTART:20261020T{h:02}0000Z\nDTEND:20261020T{h + 1:02}0000Z" for h in (10, 9, 12)]
    assert times(*events) == ["10-20 09:00/10-20 11:00", "10-20 12:00/10-20 13:00"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html></html>",
        "BEGIN:VCALENDAR",
        calendar("DTSTART:2026"),
        calendar("DTSTART:20261020T090000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY"),
        calendar("DTSTART:20261020T090000Z\nDURATION:PT1S\nRRULE:FREQ=HOURLY"),
    ],
)
def test_what_is_no_calendar_is_said_to_be_none(text: str) -> None:
    with pytest.raises(FeedError):
        busy_times(text, START, END, LONDON)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ftp://example.org/x",
        "file:///etc/passwd",
        "https://",
        "https://user:word@example.org/",
        "https://example.org:0/",
        "https://example.org:port/",
        "https://exa mple.org/",
        "https://example.org/\r\nHost: x",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(FeedError):
        check_address(address)


def test_webcal_is_https() -> None:
    assert check_address(" webcal://example.org/a.ics ") == "https://example.org/a.ics"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "[::1]", "10.0.0.1", "192.168.1.1", "169.254.169.254", "[::ffff:127.0.0.1]", "0.0.0.0"],
)
def test_no_address_inside_the_network_is_asked(host: str) -> None:
    with pytest.raises(FeedError, match="private network"):
        fetch(f"http://{host}:9/x.ics")


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        match self.path:
            case "/moved":
                self._say(302, b"", Location="/calendar.ics")
            case "/round":
                self._say(302, b"", Location="/round")
            case "/inside":
                self._say(302, b"", Location="file:///etc/passwd")
            case "/large":
                self._say(200, b"x" * 5000)
            case "/gone":
                self._say(404, b"")
            case _ if self.headers.get("If-None-Match") == '"one"':
                self._say(304, b"", ETag='"one"')
            case _:
                self._say(200, b"BEGIN:VCALENDAR", ETag='"one"')

    def _say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Nothing."""


@contextmanager
def server() -> Iterator[str]:
    found = HTTPServer(("127.0.0.1", 0), _Answers)
    thread = Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{found.server_port}"
    finally:
        found.shutdown()
        found.server_close()
        thread.join()


def test_a_calendar_is_fetched_once_and_then_only_when_it_changes() -> None:
    with server() as at:
        first = fetch(f"{at}/moved", allows_local=True)
        assert (first.text, first.etag) == ("BEGIN:VCALENDAR", '"one"')
        assert fetch(f"{at}/calendar.ics", first.etag, allows_local=True).text is None


def test_what_is_too_much_or_leads_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_feed, "MOST_BYTES", 4000)
    with server() as at:
        for path in ("/round", "/inside", "/large", "/gone"):
            with pytest.raises(FeedError):
                fetch(f"{at}{path}", allows_local=True)
    with pytest.raises(FeedError, match="could not be reached"):
        fetch(f"{at}/calendar.ics", allows_local=True)
