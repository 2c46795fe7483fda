"""The one gate: whether answers, and what doctors said, allow a booking. Every door asks here, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from unpinch.clinical import findings, knowledge
from unpinch.clinical.assess import assess
from unpinch.clinical.limits import limits_for
from unpinch.clinical.values import Disposition
from unpinch.records.models import Appointment, Course, Practice
from unpinch.services import clearance, consent, intake
from unpinch.services.outcomes import Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from unpinch.clinical.doctors_word import DoctorsWord, Pause
    from unpinch.clinical.values import Answers
    from unpinch.services.clearance import Agreement, Standing
    from unpinch.services.intake import Stored

ANSWERS_VALID_DAYS = "answers-valid-days"
"""The number of the knowledge tables that says for how many days answers may be booked on."""


_GUARDIANS_ROW = "under-16"
"""The contraindication that a guardian's signature answers; the gate asks for that signature on its own."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Booking may go ahead, within the doctor's limits if there are any.

    ``on_agreement`` says that it rests on the person's word about their doctor. Sessions may start from
    ``not_before`` on, before ``until``, outside ``pauses``, and at most ``sessions_left`` more.
    """

    on_agreement: bool = False
    word: DoctorsWord | None = None
    not_before: date | None = None
    until: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    sessions_left: int | None = None
    time_zone: str = "UTC"


def may_book(
    stored: Stored,
    agreement: Agreement | None,
    now: datetime,
    *,
    starts: Sequence[datetime] = (),
    client_id: int | None = None,
    moving: Collection[int] = (),
) -> Allowed | Refused:
    """Whether this person may book now, and at these times.

    Only ``massage-ok`` may, once every danger question is answered and unless a contraindication asks for a doctor,
    and ``doctor-first`` with a doctor's yes or an agreement about these very answers. A doctor's no closes it for
    all answers of the person, and so does a course that was stopped, until a doctor agrees again. Answers that are
    too old are asked again. Answers given under other tables are judged again, and the stricter judgement counts.
    ``moving`` are appointments that give way to ``starts`` and so do not count as sessions.
    """
    verdict = _may_book_now(stored, agreement, now, client_id)
    if isinstance(verdict, Refused):
        return verdict
    standing, on_agreement = verdict
    allowed = _allowed(stored, standing, now, client_id, moving)
    return fits(allowed, starts) or _marked(allowed, on_agreement=on_agreement)


def may_hold(answers: Answers, *, has_agreement: bool) -> Allowed | Refused:
    """Whether a place may be kept for some minutes for answers that nobody has stored yet.

    ``has_agreement`` is the person's word that a doctor agrees. What becomes of the hold passes :func:`may_book`.
    """
    found = assess(answers, knowledge.load())
    if found.disposition in {Disposition.EMERGENCY, Disposition.URGENT}:
        return _DANGER
    if found.disposition is Disposition.MASSAGE_OK:
        return _ASK_DANGERS if found.open_dangers else Allowed()
    return Allowed(on_agreement=True) if has_agreement else _DOCTOR_FIRST


def still_stands(
    stored: Stored, now: datetime, *, client_id: int | None = None, moving: Collection[int] = ()
) -> Allowed | Refused:
    """Whether what is booked may still take place. As :func:`may_book`, but answers grow no older by waiting."""
    standing = clearance.standing(stored, now, client_id=client_id)
    if standing is not None and standing.closed:
        return _CLOSED[standing.closed]
    return _allowed(stored, standing, now, client_id, moving)


def fits(allowed: Allowed, starts: Sequence[datetime]) -> Refused | None:
    """Why these session times break a doctor's limit; None when all are within."""
    if allowed.sessions_left is not None and len(starts) > allowed.sessions_left:
        left = allowed.sessions_left
        return Refused(
            "doctor-sessions",
            f"Your doctor allows {allowed.word.sessions_max if allowed.word else left} sessions, and {left} "
            f"{'is' if left == 1 else 'are'} left. Please book fewer, or ask your doctor again.",
        )
    for start in starts:
        if found := _fault_of(allowed, start):
            return found
    return None


def _fault_of(allowed: Allowed, start: datetime) -> Refused | None:
    if allowed.not_before is None and allowed.until is None and not allowed.pauses:
        return None
    try:
        day = start.astimezone(ZoneInfo(allowed.time_zone)).date()
    except OverflowError:  # the first or last day of all time; notice forbids it, and says so
        return None
    if allowed.not_before is not None and day < allowed.not_before:
        return Refused(
            "doctor-wait",
            f"Your doctor asks to wait until {_day(allowed.not_before)}. Please choose a later time.",
        )
    if allowed.until is not None and start >= allowed.until:
        last = (allowed.until - timedelta(microseconds=1)).astimezone(ZoneInfo(allowed.time_zone)).date()
        return Refused(
            "doctor-until",
            f"Your doctor's yes holds until {_day(last)}. Please choose an earlier time, or ask your doctor again.",
        )
    for pause in allowed.pauses:
        if pause.first <= day <= pause.last:
            return Refused(
                "doctor-treatment",
                f"Because of a treatment by your doctor, no massage is possible from {_day(pause.first)} to "
                f"{_day(pause.last)}. Please choose another time.",
            )
    return None


def _may_book_now(
    stored: Stored, agreement: Agreement | None, now: datetime, client_id: int | None
) -> tuple[Standing | None, bool] | Refused:
    disposition, open_dangers = _judged(stored)
    if disposition is None:
        return _ASK_AGAIN
    if disposition in {Disposition.EMERGENCY, Disposition.URGENT}:
        return _DANGER
    standing = clearance.standing(stored, now, client_id=client_id)
    if shut := _shut(client_id or stored.client_id, standing, agreement):
        return shut
    if (
        not timedelta()
        <= now - stored.created_at
        <= timedelta(days=knowledge.load().number(ANSWERS_VALID_DAYS))
    ):
        return _ASK_AGAIN
    if consent.needs_guardian(stored) and not consent.has_guardian(stored, client_id=client_id):
        return _GUARDIAN
    if standing is not None and standing.about_these:
        return standing, False
    if disposition is Disposition.MASSAGE_OK:
        return _ASK_DANGERS if open_dangers else _contraindicated(stored) or (standing, False)
    has_word = standing is None and agreement is not None and agreement.assessment_id == stored.id
    return (standing, True) if has_word else _DOCTOR_FIRST


def _contraindicated(stored: Stored) -> Refused | None:
    """What this person's answers say must not be massaged at all, or not before a doctor agrees."""
    kb = knowledge.load()
    limits = limits_for(findings.parse_answers(stored.raw_answers, kb), kb, None)
    forbidden = limits.of("no-massage", certain=True)
    if forbidden:
        return Refused("not-now", kb.say("plan-not-now", why=forbidden[0].why))
    asks = [limit for limit in limits.of("approval", certain=True) if limit.code != _GUARDIANS_ROW]
    return _APPROVAL if asks else None


def _shut(client_id: int | None, standing: Standing | None, agreement: Agreement | None) -> Refused | None:
    """What keeps the door shut whatever the answers say: a doctor's no, or a course that was stopped."""
    if standing is not None and standing.closed:
        return _CLOSED[standing.closed]
    return _STOPPED if _is_stopped(client_id, standing, agreement) else None


def _is_stopped(client_id: int | None, standing: Standing | None, agreement: Agreement | None) -> bool:
    """Whether the person's last course ended with "back to the doctor" and no doctor has agreed since.

    New answers do not open this: they say how it is, not what a doctor thinks of going on.
    """
    ended = (
        Course.objects.filter(client_id=client_id, needs_doctor=True)
        .order_by("-ended_at")
        .values_list("ended_at", flat=True)
        .first()
        if client_id is not None
        else None
    )
    if ended is None:
        return False
    if standing is not None and standing.about_these and standing.spoke_at > ended:
        return False
    return not (agreement is not None and standing is None and agreement.recorded_at > ended)


def _judged(stored: Stored) -> tuple[Disposition | None, tuple[str, ...]]:
    """The stricter of the judgement that was given and today's, and the danger questions still open."""
    if stored.knowledge_version == knowledge.load().version:
        return stored.disposition, stored.assessment.open_dangers
    again = intake.replay(stored).assessment
    if again is None:
        return None, ()
    stricter = max(stored.disposition, again.disposition, key=lambda found: found.rank)
    return stricter, again.open_dangers


def _allowed(
    stored: Stored,
    standing: Standing | None,
    now: datetime,
    client_id: int | None,
    moving: Collection[int],
) -> Allowed:
    if standing is None or standing.word is None:
        return Allowed()
    zone = Practice.objects.values_list("time_zone", flat=True).get(pk=stored.practice_id)
    today = now.astimezone(ZoneInfo(zone)).date()
    word = standing.word
    left = None
    if word.sessions_max is not None:
        left = max(word.sessions_max - _taken(stored, standing, client_id, moving), 0)
    return Allowed(
        word=word,
        not_before=word.wait_until,
        until=standing.until,
        pauses=word.pauses(today, knowledge.load()),
        sessions_left=left,
        time_zone=zone,
    )


def _marked(allowed: Allowed, *, on_agreement: bool) -> Allowed:
    return Allowed(on_agreement=True) if on_agreement else allowed


def _taken(stored: Stored, standing: Standing, client_id: int | None, moving: Collection[int]) -> int:
    """Sessions since the doctor first answered, those still to come included."""
    owner = client_id or stored.client_id
    if owner is None:
        return 0
    mine = Appointment.objects.filter(
        client_id=owner, released_at__isnull=True, starts_at__gte=standing.since
    )
    return mine.exclude(pk__in=moving).count()


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


_CLOSED = {
    "no": Refused(
        "doctor-said-no",
        "Your doctor said no to massage for now, so it cannot be booked. Please speak with your doctor.",
    ),
    "call": Refused(
        "doctor-wants-call",
        "Your doctor wants to speak with us first. We will call, and then write to you. Please do not book before.",
    ),
    "revoked": Refused(
        "doctor-revoked", "A doctor's yes was taken back. Please ask your doctor again before you book."
    ),
}
_APPROVAL = Refused(
    "approval-needed",
    "Something in your answers needs a doctor's yes before any massage. Please ask a doctor, and book then.",
)
_GUARDIAN = Refused(
    "guardian",
    "For someone under 18 a parent or guardian has to agree. Please let them sign before you book.",
)
_DANGER = Refused(
    "danger",
    "Your answers need a doctor's help soon, so massage cannot be booked. Please do what your answer page says.",
)
_STOPPED = Refused(
    "course-stopped",
    "Your last course was stopped, and you were asked to see a doctor. We can ask your doctor for you; "
    "with a doctor's yes you can book again.",
)
_ASK_AGAIN = Refused(
    "answers-outdated",
    "Your answers are too old to book on. Please go through the questions again; it takes a few minutes.",
)
_ASK_DANGERS = Refused(
    "danger-questions-open",
    "Some questions about danger signs have no answer yet. Please answer them, and book then.",
)
_DOCTOR_FIRST = Refused(
    "doctor-first",
    "Please ask a doctor before you book. When your doctor agrees, tell us so and book then.",
)
