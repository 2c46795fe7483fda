"""The owner sets up a practice from nothing on its pages, without JavaScript and without a manual."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clinic import make_practice
from unpinch.records.models import (
    Closure,
    Location,
    Practice,
    Role,
    Room,
    Service,
    Therapist,
    User,
    WorkingHours,
)
from unpinch.services import first_run

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

FIRST = {
    "code": first_run.code(),
    "name": "Quay Massage",
    "phone": "0117 496 0188",
    "email": "hello@quay.example",
    "country": "GB",
    "currency": "gbp",
    "time_zone": "Europe/London",
    "owner_name": "Olga Quay",
    "owner_email": "olga@quay.example",
    "password": "a long pass phrase",
}
SERVICE = {
    "name": "Swedish, an hour",
    "skill": "swedish",
    "minutes": 60,
    "turnover_before_minutes": 0,
    "turnover_after_minutes": 15,
    "price": "57.50",
    "room_kind": "massage",
    "is_self_bookable": "on",
    "notice_min_minutes": "120",
    "notice_max_days": 84,
    "notice_1": 24,
    "fee_1": 50,
    "position": 0,
    "is_active": "on",
}


def send(browser: Browser, name: str, data: dict[str, Any], **parts: int) -> None:
    answer = browser.post(reverse(name, kwargs=parts), data)
    assert answer.status_code == 302, answer.content.decode()


@pytest.fixture
def owner() -> Browser:
    place = make_practice()
    user = User.objects.create_user(
        "olga@x.example", None, practice=place.practice, role=Role.OWNER, name="Olga"
    )
    browser = Browser()
    browser.force_login(user)
    return browser


def test_from_nothing_to_bookable() -> None:
    browser = Browser()
    send(browser, "first", FIRST)
    assert "Add the place where you work" in browser.get(reverse("practice")).content.decode()
    assert browser.get(reverse("today")).url == reverse("practice")  # type: ignore[attr-defined]
    send(browser, "location-new", {"name": "Quay", "time_zone": "Europe/London", "is_active": "on"})
    at = Location.objects.get().pk
    send(browser, "room-new", {"name": "Blue", "kind": "massage", "places": 1, "is_active": "on"}, number=at)
    skills = {
        "name": "Olga Quay",
        "skills": ["swedish|", "deep-tissue|region-neck"],
        "new_skill": "Hot stone",
    }
    send(browser, "therapist-new", {**skills, "position": 0, "is_active": "on"})
    olga = Therapist.objects.get()
    assert {(one.skill, one.region) for one in olga.skills.all()} == {
        ("swedish", ""),
        ("deep-tissue", "region-neck"),
        ("hot-stone", ""),
    }
    monday = {"d0-0-from": "09:00", "d0-0-to": "12:00", "d0-1-from": "13:00", "d0-1-to": "17:00"}
    copied = browser.post(reverse("week-edit", kwargs={"number": olga.pk}), {**monday, "copy": "yes"})
    assert copied.status_code == 200
    sent = {name: field.value() or "" for name, field in ((f.name, f) for f in copied.context["form"])}
    send(browser, "week-edit", sent, number=olga.pk)
    assert WorkingHours.objects.count() == 10
    send(browser, "service-new", SERVICE)
    service = Service.objects.get()
    assert (service.price_minor, service.cancellation_rules.get().notice_minutes) == (5750, 1440)
    about = {name: getattr(Practice.objects.get(), name) for name in ABOUT}
    send(browser, "practice-about", {**about, "terms": "Be on time."})
    assert "All set" in browser.get(reverse("practice")).content.decode()


ABOUT = (
    "name",
    "phone",
    "email",
    "country",
    "currency",
    "time_zone",
    "grid_minutes",
    "hold_minutes",
    "offer_minutes",
)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price": "57.505"}, "price"),
        ({"skill": ""}, "skill"),
        ({"minutes": 3}, "minutes"),
        ({"fee_1": ""}, "notice_1"),
        ({"new_skill": "???"}, "skill"),
        ({"room_kind": "sauna"}, "room_kind"),
    ],
)
def test_a_fault_is_said_beside_its_field(owner: Browser, changes: dict[str, Any], field: str) -> None:
    before = Service.objects.count()
    answer = owner.post(reverse("service-new"), {**SERVICE, **changes})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert Service.objects.count() == before


def test_hours_that_are_half_written_are_asked_for(owner: Browser) -> None:
    ann = Therapist.objects.get(code="ann").pk
    answer = owner.post(reverse("week-edit", kwargs={"number": ann}), {"d3-0-from": "09:00"})
    assert answer.status_code == 422
    assert "when it ends" in answer.content.decode()


def test_the_form_shows_the_hours_that_stand(owner: Browser) -> None:
    ann = Therapist.objects.get(code="ann").pk
    text = owner.get(reverse("week-edit", kwargs={"number": ann}) + "?from=&to=").content.decode()
    assert text.count('value="09:00"') == 7
    assert owner.get(reverse("week-edit", kwargs={"number": ann}) + "?from=2030-01-01&to=").status_code == 404


def test_holidays_are_ticked(owner: Browser) -> None:
    year = owner.get(reverse("holidays")).context["year"]
    send(owner, "holidays", {"country": "GB", "part": "SCT", "year": year, "day": [f"{year}-12-25", "never"]})
    assert Closure.objects.get().reason == "Christmas Day"
    shown = owner.get(reverse("holidays"), {"country": "GB", "part": "SCT", "year": year})
    assert [one.name for one in shown.context["days"] if one.is_observed] == ["Christmas Day"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_overview_asks_as_often_for_one_row_as_for_three(
    rows: int, owner: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    practice = Practice.objects.get()
    for number in range(rows - 1):
        at = Location.objects.create(practice=practice, code=f"l{number}", name="L", time_zone="UTC")
        Room.objects.create(practice=practice, location=at, code="r", name="R")
        Therapist.objects.create(practice=practice, code=f"t{number}", name="T")
        Service.objects.create(practice=practice, code=f"s{number}", name="S", skill="swedish", minutes=30)
    with django_assert_num_queries(QUERIES):
        assert owner.get(reverse("practice")).status_code == 200


QUERIES = 24


def test_a_key_for_a_program_is_shown_once(owner: Browser) -> None:
    user = User.objects.get(email="olga@x.example").pk
    made = owner.post(reverse("tokens"), {"name": "Website", "user": user, "scopes": ["booking", "calendar"]})
    key = made.context["made"]
    assert key.startswith("unpinch_")
    page = owner.get(reverse("tokens")).content.decode()
    assert "Website" in page
    assert key not in page
    token = owner.get(reverse("tokens")).context["tokens"][0]
    send(owner, "token-revoke", {}, number=token.id)
    assert owner.get(reverse("tokens")).context["tokens"] == ()


def test_what_a_program_set_up_is_not_lost_by_the_pages(owner: Browser) -> None:
    """Five spans a day, three steps of policy and a closed place are shown and kept, not cut to fit a form."""
    ann, service = Therapist.objects.get(code="ann"), Service.objects.get()
    ann.hours.all().delete()
    at = Location.objects.get()
    for hour in range(8, 18, 2):
        WorkingHours.objects.create(
            practice=ann.practice,
            therapist=ann,
            location=at,
            weekday=1,
            starts=time(hour),
            ends=time(hour + 1),
        )
    for minutes, fee in ((90, 100), (1440, 50), (2880, 20)):
        service.cancellation_rules.create(practice=ann.practice, notice_minutes=minutes, fee_percent=fee)
    Location.objects.create(practice=ann.practice, code="a-hill", name="A hill", time_zone="Europe/London")
    Location.objects.filter(pk=at.pk).update(is_active=False)
    before = list(ann.hours.order_by("starts").values_list("starts", "ends", "location"))
    for address in (
        reverse("week-edit", kwargs={"number": ann.pk}) + "?from=&to=",
        reverse("service", kwargs={"number": service.pk}),
    ):
        form = owner.get(address).context["form"]
        values = {field.html_name: field.value() for field in form}
        sent = {name: value for name, value in values.items() if value is not None and value is not False}
        assert owner.post(address, {**sent, "new_skill": ""}).status_code == 302
    assert list(ann.hours.order_by("starts").values_list("starts", "ends", "location")) == before
    rules = service.cancellation_rules.order_by("notice_minutes").values_list("notice_minutes", "fee_percent")
    assert list(rules) == [(90, 100), (1440, 50), (2880, 20)]
