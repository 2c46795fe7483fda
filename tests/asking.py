"""Questions to doctors, for tests: somebody with back pain down the leg asks Dr. Grey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clinic import CLOCK, NOW
from people import person
from unpinch.clinical import knowledge
from unpinch.clinical.doctors_word import DoctorsWord, parse_word
from unpinch.services import clearance_answer, clearance_ask, clearance_link, consent, intake
from unpinch.services.clearance_answer import Answered, WrittenDown
from unpinch.services.clearance_ask import AskCommand, Asked
from unpinch.services.clearance_link import Opened

if TYPE_CHECKING:
    from uuid import UUID

    from clinic import Place
    from unpinch.gateways.clock import FixedClock
    from unpinch.services.outcomes import Refused

KB = knowledge.load()


def leg_answers(place: Place, **more: Any) -> UUID:
    """Stored answers that ask for a doctor first: low back pain down the right leg."""
    answers = person(
        44,
        "F",
        ["low-back", "buttock-deep", "calf"],
        main_place=["region-low-back"],
        **{"p_cough_sneeze": True, "limb_pain_worse_than_spine": True, **more},
    )
    key = intake.store(
        answers,
        practice_id=place.practice.pk,
        marks=["region-low-back:middle", "region-calf:right"],
        clock=CLOCK,
    )
    assert intake.load(key).disposition == "doctor-first"
    return key


def agree(place: Place, key: UUID) -> None:
    """The consent to show the answers to the doctor."""
    whose = consent.Whose(place.practice.pk, assessment_key=key)
    consent.give("doctor", consent.Signature("Ada Byron"), whose, clock=CLOCK)


def asked(place: Place, key: UUID | None = None, **changes: Any) -> Asked:
    """A question to Dr. Grey by mail."""
    key = key or leg_answers(place)
    agree(place, key)
    given: dict[str, Any] = {
        "assessment_key": key,
        "person_name": "Ada Byron",
        "person_email": "ada@clients.example",
        "doctor_name": "Dr Grey",
        "doctor_email": "grey@surgery.example",
        **changes,
    }
    found = clearance_ask.ask(AskCommand(**given), clock=CLOCK)
    assert isinstance(found, Asked), found
    return found


def opened(question: Asked) -> Opened:
    """The doctor's browser is in."""
    found = clearance_link.open_link(question.token, clock=CLOCK)
    assert isinstance(found, Opened), found
    return found


def word(say: str = "yes", **limits: Any) -> DoctorsWord:
    return parse_word({"say": say, **limits}, KB)


def answered(place: Place, key: UUID, said: DoctorsWord) -> Answered:
    """Dr. Grey answers a new question about these answers by link."""
    question = asked(place, key)
    found = say(opened(question), said)
    assert isinstance(found, Answered), found
    return found


def say(door: Opened, said: DoctorsWord, *, version: int = 0) -> Answered | Refused:
    return clearance_answer.answer(
        door.key, door.secret, said, by_name="Dr Grey", version=version, clock=CLOCK
    )


def on_paper(
    place: Place, key: UUID, said: DoctorsWord, clock: FixedClock = CLOCK, **changes: Any
) -> Answered | Refused:
    """Staff write an answer down."""
    given: dict[str, Any] = {
        "assessment_key": key,
        "word": said,
        "doctor_name": "Dr Grey",
        "said_on": NOW.date(),
        "how": "paper",
        "user_id": place.ann_user.pk,
        **changes,
    }
    return clearance_answer.write_down(WrittenDown(**given), practice_id=place.practice.pk, clock=clock)
