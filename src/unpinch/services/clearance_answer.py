"""Takes a doctor's answer, by link or written down by staff, and takes one back; what is booked follows at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from django.db import transaction

from unpinch.clinical import knowledge
from unpinch.clinical.clearance_states import LIVE, ClearanceState, Event, after
from unpinch.clinical.doctors_word import DoctorsWord, dump_word, parse_word
from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import Clearance, ClearanceAnswer, StoredAssessment
from unpinch.services import audit, clearance_blocks, clearance_messages, contact, intake, outbox
from unpinch.services.clearance_link import seated, state_at
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from uuid import UUID

    from unpinch.services.intake import Stored

VALID_DAYS = "clearance-valid-days"
LONGEST_DAYS = 366
How = Literal["link", "paper", "phone"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the doctor sees it. ``version`` goes back with the answer: it tells that nothing came between."""

    id: int
    key: UUID
    practice_name: str
    practice_phone: str
    time_zone: str
    person_name: str
    born: date | None
    doctor_name: str
    stored: Stored
    asked_at: datetime
    link_expires_at: datetime
    version: int
    word: DoctorsWord | None
    answered_at: datetime | None
    by_name: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer is kept. ``blocked`` booked appointments are on hold because of it."""

    word: DoctorsWord
    valid_until: datetime | None
    blocked: int


def read(key: UUID, secret: str, *, clock: Clock = SYSTEM_CLOCK) -> Question | Refused:
    """The question, for the browser that was let in. The reading is written in the record book."""
    now = clock.now()
    with transaction.atomic():
        row = seated(key, secret, Clearance.objects.all(), now)
        if isinstance(row, Refused):
            return row
        audit.record(row.practice_id, f"doctor:{row.pk}", "clearance.read", "clearance", row.pk, now)
    last = row.answers.order_by("-number").first()
    return Question(
        id=row.pk,
        key=row.key,
        practice_name=row.practice.name,
        practice_phone=row.practice.phone,
        time_zone=row.practice.time_zone,
        person_name=row.person_name,
        born=date.fromisoformat(row.person_born) if row.person_born else None,
        doctor_name=row.doctor_name,
        stored=intake.read_row(row.assessment),
        asked_at=row.asked_at,
        link_expires_at=row.link_expires_at,
        version=row.version,
        word=parse_word(last.word, knowledge.load()) if last else None,
        answered_at=last.answered_at if last else None,
        by_name=last.by_name if last else "",
    )


def answer(
    key: UUID, secret: str, word: DoctorsWord, *, by_name: str, version: int, clock: Clock = SYSTEM_CLOCK
) -> Answered | Refused:
    """Keep the doctor's answer. Of two answers to one ``version`` exactly one is kept.

    InputError (code ``by_name``, ``last_day`` or ``wait_until``) when it cannot be used.
    """
    now = clock.now()
    name = contact.read_name(by_name, field="by_name")
    with transaction.atomic():
        row = seated(key, secret, Clearance.objects.select_for_update(of=("self",)), now)
        if isinstance(row, Refused):
            return row
        today = now.astimezone(ZoneInfo(row.practice.time_zone)).date()
        if row.version != version:
            return _CHANGED
        said = ClearanceAnswer(
            by_name=name, how="link", said_on=today, word=dump_word(_in_time(word, today)), answered_at=now
        )
        return _keep(row, said, now, actor=f"doctor:{row.pk}")


@dataclass(frozen=True, slots=True)
class WrittenDown:
    """An answer that staff heard or hold in their hands: which doctor, on which day, how."""

    assessment_key: UUID
    word: DoctorsWord
    doctor_name: str
    said_on: date
    how: Literal["paper", "phone"]
    user_id: int


def write_down(command: WrittenDown, *, practice_id: int, clock: Clock = SYSTEM_CLOCK) -> Answered | Refused:
    """Keep an answer that came on paper or by telephone. It binds as any other, and shows who wrote it down.

    It answers the open question about these answers, or stands by itself when there is none.
    """
    now = clock.now()
    name = contact.read_name(command.doctor_name, field="doctor_name")
    with transaction.atomic():
        assessment = (
            StoredAssessment.objects.select_for_update(of=("self",))
            .select_related("practice", "client")
            .filter(key=command.assessment_key, practice_id=practice_id)
            .first()
        )
        if assessment is None:
            raise NotFoundError("There are no such answers here.")
        today = now.astimezone(ZoneInfo(assessment.practice.time_zone)).date()
        if not 0 <= (today - command.said_on).days <= LONGEST_DAYS:
            raise InputError(
                f"{command.said_on.isoformat()} is in the future or more than a year ago. "
                "Please give the day on which the doctor said it.",
                code="said_on",
            )
        row = _live(assessment, now) or _unasked(assessment, name, now)
        said = ClearanceAnswer(
            by_name=name,
            how=command.how,
            said_on=command.said_on,
            word=dump_word(_in_time(command.word, today)),
            answered_at=now,
            entered_by_id=command.user_id,
        )
        return _keep(row, said, now, actor=audit.actor_of(command.user_id))


def revoke(clearance_id: int, *, practice_id: int, actor: str, clock: Clock = SYSTEM_CLOCK) -> int | Refused:
    """Take a question, or the answer to it, back. Gives how many booked appointments are on hold because of it."""
    now = clock.now()
    with transaction.atomic():
        row = (
            Clearance.objects.select_for_update(of=("self",))
            .select_related("practice", "assessment")
            .filter(pk=clearance_id, practice_id=practice_id)
            .first()
        )
        if row is None:
            raise NotFoundError("There is no such question to a doctor here.")
        state = after(state_at(row, now), Event.REVOKE)
        if state is None:
            return _OVER
        row.state, row.ended_at, row.browser_hash = state, now, ""
        row.save(update_fields=["state", "ended_at", "browser_hash"])
        audit.record(practice_id, actor, "clearance.revoke", "clearance", row.pk, now)
        return clearance_blocks.reconcile(row, now, event=f"revoked-{row.version}")


def _keep(row: Clearance, said: ClearanceAnswer, now: datetime, *, actor: str) -> Answered | Refused:
    state = after(state_at(row, now), Event.ANSWER)
    if state is None:
        return _OVER
    word = parse_word(said.word, knowledge.load())
    row.state, row.version = state, row.version + 1
    row.valid_until = _valid_until(word, said.said_on, row)
    row.save(update_fields=["state", "version", "valid_until"])
    said.practice_id, said.clearance, said.number = row.practice_id, row, row.version
    said.save(force_insert=True)
    audit.record(
        row.practice_id, actor, "clearance.answer", "clearance", row.pk, now, number=row.version, how=said.how
    )
    if row.person_email:
        outbox.enqueue(clearance_messages.news_for_person(row), now)
    if said.how == "link":
        outbox.enqueue(clearance_messages.news_for_practice(row), now)
    blocked = clearance_blocks.reconcile(row, now, event=str(row.version))
    return Answered(word, row.valid_until, blocked)


def _valid_until(word: DoctorsWord, said_on: date, row: Clearance) -> datetime | None:
    """The end of the doctor's last day, or of the usual time after the doctor said it. A no has no end."""
    if not word.agrees:
        return None
    last = word.last_day or said_on + timedelta(days=round(knowledge.load().number(VALID_DAYS)))
    return datetime.combine(last + timedelta(days=1), time(), tzinfo=ZoneInfo(row.practice.time_zone))


def _in_time(word: DoctorsWord, today: date) -> DoctorsWord:
    for field, day in (("last_day", word.last_day), ("wait_until", word.wait_until)):
        if day is not None and not 0 <= (day - today).days <= LONGEST_DAYS:
            raise InputError(
                f"{day.isoformat()} lies in the past or more than a year ahead. Please choose a day between.",
                code=field,
            )
    return word


def _live(assessment: StoredAssessment, now: datetime) -> Clearance | None:
    rows = Clearance.objects.select_for_update(of=("self",)).select_related("practice", "assessment")
    row = rows.filter(assessment=assessment, state__in=LIVE).first()
    if row is not None and state_at(row, now) not in LIVE:
        # Its time ran out and nobody has noted it yet; the table lets one living question be.
        row.state = ClearanceState.EXPIRED
        row.save(update_fields=["state"])
        return None
    return row


def _unasked(assessment: StoredAssessment, doctor_name: str, now: datetime) -> Clearance:
    client = assessment.client
    return Clearance.objects.create(
        practice=assessment.practice,
        assessment=assessment,
        state=ClearanceState.REQUESTED,
        way="staff",
        doctor_name=doctor_name,
        person_name=client.name if client else "",
        person_email=client.email if client else "",
        asked_at=now,
        link_expires_at=now + timedelta(days=1),
    )


_CHANGED = Refused(
    "changed-meanwhile",
    "Another answer came in while you wrote. It is shown now; please look at it and send yours again if it should differ.",
)
_OVER = Refused("over", "This question is over. Please ask again, or write a new answer down.")
