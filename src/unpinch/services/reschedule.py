"""Moves an appointment to another time: one transaction, within policy and the spacing of its course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError
from unpinch.records.models import Appointment, Room, Status, Therapist
from unpinch.scheduling.policy import Spacing, move_fault
from unpinch.services import (
    admission,
    alternatives,
    audit,
    cancelling,
    clearance_blocks,
    freed,
    messages,
    outbox,
    override,
    place,
)
from unpinch.services.alternatives import Taken
from unpinch.services.appointment import AppointmentView, view, with_names
from unpinch.services.links import by_token, token_of
from unpinch.services.outcomes import Refused
from unpinch.services.transactions import GoneError, LeaveError, lock, once_more_on_deadlock

if TYPE_CHECKING:
    from datetime import datetime

    from unpinch.services.availability import FreeTime
    from unpinch.services.place import Wish

_LOOKS = 3
"""How often another free room is looked for when one is lost in the very moment."""


@dataclass(frozen=True, slots=True)
class Moved:
    """It has a new time; the link stays the same."""

    appointment: AppointmentView
    token: str


@dataclass(frozen=True, slots=True)
class By:
    """Who moves it. Staff have no notice to keep; with a reason they may go against free times and spacing."""

    actor: str
    is_staff: bool = False
    override_reason: str = ""


def move(token: str, wish: Wish, *, clock: Clock = SYSTEM_CLOCK) -> Moved | Taken | Refused:
    """Move an appointment by its link, as long as cancelling it would be free.

    InputError for a time without a zone; NotFoundError when the link is of no appointment.
    """
    now = clock.now()
    need_zone(wish)
    try:
        return once_more_on_deadlock(lambda: _by_link(token, wish, now))
    except LeaveError as leaving:
        return leaving.refused
    except GoneError:
        return Taken(_others(by_token(token), wish, now))


def move_row(row: Appointment, wish: Wish, by: By, now: datetime) -> Moved:
    """Move a row (from :func:`with_names`, locked), inside a transaction; leaves it by LeaveError or GoneError."""
    if row.status != Status.BOOKED or row.released_at is not None or row.starts_at <= now:
        raise LeaveError(
            Refused("too-late", "This appointment has begun, is over or cancelled, so it cannot be moved.")
        )
    _need_gate(row, wish.starts, now)
    row.service.practice = row.practice
    if by.is_staff:
        if wish.starts <= now:
            raise LeaveError(Refused("notice", "This time is over. Please choose a later one."))
    else:
        place.need_notice(row.service, wish.starts, now)
    place.release_expired(row.practice_id, now)
    _lock_places(row, wish)
    if not by.override_reason:
        _need_spacing(row, wish)
    before = row.starts_at
    _put_and_save(row, wish, by, now)
    clearance_blocks.settle_by_move(row, now)
    row = with_names(Appointment.objects).get(pk=row.pk)
    audit.record(
        row.practice_id,
        by.actor,
        "appointment.move",
        "appointment",
        row.pk,
        now,
        before=before.isoformat(),
        after=row.starts_at.isoformat(),
        reason=by.override_reason or None,
        overlaps=row.may_overlap,
    )
    token = token_of(row.calendar_uid)
    outbox.enqueue(messages.change(row, token, now), now)
    freed.tell(row.practice_id, now)
    return Moved(view(row), token)


def need_zone(wish: Wish) -> None:
    """InputError for a time that nobody could place."""
    if wish.starts.tzinfo is None:
        raise InputError("The time has no time zone, so nobody knows when it is.", code="starts")


def spacing_of(row: Appointment) -> Spacing | None:
    """The gaps that the plan of a row's course asks for; None outside a course or without a plan."""
    plan = {} if row.course is None else row.course.plan
    smallest, largest = plan.get("gap_min_days"), plan.get("gap_max_days")
    return Spacing(int(smallest), int(largest)) if smallest is not None and largest is not None else None


def course_days(row: Appointment) -> list[date]:
    """The local days of the other sessions of a row's course."""
    if row.course_id is None:
        return []
    others = Appointment.objects.filter(
        course=row.course_id, released_at__isnull=True, status__in=[Status.BOOKED, Status.COMPLETED]
    ).exclude(pk=row.pk)
    return [day_of(local) for local in others.values_list("local_start", flat=True)]


def _by_link(token: str, wish: Wish, now: datetime) -> Moved:
    with transaction.atomic():
        row = by_token(token, for_change=True)
        if cancelling.terms(row, now).fee_percent:
            raise LeaveError(
                Refused(
                    "policy",
                    "It is too close to the appointment to move it here. Please call us; we may find a way.",
                )
            )
        return move_row(row, wish, By(f"client:{row.client_id}"), now)


def _put_and_save(row: Appointment, wish: Wish, by: By, now: datetime) -> None:
    fields = (
        *place.PLACE_FIELDS,
        "calendar_sequence",
        "shares_room_with",
        "may_overlap",
        "override_reason",
    )
    mine, room = frozenset({row.pk}), row.room_id
    row.calendar_sequence += 1
    for _ in range(_LOOKS):
        at = place.spot(row.service, wish, now, ignore=mine, any_notice=by.is_staff)
        is_elsewhere = row.client_id is not None and place.has_other(
            row.client_id, row.service, wish.starts, ignore=mine
        )
        if at is None or is_elsewhere:
            break
        place.put(row, row.service, at, wish.starts)
        row.shares_room_with, row.may_overlap, row.override_reason = None, False, by.override_reason
        if place.update(row, *fields):
            cancelling.hand_over_room(row.pk, room)
            return
    if not by.override_reason:
        if row.client_id is not None:
            place.need_no_other(row.client_id, row.service, wish.starts, ignore=mine)
        raise GoneError
    override.put_anyway(row, row.service, wish, by.override_reason)
    row.shares_room_with = None
    if not place.update(row, *fields):
        raise GoneError
    cancelling.hand_over_room(row.pk, room)


def _need_gate(row: Appointment, starts: datetime, now: datetime) -> None:
    """A move must not help anybody past the gate, nor past a doctor's limits.

    Old answers alone do not stop it: the booking rests on them.
    """
    if row.assessment is None:
        return
    limits = admission.Times([starts], row.client_id, [row.pk])
    try:
        admission.pass_gate(row.practice_id, row.assessment.key, now, limits)
    except LeaveError as leaving:
        if leaving.refused.code != "answers-outdated":
            raise
        admission.need_limits(row.assessment.key, now, limits)


def _need_spacing(row: Appointment, wish: Wish) -> None:
    spacing = spacing_of(row)
    if spacing is None:
        return
    new = wish.starts.astimezone(ZoneInfo(row.time_zone)).date()
    fault = move_fault(course_days(row), day_of(row.local_start), new, spacing)
    if fault is not None:
        raise LeaveError(
            Refused(
                f"spacing-{fault}",
                f"The sessions of this course lie {spacing.smallest_days} to {spacing.largest_days} days apart, "
                "and this day does not fit. Please choose another.",
            )
        )


def day_of(local_start: str) -> date:
    """The local day of a start as it is kept."""
    return date.fromisoformat(local_start[:10])


def _lock_places(row: Appointment, wish: Wish) -> None:
    therapists = Therapist.objects.filter(practice_id=row.practice_id, code=wish.therapist_code)
    rooms = Room.objects.filter(practice_id=row.practice_id, location__code=wish.location_code)
    mine = [] if row.room_id is None else [row.room_id]
    lock(
        [row.therapist_id, *therapists.values_list("pk", flat=True)],
        [*mine, *rooms.values_list("pk", flat=True)],
    )


def _others(row: Appointment, wish: Wish, now: datetime, *, any_notice: bool = False) -> tuple[FreeTime, ...]:
    row.service.practice = row.practice
    return alternatives.near(row.service, wish, now, ignore=frozenset({row.pk}), any_notice=any_notice)


def others_for(row: Appointment, wish: Wish, now: datetime) -> Taken:
    """What staff may move a row to instead."""
    return Taken(_others(row, wish, now, any_notice=True))
