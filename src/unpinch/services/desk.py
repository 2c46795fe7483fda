"""What the front desk needs beside the calendar: finding clients, their answers, one appointment, who waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Q

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import NotFoundError
from unpinch.records.models import (
    Appointment,
    Client,
    Message,
    Service,
    Status,
    StoredAssessment,
    WaitlistEntry,
    WaitState,
)
from unpinch.services import admission, audit, cancelling, free_time, group, permissions
from unpinch.services.appointment import AppointmentView, view, with_names
from unpinch.services.availability import FreeTime, active_service, listed
from unpinch.services.permissions import Thing
from unpinch.services.transactions import LeaveError

if TYPE_CHECKING:
    from datetime import date, datetime, time
    from uuid import UUID

    from unpinch.services.access import Caller
    from unpinch.services.group import GroupBooked, GroupCommand, GroupTaken
    from unpinch.services.outcomes import Refused

_MOST = 20


@dataclass(frozen=True, slots=True)
class ClientFound:
    """A client as the desk knows them."""

    id: int
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class UsableAnswers:
    """Answers of a client that may be booked on now. What they say is not for the desk."""

    key: UUID
    given_at: datetime


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """A message about an appointment: of what kind, to where, and what became of it."""

    kind: str
    to: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AppointmentSheet:
    """One appointment for the desk. ``fee_minor`` is what cancelling would cost the client now."""

    appointment: AppointmentView
    client_id: int | None
    client_phone: str
    therapist_code: str
    location_code: str
    late_minutes: int
    override_reason: str
    is_review: bool
    is_tentative: bool
    has_begun: bool
    fee_minor: int
    messages: tuple[MessageSeen, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody on the waitlist."""

    id: int
    client: str
    phone: str
    service: str
    therapist: str
    location: str
    first_day: date
    last_day: date
    not_before: time | None
    not_after: time | None
    weekdays: str
    sessions: int
    state: str
    since: datetime
    offer_until: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceChoice:
    """A service that staff can book."""

    code: str
    name: str
    minutes: int


def need_desk(caller: Caller) -> None:
    """NotFoundError for who does not look after everybody's bookings."""
    if not permissions.can_work_at_desk(caller, Thing(caller.practice_id)):
        raise NotFoundError("This is for the front desk.")


def find_clients(caller: Caller, text: str) -> tuple[ClientFound, ...]:
    """Clients whose name, address or number has these words in it; at most twenty, by name."""
    need_desk(caller)
    words = text.split()[:5]
    rows = Client.objects.filter(practice_id=caller.practice_id)
    for word in words:
        digits = "".join(character for character in word if character.isdigit()).lstrip("0")
        number = Q(phone__contains=digits) if len(digits) > 3 else Q()
        rows = rows.filter(
            Q(name_key__contains=word.casefold()) | Q(email_key__contains=word.casefold()) | number
        )
    if not words:
        return ()
    return tuple(_client(row) for row in rows.order_by("name_key", "pk")[:_MOST])


def client(caller: Caller, key: int) -> ClientFound:
    """One client; NotFoundError when the practice has no such."""
    need_desk(caller)
    row = Client.objects.filter(practice_id=caller.practice_id, pk=key).first()
    if row is None:
        raise NotFoundError("There is no such client here.")
    return _client(row)


def usable_answers(caller: Caller, client_id: int, *, clock: Clock = SYSTEM_CLOCK) -> UsableAnswers | None:
    """The last answers of a client, if the gate lets somebody book on them now."""
    need_desk(caller)
    rows = StoredAssessment.objects.filter(practice_id=caller.practice_id, client_id=client_id)
    row = rows.order_by("-created_at", "-pk").first()
    if row is None:
        return None
    try:
        admission.pass_gate(caller.practice_id, row.key, clock.now(), admission.Times((), client_id))
    except LeaveError:
        return None
    return UsableAnswers(row.key, row.created_at)


def services_for_staff(caller: Caller) -> tuple[ServiceChoice, ...]:
    """What can be booked by staff: also what people cannot book themselves."""
    rows = Service.objects.filter(practice_id=caller.practice_id, is_active=True).order_by("position", "name")
    return tuple(ServiceChoice(row.code, row.name, row.minutes) for row in rows)


def free_for_staff(
    caller: Caller,
    service_code: str,
    days: tuple[date, date],
    therapist_code: str | None,
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> tuple[FreeTime, ...]:
    """Free times without regard to notice, the earliest first; a therapist sees their own."""
    service = active_service(caller.practice_id, service_code)
    wanted = free_time.Wanted(
        service, days[0], days[1], therapist_code=therapist_code or None, any_notice=True
    )
    return listed(free_time.find(wanted, clock.now()))


def sheet(caller: Caller, appointment_id: int, *, clock: Clock = SYSTEM_CLOCK) -> AppointmentSheet:
    """One appointment with its messages, in three queries; NotFoundError when it is not for this caller."""
    now = clock.now()
    row = (
        with_names(Appointment.objects)
        .filter(pk=appointment_id, practice_id=caller.practice_id)
        .exclude(status__in=[Status.HELD, Status.EXPIRED])
        .first()
    )
    thing = Thing(caller.practice_id, therapist_id=None if row is None else row.therapist_id)
    if row is None or not permissions.can_see_calendar(caller, thing):
        raise NotFoundError("There is no such appointment in your calendar.")
    zone = ZoneInfo(row.time_zone)
    messages = Message.objects.filter(practice_id=row.practice_id, appointment=row).order_by(
        "created_at", "pk"
    )
    return AppointmentSheet(
        view(row),
        row.client_id,
        "" if row.client is None else row.client.phone,
        row.therapist.code,
        row.location.code,
        row.late_minutes,
        row.override_reason,
        row.is_review,
        row.is_tentative,
        row.starts_at <= now,
        0 if row.starts_at <= now else cancelling.terms(row, now).fee_minor,
        tuple(
            MessageSeen(one.kind, one.to, str(one.state), (one.sent_at or one.due_at).astimezone(zone))
            for one in messages
        ),
    )


def waiting(caller: Caller) -> tuple[Waiting, ...]:
    """Who waits for a place, the one who is asked next first; in one query."""
    need_desk(caller)
    rows = WaitlistEntry.objects.filter(
        practice_id=caller.practice_id, state__in=[WaitState.WAITING, WaitState.OFFERED]
    ).select_related("client", "service", "therapist", "location")
    return tuple(
        Waiting(
            row.pk,
            row.client.name,
            row.client.phone,
            row.service.name,
            row.therapist.name if row.therapist else "",
            row.location.name if row.location else "",
            row.first_day,
            row.last_day,
            row.not_before,
            row.not_after,
            row.weekdays,
            row.sessions,
            str(row.state),
            row.queued_at,
            row.offer_expires_at,
        )
        for row in rows.order_by("queued_at", "pk")
    )


def pair_starts(
    caller: Caller,
    service_code: str,
    location_code: str,
    days: tuple[date, int],
    *,
    clock: Clock = SYSTEM_CLOCK,
) -> tuple[datetime, ...]:
    """When two find a place side by side, in so many days from the first; none for what people cannot book."""
    need_desk(caller)
    service = active_service(caller.practice_id, service_code)
    return group.group_starts(service, days[0], days[1], 2, clock.now(), location_code=location_code)


def book_pair(
    caller: Caller, command: GroupCommand, *, clock: Clock = SYSTEM_CLOCK
) -> GroupBooked | GroupTaken | Refused:
    """Book two for a caller: the gate asks for each one's answers; both or neither."""
    need_desk(caller)
    return group.book_group(command, by=audit.actor_of(caller.user_id), clock=clock)


def _client(row: Client) -> ClientFound:
    return ClientFound(row.pk, row.name, row.email, row.phone)
