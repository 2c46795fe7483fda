"""The practice's own figures: counted right, from those who agreed, and never about a few."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic import CLOCK, NOW, Place, make_practice
from unpinch.clinical.progress import Reading
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import (
    Appointment,
    Client,
    Course,
    ReliefReading,
    Role,
    Room,
    RoomEvent,
    RoomSession,
    Status,
    TimeOff,
    User,
    WaitlistEntry,
)
from unpinch.services import access, consent, relief, results
from unpinch.services.results import FEWEST, Share

if TYPE_CHECKING:
    from unpinch.services.results import Line

AFTER = NOW + timedelta(days=60)


@pytest.fixture
def place(db: None) -> Place:
    return make_practice()


def person(place: Place, number: int, *, better: bool = True, agrees: bool = True) -> Client:
    """Somebody who had one session and said before and after it how strong the pain was."""
    practice = place.practice
    client = Client.objects.create(
        practice=practice,
        name=f"P{number}",
        name_key=f"p{number}",
        email=f"p{number}@clients.example",
        email_key=f"p{number}@clients.example",
        phone="1",
        created_at=NOW,
    )
    course = Course.objects.create(
        practice=practice,
        key=uuid4(),
        client=client,
        plan={"condition": "lumbar-radiculopathy"},
        sessions=1,
        created_at=NOW,
    )
    starts = NOW + timedelta(hours=2 * number)
    row = Appointment.objects.create(
        practice=practice,
        key=uuid4(),
        therapist=place.ann,
        room=Room.objects.first(),
        client=client,
        service=place.swedish,
        location=place.harbour,
        course=course,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        busy_from=starts,
        busy_until=starts + timedelta(hours=1),
        local_start="",
        time_zone="Europe/London",
        status=Status.COMPLETED,
        cancel_token_hash=str(uuid4()),
        booked_at=NOW,
    )
    session = RoomSession.objects.create(
        practice=practice, appointment=row, phase="finished", plan={}, started_at=starts
    )
    RoomEvent.objects.create(
        practice=practice,
        session=session,
        number=1,
        what={"kind": "less" if better else "same"},
        by="client",
        at=starts,
    )
    for moment, pain, at in (("start", 8, NOW), ("session", 3 if better else 8, starts + timedelta(days=7))):
        ReliefReading.objects.create(
            practice=practice,
            key=uuid4(),
            client=client,
            course=course,
            moment=moment,
            answers=relief.dump(Reading(pain=pain)),
            said_at=at,
        )
    if agrees:
        whose = consent.Whose(practice.pk, client_id=client.pk)
        consent.give("statistics", consent.Signature("Somebody"), whose, clock=CLOCK)
    return client


def line(lines: tuple[Line, ...], code: str) -> Line:
    return next(one for one in lines if one.code == code)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962)],
)
def test_the_interval_is_wilsons(count: int, of: int, low: float, high: float) -> None:
    share = Share(count, of)
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


def test_who_gets_better_stands_beside_what_happens_without_treatment(place: Place) -> None:
    for number in range(FEWEST + 2):
        person(place, number, better=number > 2)
    found = results.results(place.practice.pk, AFTER)
    assert found.counted == 12
    (condition,) = found.by_condition
    assert condition.code == "lumbar-radiculopathy"
    assert condition.share == Share(9, 12)
    assert (condition.beside, condition.beside_week) == (0.5, 6)
    assert [(one.name, one.share) for one in found.by_session] == [("1", Share(9, 12))]
    assert line(found.work, "asked-for-less").share == Share(9, 12)


def test_about_a_few_nothing_is_said(place: Place) -> None:
    for number in range(FEWEST - 1):
        person(place, number)
    found = results.results(place.practice.pk, AFTER)
    assert found.counted == FEWEST - 1
    few = (
        *found.by_condition,
        *found.by_session,
        line(found.work, "no-show"),
        line(found.work, "asked-for-less"),
    )
    assert [one.share for one in few] == [None] * len(few)


def test_only_who_agreed_and_did_not_take_it_back_is_counted(place: Place) -> None:
    people = [person(place, number, agrees=number > 0) for number in range(FEWEST + 2)]
    assert results.results(place.practice.pk, AFTER).counted == FEWEST + 1
    consent.withdraw(people[-1].pk, "statistics", actor="client:1", clock=CLOCK)
    found = results.results(place.practice.pk, AFTER)
    assert found.counted == FEWEST
    assert line(found.work, "asked-for-less").share == Share(FEWEST, FEWEST)


def test_no_shows_and_the_waiting_list_are_counted(place: Place) -> None:
    for number in range(FEWEST):
        person(place, number)
    Appointment.objects.filter(client__name="P0").update(status=Status.NO_SHOW)
    found = results.results(place.practice.pk, AFTER)
    assert line(found.work, "no-show").share == Share(1, FEWEST)
    assert line(found.work, "waitlist-booked").share is None
    assert not WaitlistEntry.objects.exists()


def test_hours_booked_are_measured_against_hours_worked(place: Place) -> None:
    for number in range(4):
        person(place, number)
    week = 2 * 7 * 8  # two therapists, seven days from nine to five
    used = line(results.results(place.practice.pk, AFTER).work, "used").share
    assert used == Share(4, 12 * week)
    TimeOff.objects.create(
        practice=place.practice, therapist=place.ann, starts_at=NOW, ends_at=NOW + timedelta(days=7)
    )
    used = line(results.results(place.practice.pk, AFTER).work, "used").share
    assert used == Share(4, 12 * week - 7 * 8)


def test_another_practice_is_another(place: Place) -> None:
    for number in range(FEWEST):
        person(place, number)
    assert results.results(make_practice("elsewhere").practice.pk, AFTER).counted == 0


def test_only_the_owner_asks(place: Place) -> None:
    with pytest.raises(NotFoundError):
        results.for_owner(access.caller(place.ann_user.pk), AFTER)
    owner = User.objects.create_user("o@harbour.example", practice=place.practice, role=Role.OWNER)
    assert results.for_owner(access.caller(owner.pk), AFTER).counted == 0


def test_the_number_of_queries_does_not_grow(place: Place) -> None:
    person(place, 1)
    with CaptureQueriesContext(
        connection,
    ) as one:
        results.results(place.practice.pk, AFTER)
    person(place, 2)
    person(place, 3)
    with CaptureQueriesContext(connection) as three:
        results.results(place.practice.pk, AFTER)
    assert len(one) == len(three) == 12
