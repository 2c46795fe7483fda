"""Staff book, move, cancel and mark; against a rule only with a reason, and always on the record."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from clinic import CLOCK, NOW, TEN, command, make_practice, stored_answers
from unpinch.gateways.clock import FixedClock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import (
    Appointment,
    AuditEvent,
    CancellationRule,
    Message,
    Role,
    Service,
    Status,
    User,
)
from unpinch.services import by_staff
from unpinch.services.access import Caller, caller
from unpinch.services.availability import FreeTimesQuery, free_times
from unpinch.services.booking import Booked, Taken, book
from unpinch.services.cancelling import Cancelled
from unpinch.services.outcomes import Refused
from unpinch.services.place import Wish
from unpinch.services.reschedule import Moved

if TYPE_CHECKING:
    from datetime import datetime

    from clinic import Place

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def place() -> Place:
    return make_practice()


def desk_of(place: Place) -> Caller:
    user = User.objects.create_user(
        f"desk@{place.practice.slug}.example", None, practice=place.practice, role=Role.DESK, name="Dee"
    )
    return caller(user.pk)


@pytest.fixture
def desk(place: Place) -> Caller:
    return desk_of(place)


def booked(place: Place, **changes: Any) -> Appointment:
    outcome = book(command(place, **changes), clock=CLOCK)
    assert isinstance(outcome, Booked), outcome
    return Appointment.objects.get(pk=outcome.appointment.id)


def bea(place: Place, **changes: Any) -> Any:
    return command(place, name="Bea Miller", email="bea@clients.example", **changes)


def to(starts: datetime, therapist: str = "ann") -> Wish:
    return Wish("harbour", therapist, starts)


def test_the_desk_books_a_caller_with_less_notice_and_what_people_cannot(place: Place, desk: Caller) -> None:
    Service.objects.update(is_self_bookable=False)
    outcome = by_staff.book_for(desk, command(place, starts=NOW + HOUR), clock=CLOCK)
    assert isinstance(outcome, Booked)
    row = Appointment.objects.get()
    assert (row.may_overlap, row.override_reason) == (False, "")
    assert AuditEvent.objects.get(action="appointment.book").actor == f"user:{desk.user_id}"
    assert Message.objects.count() == 1


def test_the_gate_stands_at_the_desk_too(place: Place, desk: Caller) -> None:
    asked = command(place, assessment_key=stored_answers(place, rf_saddle_numb=True))
    outcome = by_staff.book_for(desk, asked, override_reason="the caller insists", clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == "danger"
    assert not Appointment.objects.exists()


def test_a_clash_needs_a_reason_that_is_kept(place: Place, desk: Caller) -> None:
    booked(place)
    outcome = by_staff.book_for(desk, bea(place), clock=CLOCK)
    assert isinstance(outcome, Taken)
    squeezed = by_staff.book_for(desk, bea(place), override_reason="  Ann said\nyes ", clock=CLOCK)
    assert isinstance(squeezed, Booked)
    row = Appointment.objects.get(pk=squeezed.appointment.id)
    assert (row.may_overlap, row.override_reason) == (True, "Ann said yes")
    # The other room is free, so at least that is not shared.
    assert Appointment.objects.values("room").distinct().count() == 2


def test_closed_hours_need_a_reason_but_no_mark(place: Place, desk: Caller) -> None:
    night = TEN + 9 * HOUR
    assert isinstance(by_staff.book_for(desk, command(place, starts=night), clock=CLOCK), Taken)
    outcome = by_staff.book_for(
        desk, command(place, starts=night), override_reason="opens late for her", clock=CLOCK
    )
    assert isinstance(outcome, Booked)
    row = Appointment.objects.get()
    assert (row.may_overlap, row.override_reason) == (False, "opens late for her")


def test_nothing_is_offered_over_an_override(place: Place, desk: Caller) -> None:
    first = booked(place)
    by_staff.book_for(desk, bea(place, starts=TEN + HOUR), override_reason="short one", clock=CLOCK)
    by_staff.cancel(desk, first.pk, clock=CLOCK)
    query = FreeTimesQuery(place.practice.pk, "swedish-60", TEN.date(), 1, therapist_code="ann")
    free = {time.starts for time in free_times(query, clock=CLOCK)}
    assert not {TEN, TEN + HOUR, TEN + 2 * HOUR} & free
    assert TEN + 2.25 * HOUR in free


def test_a_reason_has_a_length(place: Place, desk: Caller) -> None:
    with pytest.raises(InputError) as caught:
        by_staff.book_for(desk, command(place), override_reason="x" * 301, clock=CLOCK)
    assert caught.value.code == "override_reason"


def test_the_desk_moves_within_hours_and_over_others_with_a_reason(place: Place, desk: Caller) -> None:
    CancellationRule.objects.create(
        practice=place.practice, service=place.swedish, notice_minutes=9999, fee_percent=100
    )
    first, other = booked(place), booked(place, name="Bea Miller", starts=TEN + 2 * HOUR)
    assert isinstance(by_staff.move(desk, first.pk, to(TEN + 5 * HOUR), clock=CLOCK), Moved)
    assert isinstance(by_staff.move(desk, first.pk, to(other.starts_at), clock=CLOCK), Taken)
    moved = by_staff.move(desk, first.pk, to(other.starts_at), override_reason="sisters", clock=CLOCK)
    assert isinstance(moved, Moved)
    first.refresh_from_db()
    assert (first.may_overlap, first.override_reason, first.calendar_sequence) == (True, "sisters", 2)
    [_, line] = AuditEvent.objects.filter(action="appointment.move").order_by("pk")
    assert (line.details["reason"], line.details["overlaps"]) == ("sisters", True)
    back = by_staff.move(desk, first.pk, to(TEN), clock=CLOCK)
    assert isinstance(back, Moved)
    first.refresh_from_db()
    assert (first.may_overlap, first.override_reason) == (False, "")


def test_a_therapist_changes_the_own_calendar_alone(place: Place) -> None:
    ann = caller(place.ann_user.pk)
    mine = booked(place)
    hers = booked(place, therapist_code="ben", name="Bea Miller")
    assert isinstance(by_staff.move(ann, mine.pk, to(TEN + HOUR), clock=CLOCK), Moved)
    with pytest.raises(NotFoundError):
        by_staff.move(ann, hers.pk, to(TEN + HOUR, "ben"), clock=CLOCK)
    with pytest.raises(NotFoundError):
        by_staff.cancel(ann, hers.pk, clock=CLOCK)
    with pytest.raises(NotFoundError):
        by_staff.mark(ann, hers.pk, "no-show", clock=FixedClock(TEN))
    with pytest.raises(NotFoundError):
        by_staff.book_for(ann, command(place, therapist_code="ben"), clock=CLOCK)


def test_strangers_change_nothing(place: Place) -> None:
    stranger = desk_of(make_practice("hill"))
    mine = booked(place)
    with pytest.raises(NotFoundError):
        by_staff.cancel(stranger, mine.pk, clock=CLOCK)
    with pytest.raises(NotFoundError):
        by_staff.book_for(stranger, command(place), clock=CLOCK)
    assert Appointment.objects.get(pk=mine.pk).status == Status.BOOKED


def test_the_desk_cancels_with_or_without_the_fee(place: Place, desk: Caller) -> None:
    CancellationRule.objects.create(
        practice=place.practice, service=place.swedish, notice_minutes=9999, fee_percent=50
    )
    kept = by_staff.cancel(desk, booked(place).pk, clock=CLOCK)
    assert isinstance(kept, Cancelled)
    assert (kept.fee_minor, kept.back_minor) == (2900, 2900)
    row = booked(place)
    waived = by_staff.cancel(desk, row.pk, waive_fee=True, reason="we closed", clock=CLOCK)
    assert isinstance(waived, Cancelled)
    assert (waived.fee_minor, waived.back_minor) == (0, 5800)
    line = AuditEvent.objects.get(action="appointment.cancel", object_id=str(row.pk))
    assert line.details == {"fee_minor": 0, "reason": "we closed"}
    again = by_staff.cancel(desk, row.pk, clock=CLOCK)
    assert isinstance(again, Cancelled)
    assert again.was_already


@pytest.mark.parametrize(
    ("status", "late"), [("completed", 0), ("completed", 12), ("no-show", 0), ("booked", 20)]
)
def test_how_it_went_is_on_the_record(place: Place, desk: Caller, status: str, late: int) -> None:
    row = booked(place)
    by_staff.mark(desk, row.pk, status, late_minutes=late, clock=FixedClock(TEN + HOUR))
    row.refresh_from_db()
    assert (row.status, row.late_minutes) == (status, late)
    line = AuditEvent.objects.get(action="appointment.mark")
    assert line.details == {"before": "booked", "after": status, "late_minutes": late}
    undone = by_staff.mark(desk, row.pk, "booked", clock=FixedClock(TEN + HOUR))
    assert not isinstance(undone, Refused)


def test_how_it_went_makes_sense(place: Place, desk: Caller) -> None:
    row = booked(place)
    outcome = by_staff.mark(desk, row.pk, "no-show", clock=CLOCK)
    assert isinstance(outcome, Refused)
    assert outcome.code == "too-early"
    for status, late, code in (("cancelled", 0, "status"), ("booked", -1, "late_minutes")):
        with pytest.raises(InputError) as caught:
            by_staff.mark(desk, row.pk, status, late_minutes=late, clock=FixedClock(TEN))
        assert caught.value.code == code
    by_staff.cancel(desk, row.pk, clock=CLOCK)
    gone = by_staff.mark(desk, row.pk, "completed", clock=FixedClock(TEN))
    assert isinstance(gone, Refused)
    assert gone.code == "cancelled"


def test_a_therapist_moves_within_their_own_calendar_alone(place: Place) -> None:
    row, ann = booked(place), caller(place.ann_user.pk)
    with pytest.raises(NotFoundError):
        by_staff.move(ann, row.pk, to(TEN + HOUR, "ben"), clock=CLOCK)
    assert isinstance(by_staff.move(ann, row.pk, to(TEN + HOUR), clock=CLOCK), Moved)
