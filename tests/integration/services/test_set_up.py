"""The owner sets the practice up: what can be kept, who may, what changes, and what stands in the record book."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest

from clinic import CLOCK, NOW, TEN, command, make_practice
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import AuditEvent, Closure, Practice, Role, Therapist, User
from unpinch.services import (
    booking,
    first_run,
    setup_checklist,
    setup_closures,
    setup_hours,
    setup_offers,
    setup_places,
    setup_therapists,
)
from unpinch.services.access import Caller, caller
from unpinch.services.availability import FreeTimesQuery, free_times
from unpinch.services.first_run import FirstOwner
from unpinch.services.outcomes import Refused
from unpinch.services.setup_closures import ClosureDetails
from unpinch.services.setup_hours import AwayDetails, Week
from unpinch.services.setup_rules import (
    CancellationStep,
    LocationDetails,
    PracticeDetails,
    RoomDetails,
    ServiceDetails,
    Skill,
    Span,
    TherapistDetails,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from clinic import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def owner(place: Place) -> Caller:
    return caller(staff(place, Role.OWNER))


def staff(place: Place, role: Role) -> int:
    name = f"{role}@{place.practice.slug}.example"
    return User.objects.create_user(name, None, practice=place.practice, role=role, name=str(role)).pk


def last_line() -> tuple[str, dict[str, Any]]:
    event = AuditEvent.objects.order_by("-pk").first()
    assert event is not None
    return event.action, event.details


def starts(place: Place, day: date, therapist: str = "ann") -> list[str]:
    query = FreeTimesQuery(place.practice.pk, "swedish-60", day, 1, None, therapist)
    return [f"{free.starts:%H:%M}" for free in free_times(query, clock=CLOCK)]


NEW: dict[str, Callable[[Caller], Any]] = {
    "location": lambda who: setup_places.add_location(
        who, LocationDetails(name="Hill", time_zone="Europe/London")
    ),
    "service": lambda who: setup_offers.add_service(
        who, ServiceDetails(name="Deep", skill="deep tissue", minutes=30, price_minor=3600)
    ),
    "therapist": lambda who: setup_therapists.add_therapist(who, TherapistDetails(name="Cy Young")),
    "closure": lambda who: setup_closures.add_closure(
        who, ClosureDetails(date(2026, 12, 24), date(2026, 12, 26))
    ),
}


@pytest.mark.parametrize("kind", NEW)
def test_what_the_owner_adds_is_kept_and_written_down(kind: str, owner: Caller) -> None:
    made = NEW[kind](owner)
    action, _details = last_line()
    assert action == f"{kind}.add"
    assert made.id is not None


@pytest.mark.parametrize("role", [Role.DESK, Role.THERAPIST, Role.CLIENT])
@pytest.mark.parametrize("kind", NEW)
def test_nobody_else_adds_anything(kind: str, role: Role, place: Place) -> None:
    who = caller(staff(place, role))
    before = AuditEvent.objects.count()
    with pytest.raises(NotFoundError):
        NEW[kind](who)
    assert AuditEvent.objects.count() == before


def test_things_of_another_practice_are_not_there(place: Place, owner: Caller) -> None:
    other = make_practice("elsewhere")
    with pytest.raises(NotFoundError):
        setup_places.change_location(owner, other.harbour.pk, LocationDetails(name="X", time_zone="UTC"))
    with pytest.raises(NotFoundError):
        setup_offers.service(owner, other.swedish.pk)
    with pytest.raises(NotFoundError):
        setup_hours.times_of(owner, other.ann.pk)


def test_a_change_names_what_changed_and_nothing_else(place: Place, owner: Caller) -> None:
    details = setup_places.practice_details(owner)
    setup_places.change_practice(owner, replace(details, phone="0117 496 0177", grid_minutes=30), clock=CLOCK)
    assert last_line() == ("practice.change", {"changed": "phone, grid_minutes"})
    lines = AuditEvent.objects.count()
    setup_places.change_practice(owner, setup_places.practice_details(owner), clock=CLOCK)
    assert AuditEvent.objects.count() == lines
    assert starts(place, TEN.date())[:2] == ["09:00", "09:30"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grid_minutes": 4}, "grid_minutes"),
        ({"grid_minutes": 61}, "grid_minutes"),
        ({"hold_minutes": 0}, "hold_minutes"),
        ({"time_zone": "Europe/Bristol"}, "time_zone"),
        ({"country": "XX"}, "country"),
        ({"currency": "gbp"}, "currency"),
        ({"phone": "12"}, "phone"),
        ({"name": " "}, "name"),
    ],
)
def test_what_cannot_be_says_which_field(changes: dict[str, Any], code: str, owner: Caller) -> None:
    details = setup_places.practice_details(owner)
    with pytest.raises(InputError) as caught:
        setup_places.change_practice(owner, replace(details, **changes))
    assert caught.value.code == code


def test_a_clock_stays_while_sessions_are_booked_by_it(place: Place, owner: Caller) -> None:
    booking.book(command(place), clock=CLOCK)
    wanted = LocationDetails(name="Harbourside", time_zone="Europe/Dublin")
    with pytest.raises(InputError) as caught:
        setup_places.change_location(owner, place.harbour.pk, wanted, clock=CLOCK)
    assert caught.value.code == "time_zone"


def test_a_service_keeps_its_policy_and_what_is_booked_keeps_its_price(place: Place, owner: Caller) -> None:
    booked = booking.book(command(place), clock=CLOCK)
    assert isinstance(booked, booking.Booked)
    found = setup_offers.service(owner, place.swedish.pk)
    given = ServiceDetails(
        name=found.name,
        skill="swedish",
        minutes=45,
        price_minor=9900,
        cancellation=(CancellationStep(2880, 20), CancellationStep(1440, 50)),
    )
    kept = setup_offers.change_service(owner, found.id, given, clock=CLOCK)
    assert kept.cancellation == (CancellationStep(1440, 50), CancellationStep(2880, 20))
    assert booking.find(booked.token).price_minor == 5800
    assert "cancellation" in last_line()[1]["changed"]


def test_a_skill_for_everywhere_makes_the_same_for_one_region_needless(place: Place, owner: Caller) -> None:
    skills = (Skill("swedish"), Skill("swedish", "region-neck"), Skill("deep tissue", "region-neck"))
    kept = setup_therapists.change_therapist(owner, place.ann.pk, TherapistDetails(name="Ann", skills=skills))
    assert kept.skills == (Skill("deep-tissue", "region-neck"), Skill("swedish"))
    with pytest.raises(InputError, match="no region"):
        setup_therapists.add_therapist(owner, TherapistDetails(name="Cy", skills=(Skill("swedish", "tail"),)))


def test_a_new_week_ends_the_one_before_and_a_break_is_a_gap(place: Place, owner: Caller) -> None:
    spans = tuple(Span(2, *hours, "harbour") for hours in ((time(9), time(11)), (time(13), time(15))))
    setup_hours.save_week(owner, place.ann.pk, Week(date(2026, 12, 2), None, spans), clock=CLOCK)
    assert starts(place, date(2026, 11, 25))[-1] == "15:45"
    assert starts(place, date(2026, 12, 2)) == [
        "09:00",
        "09:15",
        "09:30",
        "09:45",
        "13:00",
        "13:15",
        "13:30",
        "13:45",
    ]
    assert starts(place, date(2026, 12, 3)) == []
    found = setup_hours.times_of(owner, place.ann.pk, clock=CLOCK)
    assert [week.key for week in found.weeks] == [(None, date(2026, 12, 1)), (date(2026, 12, 2), None)]


def test_a_week_is_changed_in_its_place_and_taken_out(place: Place, owner: Caller) -> None:
    later = Week(None, None, (Span(2, time(10), time(12), "harbour"),))
    setup_hours.save_week(owner, place.ann.pk, later, instead_of=(None, None), clock=CLOCK)
    assert setup_hours.times_of(owner, place.ann.pk, clock=CLOCK).weeks == (later,)
    setup_hours.save_week(owner, place.ann.pk, Week(None, None, ()), instead_of=(None, None), clock=CLOCK)
    assert setup_hours.times_of(owner, place.ann.pk, clock=CLOCK).weeks == ()
    with pytest.raises(NotFoundError, match="changed meanwhile"):
        setup_hours.save_week(owner, place.ann.pk, later, instead_of=(None, None), clock=CLOCK)


@pytest.mark.parametrize(
    "spans",
    [
        (Span(0, time(9), time(12), "harbour"), Span(0, time(11), time(13), "harbour")),
        (Span(6, time(22), time(2), "harbour"), Span(0, time(1), time(3), "harbour")),
    ],
    ids=["same day", "over midnight into Monday"],
)
def test_nobody_is_in_two_places(spans: tuple[Span, ...], place: Place, owner: Caller) -> None:
    with pytest.raises(InputError) as caught:
        setup_hours.save_week(owner, place.ann.pk, Week(None, None, spans), instead_of=(None, None))
    assert caught.value.code == "hours"


def test_single_days_and_time_off(place: Place, owner: Caller) -> None:
    day = date(2026, 11, 25)
    with pytest.raises(InputError, match="lies over"):
        setup_hours.add_day(owner, place.ann.pk, day, (time(16), time(18)), "harbour", clock=CLOCK)
    setup_hours.add_day(owner, place.ann.pk, day, (time(18), time(20)), "harbour", clock=CLOCK)
    setup_hours.add_away(owner, place.ann.pk, AwayDetails(day, day, time(9), time(17), "Course"), clock=CLOCK)
    assert starts(place, day) == ["18:00", "18:15", "18:30", "18:45"]
    found = setup_hours.times_of(owner, place.ann.pk, clock=CLOCK)
    setup_hours.remove_day(owner, place.ann.pk, found.extra[0].id, clock=CLOCK)
    setup_hours.remove_away(owner, place.ann.pk, found.away[0].id, clock=CLOCK)
    assert starts(place, day)[0] == "09:00"
    with pytest.raises(InputError, match="before the first"):
        setup_hours.add_away(owner, place.ann.pk, AwayDetails(day, date(2026, 11, 24)), clock=CLOCK)


def test_whole_days_off_follow_the_clock_change(place: Place) -> None:
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    zone = ZoneInfo("Europe/London")
    begin, end = setup_hours.away_span(AwayDetails(date(2027, 3, 28), date(2027, 3, 28)), zone)
    assert (end - begin).total_seconds() == 23 * 3600


def test_public_holidays_are_observed_by_ticking(place: Place, owner: Caller) -> None:
    good_friday, christmas = date(2027, 3, 26), date(2027, 12, 25)
    assert setup_closures.observe(owner, "GB", "ENG", 2027, [good_friday, christmas], clock=CLOCK) == 2
    assert starts(place, good_friday) == []
    own = setup_closures.add_closure(owner, ClosureDetails(date(2027, 8, 1), date(2027, 8, 9)), clock=CLOCK)
    assert setup_closures.observe(owner, "GB", "ENG", 2027, [christmas], clock=CLOCK) == 1
    days = set(Closure.objects.values_list("first_day", flat=True))
    assert days == {christmas, own.first_day}
    shown = setup_closures.public_holidays(owner, "GB", "ENG", 2027)
    assert {one.name for one in shown if one.is_observed} == {"Christmas Day"}
    assert "Easter Monday" in {one.name for one in shown}
    with pytest.raises(InputError, match="not known"):
        setup_closures.public_holidays(owner, "GB", "Bristol", 2027)


def test_the_checklist_leads_from_nothing_to_bookable() -> None:
    user = first_run.open_practice(PRACTICE, OWNER, clock=CLOCK)
    assert isinstance(user, int)
    who = caller(user)

    def missing() -> list[str]:
        return [one.what for one in setup_checklist.checklist(who).missing]

    assert [what.split()[0] for what in missing()] == ["Write", "Add", "Add", "Add"]
    at = setup_places.add_location(who, LocationDetails(name="Quay", time_zone="Europe/London"), clock=CLOCK)
    assert "Quay has no room yet." in missing()
    setup_places.add_room(who, at.id, RoomDetails(name="Blue"), clock=CLOCK)
    olga = setup_therapists.add_therapist(who, TherapistDetails(name="Olga"), clock=CLOCK)
    service = ServiceDetails(name="Swedish", skill="swedish", minutes=60, room_kind="wet")
    kept = setup_offers.add_service(who, service, clock=CLOCK)
    assert "No therapist has the skill “swedish” for Swedish." in missing()
    assert "Swedish needs a room of the kind “wet”, and there is none." in missing()
    setup_offers.change_service(who, kept.id, replace(service, room_kind="massage"), clock=CLOCK)
    setup_therapists.change_therapist(
        who, olga.id, TherapistDetails(name="Olga", skills=(Skill("swedish"),)), clock=CLOCK
    )
    assert not setup_checklist.checklist(who).is_ready
    week = Week(None, None, (Span(2, time(9), time(12), "quay"),))
    setup_hours.save_week(who, olga.id, week, clock=CLOCK)
    setup_places.change_practice(who, replace(PRACTICE, terms="Be on time."), clock=CLOCK)
    found = setup_checklist.checklist(who)
    assert (found.missing, found.can_be_booked) == ((), ("Swedish",))
    assert free_times(FreeTimesQuery(who.practice_id, "swedish", NOW.date(), 7), clock=CLOCK)


PRACTICE = PracticeDetails(
    name="Quay Massage",
    phone="+441174960188",
    email="hello@quay.example",
    country="GB",
    currency="GBP",
    time_zone="Europe/London",
)
OWNER = FirstOwner("Olga Quay", "Olga@quay.example", "a long pass phrase", first_run.code())


def test_the_practice_is_made_once_and_with_the_code_alone() -> None:
    with pytest.raises(InputError) as caught:
        first_run.open_practice(PRACTICE, replace(OWNER, code="wrong"))
    assert caught.value.code == "code"
    assert not Practice.objects.exists()
    assert isinstance(first_run.open_practice(PRACTICE, OWNER), int)
    again = first_run.open_practice(PRACTICE, OWNER)
    assert isinstance(again, Refused)
    assert User.objects.get().email == "olga@quay.example"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"password": "short"}, "password"), ({"email": "olga"}, "owner_email"), ({"name": " "}, "owner_name")],
)
def test_a_first_owner_who_cannot_be(changes: dict[str, str], code: str) -> None:
    with pytest.raises(InputError) as caught:
        first_run.open_practice(PRACTICE, replace(OWNER, **changes))
    assert caught.value.code == code


def test_somebody_set_up_before_being_invited_is_one_therapist(place: Place, owner: Caller) -> None:
    from unpinch.services import staff as people  # noqa: PLC0415

    setup_therapists.add_therapist(owner, TherapistDetails(name="Cy Young"), clock=CLOCK)
    user = User.objects.create_user(
        "cy@x.example", None, practice=place.practice, role=Role.THERAPIST, name="Cy Young"
    )
    people._make_therapist(user)
    assert Therapist.objects.get(name="Cy Young").user == user
