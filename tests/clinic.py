"""A small made-up practice and its visitors, for tests that need tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from unpinch.clinical import findings, knowledge
from unpinch.gateways.clock import FixedClock
from unpinch.records.models import (
    Location,
    Practice,
    Role,
    Room,
    Service,
    Therapist,
    TherapistSkill,
    User,
    WorkingHours,
)
from unpinch.services import intake
from unpinch.services.booking import BookCommand

if TYPE_CHECKING:
    from unpinch.clinical.values import Answers

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
"""A Tuesday morning; all tests with tables happen now."""
CLOCK = FixedClock(NOW)
TEN = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
"""Ten o'clock the next day, in London too."""


@dataclass(frozen=True)
class Place:
    """The practice of most tests: two therapists and two rooms at the harbour, open every day from 9 to 17."""

    practice: Practice
    harbour: Location
    swedish: Service
    ann: Therapist
    ben: Therapist
    ann_user: User


def make_practice(slug: str = "harbour", rooms: int = 2) -> Place:
    practice = Practice.objects.create(
        slug=slug,
        name="Harbour Massage",
        time_zone="Europe/London",
        country="GB",
        phone="+441174960100",
        email="hello@harbour.example",
        terms="Please come on time.",
        created_at=NOW,
    )
    harbour = Location.objects.create(
        practice=practice,
        code="harbour",
        name="Harbourside",
        address="14 Ropewalk",
        time_zone="Europe/London",
    )
    for number in range(rooms):
        Room.objects.create(practice=practice, location=harbour, code=f"room-{number}", name=f"Room {number}")
    swedish = Service.objects.create(
        practice=practice,
        code="swedish-60",
        name="Swedish massage, 60 minutes",
        skill="swedish",
        minutes=60,
        turnover_after_minutes=15,
        price_minor=5800,
    )
    user = User.objects.create_user(
        f"ann@{slug}.example", "a long pass phrase", practice=practice, role=Role.THERAPIST, name="Ann"
    )
    ann = make_therapist(harbour, "ann", user=user)
    return Place(practice, harbour, swedish, ann, make_therapist(harbour, "ben"), user)


def make_therapist(location: Location, code: str, user: User | None = None) -> Therapist:
    practice = location.practice
    therapist = Therapist.objects.create(practice=practice, code=code, name=code.title(), user=user)
    TherapistSkill.objects.create(practice=practice, therapist=therapist, skill="swedish")
    for weekday in range(7):
        WorkingHours.objects.create(
            practice=practice,
            therapist=therapist,
            location=location,
            weekday=weekday,
            starts=time(9),
            ends=time(17),
        )
    return therapist


def well(**answers: Any) -> Answers:
    """Someone with a tight shoulder and nothing dangerous; ``answers`` change that, underscores for hyphens."""
    kb = knowledge.load()
    raw: dict[str, Any] = {}
    for finding in kb.findings.values():
        if not finding.self_report or finding.is_worked_out or finding.is_region:
            continue
        if finding.answer_type == "yes-no":
            raw[finding.code] = False
    raw |= {
        "h-pregnancy": "no",
        "side": "right",
        "onset": "slowly-over-weeks",
        "t-duration": "6-weeks-to-3-months",
        "q-pain-score": 4,
        "h-surgery": "none-or-over-12-weeks-ago",
        "h-spine-injection": "never-or-over-3-months-ago",
        "h-whiplash": "no",
        "h-cortisone-joint": "never-or-over-6-weeks-ago",
        "body-map": ["region-neck", "region-shoulder-top"],
        "main-place": ["region-shoulder-top"],
        **dict.fromkeys(("p-press-knot", "h-desk-posture", "h-stress", "r-massage-heat"), True),
    }
    raw |= {code.replace("_", "-"): value for code, value in answers.items()}
    return findings.parse_answers({"age": raw.pop("age", 44), "sex": "F", "answers": raw}, kb)


def stored_answers(place: Place, **answers: Any) -> UUID:
    return intake.store(well(**answers), practice_id=place.practice.pk, clock=CLOCK)


def command(place: Place, **changes: Any) -> BookCommand:
    """Ada wants Swedish massage with Ann at ten tomorrow."""
    given: dict[str, Any] = {
        "practice_id": place.practice.pk,
        "key": uuid4(),
        "service_code": "swedish-60",
        "location_code": "harbour",
        "therapist_code": "ann",
        "starts": TEN,
        "name": "Ada Byron",
        "email": "ada@clients.example",
        "phone": "0117 496 0123",
        "agrees_to_terms": True,
        **changes,
    }
    if "assessment_key" not in given:
        given["assessment_key"] = stored_answers(place)
    return BookCommand(**given)
