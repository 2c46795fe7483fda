"""The front desk's pages: the calendar, moving by form, booking for a caller through the gate."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

import unpinch.web
from clinic import make_practice, well
from unpinch.records.models import Appointment, AuditEvent, Client, Role, Status, StoredAssessment, User
from unpinch.services import intake
from unpinch.services.booking import BookCommand, Booked, book
from unpinch.web import calendar_css

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from clinic import Place

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Europe/London")
CALLER = {"name": "Bea Miller", "email": "bea@clients.example", "phone": "0117 496 0145", "terms": "on"}


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def desk(place: Place) -> Browser:
    user = User.objects.create_user(
        "dee@x.example", None, practice=place.practice, role=Role.DESK, name="Dee"
    )
    browser = Browser()
    browser.force_login(user)
    return browser


def tomorrow(hour: int) -> datetime:
    day = timezone.now().astimezone(ZONE).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def booked(place: Place, hour: int = 10, name: str = "Ada Byron") -> Appointment:
    from uuid import uuid4  # noqa: PLC0415

    outcome = book(
        BookCommand(
            practice_id=place.practice.pk,
            key=uuid4(),
            assessment_key=intake.store(well(), practice_id=place.practice.pk),
            service_code="swedish-60",
            location_code="harbour",
            therapist_code="ann",
            starts=tomorrow(hour),
            name=name,
            email=f"{name.split(maxsplit=1)[0].lower()}@clients.example",
            phone="0117 496 0123",
            agrees_to_terms=True,
        )
    )
    assert isinstance(outcome, Booked), outcome
    return Appointment.objects.get(pk=outcome.appointment.id)


def day_of(hour: int = 10) -> dict[str, str]:
    return {"day": tomorrow(hour).date().isoformat()}


def move_to(hour: int, **more: str) -> dict[str, str]:
    return {**day_of(), "time": f"{hour:02}:00", "therapist": "ann", **more}


def test_the_rows_of_the_calendar_are_up_to_date() -> None:
    file = Path(unpinch.web.__file__).parent / "static/web/css/calendar-rows.css"
    assert file.read_text(encoding="utf-8") == calendar_css.stylesheet()


@pytest.mark.parametrize("view", ["view=day", "view=week", "view=day&by=room", "view=week&by=room"])
def test_an_appointment_is_in_every_view_in_its_row(view: str, place: Place, desk: Browser) -> None:
    row = booked(place)
    text = desk.get(reverse("calendar-staff") + f"?day={day_of()['day']}&{view}").content.decode()
    assert "Ada Byron" in text
    assert reverse("desk-appointment", kwargs={"number": row.pk}) in text
    assert "at-24 for-12" in text  # ten o'clock in a picture that begins at eight
    assert "style=" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_calendar_asks_as_often_for_one_as_for_three(
    count: int, place: Place, desk: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        booked(place, 9 + 2 * number, f"{'ABC'[number]}da Byron")
    with django_assert_num_queries(18):
        assert desk.get(reverse("calendar-staff"), day_of()).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "soon", ""])
def test_an_odd_day_shows_today(day: str, place: Place, desk: Browser) -> None:
    assert desk.get(reverse("calendar-staff"), {"day": day}).status_code == 200


def test_move_by_form(place: Place, desk: Browser) -> None:
    row = booked(place)
    answer = desk.post(reverse("desk-move", kwargs={"number": row.pk}), move_to(14))
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.starts_at == tomorrow(14)


def test_a_clash_offers_others_and_takes_a_reason(place: Place, desk: Browser) -> None:
    booked(place, 14, "Bea Miller")
    row = booked(place)
    address = reverse("desk-move", kwargs={"number": row.pk})
    answer = desk.post(address, move_to(14))
    assert answer.status_code == 422
    assert answer.context["others"]
    assert desk.post(address, move_to(14, reason="They are sisters.")).status_code == 302
    row.refresh_from_db()
    assert (row.starts_at, row.may_overlap) == (tomorrow(14), True)
    text = desk.get(reverse("calendar-staff"), day_of()).content.decode()
    assert "two-lanes" in text
    assert "over another" in text


def test_cancel_and_mark(place: Place, desk: Browser) -> None:
    row = booked(place)
    early = desk.post(reverse("desk-mark", kwargs={"number": row.pk}), {"status": "no-show"}, follow=True)
    assert "has not begun yet" in early.content.decode()
    desk.post(reverse("desk-cancel", kwargs={"number": row.pk}), {"reason": "flu"})
    row.refresh_from_db()
    assert row.status == Status.CANCELLED


def free(desk: Browser, **query: Any) -> str:
    found = desk.get(reverse("desk-book"), {**day_of(), **query}).context["free"]
    return str(found[0][0])


def send(desk: Browser, **data: Any) -> Any:
    keys = {
        "key": "8d1c5bd2-6f0e-4d6a-9a43-5b5a2a6f6f10",
        "answers_key": "8d1c5bd2-6f0e-4d6a-9a43-5b5a2a6f6f11",
    }
    return desk.post(reverse("desk-book"), {**keys, "service": "swedish-60", **day_of(), **CALLER, **data})


def test_nobody_is_booked_without_answers(place: Place, desk: Browser) -> None:
    answer = send(desk, free=free(desk))
    assert answer.status_code == 422
    assert "Go through the questions with the caller first" in answer.content.decode()
    assert not Appointment.objects.exists()


def test_a_known_client_is_booked_on_answers_that_still_count(place: Place, desk: Browser) -> None:
    booked(place)
    ada = Client.objects.get()
    assert b"Ada Byron" in desk.get(reverse("desk-book"), {"q": "ada"}).content
    contact = {"name": ada.name, "email": ada.email, "phone": ada.phone}
    answer = send(desk, client=ada.pk, free=free(desk, client=ada.pk), **contact)
    assert answer.status_code == 302, answer.content.decode()
    assert Appointment.objects.filter(client=ada).count() == 2
    assert StoredAssessment.objects.count() == 1


def test_danger_closes_the_desk_too(place: Place, desk: Browser) -> None:
    booked(place)
    ada = Client.objects.get()
    key = intake.store(well(rf_saddle_numb=True), practice_id=place.practice.pk)
    StoredAssessment.objects.filter(key=key).update(client=ada)
    page = desk.get(reverse("desk-book"), {"client": ada.pk})
    assert "no answers that can be booked on now" in page.content.decode()
    assert send(desk, client=ada.pk, free=free(desk), reason="the caller insists").status_code == 422


def test_a_time_against_a_rule_needs_a_reason(place: Place, desk: Browser) -> None:
    booked(place)
    ada = Client.objects.get()
    contact = {"name": ada.name, "email": ada.email, "phone": ada.phone, "client": ada.pk}
    own = {"own_day": day_of()["day"], "own_time": "20:00", "own_therapist": "ann", "own_place": "harbour"}
    assert send(desk, **contact, **own).status_code == 422
    assert send(desk, **contact, **own, reason="Ann stays longer.").status_code == 302
    assert Appointment.objects.get(starts_at=tomorrow(20)).override_reason == "Ann stays longer."


def test_the_questions_begin_afresh_and_lead_back(place: Place, desk: Browser) -> None:
    answer = desk.post(reverse("desk-questions"), {"service": "swedish-60", "day": day_of()["day"]})
    assert answer["Location"] == reverse("screen", kwargs={"number": 1})
    back = desk.get(reverse("desk-book"), {"back": "yes"})
    assert back.context["call"].day.isoformat() == day_of()["day"]


def test_a_closure_names_what_it_hits_and_all_are_moved_at_once(place: Place, desk: Browser) -> None:
    rows = [booked(place), booked(place, 12, "Bea Miller")]
    owner = Browser()
    user = User.objects.create_user(
        "olga@x.example", None, practice=place.practice, role=Role.OWNER, name="Olga"
    )
    owner.force_login(user)
    told = owner.post(reverse("closures"), {"first_day": day_of()["day"]}, follow=True)
    assert "2 booked sessions need new times now" in told.content.decode()
    page = desk.get(reverse("hit"))
    assert [one.appointment.client_name for one, _value in page.context["rows"]] == [
        "Ada Byron",
        "Bea Miller",
    ]
    desk.post(reverse("hit"), {"move": ["nonsense", *(value for _one, value in page.context["rows"])]})
    for row in rows:
        row.refresh_from_db()
        assert row.starts_at.date() > tomorrow(10).date()
    assert desk.get(reverse("hit")).context["rows"] == []


def test_two_are_booked_side_by_side_or_neither(place: Place, desk: Browser) -> None:
    booked(place)
    booked(place, 13, "Bea Miller")
    clients = [str(one.pk) for one in Client.objects.order_by("name")]
    one = desk.get(reverse("desk-pair"), {"client": clients[:1], "q": "bea"})
    assert [found.name for found in one.context["found"]] == ["Bea Miller"]
    page = desk.get(reverse("desk-pair"), {"client": clients, **day_of()})
    assert page.context["guests"].ready
    starts = page.context["starts"][0]
    asked = {"client": clients, "starts": starts.isoformat(), "key": page.context["key"], **day_of()}
    assert desk.post(reverse("desk-pair"), asked).status_code == 422
    assert desk.post(reverse("desk-pair"), {**asked, "terms": "on"}).status_code == 302
    rows = Appointment.objects.filter(starts_at=starts)
    assert {row.client.name for row in rows if row.client} == {"Ada Byron", "Bea Miller"}
    user = User.objects.get(email="dee@x.example").pk
    assert AuditEvent.objects.filter(action="appointment.book", actor=f"user:{user}").count() == 2
