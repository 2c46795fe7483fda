"""The demonstration's clients: their stories from the file, put through the real interview."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpinch.clinical import assess, before_plan, findings, questions
from unpinch.services.practice_file import Entry, read_toml

if TYPE_CHECKING:
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Answers, Assessment

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class CourseStory:
    """A series of sessions: how many, how many days apart, and how many lie behind.

    The first one ahead is ``later`` days from today. ``missed`` and ``cancelled`` are numbers of sessions; 0 is none.
    ``pains`` are what the person says before each session so far, 0 to 10, and ``activity`` what is hard to do; one
    more pain than sessions behind is said on the day of loading.
    """

    service: str
    therapist: str
    sessions: int
    every_days: int
    behind: int
    later: int
    missed: int
    cancelled: int
    pains: tuple[int, ...]
    activity: str


@dataclass(frozen=True, slots=True)
class ClientStory:
    """A made-up client. ``says_doctor_agrees`` is their word alone."""

    name: str
    age: int
    sex: str
    story: str
    says_doctor_agrees: bool
    signs_in: bool
    course: CourseStory


@cache
def read_clients() -> tuple[ClientStory, ...]:
    """Everybody in clients.toml."""
    top = Entry("clients.toml", _file())
    return tuple(_client(entry) for entry in top.entries("clients"))


def interviewed(client: ClientStory, kb: Knowledge) -> tuple[Answers, Assessment]:
    """What this person said when asked, and the judgement on it."""
    source = findings.parse_answers(
        {"age": client.age, "sex": client.sex, "answers": _answers(client, kb)}, kb
    )
    step, screens = assess.interview(source, kb)
    asked = {question.code for screen in screens for question in screen.questions}
    said = source.without(frozenset(source.values) - asked)
    return said, step.assessment


def asked_for_a_plan(client: ClientStory, kb: Knowledge) -> Answers:
    """What this person said in the interview, and to the questions that a plan hangs on after it."""
    said, _ = interviewed(client, kb)
    source = findings.parse_answers(
        {"age": client.age, "sex": client.sex, "answers": _answers(client, kb)}, kb
    )
    while more := before_plan.said_beyond(said, source, kb):
        said = said.merged(more)
    return said


def _answers(client: ClientStory, kb: Knowledge) -> dict[str, Any]:
    story = dict(_file()["stories"][client.story])
    yes = story.pop("yes")
    no = {question.code: False for question in questions.catalogue(kb) if question.answer_type == "yes-no"}
    return {**no, **_file()["otherwise"], **story, **dict.fromkeys(yes, True)}


@cache
def _file() -> dict[str, Any]:
    return read_toml(FOLDER / "clients.toml")


def _client(entry: Entry) -> ClientStory:
    course = entry.entry("course")
    return ClientStory(
        name=entry.text("name"),
        age=entry.number("age"),
        sex=entry.text("sex"),
        story=entry.text("story"),
        says_doctor_agrees=entry.text("doctor", "no") == "unverified",
        signs_in=bool(entry.get("login", bool, otherwise=False)),
        course=CourseStory(
            service=course.text("service"),
            therapist=course.text("therapist"),
            sessions=course.number("sessions"),
            every_days=course.number("every_days"),
            behind=course.number("behind"),
            later=course.number("later", 0),
            missed=course.number("missed", 0),
            cancelled=course.number("cancelled", 0),
            pains=tuple(course.get("pains", list, otherwise=[])),
            activity=course.text("activity", "Sleep through the night"),
        ),
    )
