"""Writes the messages that fall due by the clock: reminders, and questions about how it goes.

Each is written into the outbox when its moment has come, once for an appointment as it stands; the outbox drops
it when the appointment has changed since, or when it would come too late. Nobody is reminded who has not agreed
to it. To add a kind, give ``KINDS`` a line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q

from unpinch.gateways import sms
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import (
    Appointment,
    AppointmentBlock,
    Client,
    Consent,
    Message,
    Practice,
    ReliefReading,
    Remind,
    Status,
)
from unpinch.services import audit, consent, course_link, outbox, reminder_messages
from unpinch.services.appointment import with_names
from unpinch.services.links import by_token

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import QuerySet

    from unpinch.services.messages import Draft

_DAY = timedelta(days=1)
_WEEKS_LATE = timedelta(days=7)
_CONSENT: consent.Purpose = "reminders"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message before an appointment: due ``before`` its start, of no use ``at_least`` before it."""

    name: str
    before: timedelta
    at_least: timedelta
    choices: tuple[Remind, ...]
    write: Callable[[Appointment, str], Draft]
    is_for_review: bool = False
    tells_time: bool = True
    """Whether it says no more than a confirmation or a change, so that just after one it is left out."""


KINDS: tuple[Kind, ...] = (
    Kind(
        "reminder-day",
        timedelta(hours=24),
        timedelta(hours=4),
        (Remind.DAY, Remind.BOTH),
        reminder_messages.reminder,
    ),
    Kind(
        "reminder-hours",
        timedelta(hours=2),
        timedelta(minutes=15),
        (Remind.BOTH,),
        reminder_messages.reminder,
    ),
    Kind(
        "session-check",
        timedelta(hours=6),
        timedelta(minutes=10),
        (Remind.DAY, Remind.BOTH),
        reminder_messages.day_check,
        tells_time=False,
    ),
    Kind(
        "review-soon",
        timedelta(hours=24),
        timedelta(hours=1),
        (Remind.DAY, Remind.BOTH),
        reminder_messages.before_review,
        is_for_review=True,
        tells_time=False,
    ),
)
_AFTER_WEEKS = {"week-6": timedelta(weeks=6), "week-12": timedelta(weeks=12)}


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose, and whether they have agreed to reminders; without that nothing is sent."""

    remind: str
    has_agreed: bool
    by_sms: bool = False

    @property
    def is_on(self) -> bool:
        """Whether reminders are sent."""
        return self.has_agreed and self.remind != Remind.NONE


def remind(now: datetime) -> int:
    """Write what is due before appointments; how many."""
    practices = list(Practice.objects.values_list("pk", flat=True))
    return sum(
        _keep(kind.write(row, kind.name), now)
        for practice in practices
        for kind in KINDS
        for row in list(_due(kind, practice, now))
    )


def ask_after_weeks(now: datetime) -> int:
    """Ask, six and twelve weeks after the first session of a course, how it is now; how many were asked."""
    practices = list(Practice.objects.values_list("pk", flat=True))
    written = 0
    for practice in practices:
        for moment, after in _AFTER_WEEKS.items():
            for row in list(_first_sessions(practice, moment, now - after)):
                until = row.starts_at + after + _WEEKS_LATE
                draft = reminder_messages.weeks_after(row, f"relief-{moment}")
                written += _keep(replace(draft, useful_until=until), now)
    return written


def sends_texts() -> bool:
    """Whether this installation can send text messages."""
    return sms.is_set_up()


def choice_of(client_id: int) -> Choice:
    """What a client has chosen."""
    wanted, by_sms = Client.objects.values_list("remind", "remind_by_sms").get(pk=client_id)
    return Choice(wanted, consent.has(client_id, _CONSENT), by_sms)


def choose_way(client_id: int, *, by_sms: bool, actor: str, clock: Clock = SYSTEM_CLOCK) -> None:
    """Keep whether reminders come as text messages. InputError where the practice sends none."""
    if by_sms and not sms.is_set_up():
        raise InputError("This practice sends no text messages. Reminders come by e-mail.", code="by")
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=client_id)
        if client.remind_by_sms != by_sms:
            client.remind_by_sms = by_sms
            client.save(update_fields=["remind_by_sms"])
            audit.record(
                client.practice_id,
                actor,
                "reminders.way",
                "client",
                client_id,
                clock.now(),
                about=client_id,
                by_sms=by_sms,
            )


def client_by_course(token: str) -> int:
    """The client of a course by its link."""
    return course_link.by_token(token).client_id


def client_by_token(token: str) -> int:
    """The client of an appointment by its link."""
    row = by_token(token)
    if row.client_id is None:
        raise NotFoundError("This link is of no appointment. Please check it, or call us.")
    return row.client_id


def choose(
    client_id: int, wanted: str, signed_name: str = "", *, actor: str, clock: Clock = SYSTEM_CLOCK
) -> Choice:
    """Keep what a client chooses, and their consent with the first choice that needs it.

    InputError with code ``remind`` for what is no choice, ``signature`` when the consent is not signed.
    """
    if wanted not in Remind.values:
        raise InputError("Choose when we may remind you, or not at all.", code="remind")
    now = clock.now()
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=client_id)
        if wanted != Remind.NONE and not consent.has(client_id, _CONSENT):
            whose = consent.Whose(client.practice_id, client_id=client_id)
            consent.give(_CONSENT, consent.Signature(signed_name), whose, actor=actor, clock=clock)
        if client.remind != wanted:
            client.remind = wanted
            client.save(update_fields=["remind"])
            audit.record(
                client.practice_id,
                actor,
                "reminders.choose",
                "client",
                client_id,
                now,
                about=client_id,
                chosen=wanted,
            )
    return choice_of(client_id)


def _due(kind: Kind, practice_id: int, now: datetime) -> QuerySet[Appointment]:
    """The appointments for which a kind is due and not yet written, in one query that an index serves."""
    about = Message.objects.filter(appointment=OuterRef("pk"))
    rows = _of_agreed(practice_id, kind.choices).filter(
        ~Exists(about.filter(kind=kind.name, appointment_sequence=OuterRef("calendar_sequence"))),
        status=Status.BOOKED,
        busy_from__lte=now + kind.before,
        busy_from__gt=now - _DAY,
        starts_at__gt=now + kind.at_least,
        starts_at__lte=now + kind.before,
    )
    if kind.is_for_review:
        rows = rows.filter(is_review=True, course__ended_at__isnull=True, course__link_uid__isnull=False)
    if kind.tells_time:
        told = about.filter(
            kind__in=["confirmation", "change"], created_at__gt=OuterRef("starts_at") - kind.before
        )
        rows = rows.filter(~Exists(told), booked_at__lte=F("starts_at") - kind.before)
    return rows


def _first_sessions(practice_id: int, moment: str, latest: datetime) -> QuerySet[Appointment]:
    """The first sessions of courses that lie so long ago, of people who have not been asked and have not told."""
    told = ReliefReading.objects.filter(course=OuterRef("course"), moment=moment)
    asked = Message.objects.filter(appointment=OuterRef("pk"), kind=f"relief-{moment}")
    return _of_agreed(practice_id, (Remind.DAY, Remind.BOTH)).filter(
        ~Exists(told),
        ~Exists(asked),
        status__in=[Status.BOOKED, Status.COMPLETED],
        course_session=1,
        course__link_uid__isnull=False,
        busy_from__gt=latest - _WEEKS_LATE - _DAY,
        busy_from__lte=latest,
        starts_at__gt=latest - _WEEKS_LATE,
        starts_at__lte=latest,
    )


def _of_agreed(practice_id: int, choices: tuple[Remind, ...]) -> QuerySet[Appointment]:
    agreed = Consent.objects.filter(
        Q(client=OuterRef("client")) | Q(assessment__client=OuterRef("client")),
        purpose=_CONSENT,
        withdrawn_at__isnull=True,
    )
    return (
        with_names(Appointment.objects)
        .select_related("course")
        .filter(
            Exists(agreed),
            ~Exists(AppointmentBlock.objects.filter(appointment=OuterRef("pk"))),
            practice_id=practice_id,
            released_at__isnull=True,
            client__remind__in=choices,
        )
        .order_by("starts_at", "pk")
    )


def _keep(draft: Draft, now: datetime) -> bool:
    """Whether it was written: another worker may have been faster."""
    try:
        with transaction.atomic():
            outbox.enqueue(draft, now)
    except IntegrityError:
        return False
    return True
