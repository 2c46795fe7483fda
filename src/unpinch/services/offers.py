"""Offers free places to those who wait: who queued first is asked first, and an offer that runs out passes on."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction

from unpinch.records.models import Appointment, Status, WaitlistEntry, WaitState
from unpinch.scheduling.calendar import Interval
from unpinch.scheduling.course_search import (
    EVERY_DAY,
    CourseQuestion,
    Exclusion,
    Hours,
    Spacing,
    Wishes,
    best_series,
)
from unpinch.services import admission, audit, free_time, gate, messages, outbox, place, waitlist
from unpinch.services.transactions import GoneError, LeaveError, once_more_on_deadlock

if TYPE_CHECKING:
    from unpinch.scheduling.course_search import Series
    from unpinch.services.free_time import AtLocation

MOST_MISSED = 2
"""So many offers may run out unanswered; then the wish is taken off the list."""
_LOOK_AGAIN = timedelta(minutes=15)
_AFTER_REFUSAL = timedelta(days=1)


def pass_on(now: datetime) -> int:
    """Take back the offers that have run out; how many. Each costs its owner the turn."""
    over = WaitlistEntry.objects.filter(state=WaitState.OFFERED, offer_expires_at__lte=now)
    return sum(_lapse(key, now) for key in list(over.order_by("pk").values_list("pk", flat=True)))


def make(now: datetime) -> int:
    """Look for places for all whose turn it is to be looked at, in the order of the queue; how many were offered."""
    due = WaitlistEntry.objects.filter(state=WaitState.WAITING, look_at__lte=now)
    keys = list(due.order_by("queued_at", "pk").values_list("pk", flat=True))
    return sum(_try(key, now) for key in keys)


def _lapse(key: int, now: datetime) -> bool:
    with transaction.atomic():
        entry = _locked(key, WaitState.OFFERED)
        if entry is None or entry.offer_expires_at is None or entry.offer_expires_at > now:
            return False
        waitlist.give_back(entry, now)
        entry.offers_missed += 1
        is_off = entry.offers_missed >= MOST_MISSED
        entry.state = WaitState.LAPSED if is_off else WaitState.WAITING
        entry.offer_expires_at, entry.queued_at, entry.look_at = None, now, now
        entry.save()
        audit.record(entry.practice_id, audit.SYSTEM, "waitlist.lapse", "wait", entry.pk, now)
    return True


def _try(key: int, now: datetime) -> bool:
    try:
        return once_more_on_deadlock(lambda: _offer(key, now))
    except GoneError:
        return False  # somebody was faster; the next round looks again


def _offer(key: int, now: datetime) -> bool:
    with transaction.atomic():
        entry = _locked(key, WaitState.WAITING)
        if entry is None:
            return False
        if entry.last_day < now.date():
            entry.state = WaitState.OVER
            entry.save(update_fields=["state"])
            return False
        place.release_expired(entry.practice_id, now)
        allowed = _allowed(entry, now)
        found = None if allowed is None else _best(entry, allowed, now)
        if found is None:
            entry.look_at = now + (_AFTER_REFUSAL if allowed is None else _LOOK_AGAIN)
            entry.save(update_fields=["look_at"])
            return False
        at, series = found
        starts = series.sessions[0].start
        until = now + timedelta(minutes=entry.service.practice.offer_minutes)
        entry.state, entry.offer_number = WaitState.OFFERED, entry.offer_number + 1
        entry.offer_expires_at = min(until, starts)
        for session in series.sessions:
            _hold(entry, at, session.start, session.therapist, now)
        entry.save()
        audit.record(entry.practice_id, audit.SYSTEM, "waitlist.offer", "wait", entry.pk, now)
        link = waitlist.link_of(entry)
        outbox.enqueue(messages.waitlist_offer(entry, waitlist.held_of(entry), link, now), now)
    return True


def _allowed(entry: WaitlistEntry, now: datetime) -> gate.Allowed | None:
    """Within which limits the person may book now; None when the gate is closed."""
    times = admission.Times((), entry.client_id)
    try:
        return admission.pass_gate(entry.practice_id, entry.assessment.key, now, times).allowed
    except LeaveError:
        return None


def _best(entry: WaitlistEntry, allowed: gate.Allowed, now: datetime) -> tuple[AtLocation, Series] | None:
    """The best complete series that fits wish and doctor's limits, over all its places; one session is a series of one."""
    service = entry.service
    wanted = free_time.Wanted(
        service,
        entry.first_day,
        entry.last_day,
        None if entry.location is None else entry.location.code,
        None if entry.therapist is None else entry.therapist.code,
    )
    taken, excluded = _own_times(entry, now), _passed_over(entry)
    spacing = Spacing(
        entry.sessions,
        max(1, entry.gap_min_days),
        max(1, entry.gap_min_days),
        max(1, entry.gap_max_days),
        max(entry.first_day, allowed.not_before or entry.first_day),
        entry.last_day,
    )
    found = []
    for at in free_time.find(wanted, now).places:
        question = CourseQuestion(
            openings=at.openings,
            zone=at.zone,
            unit=free_time.unit_of(service),
            spacing=spacing,
            wishes=Wishes(never=_never(entry), sooner=True),
            excluded=excluded,
            taken=taken,
        )
        series = best_series(question)
        if series is not None and gate.fits(allowed, [one.start for one in series.sessions]) is None:
            found.append((at, series))
    return min(found, key=lambda pair: (pair[1].last_day, pair[1].cost.total), default=None)


def _never(entry: WaitlistEntry) -> tuple[Hours, ...]:
    """The hours that do not suit."""
    midnight = time(0)
    found = []
    others = EVERY_DAY - {int(day) for day in entry.weekdays}
    if others:
        found.append(Hours(frozenset(others), midnight, midnight))
    if entry.not_before is not None and entry.not_before > midnight:
        found.append(Hours(EVERY_DAY, midnight, entry.not_before))
    if entry.not_after is not None:
        day = datetime(2000, 1, 1, tzinfo=UTC)
        last = datetime.combine(day, entry.not_after, UTC) + timedelta(minutes=entry.service.minutes)
        if last.date() == day.date():
            found.append(Hours(EVERY_DAY, last.time(), midnight))
    return tuple(found)


def _own_times(entry: WaitlistEntry, now: datetime) -> tuple[Interval, ...]:
    mine = Appointment.objects.filter(client=entry.client, released_at__isnull=True, ends_at__gt=now)
    return tuple(Interval(*row) for row in mine.values_list("starts_at", "ends_at"))


def _passed_over(entry: WaitlistEntry) -> tuple[Exclusion, ...]:
    """The first starts of the offers that were not taken, so that they are not made again."""
    gone = Appointment.objects.filter(waitlist_entry=entry, status=Status.EXPIRED).order_by("starts_at")
    firsts: dict[datetime, datetime] = {}
    for offered_at, start in gone.values_list("booked_at", "starts_at"):
        firsts.setdefault(offered_at, start)
    return tuple(Exclusion(1, start) for start in firsts.values())


def _hold(entry: WaitlistEntry, at: AtLocation, starts: datetime, therapist: int, now: datetime) -> None:
    rooms = at.openings.rooms_at(starts)
    spot = place.Spot(at.location.id, at.zone, therapist, rooms, len(at.openings.rooms))
    row = place.draft(entry.service, spot, starts, uuid4(), now)
    row.client_id, row.assessment_id = entry.client_id, entry.assessment_id
    row.status, row.waitlist_entry, row.hold_expires_at = Status.HELD, entry, entry.offer_expires_at
    if not place.insert(row):
        raise GoneError


def _locked(key: int, state: WaitState) -> WaitlistEntry | None:
    rows = WaitlistEntry.objects.select_related(
        "client", "service__practice", "assessment", "location", "therapist"
    )
    return rows.select_for_update(of=("self",)).filter(pk=key, state=state).first()
