"""The ways to the relief pages: from the course, from the client's own page, and from the therapist's day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
import time_machine
from django.test import Client as Browser

from clinic import CLOCK, NOW, command, make_practice
from unpinch.clinical.progress import Decision
from unpinch.gateways.clock import FixedClock
from unpinch.records.models import Appointment, Client, Course, Role, User
from unpinch.services import booking, course_link, relief, relief_due
from unpinch.services.access import Caller
from unpinch.services.relief import DecideCommand
from unpinch.services.relief_due import WaitingReview

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from clinic import Place

pytestmark = pytest.mark.django_db
UID = UUID("00000000-0000-4000-8000-000000000003")
AFTER = NOW + timedelta(days=2)


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def row(place: Place) -> Course:
    """Ada's course of four, with a look back after every session; one is booked."""
    return course_of(place, "Ada Byron", UID)


def course_of(place: Place, name: str, link_uid: UUID | None = None, hour: int = 10) -> Course:
    email = f"{name.split(maxsplit=1)[0].lower()}@clients.example"
    starts = command(place).starts.replace(hour=hour)
    booked = booking.book(command(place, name=name, email=email, starts=starts), clock=CLOCK)
    assert isinstance(booked, booking.Booked), booked
    client = Client.objects.get(name=name)
    made = Course.objects.create(
        practice=place.practice,
        client=client,
        link_uid=link_uid,
        sessions=4,
        review_after=1,
        created_at=NOW,
    )
    Appointment.objects.filter(client=client).update(course=made, course_session=1)
    return made


def logged_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def relief_address() -> str:
    return f"/relief/{course_link.token_of(UID)}/"


def caller(user: User, role: Role, **more: int) -> Caller:
    return Caller(user.pk, user.practice_id, "", role, more.get("therapist_id"), None)


def test_the_page_of_the_course_leads_to_it(row: Course) -> None:
    page = Browser().get(f"/course/{course_link.token_of(UID)}/").content.decode()
    assert f'href="{relief_address()}"' in page


def test_a_clients_own_page_leads_to_it_and_nobody_elses(row: Course, place: Place) -> None:
    ada, bea = (
        User.objects.create_user(
            f"{name}@people.example", practice=place.practice, role=Role.CLIENT, name=name
        )
        for name in ("ada", "bea")
    )
    row.client.user = ada
    row.client.save()
    assert f'href="{relief_address()}"' in logged_in(ada).get("/me").content.decode()
    assert "/relief/" not in logged_in(bea).get("/me").content.decode()


def test_an_appointment_of_a_course_leads_to_its_relief(row: Course, place: Place) -> None:
    number = Appointment.objects.get().pk
    ann = logged_in(place.ann_user)
    assert f'href="/courses/{row.pk}/relief"' in ann.get(f"/appointments/{number}").content.decode()
    Appointment.objects.update(course=None)
    assert "/relief" not in ann.get(f"/appointments/{number}").content.decode()


def test_today_says_for_whom_a_look_back_is_due(row: Course, place: Place) -> None:
    with time_machine.travel(NOW, tick=False):
        assert "Look back now" not in logged_in(place.ann_user).get("/today").content.decode()
    with time_machine.travel(AFTER, tick=False):
        page = logged_in(place.ann_user).get("/today").content.decode()
        assert f'<a href="/courses/{row.pk}/relief">Ada Byron</a>: review due after session 1' in page


def test_what_waits_is_what_the_page_of_the_course_waits_for(row: Course, place: Place) -> None:
    ann = caller(place.ann_user, Role.THERAPIST, therapist_id=place.ann.pk)
    clock = FixedClock(AFTER)

    def waiting() -> tuple[WaitingReview, ...]:
        return relief_due.of_therapist(place.ann.pk, ann, clock=clock)

    assert waiting() == (WaitingReview(row.pk, "Ada Byron", 1),)
    assert relief.due(row.pk, now=AFTER) is not None
    assert relief_due.of_therapist(place.ann.pk, ann, clock=CLOCK) == ()
    decided = relief.decide(
        DecideCommand(row.pk, Decision.STOP_NOW, f"user:{place.ann_user.pk}", "It got worse"), clock=clock
    )
    assert isinstance(decided, relief.Decided), decided
    assert waiting() == ()


def test_only_who_may_read_about_health_sees_who_waits(row: Course, place: Place) -> None:
    clock = FixedClock(AFTER)
    ben = caller(place.ann_user, Role.THERAPIST, therapist_id=place.ben.pk)
    desk = caller(place.ann_user, Role.DESK)
    owner = caller(place.ann_user, Role.OWNER)
    assert relief_due.of_therapist(place.ann.pk, ben, clock=clock) == ()
    assert relief_due.of_therapist(place.ann.pk, desk, clock=clock) == ()
    assert len(relief_due.of_therapist(place.ann.pk, owner, clock=clock)) == 1
    assert relief_due.of_therapist(place.ben.pk, ben, clock=clock) == ()


def test_three_that_wait_cost_one_query_like_one(
    row: Course, place: Place, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    owner = caller(place.ann_user, Role.OWNER)
    with django_assert_num_queries(1):
        relief_due.of_therapist(place.ann.pk, owner, clock=FixedClock(AFTER))
    course_of(place, "Bea Miller", hour=12)
    course_of(place, "Cleo Day", hour=14)
    with django_assert_num_queries(1):
        found = relief_due.of_therapist(place.ann.pk, owner, clock=FixedClock(AFTER))
    assert [one.client_name for one in found] == ["Ada Byron", "Bea Miller", "Cleo Day"]
