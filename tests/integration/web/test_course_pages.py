"""From the answer to a booked course on the pages: asked, planned, proposed, changed, booked, given back."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clinic import NOW, make_practice, well
from unpinch.clinical import before_plan, knowledge
from unpinch.records.models import Appointment, Course, StoredAssessment, TimeOff
from unpinch.web.public import check
from unpinch.web.public.check import Agreement, Check
from unpinch.web.public.path import walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from clinic import Place
    from unpinch.clinical.values import Answers

pytestmark = pytest.mark.django_db
KB = knowledge.load()
ADA = {
    "name": "Ada Byron",
    "email": "ada@clients.example",
    "phone": "0117 496 0123",
    "terms": "on",
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Everything happens at one moment: dates are offered from now on, in steps of a quarter of an hour."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def person() -> Browser:
    return visitor(well())


def visitor(answers: Answers, agreement: Agreement | None = None) -> Browser:
    """Somebody who has said all this in the interview."""
    browser, response = Browser(), HttpResponse()
    check.write(response, Check(answers, (), agreement))
    browser.cookies[check.COOKIE] = response.cookies[check.COOKIE].value
    return browser


def words(response: HttpResponse) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def go(browser: Browser, name: str, data: dict[str, Any] | None = None, **parts: Any) -> Any:
    address = reverse(name, kwargs=parts)
    return browser.get(address, follow=True) if data is None else browser.post(address, data, follow=True)


def with_dates(browser: Browser, **said: Any) -> Any:
    """At the proposed dates."""
    return go(browser, "course-when", {"sessions": "8", "same": "if-possible", **said})


def token(response: Any) -> str:
    return str(response.request["PATH_INFO"].split("/")[2])


def test_the_plan_says_every_line_with_how_sure_it_is(place: Place, person: Browser) -> None:
    shown = words(go(person, "plan"))
    for said in (
        "Swedish massage",
        "From light up to medium, and never harder",
        "60 minutes each time",
        "8 to 12 sessions",
        "2 times a week: 2 to 5 days from one to the next",
        "After session 4 we look at how you are.",
        "tested in a study",
        "Stop and tell us",
    ):
        assert said in shown
    assert StoredAssessment.objects.count() == 0


def test_what_could_limit_massage_is_asked_first_and_only_once(place: Place) -> None:
    interview = well()
    hanging = [q.code for q in before_plan.still_to_ask(interview.without(frozenset({"h-lymph"})), KB)]
    assert hanging == ["h-lymph"]
    browser = visitor(interview.without(frozenset({"h-varicose", "h-lymph"})))

    page = go(browser, "plan")
    assert page.request["PATH_INFO"] == reverse("course-safety")
    assert page.context["shown"]["asked"] == "h-varicose h-lymph"
    wrong = browser.post(reverse("course-safety"), {"asked": "h-varicose h-lymph"})
    assert wrong.status_code == 422
    done = go(browser, "course-safety", {"asked": "h-varicose h-lymph", "h-varicose": "yes"})

    assert done.request["PATH_INFO"] == reverse("plan")
    kept = walk(check.read(done.wsgi_request, KB).answers, KB).answers
    assert kept.get("h-varicose") is True


def test_not_being_sure_stands_in_the_way_and_is_said(place: Place) -> None:
    browser = visitor(well(h_anticoagulant="unsure"))

    shown = words(go(browser, "plan"))

    assert "You were not sure about this, and your plan hangs on it" in shown
    assert KB.findings["h-anticoagulant"].question in shown
    assert go(browser, "course-when").request["PATH_INFO"] == reverse("plan")


def test_a_doctor_who_agreed_is_asked_again_only_for_what_needs_a_doctor(place: Place) -> None:
    word = Agreement("Dr Frost", timezone.now().date().isoformat(), "visit")
    browser = visitor(well(m_wasting=True).without(frozenset({"h-varicose"})), word)

    done = go(browser, "course-safety", {"asked": "h-varicose", "none-of-these": "yes"})

    assert check.read(done.wsgi_request, KB).agreement == word
    assert done.request["PATH_INFO"] == reverse("plan")


def test_from_the_hours_to_the_booked_course(place: Place, person: Browser) -> None:
    page = with_dates(person, earliest="13:00", latest="16:00", days_not=["6"])
    assert "Your 8 sessions" in words(page)
    assert "£464 for 8 sessions, £58 each" in words(page)
    assert {one["session"].starts.hour for one in page.context["shown"]["rows"]} <= {13, 14}
    assert StoredAssessment.objects.count() == 0

    assert "Who is it for?" in words(go(person, "course-dates", {"book": "all"}))
    booked = go(person, "course-details", ADA)

    assert "Your course is booked" in words(booked)
    assert Appointment.objects.filter(course=Course.objects.get()).count() == 8
    assert StoredAssessment.objects.count() == 1
    assert all(row.starts_at.weekday() != 6 for row in Appointment.objects.all())
    file = person.get(reverse("course-calendar", kwargs={"token": token(booked)}))
    assert file.content.count(b"BEGIN:VEVENT") == 8
    assert go(person, "course-details").request["PATH_INFO"] == reverse("plan")


def test_details_that_cannot_be_used_are_told_and_nothing_is_lost(place: Place, person: Browser) -> None:
    with_dates(person)
    go(person, "course-dates", {"book": "all"})

    page = go(person, "course-details", {**ADA, "phone": "12"})

    assert page.status_code == 422
    assert "This phone number does not look right" in words(page)
    assert 'value="Ada Byron"' in page.content.decode()
    assert Course.objects.count() == 0


def test_one_session_is_swapped_fixed_and_let_go_again(place: Place, person: Browser) -> None:
    first = with_dates(person).context["shown"]["rows"]
    times = go(person, "course-swap", number=3).context["days"]
    other = next(row for day in times for row in day.rows if row.value != first[2]["value"])

    swapped = go(person, "course-dates", {"fix": other.value})
    assert swapped.context["shown"]["rows"][2]["value"] == other.value
    assert "fixed" in words(swapped)

    free = go(person, "course-dates", {"unfix": "3"})
    assert [row["value"] for row in free.context["shown"]["rows"]] == [row["value"] for row in first]
    out = go(person, "course-dates", {"out": first[0]["value"]})
    assert out.context["shown"]["rows"][0]["session"].starts != first[0]["session"].starts
    assert go(person, "course-dates", {"forget": "all"}).context["pins"] is False
    assert person.get(reverse("course-swap", kwargs={"number": 9})).status_code == 404


def test_another_course_can_be_taken_as_a_whole(place: Place, person: Browser) -> None:
    page = with_dates(person)
    assert "You could be done" in words(page)
    other = [row["value"] for row in page.context["others"][0]["rows"]]

    taken = go(person, "course-dates", {"instead": "0"})

    assert [row["value"] for row in taken.context["shown"]["rows"]] == other


@pytest.mark.parametrize(
    "data",
    [{"fix": "3|soon|ann"}, {"instead": "9"}, {"unfix": "x"}, {}],
    ids=["time", "course", "number", "none"],
)
def test_buttons_that_are_not_ours_change_nothing(
    place: Place, person: Browser, data: dict[str, str]
) -> None:
    before = with_dates(person).context["shown"]["rows"]
    assert go(person, "course-dates", data).context["shown"]["rows"] == before


def test_hours_that_leave_nothing_say_what_to_give_up(place: Place, person: Browser) -> None:
    page = with_dates(person, earliest="20:00")
    assert "Come before 20:00 too" in words(page)

    assert "Your 8 sessions" in words(go(person, "course-dates", {"relax": "0"}))


def test_hours_that_make_no_sense_are_told(place: Place, person: Browser) -> None:
    page = with_dates(person, earliest="14:00", latest="10:00", days_not=[str(day) for day in range(7)])
    assert page.status_code == 422
    assert "This is not after the time from which you can come" in words(page)
    assert "No day is left" in words(page)


def test_a_time_that_was_taken_meanwhile_leads_to_the_nearest_course(place: Place, person: Browser) -> None:
    rows = with_dates(person).context["shown"]["rows"]
    go(person, "course-dates", {"book": "all"})
    block(place, rows[4]["session"].starts)

    page = go(person, "course-details", ADA)
    assert page.status_code == 422
    assert "Somebody was faster" in words(page)
    assert 'value="Ada Byron"' in page.content.decode()
    assert Course.objects.count() == 0

    assert "Your course is booked" in words(go(person, "course-details", ADA))


def test_the_rest_is_given_back_on_the_page_of_the_course(place: Place, person: Browser) -> None:
    with_dates(person)
    go(person, "course-dates", {"book": "all"})
    secret = token(go(person, "course-details", ADA))

    page = go(Browser(), "course-cancel", {}, token=secret)

    assert "8 appointments are cancelled" in words(page)
    assert Appointment.objects.filter(released_at__isnull=True).count() == 0


@pytest.mark.parametrize("name", ["plan", "course-safety", "course-when", "course-dates", "course-details"])
def test_without_an_answer_every_page_leads_to_the_questions(place: Place, name: str) -> None:
    page = Browser().get(reverse(name))
    assert (page.status_code, page["Location"]) == (302, reverse("check"))


def test_danger_leads_to_the_answer_page(place: Place) -> None:
    page = visitor(well(rf_saddle_numb=True)).get(reverse("plan"))
    assert page["Location"] == reverse("answer")


def test_no_address_says_anything_about_health(place: Place, person: Browser) -> None:
    page = with_dates(person, rather="evening")
    assert page.request["QUERY_STRING"] == ""
    assert page["Cache-Control"] == "no-store, private"


def block(place: Place, start: datetime) -> None:
    for who in (place.ann, place.ben):
        TimeOff.objects.create(
            practice=place.practice, therapist=who, starts_at=start, ends_at=start + timedelta(hours=1)
        )
