"""A therapist's own calendar blocks time here, and calendars can be subscribed to by a secret address."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client as Browser
from icalendar import Calendar

from clinic import CLOCK, NOW, TEN, command, make_practice
from unpinch.gateways import calendar_feed
from unpinch.gateways.calendar_feed import FeedError, Fetched
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import Client, PrivateCalendar, Role, TimeOff, User
from unpinch.services import access, booking, calendar_feeds, private_calendars
from unpinch.services.alternatives import Taken

if TYPE_CHECKING:
    from clinic import Place
    from unpinch.services.access import Caller

pytestmark = pytest.mark.django_db
BUSY = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:x\r
BEGIN:VEVENT\r
UID:1\r
SUMMARY:Dentist\r
DTSTART:20261125T094500Z\r
DTEND:20261125T103000Z\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.fixture
def place(db: None) -> Place:
    return make_practice()


@pytest.fixture
def ann(place: Place) -> Caller:
    return access.caller(place.ann_user.pk)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Fetched | FeedError]:
    """What the calendar's server will say, one after another."""
    coming: list[Fetched | FeedError] = []

    def fetch(address: str, etag: str = "", *, allows_local: bool = False) -> Fetched:
        answer = coming.pop(0)
        if isinstance(answer, FeedError):
            raise answer
        return answer

    monkeypatch.setattr(calendar_feed, "fetch", fetch)
    return coming


def test_what_is_busy_there_cannot_be_booked_here_and_only_the_times_are_kept(
    place: Place, ann: Caller, answers: list[Fetched | FeedError]
) -> None:
    private_calendars.add(ann, "Family", "https://calendars.example/secret.ics", clock=CLOCK)
    answers.append(Fetched(BUSY, '"a"'))
    assert private_calendars.refresh_due(NOW) == 1
    off = TimeOff.objects.get()
    assert (off.starts_at, off.reason) == (TEN - timedelta(minutes=15), "Private")
    assert isinstance(booking.book(command(place), clock=CLOCK), Taken)
    (seen,) = private_calendars.of(ann)
    assert (seen.host, seen.fault) == ("calendars.example", "")
    private_calendars.remove(ann, seen.id, clock=CLOCK)
    assert isinstance(booking.book(command(place), clock=CLOCK), booking.Booked)


def test_while_it_cannot_be_read_what_it_said_holds_and_its_owner_is_told(
    ann: Caller, answers: list[Fetched | FeedError]
) -> None:
    private_calendars.add(ann, "", "webcal://calendars.example/secret.ics", clock=CLOCK)
    later = NOW + private_calendars.EVERY
    answers += [Fetched(BUSY, ""), FeedError("The calendar's server answered 500."), Fetched(None, "")]
    private_calendars.refresh_due(NOW)
    assert private_calendars.refresh_due(NOW) == 0
    private_calendars.refresh_due(later)
    assert TimeOff.objects.count() == 1
    assert private_calendars.of(ann)[0].fault == "The calendar's server answered 500."
    private_calendars.refresh_due(later + private_calendars.EVERY)
    assert private_calendars.of(ann)[0].fault == ""
    assert TimeOff.objects.count() == 1


def test_an_address_that_is_none_and_a_sixth_calendar_are_refused(ann: Caller) -> None:
    for address in ("file:///etc/passwd", ""):
        with pytest.raises(InputError):
            private_calendars.add(ann, "x", address, clock=CLOCK)
    for number in range(private_calendars.MOST):
        private_calendars.add(ann, "x", f"https://calendars.example/{number}", clock=CLOCK)
    with pytest.raises(InputError):
        private_calendars.add(ann, "x", "https://calendars.example/more", clock=CLOCK)
    assert "calendars.example" not in str(
        list(PrivateCalendar.objects.extra(select={"raw": "address"}).values("raw"))
    )


def token_of(caller: Caller, kind: str) -> str:
    found = next(one for one in calendar_feeds.of(caller) if one.kind == kind)
    calendar_feeds.renew(caller, found.kind, found.id, clock=CLOCK)
    address = next(one for one in calendar_feeds.of(caller) if one.kind == kind).address
    return address.rpartition("/")[2].removesuffix(".ics")


@pytest.mark.parametrize(
    ("role", "kind", "initials", "title"),
    [
        (Role.THERAPIST, "therapist", False, "Booked"),
        (Role.THERAPIST, "therapist", True, "A.B."),
        (Role.DESK, "room", False, "Booked"),
        (Role.CLIENT, "client", True, "Appointment at Harbour Massage"),
    ],
)
def test_a_subscribed_calendar_says_when_and_where_and_no_name(
    place: Place, role: Role, kind: str, initials: bool, title: str
) -> None:
    place.practice.feeds_show_initials = initials
    place.practice.save()
    assert isinstance(booking.book(command(place), clock=CLOCK), booking.Booked)
    caller = access.caller(place.ann_user.pk)
    if role != Role.THERAPIST:
        user = User.objects.create_user(
            "x@harbour.example", "a long pass phrase", practice=place.practice, role=role, name="X"
        )
        if role == Role.CLIENT:
            Client.objects.update(user=user)
        caller = access.caller(user.pk)
    feed = calendar_feeds.read(token_of(caller, kind), clock=CLOCK)
    (event,) = Calendar.from_ical(feed.text).walk("VEVENT")
    starts: Any = event["DTSTART"]
    assert (str(event["SUMMARY"]), starts.dt) == (title, TEN)
    for word in ("Ada", "Byron", "ada@", "shoulder", "Swedish"):
        assert word not in feed.text


def test_a_new_address_ends_the_old_one_and_a_stopped_one_leads_nowhere(place: Place, ann: Caller) -> None:
    old = token_of(ann, "therapist")
    new = token_of(ann, "therapist")
    with pytest.raises(NotFoundError):
        calendar_feeds.read(old, clock=CLOCK)
    answer = Browser().get(f"/feed/{new}.ics")
    again = Browser().get(f"/feed/{new}.ics", headers={"If-None-Match": answer["ETag"]})
    assert (answer.status_code, again.status_code, again.content) == (200, 304, b"")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    calendar_feeds.stop(ann, "therapist", place.ann.pk, clock=CLOCK)
    for token in (new, "x", "A" * 48):
        assert Browser().get(f"/feed/{token}.ics").status_code == 404


def test_nobody_makes_an_address_for_what_is_not_theirs(place: Place, ann: Caller) -> None:
    for kind, key in (("therapist", place.ben.pk), ("room", 1), ("client", 1), ("practice", 1)):
        with pytest.raises(NotFoundError):
            calendar_feeds.renew(ann, kind, key, clock=CLOCK)
