"""The owner sets up when a therapist works: weeks that repeat, single days more, and time off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import Location, Practice, Therapist, TimeOff, WorkingHours
from unpinch.scheduling.calendar import moment
from unpinch.services.setup_rules import Span, checked_days, checked_spans
from unpinch.services.setup_writing import need_owner, note, one, practice_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from unpinch.services.access import Caller

_DAY = timedelta(days=1)
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Week:
    """Hours that repeat every week while they hold; None is without limit. Both days included."""

    valid_from: date | None
    valid_to: date | None
    spans: tuple[Span, ...]

    @property
    def key(self) -> tuple[date | None, date | None]:
        """What tells the weeks of a therapist apart."""
        return self.valid_from, self.valid_to


@dataclass(frozen=True, slots=True)
class ExtraDay:
    """Work on one day, besides the week."""

    id: int
    day: date
    starts: time
    ends: time
    location_code: str


@dataclass(frozen=True, slots=True)
class Away:
    """Time off. ``starts`` and ``ends`` carry the practice's zone."""

    id: int
    starts: datetime
    ends: datetime
    reason: str

    @property
    def is_whole_days(self) -> bool:
        """Whether it begins and ends at midnight."""
        return self.starts.time() == self.ends.time() == time()

    @property
    def last_day(self) -> date:
        """The last day that it touches."""
        return (self.ends - timedelta(microseconds=1)).date()


@dataclass(frozen=True, slots=True)
class TherapistTimes:
    """All that decides when a therapist works. Time off that is over is left out."""

    therapist_id: int
    weeks: tuple[Week, ...]
    extra: tuple[ExtraDay, ...]
    away: tuple[Away, ...]


@dataclass(frozen=True, slots=True)
class AwayDetails:
    """Time off as people say it: local days, both included; ``starts`` on the first and ``ends`` on the last day."""

    first_day: date
    last_day: date
    starts: time | None = None
    ends: time | None = None
    reason: str = ""


def times_of(caller: Caller, therapist_id: int, *, clock: Clock = SYSTEM_CLOCK) -> TherapistTimes:
    """When a therapist of the practice works."""
    need_owner(caller)
    row = one(Therapist.objects.select_related("practice"), caller, therapist_id, "therapist")
    zone = ZoneInfo(row.practice.time_zone)
    today = clock.now().astimezone(zone).date()
    weeks: dict[tuple[date | None, date | None], list[Span]] = {}
    extra = []
    for hours in row.hours.select_related("location").order_by("weekday", "starts", "pk"):
        if hours.valid_from is not None and hours.valid_from == hours.valid_to:
            if hours.valid_from >= today:
                extra.append(
                    ExtraDay(hours.pk, hours.valid_from, hours.starts, hours.ends, hours.location.code)
                )
        else:
            span = Span(hours.weekday, hours.starts, hours.ends, hours.location.code)
            weeks.setdefault((hours.valid_from, hours.valid_to), []).append(span)
    ordered = sorted(weeks.items(), key=lambda week: week[0][0] or date.min)
    away = row.time_off.filter(ends_at__gt=clock.now(), calendar__isnull=True).order_by("starts_at")
    return TherapistTimes(
        row.pk,
        tuple(Week(first, last, tuple(spans)) for (first, last), spans in ordered),
        tuple(sorted(extra, key=lambda one: (one.day, one.starts))),
        tuple(
            Away(off.pk, off.starts_at.astimezone(zone), off.ends_at.astimezone(zone), off.reason)
            for off in away
        ),
    )


def save_week(
    caller: Caller,
    therapist_id: int,
    week: Week,
    *,
    instead_of: tuple[date | None, date | None] | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Keep a week: a new one, or ``instead_of`` the one with these days. Without hours it is taken out.

    A new week that begins on a day ends the one before it the day before. InputError (code ``hours``,
    ``valid_from`` or ``last_day``) for hours that lie over each other.
    """
    spans = checked_spans(week.spans)
    checked_days(week.valid_from, week.valid_to)
    if spans and week.valid_from is not None and week.valid_from == week.valid_to:
        raise InputError(
            "These hours hold for one day only. Add it as a single day instead.", code="valid_from"
        )
    now = clock.now()
    with transaction.atomic():
        practice = practice_of(caller)
        row = one(Therapist.objects.all(), caller, therapist_id, "therapist")
        places = _places(practice)
        if instead_of is not None and not _rows(row, *instead_of).delete()[0]:
            raise NotFoundError("These hours were changed meanwhile. Look at them again.")
        if instead_of is None and week.valid_from is not None:
            _end_before(row, week.valid_from)
        _need_no_clash(row, week, spans)
        WorkingHours.objects.bulk_create(
            WorkingHours(
                practice=practice,
                therapist=row,
                location_id=_place(places, span.location_code),
                weekday=span.weekday,
                starts=span.starts,
                ends=span.ends,
                valid_from=week.valid_from,
                valid_to=week.valid_to,
            )
            for span in spans
        )
        note(
            caller,
            "hours.change",
            "therapist",
            row.pk,
            now,
            since=None if week.valid_from is None else week.valid_from.isoformat(),
            until=None if week.valid_to is None else week.valid_to.isoformat(),
            spans=len(spans),
        )


def add_day(
    caller: Caller,
    therapist_id: int,
    day: date,
    hours: tuple[time, time],
    location_code: str,
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> None:
    """Work on one day more. InputError (code ``hours``) when the therapist works then already."""
    span = Span(day.weekday(), *hours, location_code)
    with transaction.atomic():
        practice = practice_of(caller)
        row = one(Therapist.objects.all(), caller, therapist_id, "therapist")
        place = _place(_places(practice), location_code)
        _need_no_clash(row, Week(day, day, ()), checked_spans((span,)))
        WorkingHours.objects.create(
            practice=practice,
            therapist=row,
            location_id=place,
            weekday=span.weekday,
            starts=span.starts,
            ends=span.ends,
            valid_from=day,
            valid_to=day,
        )
        note(caller, "hours.add-day", "therapist", row.pk, clock.now(), day=day.isoformat())


def remove_day(caller: Caller, therapist_id: int, key: int, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Take a single day back."""
    with transaction.atomic():
        practice_of(caller)
        row = one(Therapist.objects.all(), caller, therapist_id, "therapist")
        day = row.hours.filter(pk=key, valid_from=F("valid_to")).first()
        if day is None or day.valid_from is None:
            raise NotFoundError("There is no such single day any more.")
        note(caller, "hours.remove-day", "therapist", row.pk, clock.now(), day=day.valid_from.isoformat())
        day.delete()


def add_away(caller: Caller, therapist_id: int, given: AwayDetails, *, clock: Clock = SYSTEM_CLOCK) -> int:
    """Time off; its key. Sessions that are booked in it stay until somebody moves them."""
    checked_days(given.first_day, given.last_day)
    reason = " ".join(given.reason.split())
    if len(reason) > _LONGEST_REASON:
        raise InputError(
            f"This reason has {len(reason)} characters and we can keep {_LONGEST_REASON}.", code="reason"
        )
    with transaction.atomic():
        practice = practice_of(caller)
        row = one(Therapist.objects.all(), caller, therapist_id, "therapist")
        starts, ends = away_span(given, ZoneInfo(practice.time_zone))
        if ends <= starts:
            raise InputError("The time off ends before it begins. Change one of the times.", code="ends")
        off = TimeOff.objects.create(
            practice=practice, therapist=row, starts_at=starts, ends_at=ends, reason=reason
        )
        note(
            caller,
            "time-off.add",
            "therapist",
            row.pk,
            clock.now(),
            starts=starts.isoformat(),
            ends=ends.isoformat(),
        )
    return off.pk


def remove_away(caller: Caller, therapist_id: int, key: int, *, clock: Clock = SYSTEM_CLOCK) -> None:
    """Take time off back."""
    with transaction.atomic():
        practice_of(caller)
        row = one(Therapist.objects.all(), caller, therapist_id, "therapist")
        off = row.time_off.filter(pk=key, calendar__isnull=True).first()
        if off is None:
            raise NotFoundError("There is no such time off any more.")
        note(caller, "time-off.remove", "therapist", row.pk, clock.now(), starts=off.starts_at.isoformat())
        off.delete()


def away_span(given: AwayDetails, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Time off as moments: whole days where no time is given."""
    starts = moment(given.first_day, given.starts or time(), zone)
    ends = (
        moment(given.last_day + _DAY, time(), zone)
        if given.ends is None
        else moment(given.last_day, given.ends, zone)
    )
    return starts, ends


def _places(practice: Practice) -> dict[str, int]:
    return dict(Location.objects.filter(practice=practice).values_list("code", "pk"))


def _place(places: dict[str, int], code: str) -> int:
    if code not in places:
        raise InputError(
            f"There is no location {code!r}. Choose one of: {', '.join(sorted(places))}.", code="location"
        )
    return places[code]


def _rows(row: Therapist, first: date | None, last: date | None) -> QuerySet[WorkingHours]:
    return row.hours.filter(
        Q(valid_from__isnull=True) if first is None else Q(valid_from=first),
        Q(valid_to__isnull=True) if last is None else Q(valid_to=last),
    )


def _end_before(row: Therapist, day: date) -> None:
    """Whatever repeats until after the day ends the day before it; single days stay."""
    running = row.hours.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lt=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    )
    running.update(valid_to=day - _DAY)


def _need_no_clash(row: Therapist, week: Week, spans: tuple[Span, ...]) -> None:
    first, last = week.valid_from or date.min, week.valid_to or date.max
    for other in row.hours.select_related("location"):
        if (other.valid_from or date.min) > last or (other.valid_to or date.max) < first:
            continue
        beside = Span(other.weekday, other.starts, other.ends, other.location.code)
        for span in spans:
            checked_spans((span, beside))
