"""The demonstration is a practice as it could be, it is loaded once, and its logins are this installation's own."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import authenticate
from django.db.models import Count

from unpinch.clinical.progress import Decision
from unpinch.clinical.values import Disposition
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import RefusedError, SetupError
from unpinch.records.models import (
    Appointment,
    Client,
    Closure,
    Course,
    CourseReview,
    CourseState,
    DoctorAgreement,
    Location,
    Message,
    Practice,
    Room,
    Status,
    StoredAssessment,
    Therapist,
    TimeOff,
    User,
    WorkingHours,
)
from unpinch.services import intake, relief, session_check
from unpinch.services.booking import find, token_of
from unpinch.services.demo.load import LOGINS_FILE, load_demo
from unpinch.services.demo.today import session_today

if TYPE_CHECKING:
    from pathlib import Path


LONDON = ZoneInfo("Europe/London")
TUESDAY = datetime(2026, 11, 24, 11, 20, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_FOLDER = tmp_path
    # The real hash takes half a second a password, on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tmp_path


def test_it_is_a_practice_as_it_could_be(data: Path) -> None:
    load_demo(TUESDAY)
    assert Location.objects.count() == 2
    assert Therapist.objects.count() == 6
    assert Room.objects.count() >= 4
    assert Closure.objects.count() >= 8
    assert (
        len({tuple(sorted(t.skills.values_list("skill", flat=True))) for t in Therapist.objects.all()}) >= 4
    )
    days = Appointment.objects.values_list("starts_at", flat=True)
    assert min(days) < TUESDAY - timedelta(weeks=3)
    assert max(days) > TUESDAY + timedelta(weeks=3)
    under_way = (
        Client.objects.filter(appointments__starts_at__lt=TUESDAY)
        .filter(appointments__starts_at__gt=TUESDAY)
        .distinct()
    )
    assert under_way.count() >= 8
    assert set(Appointment.objects.values_list("status", flat=True)) >= {
        Status.BOOKED,
        Status.COMPLETED,
        Status.NO_SHOW,
    }
    # People of the demonstration are made up: nobody gets mail about them.
    assert not Message.objects.exists()


def test_every_session_lies_in_working_hours_and_on_no_day_off(data: Path) -> None:
    load_demo(TUESDAY)
    for session in Appointment.objects.select_related("therapist", "location", "room"):
        starts, until = session.starts_at.astimezone(LONDON), session.busy_until.astimezone(LONDON)
        assert session.local_start == starts.strftime("%Y-%m-%dT%H:%M")
        assert session.room is not None
        assert session.room.location_id == session.location_id
        hours = WorkingHours.objects.filter(
            therapist=session.therapist,
            location=session.location,
            weekday=starts.weekday(),
            starts__lte=starts.time(),
            ends__gte=until.time(),
        )
        assert hours.exists(), session.local_start
        closed = Closure.objects.filter(first_day__lte=starts.date(), last_day__gte=starts.date())
        assert not closed.filter(location=None).exists()
        assert not closed.filter(location=session.location).exists()
        away = TimeOff.objects.filter(therapist=session.therapist, starts_at__lt=session.busy_until)
        assert not away.filter(ends_at__gt=session.busy_from).exists()


def test_the_answers_behind_it_are_real_and_allow_it(data: Path) -> None:
    load_demo(TUESDAY)
    for row in StoredAssessment.objects.all():
        stored = intake.read_row(row)
        assert intake.replay(stored).is_same_answer
        assert stored.disposition in {Disposition.MASSAGE_OK, Disposition.DOCTOR_FIRST}
        if stored.disposition is Disposition.DOCTOR_FIRST:
            agreement = DoctorAgreement.objects.get(assessment=row)
            assert agreement.verified_at is None
    assert DoctorAgreement.objects.count() == 1
    assert not Appointment.objects.filter(assessment=None).exists()
    assert StoredAssessment.objects.values("client").annotate(of=Count("pk")).filter(of__gt=1).count() == 0


def test_loading_again_changes_nothing(data: Path) -> None:
    logins = load_demo(TUESDAY)
    before = [
        Appointment.objects.count(),
        Client.objects.count(),
        User.objects.values_list("password", flat=True)[0],
    ]
    assert load_demo(TUESDAY + timedelta(days=3)) == logins
    after = [
        Appointment.objects.count(),
        Client.objects.count(),
        User.objects.values_list("password", flat=True)[0],
    ]
    assert after == before


def test_each_role_can_log_in_and_only_its_hash_is_stored(data: Path) -> None:
    logins = load_demo(TUESDAY)
    assert [login.role for login in logins] == ["client", "therapist", "owner"]
    assert len({login.password for login in logins}) == 3
    for login in logins:
        user = authenticate(username=login.email, password=login.password)
        assert user is not None
        assert (user.role, user.name) == (login.role, login.name)
        assert login.password not in user.password
    mode = (data / LOGINS_FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_lost_logins_are_made_anew(data: Path) -> None:
    lost = load_demo(TUESDAY)
    (data / LOGINS_FILE).unlink()
    found = load_demo(TUESDAY)
    assert {login.password for login in found}.isdisjoint(login.password for login in lost)
    assert all(authenticate(username=login.email, password=login.password) for login in found)


def test_a_start_that_was_cut_off_is_finished(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("unpinch.services.demo.load.Course.objects.create", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            load_demo(TUESDAY)
    assert not Practice.objects.exists()
    logins = load_demo(TUESDAY)
    assert all(authenticate(username=login.email, password=login.password) for login in logins)


def test_a_damaged_file_of_logins_is_named(data: Path) -> None:
    (data / LOGINS_FILE).write_text("{half a fi")
    with pytest.raises(SetupError, match=LOGINS_FILE):
        load_demo(TUESDAY)


def test_it_keeps_out_of_a_real_practice(data: Path) -> None:
    Practice.objects.create(
        slug="real", name="Real Hands", phone="1", email="a@example.org", created_at=TUESDAY
    )
    with pytest.raises(RefusedError, match="Real Hands"):
        load_demo(TUESDAY)
    assert not Client.objects.exists()


def test_the_link_of_a_session_opens_it(data: Path) -> None:
    load_demo(TUESDAY)
    session = Appointment.objects.filter(status=Status.BOOKED).first()
    assert session is not None
    assert find(token_of(session.calendar_uid)).id == session.pk


def test_its_courses_have_a_plan_and_a_story(data: Path) -> None:
    load_demo(TUESDAY)
    rows = list(Course.objects.all())
    assert all(row.plan["condition"] and row.link_uid for row in rows)
    assert {row.state for row in rows} >= {CourseState.UNDER_WAY, CourseState.FINISHED}
    waiting = [found for row in rows if (found := relief.due(row.pk, now=TUESDAY)) is not None]
    assert Decision.CHANGE_ONCE in {found.verdict.decision for found in waiting}
    assert CourseReview.objects.filter(decided=Decision.GO_ON).exists()
    assert sum(row.readings.count() for row in rows) >= 20
    assert Appointment.objects.filter(is_tentative=True, starts_at__gt=TUESDAY).exists()


def test_there_is_a_session_to_try_today(data: Path) -> None:
    load_demo(TUESDAY)
    token = session_today("amara@harbour-and-hill.example", TUESDAY)
    assert token is not None
    assert session_today("amara@harbour-and-hill.example", TUESDAY) == token
    assert isinstance(session_check.sheet(token, clock=FixedClock(TUESDAY)), session_check.Sheet)
    saturday_night = (TUESDAY + timedelta(days=5)).replace(hour=23, minute=50)
    assert session_today("amara@harbour-and-hill.example", saturday_night) is None
    assert session_today("nobody@harbour-and-hill.example", TUESDAY) is None
