"""Booking by the pages: who is let in, what a form may say, and what is kept when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from clinic import NOW, command, make_practice, make_therapist, well
from unpinch.records.models import (
    Appointment,
    Client,
    DoctorAgreement,
    Location,
    Message,
    Room,
    Status,
    StoredAssessment,
)
from unpinch.services import booking
from unpinch.web.public.check import Agreement
from visitor import ADA, ada, choose_ten, doctor_first, fine, in_danger, say, visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.db.models import QuerySet
    from django.test import Client as Browser
    from pytest_django import DjangoAssertNumQueries

    from clinic import Place

pytestmark = pytest.mark.django_db

AGREED = Agreement("Dr Frost", "2026-11-20", "visit")
QUERIES_OF_TIMES = 12
DOORS = ("/book", "/book/swedish-60", "/book/details")


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def place(db: None) -> Place:
    return make_practice()


def booked() -> QuerySet[Appointment]:
    """All that is booked; places held for a form that is being filled in are not."""
    return Appointment.objects.exclude(status__in=[Status.HELD, Status.EXPIRED])


# Who is let in


@pytest.mark.parametrize("address", DOORS)
@pytest.mark.parametrize(
    ("someone", "led_to"),
    [(visitor, "/check"), (in_danger, "/answer"), (doctor_first, "/doctor")],
    ids=["no answers", "danger", "doctor first"],
)
def test_whoever_may_not_book_is_led_elsewhere(
    address: str, someone: Callable[[], Browser], led_to: str
) -> None:
    response = someone().get(address)
    assert (response.status_code, response["Location"]) == (302, led_to)


@pytest.mark.parametrize("address", ["/book/swedish-60/choose", "/book/details"])
def test_danger_books_by_no_address_even_with_a_time_chosen_before(address: str) -> None:
    browser = fine()
    choose_ten(browser)
    say(browser, well(rf_face_droop=True), AGREED)
    response = browser.post(address, {**ADA, "time": "2026-11-25T10:00:00+00:00|harbour|ann"})
    assert (response.status_code, response["Location"]) == (302, "/answer")
    assert not booked().exists()
    assert not StoredAssessment.objects.exists()


@pytest.mark.parametrize("address", ["/book/swedish-60/choose", "/book/details", "/doctor/agreed"])
def test_a_form_sent_after_the_answers_are_gone_says_so(address: str) -> None:
    response = visitor().post(address, ADA)
    assert response.status_code == 422
    assert "Your answers are gone" in response.content.decode()


def test_without_a_chosen_time_there_are_no_details_to_give() -> None:
    response = fine().get("/book/details")
    assert (response.status_code, response["Location"]) == (302, "/book")


# Free times


def test_the_week_puts_the_next_free_time_first_and_one_button_per_time(place: Place) -> None:
    response = fine().get("/book/swedish-60")
    week = response.context["week"]
    assert week.first.free.starts.isoformat() == "2026-11-24T10:00:00+00:00"
    assert [day.day.isoformat() for day in week.days] == [f"2026-11-{n}" for n in range(24, 31)]
    assert [day.is_open for day in week.days] == [True] + [False] * 6
    tomorrow = week.days[1]
    times = [offer.free.starts.strftime("%H:%M") for at in tomorrow.places for offer in at.offers]
    assert times == sorted(set(times))
    assert tomorrow.count == len(times)
    assert "Next free" in response.content.decode()


def test_places_stand_below_each_other_and_can_be_chosen(place: Place) -> None:
    hill = Location.objects.create(
        practice=place.practice, code="hill", name="Clifton Hill", address="3", time_zone="Europe/Lisbon"
    )
    Room.objects.create(practice=place.practice, location=hill, code="garden", name="Garden")
    make_therapist(hill, "cleo")
    browser = fine()
    both = browser.get("/book/swedish-60")
    assert [at.location for at in both.context["week"].days[1].places] == ["Clifton Hill", "Harbourside"]
    assert "Europe/Lisbon, Europe/London" in both.content.decode()
    for query, names in (
        ("place=hill", {"Cleo"}),
        ("therapist=ben", {"Ben"}),
        ("therapist=ben&place=hill", set()),
    ):
        week = browser.get(f"/book/swedish-60?{query}").context["week"]
        found = {o.free.therapist for day in week.days for at in day.places for o in at.offers}
        assert found == names, query


@pytest.mark.parametrize(
    "query",
    [
        "from=x",
        "from=0001-01-01",
        "from=%00",
        "therapist=%00",
        "place=%27;--",
        "therapist=nobody",
        "from=2026-11-24T",
    ],
)
def test_a_hostile_query_shows_the_usual_week(query: str) -> None:
    response = fine().get(f"/book/swedish-60?{query}")
    assert response.status_code == 200
    assert response.context["week"].start.isoformat() == "2026-11-24"


def test_nobody_looks_further_than_a_year() -> None:
    response = fine().get("/book/swedish-60?from=9999-12-31")
    assert response.status_code == 200
    assert response.context["week"].start.isoformat() == "2027-11-25"
    assert response.context["later"] is None
    assert "Nothing is free" in response.content.decode()


def test_an_unknown_service_is_no_page() -> None:
    assert fine().get("/book/hot-stones").status_code == 404
    assert fine().post("/book/hot-stones/choose").status_code == 404


def test_the_number_of_queries_does_not_grow(
    place: Place, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = fine()
    browser.get("/book/swedish-60")
    with django_assert_num_queries(QUERIES_OF_TIMES):
        browser.get("/book/swedish-60")
    for number in range(3):
        make_therapist(place.harbour, f"more-{number}")
    with django_assert_num_queries(QUERIES_OF_TIMES):
        browser.get("/book/swedish-60")


# Choosing and booking


@pytest.mark.parametrize(
    "time",
    [
        "",
        "x",
        "||",
        "2026-11-25T10:00:00|harbour|ann",
        "0001-01-01T00:00:00+00:00|harbour|ann",
        "9999-12-31T23:59:59-23:59|harbour|ann",
        "2026-11-25T10:00:00+00:00|harbour|\0",
        "2026-11-25T10:00:00+00:00|nowhere|ann",
        "2026-11-25T10:00:00+00:00|harbour|ann|more",
        "9" * 10_000,
    ],
    ids=[
        "empty",
        "x",
        "bars",
        "no zone",
        "the first day",
        "the last day",
        "nul",
        "unknown place",
        "too many",
        "huge",
    ],
)
def test_a_time_that_no_button_sends_leads_back_to_the_week(time: str) -> None:
    response = fine().post("/book/swedish-60/choose", {"time": time})
    assert (response.status_code, response["Location"]) == (302, "/book/swedish-60")


def test_nothing_is_kept_until_the_person_books() -> None:
    browser = fine()
    choose_ten(browser)
    assert "10:00" in browser.get("/book/details").content.decode()
    browser.post("/book/details", {**ADA, "terms": ""})
    assert not StoredAssessment.objects.exists()
    browser.post("/book/details", ADA)
    assert StoredAssessment.objects.get().client == Client.objects.get()


def test_booking_leads_to_the_appointment_and_sends_one_message() -> None:
    browser = fine()
    choose_ten(browser)
    first = browser.post("/book/details", ADA)
    again = browser.post("/book/details", ADA)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert (Appointment.objects.count(), StoredAssessment.objects.count(), Message.objects.count()) == (
        1,
        1,
        1,
    )
    page = browser.get(first["Location"]).content.decode()
    assert "Your appointment is booked" in page
    assert "ada@clients.example" in page


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "Write your name"),
        ({"name": "\0"}, "Null characters are not allowed."),
        ({"name": "x" * 5000}, "120"),
        ({"name": "12"}, "Please give a name"),
        ({"email": "nobody"}, "does not look right"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "does not look right"),
        ({"phone": "one"}, "does not look right"),
        ({"terms": ""}, "Tick that you agree to the terms."),
    ],
)
def test_a_faulty_form_says_what_is_wrong_and_keeps_the_rest(changes: dict[str, str], told: str) -> None:
    browser = fine()
    choose_ten(browser)
    response = browser.post("/book/details", ada(**changes))
    page = response.content.decode()
    assert response.status_code == 422
    assert told in page
    for field in {"name", "email", "phone"} - set(changes):
        assert ADA[field] in page
    assert not booked().exists()


@pytest.mark.parametrize("name", ["Zoë Ångström", "李小龙", "محمد", "O’Neil-Брат <b>", "🙂 Smile"])
def test_names_of_the_whole_world_are_booked_and_shown_as_text(name: str) -> None:
    browser = fine()
    choose_ten(browser)
    response = browser.post("/book/details", ada(name=name))
    assert response.status_code == 302
    page = browser.get(response["Location"]).content.decode()
    assert name.replace("<b>", "&lt;b&gt;") in page


def test_a_time_just_taken_offers_others_and_keeps_what_was_typed(place: Place) -> None:
    browser = fine()
    choose_ten(browser)
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        booking.book(command(place, email="first@clients.example", name="Una First"))
        response = browser.post("/book/details", ADA)
        assert response.status_code == 422
        page = response.content.decode()
        assert "Somebody was faster" in page
        assert ADA["email"] in page
        other = response.context["others"][0].value
        assert browser.post("/book/details", ada(time=other)).status_code == 302
    assert booked().count() == 2


def test_the_chosen_time_is_kept_while_the_form_is_filled_in(place: Place) -> None:
    browser = fine()
    choose_ten(browser)
    page = browser.get("/book/details").content.decode()
    assert "We keep this time for you until 08:10." in page
    other = fine()
    response = other.post("/book/swedish-60/choose", {"time": "2026-11-25T10:00:00+00:00|harbour|ann"})
    assert (response.status_code, response["Location"]) == (302, "/book/swedish-60")
    assert "Somebody has just taken this time." in other.get("/book/swedish-60").content.decode()
    assert browser.post("/book/details", ADA).status_code == 302
    row = Appointment.objects.get()
    assert (row.status, row.starts_at.hour) == (Status.BOOKED, 10)


def test_another_choice_gives_the_first_back() -> None:
    browser = fine()
    choose_ten(browser)
    choose_ten(browser, starts="2026-11-25T12:00:00+00:00")
    choose_ten(fine())
    assert Appointment.objects.filter(status=Status.HELD).count() == 2


def test_a_hold_that_ran_out_is_not_shown() -> None:
    browser = fine()
    choose_ten(browser)
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        assert "We keep this time" not in browser.get("/book/details").content.decode()
        assert browser.post("/book/details", ADA).status_code == 302


def test_a_time_in_the_past_is_refused_with_a_way_on() -> None:
    browser = fine()
    choose_ten(browser, starts="2026-11-23T10:00:00+00:00")
    response = browser.post("/book/details", ADA)
    assert response.status_code == 422
    assert "Choose another time" in response.content.decode()
    assert not booked().exists()


def test_changed_answers_ask_for_the_time_again() -> None:
    browser = fine()
    choose_ten(browser)
    say(browser, well(q_pain_score=7))
    response = browser.get("/book/details", follow=True)
    assert response.redirect_chain == [("/book", 302)]
    assert "Your answers have changed since." in response.content.decode()


def test_a_session_that_was_tampered_with_is_no_session() -> None:
    browser = fine()
    choose_ten(browser)
    browser.cookies["sessionid"] = browser.cookies["sessionid"].value[:-2] + "xx"
    response = browser.get("/book/details")
    assert (response.status_code, response["Location"]) == (302, "/book")


def test_the_word_of_the_person_opens_the_door_and_is_kept_as_unchecked() -> None:
    browser = doctor_first(AGREED)
    assert "Dr Frost agrees" in browser.get("/book").content.decode()
    choose_ten(browser)
    assert browser.post("/book/details", ADA).status_code == 302
    kept = DoctorAgreement.objects.get()
    assert (kept.doctor_name, kept.agreed_on.isoformat(), kept.how, kept.verified_at) == (
        "Dr Frost",
        "2026-11-20",
        "visit",
        None,
    )


def test_an_agreement_that_cannot_be_leads_back_to_where_it_was_said() -> None:
    browser = doctor_first(Agreement("Dr Frost", "2020-01-01", "visit"))
    choose_ten(browser)
    response = browser.post("/book/details", ADA)
    assert (response.status_code, response["Location"]) == (302, "/doctor")
    assert not booked().exists()
