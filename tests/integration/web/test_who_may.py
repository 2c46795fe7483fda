"""Who gets what from every address. A view that is not in the table fails the test.

To add a view, add a line: the method, the name of the address, and what each of the seven people gets.
``LOGIN`` is the way to the login page. Parts of addresses come from ``parts()``. A request that needs more than an
empty form to be let in may answer 4xx or lead elsewhere: what counts is who is let in and who is not.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from clinic import CLOCK, NOW, command, make_practice
from unpinch.records.models import Appointment, Client, Course, Message, Role, User
from unpinch.services import booking, course_link, session_link

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGIN = "login"
COURSE_UID = UUID("00000000-0000-4000-8000-000000000001")


@dataclass(frozen=True, slots=True)
class Who:
    """What the seven get: status, or ``LOGIN``. ``other`` is another client, ``foreign`` another practice's therapist."""

    visitor: int | str
    client: int | str
    other: int | str
    therapist: int | str
    foreign: int | str
    desk: int | str
    owner: int | str


def everyone(status: int | str) -> Who:
    return Who(status, status, status, status, status, status, status)


def callers(status: int) -> Who:
    """Everybody who has logged in."""
    return Who(LOGIN, status, status, status, status, status, status)


def staff(status: int) -> Who:
    return Who(LOGIN, 403, 403, status, 403, status, status)


def desk(status: int) -> Who:
    return Who(LOGIN, 403, 403, 403, 403, status, status)


def owner(status: int) -> Who:
    return Who(LOGIN, 403, 403, 403, 403, 403, status)


KEY_ONLY = (
    "GET api:list_appointments",
    "GET api:get_appointment",
    "POST api:store_answers",
    "POST api:hold",
    "DELETE api:release",
    "POST api:book",
    "POST api:move",
    "POST api:cancel",
    "POST api:mark",
    "POST api:propose_course",
    "POST api:book_course",
    "GET api:get_details",
    "PUT api:change_details",
    "GET api:list_missing",
    "GET api:list_locations",
    "POST api:add_location",
    "PUT api:change_location",
    "POST api:add_room",
    "PUT api:change_room",
    "GET api:list_services",
    "POST api:add_service",
    "PUT api:change_service",
    "GET api:list_therapists",
    "POST api:add_therapist",
    "PUT api:change_therapist",
    "GET api:get_hours",
    "POST api:save_hours",
    "POST api:add_time_off",
    "DELETE api:remove_time_off",
    "GET api:list_closures",
    "POST api:add_closure",
    "DELETE api:remove_closure",
)
TABLE: dict[str, Who] = {
    # Public pages
    "GET landing": everyone(200),
    "GET emergency": everyone(200),
    "GET robots": everyone(200),
    "GET healthz": everyone(200),
    # A doctor's say and consent: the person, the doctor by link or code, staff
    "POST doctor-ask": everyone(302),
    "GET doctor-letter": everyone(302),
    "GET guardian": everyone(302),
    "GET doctor-news": everyone(404),
    "POST doctor-go-on": everyone(404),
    "GET doctor-code": everyone(200),
    "POST doctor-code": everyone(422),
    "GET doctor-open": everyone(404),
    "POST doctor-confirm": everyone(404),
    "POST doctor-fresh": everyone(404),
    "GET doctor-question": everyone(404),
    "GET clearances": staff(200),
    "GET clearance-write": Who(LOGIN, 403, 403, 200, 403, 200, 200),
    "GET clearance-letter": desk(404),
    "GET consents": Who(LOGIN, 200, 200, 404, 404, 404, 404),
    "POST consent-sign": Who(LOGIN, 422, 422, 404, 404, 404, 404),
    "POST consent-take-back": Who(LOGIN, 302, 302, 404, 404, 404, 404),
    # One's own data
    "GET my-data": Who(LOGIN, 200, 200, 404, 404, 404, 404),
    "POST my-data-download": Who(LOGIN, 200, 200, 404, 404, 404, 404),
    "GET my-data-erase": Who(LOGIN, 200, 200, 404, 404, 404, 404),
    "POST my-data-erase": Who(LOGIN, 422, 422, 404, 404, 404, 404),
    "GET my-data-erased": everyone(200),
    # The way to an answer and to a booking
    "GET learn": everyone(200),
    "GET learn-page": everyone(200),
    "GET sitemap": everyone(200),
    "GET check": everyone(302),
    "GET own-words": everyone(200),
    "POST own-words": everyone(422),
    "POST own-words-confirm": everyone(302),
    "POST restart": everyone(302),
    "GET screen": everyone(200),
    "GET answer": everyone(302),
    "GET doctor": everyone(302),
    "POST doctor-agreed": everyone(422),
    "GET book": everyone(302),
    "GET details": everyone(302),
    "GET times": everyone(302),
    "POST choose": everyone(422),
    "GET plan": everyone(302),
    "GET course-safety": everyone(302),
    "GET course-when": everyone(302),
    "GET course-dates": everyone(302),
    "GET course-swap": everyone(302),
    "GET course-details": everyone(302),
    # Whoever has the secret of the link
    "GET appointment": everyone(200),
    "GET calendar": everyone(200),
    "POST cancel": everyone(302),
    "GET reminders": everyone(200),
    "POST reminders": everyone(422),
    "GET voucher": everyone(200),
    "POST voucher": everyone(422),
    "GET course-reminders": everyone(200),
    "POST course-reminders": everyone(422),
    "GET course": everyone(200),
    "GET course-calendar": everyone(200),
    "POST course-cancel": everyone(302),
    "GET relief": everyone(200),
    "POST relief": everyone(422),
    # The same for the waitlist; the link of an appointment is none of it
    "GET wait-join": everyone(302),
    "GET course-wait": everyone(302),
    "GET wait": everyone(404),
    "POST wait-take": everyone(404),
    "POST wait-decline": everyone(404),
    "POST wait-leave": everyone(404),
    # A session: the check on the day (asked on the day alone)
    "GET session-check": everyone(200),
    "GET session-checked": everyone(302),
    "GET session-after": everyone(200),
    "GET session-next-day": everyone(200),
    "GET in-room": Who(LOGIN, 403, 403, 200, 403, 404, 404),
    "GET room-now": Who(LOGIN, 403, 403, 404, 403, 404, 404),
    "POST room-begin": Who(LOGIN, 403, 403, 302, 403, 404, 404),
    "POST room-press": Who(LOGIN, 403, 403, 302, 403, 302, 302),
    "GET room-recheck": Who(LOGIN, 403, 403, 302, 403, 404, 404),
    "GET note": Who(LOGIN, 403, 403, 200, 403, 404, 404),
    "POST note-autosave": Who(LOGIN, 403, 403, 200, 403, 404, 404),
    "POST note-amend": Who(LOGIN, 403, 403, 302, 403, 404, 404),
    "GET control": everyone(200),
    "GET control-now": everyone(302),
    "GET control-part": everyone(302),
    "POST control-press": everyone(302),
    "GET control-recheck": everyone(302),
    "GET live-room": everyone(404),
    "GET live-control": everyone(404),
    "GET session-ask": Who(LOGIN, 403, 403, 302, 403, 404, 404),
    # Accounts
    "GET login": Who(200, 302, 302, 302, 302, 302, 302),
    "GET login-code": everyone(LOGIN),
    "GET login-second": everyone(LOGIN),
    "POST login-passkey-offer": everyone(200),
    "POST login-passkey": everyone(400),
    "POST logout": everyone(302),
    "GET account": callers(200),
    "GET password": callers(200),
    "GET authenticator": callers(200),
    "POST authenticator-remove": callers(302),
    "POST recovery-codes": callers(302),
    "POST passkey-offer": callers(200),
    "POST passkey-add": callers(400),
    "POST passkey-remove": callers(404),
    "POST sign-in-end": callers(404),
    "POST sign-ins-end": callers(302),
    "GET claim": callers(200),
    "GET reminders-own": Who(LOGIN, 200, 200, 404, 404, 404, 404),
    "POST reminders-own": Who(LOGIN, 422, 422, 404, 404, 404, 404),
    "GET calendars": callers(200),
    "POST calendars": callers(422),
    "POST calendar-remove": staff(404),
    "POST feed-renew": Who(LOGIN, 404, 404, 302, 404, 302, 302),
    "POST feed-stop": Who(LOGIN, 404, 404, 302, 404, 302, 302),
    "GET feed": everyone(404),
    "GET record-own": Who(LOGIN, 200, 200, 404, 404, 404, 404),
    "POST claim-by-link": Who(LOGIN, 302, 302, 302, 404, 302, 302),
    "GET invited": everyone(404),
    "GET me": Who(LOGIN, 200, 200, 302, 302, 302, 302),
    # Staff
    "GET today": staff(200),
    "GET week": staff(200),
    "GET people": owner(200),
    "POST people": owner(422),
    "POST people-require": owner(302),
    "POST invitation-revoke": owner(404),
    "POST person-close": owner(302),
    "POST person-open": owner(302),
    "POST person-reset": owner(302),
    "GET record-book": owner(200),
    "GET course-relief": Who(LOGIN, 403, 403, 200, 403, 404, 200),
    "POST course-relief": Who(LOGIN, 403, 403, 422, 403, 404, 403),
    "GET session": Who(LOGIN, 403, 403, 200, 403, 404, 200),
    # The interface for programs: a cookie counts for nothing there (who may what with a key: test_api.py)
    "GET api:api-root": everyone(404),
    "GET api:openapi-json": everyone(200),
    "GET api:get_practice": everyone(200),
    "GET api:list_free_times": everyone(422),
    "GET api:list_questions": everyone(200),
    "POST api:assess_answers": everyone(422),
    **dict.fromkeys(KEY_ONLY, everyone(401)),
    # The front desk
    "GET calendar-staff": staff(200),
    "GET desk-appointment": Who(LOGIN, 403, 403, 200, 403, 200, 200),
    "POST desk-move": Who(LOGIN, 403, 403, 422, 403, 422, 422),
    "POST desk-cancel": Who(LOGIN, 403, 403, 302, 403, 302, 302),
    "POST desk-mark": Who(LOGIN, 403, 403, 422, 403, 422, 422),
    "GET desk-book": desk(200),
    "POST desk-book": desk(422),
    "POST desk-questions": desk(302),
    "GET waitlist": desk(200),
    "GET desk-pair": desk(200),
    "POST desk-pair": desk(422),
    "GET hit": desk(200),
    "POST hit": desk(302),
    "GET outbox": desk(200),
    "GET client-money": desk(200),
    "POST client-money": desk(422),
    "GET vouchers": desk(200),
    "POST vouchers": desk(422),
    "POST voucher-cancel": desk(302),
    "POST outbox-again": desk(302),
    # The owner's set-up
    "GET first": everyone(LOGIN),
    "POST first": everyone(LOGIN),
    "GET results": owner(200),
    "GET results-file": owner(200),
    "GET practice": owner(200),
    "GET practice-about": owner(200),
    "POST practice-about": owner(422),
    "GET location-new": owner(200),
    "POST location-new": owner(422),
    "GET location": owner(200),
    "POST location": owner(422),
    "GET room-new": owner(200),
    "POST room-new": owner(422),
    "GET room": owner(200),
    "POST room": owner(422),
    "GET service-new": owner(200),
    "POST service-new": owner(422),
    "GET service": owner(200),
    "POST service": owner(422),
    "GET packages": owner(200),
    "POST packages": owner(422),
    "POST package-remove": owner(404),
    "GET therapist-new": owner(200),
    "POST therapist-new": owner(422),
    "GET therapist": owner(200),
    "POST therapist": owner(422),
    "GET hours": owner(200),
    "GET week-edit": owner(200),
    "POST week-edit": owner(302),
    "GET day-new": owner(200),
    "POST day-new": owner(422),
    "POST day-remove": owner(404),
    "GET away-new": owner(200),
    "POST away-new": owner(422),
    "POST away-remove": owner(404),
    "GET closures": owner(200),
    "POST closures": owner(422),
    "POST closure-remove": owner(404),
    "GET tokens": owner(200),
    "POST tokens": owner(422),
    "POST token-revoke": owner(404),
    "GET holidays": owner(200),
    "POST holidays": owner(302),
}


_FORGED = (
    "doctor-news.token",
    "doctor-go-on.token",
    "doctor-open.token",
    "doctor-confirm.token",
    "doctor-fresh.token",
)


def parts() -> dict[str, object]:
    """What stands for the parts of addresses: things of the client Ada, whom the therapist Ann treats.

    Where one word means different things, ``"name-of-the-address.part"`` goes before ``"part"``.
    """
    row = Appointment.objects.get()
    assert row.assessment is not None
    ann = User.objects.get(email="ann@harbour.example").pk
    of_ann = ("therapist", "hours", "week-edit", "day-new", "day-remove", "away-new", "away-remove")
    return {
        **{f"{name}.number": row.therapist_id for name in of_ann},
        **dict.fromkeys(("location.number", "room-new.number"), row.location_id),
        "room.number": row.room_id,
        **dict.fromkeys(("packages.number", "package-remove.number"), row.service_id),
        "kind": "therapist",
        **dict.fromkeys(("feed-renew.number", "feed-stop.number"), row.therapist_id),
        "client-money.number": row.client_id,
        "service.number": row.service_id,
        "closure-remove.number": 10**6,
        "row": 10**6,
        "key": UUID(int=1),
        "token": booking.token_of(row.calendar_uid),
        **{
            f"{name}.token": _course_token()
            for name in ("course", "course-calendar", "course-cancel", "course-reminders")
        },
        **dict.fromkeys(
            [f"session-{page}.token" for page in ("check", "checked", "after", "next-day")],
            session_link.token_of(row.calendar_uid),
        ),
        "number": row.pk,
        "screen.number": 1,
        "learn-page.code": "carpal-tunnel-syndrome",
        "passkey-remove.number": 1,
        "sign-in-end.number": 10**6,
        **dict.fromkeys(("person-close.number", "person-open.number", "person-reset.number"), ann),
        "course-swap.number": 1,
        "outbox-again.number": Message.objects.values_list("pk", flat=True)[0],
        "service": "swedish-60",
        "doctor-question.key": uuid4(),
        "purpose": "statistics",
        "clearance-write.key": row.assessment.key,
        **dict.fromkeys(_FORGED, "forged"),
        "relief.token": _course_token(),
        "course-relief.number": Course.objects.get().pk,
    }


def _course_token() -> str:
    link = Course.objects.get().link_uid
    assert link is not None
    return course_link.token_of(link)


@pytest.fixture
def people(db: None) -> dict[str, User | None]:
    """A practice with its people, a client with a booking, another client, and a therapist of another practice."""
    place, elsewhere = make_practice(), make_practice("elsewhere")
    booked = booking.book(command(place), clock=CLOCK)
    assert isinstance(booked, booking.Booked)
    ada = Client.objects.get()
    ada.user = _user(place.practice, "ada", Role.CLIENT)
    ada.save()
    own = Course.objects.create(practice=place.practice, client=ada, link_uid=COURSE_UID, created_at=NOW)
    Appointment.objects.update(course=own)
    bob = Client.objects.create(
        practice=place.practice,
        user=_user(place.practice, "bob", Role.CLIENT),
        name="Bob",
        name_key="bob",
        email="bob@clients.example",
        email_key="bob@clients.example",
        phone="+441174960199",
        created_at=NOW,
    )
    return {
        "visitor": None,
        "client": ada.user,
        "other": bob.user,
        "therapist": place.ann_user,
        "foreign": elsewhere.ann_user,
        "desk": _user(place.practice, "dee", Role.DESK),
        "owner": _user(place.practice, "olga", Role.OWNER),
    }


def _user(practice: Any, name: str, role: Role) -> User:
    return User.objects.create_user(f"{name}@people.example", practice=practice, role=role, name=name.title())


def addresses(
    found: list[URLPattern | URLResolver] | None = None, space: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for one in get_resolver().url_patterns if found is None else found:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)
        else:
            yield f"{space}{one.name}", one


def test_every_address_is_in_the_table_and_no_other() -> None:
    named = {name for name, _ in addresses()}
    assert {entry.partition(" ")[2] for entry in TABLE} == named


@pytest.mark.parametrize("entry", TABLE)
def test_who_gets_what(entry: str, people: dict[str, User | None]) -> None:
    method, _, name = entry.partition(" ")
    wanted = next(pattern for found, pattern in addresses() if found == name)
    given = parts()
    named = {part: given.get(f"{name}.{part}", given.get(part)) for part in wanted.pattern.converters}
    address = reverse(name, kwargs=named)
    got = Who(*(answer(method, address, person) for person in people.values()))
    assert got == TABLE[entry], f"{method} {address}"


def answer(method: str, address: str, person: User | None) -> int | str:
    browser = Browser(raise_request_exception=False)
    with transaction.atomic():
        if person is not None:
            browser.force_login(person)
        response = browser.generic(method, address)
        transaction.set_rollback(True)  # what one of them did, the next must not see
    is_sent_to_login = response.status_code == 302 and response["Location"].startswith(reverse("login"))
    return LOGIN if is_sent_to_login else response.status_code


def test_the_table_names_the_seven_in_the_order_of_the_people(people: dict[str, User | None]) -> None:
    assert tuple(people) == astuple(Who(*people))
