"""The waitlist as the person sees it: join, look, take what is offered, say no, leave. Offers are made in ``offers``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.db import transaction

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import (
    Appointment,
    Course,
    Location,
    Status,
    Therapist,
    WaitlistEntry,
    WaitState,
)
from unpinch.services import admission, audit, booking, contact, freed, messages, outbox, place
from unpinch.services.appointment import AppointmentView, view, with_names
from unpinch.services.availability import MOST_DAYS, bookable_service
from unpinch.services.outcomes import Refused
from unpinch.services.transactions import LeaveError, once_more_on_deadlock

if TYPE_CHECKING:
    from datetime import date, datetime, time

    from unpinch.records.models import Service
    from unpinch.services.booking import Booked
    from unpinch.services.contact import Contact

MOST_SESSIONS = 30
PAGE_PATH = "/waitlist/{token}/"
"""Where the page of a wish lives, for links in messages."""
_SIGNER = signing.Signer(salt="unpinch.waitlist-link")


@dataclass(frozen=True, slots=True)
class Wait:
    """What someone waits for. More than one session is a course, all or none.

    Days are local. ``not_before`` and ``not_after`` bound the start by the local clock; ``weekdays`` are those that
    suit, 0 is Monday. Without a code, any location or therapist will do.
    """

    first_day: date
    last_day: date
    location_code: str | None = None
    therapist_code: str | None = None
    not_before: time | None = None
    not_after: time | None = None
    weekdays: frozenset[int] = frozenset(range(7))
    sessions: int = 1
    gap_min_days: int = 0
    gap_max_days: int = 0


@dataclass(frozen=True, slots=True)
class JoinCommand:
    """Who waits, on which answers, for which service and when."""

    practice_id: int
    assessment_key: UUID
    service_code: str
    wait: Wait
    name: str
    email: str
    phone: str
    agrees_to_terms: bool


@dataclass(frozen=True, slots=True)
class WaitView:
    """How it stands. ``offered`` are the sessions held until ``offer_until``, all of them to take or none."""

    state: str
    service: str
    client_name: str
    first_day: date
    last_day: date
    sessions: int
    offered: tuple[AppointmentView, ...]
    offer_until: datetime | None
    token: str


def join(command: JoinCommand, *, clock: Clock = SYSTEM_CLOCK) -> WaitView | Refused:
    """Queue up. The gate stands here, and again when an offer is made and taken.

    InputError for contacts or days that cannot be used; NotFoundError for what the practice does not have.
    """
    now = clock.now()
    service = bookable_service(command.practice_id, command.service_code)
    person = contact.read(
        name=command.name, email=command.email, phone=command.phone, country=service.practice.country
    )
    _check(command.wait, now)
    try:
        with transaction.atomic():
            return _join(command, service, person, now)
    except LeaveError as leaving:
        return leaving.refused


def find(token: str) -> WaitView:
    """How a wish stands, by its link; NotFoundError when the link is of none."""
    return _view(_by_token(token))


def accept(token: str, *, clock: Clock = SYSTEM_CLOCK) -> tuple[Booked, ...] | Refused:
    """Take what is offered: every session of it becomes an appointment, or none does."""
    now = clock.now()
    try:
        return once_more_on_deadlock(lambda: _accept(token, now))
    except LeaveError as leaving:
        return leaving.refused


def decline(token: str, *, clock: Clock = SYSTEM_CLOCK) -> WaitView:
    """Say no to this offer and stay on the list; the place goes to the next at once."""
    now = clock.now()
    with transaction.atomic():
        entry = _by_token(token, for_change=True)
        if entry.state == WaitState.OFFERED:
            give_back(entry, now)
            entry.state, entry.offer_expires_at = WaitState.WAITING, None
            entry.save()
            audit.record(entry.practice_id, _actor(entry), "waitlist.decline", "wait", entry.pk, now)
        return _view(entry)


def leave(token: str, *, clock: Clock = SYSTEM_CLOCK) -> WaitView:
    """Leave the list, giving back what is held."""
    now = clock.now()
    with transaction.atomic():
        entry = _by_token(token, for_change=True)
        if entry.state in {WaitState.WAITING, WaitState.OFFERED}:
            give_back(entry, now)
            entry.state, entry.offer_expires_at = WaitState.LEFT, None
            entry.save()
            audit.record(entry.practice_id, _actor(entry), "waitlist.leave", "wait", entry.pk, now)
        return _view(entry)


def token_of(entry: WaitlistEntry) -> str:
    """The secret of the link of a wish: its key, signed."""
    return _SIGNER.sign(entry.key.hex).replace(":", "-")


def link_of(entry: WaitlistEntry) -> str:
    """The whole address of the page of a wish, for messages."""
    return f"{settings.PUBLIC_URL}{PAGE_PATH.format(token=token_of(entry))}"


def held_of(entry: WaitlistEntry) -> list[Appointment]:
    """The rows held for an offer, in order, with names."""
    rows = with_names(Appointment.objects).filter(waitlist_entry=entry, status=Status.HELD)
    return list(rows.order_by("starts_at"))


def give_back(entry: WaitlistEntry, now: datetime) -> None:
    """Release what is held for a wish. What was offered once and not taken is not offered again."""
    held = Appointment.objects.filter(waitlist_entry=entry, status=Status.HELD)
    if held.update(status=Status.EXPIRED, released_at=now):
        freed.tell(entry.practice_id, now)


def _join(command: JoinCommand, service: Service, person: Contact, now: datetime) -> WaitView:
    wait = command.wait
    admission.need_terms(agrees=command.agrees_to_terms)
    admitted = admission.pass_gate(command.practice_id, command.assessment_key, now)
    client = admission.client_of(person, command.practice_id, now)
    admission.claim_answers(admitted.stored, client.pk)
    same = WaitlistEntry.objects.filter(
        client=client, service=service, state__in=[WaitState.WAITING, WaitState.OFFERED]
    )
    if same.exists():
        raise LeaveError(
            Refused(
                "waiting", "You are on the waitlist for this already. Leave it first to change your wish."
            )
        )
    entry = WaitlistEntry.objects.create(
        practice_id=command.practice_id,
        client=client,
        assessment_id=admitted.stored.id,
        service=service,
        location=_location(command.practice_id, wait.location_code),
        therapist=_therapist(command.practice_id, wait.therapist_code),
        first_day=wait.first_day,
        last_day=wait.last_day,
        not_before=wait.not_before,
        not_after=wait.not_after,
        weekdays="".join(str(day) for day in sorted(wait.weekdays)),
        sessions=wait.sessions,
        gap_min_days=wait.gap_min_days,
        gap_max_days=wait.gap_max_days,
        queued_at=now,
        look_at=now,
        created_at=now,
    )
    audit.record(command.practice_id, _actor(entry), "waitlist.join", "wait", entry.pk, now)
    outbox.enqueue(messages.waitlist_joined(entry, link_of(entry)), now)
    return _view(entry)


def _accept(token: str, now: datetime) -> tuple[Booked, ...]:
    with transaction.atomic():
        entry = _by_token(token, for_change=True)
        rows = held_of(entry)
        is_open = entry.state == WaitState.OFFERED and entry.offer_expires_at is not None
        if not is_open or entry.offer_expires_at is None or entry.offer_expires_at <= now or not rows:
            raise LeaveError(
                Refused("offer-over", "This offer is over. You may still be on the list; please look there.")
            )
        times = admission.Times(
            [row.starts_at for row in rows], entry.client_id, moving=[row.pk for row in rows]
        )
        admitted = admission.pass_gate(entry.practice_id, entry.assessment.key, now, times)
        course = None if entry.sessions == 1 else _course(entry, now)
        taken = [_take(row, course, entry.service, now) for row in rows]
        entry.state, entry.offer_expires_at = WaitState.BOOKED, None
        entry.save()
        return tuple(booking.confirm(row, admitted, entry.service, _actor(entry), now) for row in taken)


def _take(row: Appointment, course: Course | None, service: Service, now: datetime) -> Appointment:
    """A held row as a booked one. The rule is asked again: a day may have been closed meanwhile."""
    wish = place.Wish(row.location.code, row.therapist.code, row.starts_at)
    spot = place.spot(service, wish, row.booked_at, ignore=frozenset({row.pk}))
    if spot is None or row.room_id not in spot.rooms:
        raise LeaveError(
            Refused(
                "offer-over", "The practice cannot keep this time after all. We look for another for you."
            )
        )
    row.status, row.hold_expires_at, row.booked_at, row.course = Status.BOOKED, None, now, course
    row.price_minor = service.price_minor
    row.key = uuid4()
    row.save(update_fields=["status", "hold_expires_at", "booked_at", "course", "price_minor", "key"])
    return row


def _course(entry: WaitlistEntry, now: datetime) -> Course:
    return Course.objects.create(
        practice_id=entry.practice_id,
        client=entry.client,
        assessment=entry.assessment,
        plan={
            "sessions": entry.sessions,
            "gap_min_days": entry.gap_min_days,
            "gap_max_days": entry.gap_max_days,
        },
        created_at=now,
    )


def _check(wait: Wait, now: datetime) -> None:
    if not 0 <= (wait.last_day - wait.first_day).days < MOST_DAYS or wait.last_day < now.date():
        raise InputError(
            f"{wait.first_day} to {wait.last_day} cannot be waited for; choose up to {MOST_DAYS} days to come.",
            code="days",
        )
    if not wait.weekdays or not wait.weekdays <= frozenset(range(7)):
        raise InputError("Please choose at least one day of the week that suits you.", code="weekdays")
    if wait.not_before and wait.not_after and wait.not_after < wait.not_before:
        raise InputError("The latest start is before the earliest. Please swap them.", code="not_after")
    if not 1 <= wait.sessions <= MOST_SESSIONS:
        raise InputError(
            f"{wait.sessions} sessions cannot be waited for; choose 1 to {MOST_SESSIONS}.", code="sessions"
        )
    if wait.sessions > 1 and not 1 <= wait.gap_min_days <= wait.gap_max_days:
        raise InputError("A course needs a smallest and a largest gap in days.", code="gap_min_days")


def _location(practice_id: int, code: str | None) -> Location | None:
    if code is None:
        return None
    row = Location.objects.filter(practice_id=practice_id, code=code, is_active=True).first()
    if row is None:
        raise NotFoundError(f"The practice has no place {code!r}. Please choose one from the list.")
    return row


def _therapist(practice_id: int, code: str | None) -> Therapist | None:
    if code is None:
        return None
    row = Therapist.objects.filter(practice_id=practice_id, code=code, is_active=True).first()
    if row is None:
        raise NotFoundError(f"The practice has no therapist {code!r}. Please choose one from the list.")
    return row


def _by_token(token: str, *, for_change: bool = False) -> WaitlistEntry:
    rows = WaitlistEntry.objects.select_related("client", "service__practice", "assessment")
    if for_change:
        rows = rows.select_for_update(of=("self",))
    try:
        key = UUID(_SIGNER.unsign(token.replace("-", ":", 1)))
    except (signing.BadSignature, ValueError):
        key = None
    entry = None if key is None else rows.filter(key=key).first()
    if entry is None:
        raise NotFoundError("This link is of no wish on our waitlist. Please check it, or call us.")
    return entry


def _view(entry: WaitlistEntry) -> WaitView:
    offered = held_of(entry) if entry.state == WaitState.OFFERED else []
    return WaitView(
        state=str(entry.state),
        service=entry.service.name,
        client_name=entry.client.name,
        first_day=entry.first_day,
        last_day=entry.last_day,
        sessions=entry.sessions,
        offered=tuple(view(row) for row in offered),
        offer_until=entry.offer_expires_at if offered else None,
        token=token_of(entry),
    )


def _actor(entry: WaitlistEntry) -> str:
    return f"client:{entry.client_id}"
