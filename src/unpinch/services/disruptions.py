"""Appointments that a later closure, time off or departure has hit: which, where all could go, and moving them at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import Appointment, Room, Status, Therapist
from unpinch.scheduling.calendar import Interval
from unpinch.scheduling.policy import move_fault
from unpinch.scheduling.rebooking import Assignment, Case, Option, assign
from unpinch.services import audit, free_time, permissions, reschedule
from unpinch.services.appointment import AppointmentView, view, with_names
from unpinch.services.availability import FreeTime
from unpinch.services.transactions import GoneError, LeaveError, lock, once_more_on_deadlock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from unpinch.services.access import Caller
    from unpinch.services.free_time import Found
    from unpinch.services.outcomes import Refused
    from unpinch.services.place import Wish
    from unpinch.services.reschedule import Moved

_DAYS_BEFORE, _DAYS_AFTER = 7, 21
"""How far from the old day a new one is looked for."""
_SOONEST = timedelta(hours=24)
"""A new time is at least so far ahead: the person has to hear of it."""
_MOST_OPTIONS = 60
_OTHER_THERAPIST = 2 * 24 * 60
"""Another therapist is worth as much as two days, in minutes: people get used to one pair of hands."""
_OTHER_HOUR = 6
"""Each minute by which the hour of the day differs weighs as much as so many minutes of another day."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """An appointment that was hit with the new time proposed for it."""

    appointment: AppointmentView
    to: FreeTime


@dataclass(frozen=True, slots=True)
class Proposal:
    """New times for all at once. ``is_best`` says that no other set of times is nearer to the old ones."""

    moves: tuple[Proposed, ...]
    without: tuple[AppointmentView, ...]
    is_best: bool


@dataclass(frozen=True, slots=True)
class Move:
    """One appointment and where it shall go."""

    appointment_id: int
    wish: Wish


@dataclass(frozen=True, slots=True)
class Changed:
    """A place was taken meanwhile; nothing was moved. ``appointment_id`` is the first that found none."""

    appointment_id: int


def hit(caller: Caller, *, clock: Clock = SYSTEM_CLOCK) -> tuple[AppointmentView, ...]:
    """Every booked appointment to come that the practice's own rules no longer allow, the earliest first.

    Those that staff put against a rule on purpose, with a reason, are not among them.
    """
    _need_desk(caller)
    return tuple(view(row) for row in _hit(caller.practice_id, clock.now()))


def propose(caller: Caller, ids: Sequence[int] | None = None, *, clock: Clock = SYSTEM_CLOCK) -> Proposal:
    """The nearest new times for all that were hit (or those of ``ids``), such that all fit together."""
    _need_desk(caller)
    now = clock.now()
    rows = [row for row in _hit(caller.practice_id, now) if ids is None or row.pk in ids]
    found = _places(rows, now)
    assignment = assign([_case(row, found[row.service_id], rows, now + _SOONEST) for row in rows])
    return _proposal(rows, found, assignment)


def apply(
    caller: Caller, moves: Sequence[Move], *, clock: Clock = SYSTEM_CLOCK
) -> tuple[Moved, ...] | Changed | Refused:
    """Move them all in one transaction, each with its message, or none."""
    _need_desk(caller)
    now = clock.now()
    for move in moves:
        reschedule.need_zone(move.wish)
    by = reschedule.By(audit.actor_of(caller.user_id), is_staff=True)
    try:
        return once_more_on_deadlock(lambda: _apply(caller.practice_id, moves, by, now))
    except LeaveError as leaving:
        return leaving.refused
    except _StuckError as stuck:
        return Changed(stuck.appointment_id)


class _StuckError(Exception):
    def __init__(self, appointment_id: int) -> None:
        super().__init__(appointment_id)
        self.appointment_id = appointment_id


def _apply(practice_id: int, moves: Sequence[Move], by: reschedule.By, now: datetime) -> tuple[Moved, ...]:
    with transaction.atomic():
        _lock_all(practice_id)
        moved: dict[int, Moved] = {}
        waiting = list(moves)
        while waiting:
            # One may go where another still is: round by round those that find their place free.
            left, refusal = [], None
            for move in waiting:
                try:
                    with transaction.atomic():
                        moved[move.appointment_id] = reschedule.move_row(
                            _row(practice_id, move.appointment_id), move.wish, by, now
                        )
                except (GoneError, LeaveError) as leaving:
                    left.append(move)
                    refusal = refusal or (leaving if isinstance(leaving, LeaveError) else None)
            if len(left) == len(waiting):
                raise refusal or _StuckError(left[0].appointment_id)
            waiting = left
        return tuple(moved[move.appointment_id] for move in moves)


def _lock_all(practice_id: int) -> None:
    lock(
        Therapist.objects.filter(practice_id=practice_id).values_list("pk", flat=True),
        Room.objects.filter(practice_id=practice_id).values_list("pk", flat=True),
    )


def _row(practice_id: int, key: int) -> Appointment:
    rows = with_names(Appointment.objects).select_related("course", "assessment")
    row = rows.select_for_update(of=("self",)).filter(practice_id=practice_id, pk=key).first()
    if row is None:
        raise NotFoundError(f"There is no appointment {key} in this practice.")
    return row


def _hit(practice_id: int, now: datetime) -> list[Appointment]:
    booked = (
        with_names(Appointment.objects)
        .select_related("course", "service__practice")
        .filter(practice_id=practice_id, status=Status.BOOKED, released_at__isnull=True)
        # The index is on the busy time, and no turnover is longer than a day.
        .filter(starts_at__gt=now, busy_from__gt=now - timedelta(days=1))
        .exclude(~Q(override_reason="") & Q(may_overlap=False))
    )
    rows = list(booked.order_by("starts_at", "pk"))
    by_service: dict[int, list[Appointment]] = defaultdict(list)
    for row in rows:
        by_service[row.service_id].append(row)
    mine = frozenset(row.pk for row in rows)
    fits: set[int] = set()
    for of_service in by_service.values():
        wanted = _wanted(of_service, mine, any_start=True)
        found = free_time.find(wanted, now)
        fits |= {row.pk for row in of_service if _fits(row, found)}
    return [row for row in rows if row.pk not in fits]


def _fits(row: Appointment, found: Found) -> bool:
    for at in found.places:
        if at.location.id == row.location_id and at.openings.has(row.starts_at, row.therapist_id):
            return row.room_id is None or row.room_id in at.openings.rooms_at(row.starts_at)
    return False


def _wanted(
    rows: Sequence[Appointment], ignore: frozenset[int], *, any_start: bool = False, margin: bool = False
) -> free_time.Wanted:
    before, after = (_DAYS_BEFORE, _DAYS_AFTER) if margin else (1, 1)
    return free_time.Wanted(
        rows[0].service,
        rows[0].starts_at.date() - timedelta(days=before),
        rows[-1].starts_at.date() + timedelta(days=after),
        ignore=ignore,
        any_notice=True,
        any_start=any_start,
    )


def _places(rows: Sequence[Appointment], now: datetime) -> dict[int, Found]:
    """What is free for each service around the rows, their own places counted as free."""
    mine = frozenset(row.pk for row in rows)
    by_service: dict[int, list[Appointment]] = defaultdict(list)
    for row in rows:
        by_service[row.service_id].append(row)
    return {key: free_time.find(_wanted(some, mine, margin=True), now) for key, some in by_service.items()}


def _case(row: Appointment, found: Found, rows: Sequence[Appointment], soonest: datetime) -> Case:
    """A row with its cheapest options at its own location."""
    unit = free_time.unit_of(row.service)
    busy = _client_times(row, rows)
    spacing, others = reschedule.spacing_of(row), reschedule.course_days(row)
    old_day = reschedule.day_of(row.local_start)
    options = []
    for at in found.places:
        if at.location.id != row.location_id:
            continue
        for opening in at.openings:
            start, end = opening.start, opening.start + timedelta(minutes=unit.minutes)
            if start < soonest or not _is_near(row, start):
                continue
            if any(start < other.end and other.start < end for other in busy):
                continue
            day = start.astimezone(at.zone).date()
            if spacing is not None and move_fault(others, old_day, day, spacing) is not None:
                continue
            options.append(
                Option(
                    start,
                    end,
                    start - timedelta(minutes=unit.before),
                    end + timedelta(minutes=unit.after),
                    opening.therapist,
                    at.openings.rooms_at(start),
                    _cost(row, start, opening.therapist),
                )
            )
    options.sort(key=lambda option: (option.cost, option.start))
    return Case(row.pk, row.client_id, tuple(options[:_MOST_OPTIONS]))


def _cost(row: Appointment, start: datetime, therapist: int) -> int:
    apart = abs(start - row.starts_at) // timedelta(minutes=1)
    of_day = apart % (24 * 60)
    other_hour = min(of_day, 24 * 60 - of_day) * _OTHER_HOUR
    return apart + other_hour + (_OTHER_THERAPIST if therapist != row.therapist_id else 0)


def _is_near(row: Appointment, start: datetime) -> bool:
    return timedelta(days=-_DAYS_BEFORE) <= start - row.starts_at <= timedelta(days=_DAYS_AFTER)


def _client_times(row: Appointment, rows: Sequence[Appointment]) -> list[Interval]:
    if row.client_id is None:
        return []
    others = Appointment.objects.filter(
        client_id=row.client_id,
        released_at__isnull=True,
        ends_at__gt=row.starts_at - timedelta(days=_DAYS_BEFORE + 1),
    ).exclude(pk__in=[one.pk for one in rows])
    return [Interval(*times) for times in others.values_list("starts_at", "ends_at")]


def _proposal(rows: Sequence[Appointment], found: dict[int, Found], assignment: Assignment) -> Proposal:
    placed = {one.id: one for one in assignment.placed}
    moves, without = [], []
    for row in rows:
        one = placed.get(row.pk)
        if one is None:
            without.append(view(row))
            continue
        of_service = found[row.service_id]
        at = next(at for at in of_service.places if at.location.id == row.location_id)
        therapist = of_service.therapists[one.option.therapist]
        moves.append(
            Proposed(
                view(row),
                FreeTime(
                    one.option.start.astimezone(at.zone),
                    at.location.code,
                    at.location.name,
                    therapist.code,
                    therapist.name,
                ),
            )
        )
    return Proposal(tuple(moves), tuple(without), assignment.is_best)


def _need_desk(caller: Caller) -> None:
    if not permissions.can_work_at_desk(caller, permissions.Thing(caller.practice_id)):
        raise NotFoundError("There is no such page for you.")
