"""One of several processes that book overlapping courses at once; started by ``test_course_race.py``.

``seed`` makes a practice where nearly everything is scarce. ``book NAME ROUNDS FILE`` waits for FILE, then books
courses until its rounds are over, and writes a line of JSON for each confirmation it got.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from uuid import uuid4

from clinic import CLOCK, make_practice, stored_answers
from unpinch.records.models import Practice, Therapist
from unpinch.services import course
from unpinch.services.course import (
    BookCourseCommand,
    Chosen,
    CourseBooked,
    CourseTaken,
    CourseWishes,
    Offer,
    ProposeCommand,
)

SESSIONS = 8


def seed() -> None:
    """Two therapists who share one room."""
    make_practice(rooms=1)


def book(name: str, rounds: int, signal: Path) -> None:
    """Everybody looks first and books then, so that most offers are stale."""
    practice = Practice.objects.get()
    assert Therapist.objects.count() == 2
    place = type("Here", (), {"practice": practice})
    while not signal.exists():
        time.sleep(0.005)
    for number in range(rounds):
        answers = stored_answers(place)  # type: ignore[arg-type]  # the practice is all it needs
        wishes = CourseWishes(sooner=number % 2 == 0)
        offer = course.propose(ProposeCommand(practice.pk, answers, wishes, sessions=SESSIONS), clock=CLOCK)
        tries = 0
        while isinstance(offer, Offer) and tries < 6:
            tries += 1
            outcome = course.book(_command(practice, answers, offer, f"{name}{number}"), clock=CLOCK)
            if isinstance(outcome, CourseBooked):
                sys.stdout.write(json.dumps({"course": outcome.course_id}) + "\n")
                break
            assert isinstance(outcome, CourseTaken), outcome
            offer = outcome.nearest


def _command(practice: Practice, answers: object, offer: Offer, who: str) -> BookCourseCommand:
    return BookCourseCommand(
        practice_id=practice.pk,
        key=uuid4(),
        assessment_key=answers,  # type: ignore[arg-type]  # what stored_answers gave
        location_code=offer.series.location_code,
        sessions=tuple(Chosen(s.number, s.starts, s.therapist_code) for s in offer.series.sessions),
        name=f"Racer {who}",
        email=f"{who}@clients.example",
        phone="0117 496 0123",
        agrees_to_terms=True,
    )


def main() -> None:
    """Do what the command line says."""
    if sys.argv[1] == "seed":
        seed()
    else:
        book(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
