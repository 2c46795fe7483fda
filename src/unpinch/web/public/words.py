"""How the web says what the core means: certainty, likelihood and answers in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unpinch.clinical.questions import catalogue
from unpinch.clinical.values import UNSURE, Disposition, SourceClass

if TYPE_CHECKING:
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Answers, MassageAnswer, Question, Screen

SOURCES = {
    SourceClass.SOFT_TISSUE: (
        gettext_lazy("Soft tissue"),
        gettext_lazy("Tight muscle, tendon or ligament pressing on a nerve on its way."),
    ),
    SourceClass.SPINAL: (
        gettext_lazy("The spine"),
        gettext_lazy("A disc or a narrow place pressing on a nerve where it leaves the neck or back."),
    ),
    SourceClass.SYSTEMIC: (
        gettext_lazy("The nerves as a whole"),
        gettext_lazy("An illness that acts on many nerves at once, such as diabetes."),
    ),
    SourceClass.NOT_NERVE: (
        gettext_lazy("Not a nerve"),
        gettext_lazy("A joint, tendon or muscle that hurts by itself."),
    ),
    SourceClass.DANGER: (
        gettext_lazy("Something a doctor must check"),
        gettext_lazy("An illness that needs a doctor, not a massage."),
    ),
    SourceClass.UNKNOWN: (
        gettext_lazy("Something else"),
        gettext_lazy("None of the causes we know fits well."),
    ),
}

DISPOSITIONS = {
    Disposition.EMERGENCY: gettext_lazy("Get help now"),
    Disposition.URGENT: gettext_lazy("See a doctor today"),
    Disposition.DOCTOR_FIRST: gettext_lazy("See a doctor first"),
    Disposition.MASSAGE_OK: gettext_lazy("You can book a massage"),
}

_CERTAINTY = {
    "high": (4, gettext_lazy("Research is strong")),
    "moderate": (3, gettext_lazy("Research is fair")),
    "low": (2, gettext_lazy("Research is weak")),
    "very-low": (1, gettext_lazy("Research is very weak")),
    "none": (0, gettext_lazy("No good research yet")),
}

_VERDICTS = {
    "may-help": gettext_lazy("It may help"),
    "comfort-only": gettext_lazy("For comfort only"),
    "not-shown": gettext_lazy("Not shown to help"),
    "not-known": gettext_lazy("Nobody knows yet"),
    "not-now": gettext_lazy("Not now"),
}


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure the evidence is: filled dots of four, and the words."""

    dots: tuple[bool, bool, bool, bool]
    words: str


def certainty(massage: MassageAnswer) -> Certainty:
    """How sure the studies on massage are."""
    filled, words = _CERTAINTY[massage.certainty]
    return Certainty((filled > 0, filled > 1, filled > 2, filled > 3), str(words))


def how_sure(certainty: str) -> str:
    """How sure a study is, in words."""
    return str(_CERTAINTY[certainty][1])


def verdict(massage: MassageAnswer) -> str:
    """Can massage help, in a few words."""
    return str(_VERDICTS[massage.verdict])


def likelihood(probability: float) -> str:
    """A probability in words."""
    bands = (
        (0.9, _("very likely")),
        (0.6, _("likely")),
        (0.3, _("possible")),
        (0.1, _("less likely")),
    )
    return next((words for least, words in bands if probability >= least), _("unlikely"))


def in_hundred(probability: float) -> str:
    """A probability as a count of a hundred people."""
    count = round(probability * 100)
    if count < 1:
        return _("fewer than 1 in 100")
    return _("%(count)s in 100") % {"count": min(count, 99)}


@dataclass(frozen=True, slots=True)
class Said:
    """One question and the person's answer in words."""

    question: str
    answer: str
    kind: str


@dataclass(frozen=True, slots=True)
class SaidOnScreen:
    """What was said on one screen: told in full, and the plain noes counted."""

    number: int
    title: str
    said: tuple[Said, ...]
    noes: tuple[str, ...]


def summary(screens: tuple[Screen, ...], answers: Answers) -> tuple[SaidOnScreen, ...]:
    """All answers, screen by screen, for reading over and changing."""
    return tuple(_on_screen(number, screen, answers) for number, screen in enumerate(screens, start=1))


def told(codes: frozenset[str], answers: Answers, kb: Knowledge) -> SaidOnScreen:
    """What was told in the person's own words and confirmed, as if it were a screen before the first."""
    asked = tuple(question for question in catalogue(kb) if question.code in codes)
    said = tuple(
        Said(question.text, answer_in_words(question, answers), _kind(question, answers))
        for question in asked
    )
    return SaidOnScreen(0, _("In your own words"), said, ())


def told_basics(codes: frozenset[str], answers: Answers, kb: Knowledge) -> tuple[Said, ...]:
    """Age, sex, how long and how strong, where they were told in the person's own words."""
    asked = (question for question in catalogue(kb) if question.code in codes)
    return tuple(
        Said(question.text, answer_in_words(question, answers), _kind(question, answers))
        for question in asked
        if question.answer_type != "yes-no"
    )


def basics(screens: tuple[Screen, ...], answers: Answers) -> tuple[Said, ...]:
    """Age, sex, how long and how strong: whatever was asked in a short form."""
    return tuple(
        Said(question.text, answer_in_words(question, answers), _kind(question, answers))
        for screen in screens
        if screen.layout == "form" and screen.must_answer
        for question in screen.questions
    )


def _on_screen(number: int, screen: Screen, answers: Answers) -> SaidOnScreen:
    told, noes = [], []
    for question in screen.questions:
        if screen.layout == "ticks" and answers.get(question.code) is False:
            noes.append(question.text)
        else:
            told.append(Said(question.text, answer_in_words(question, answers), _kind(question, answers)))
    return SaidOnScreen(number, screen.title, tuple(told), tuple(noes))


def _kind(question: Question, answers: Answers) -> str:
    value = answers.get(question.code)
    if value == UNSURE and isinstance(value, str):
        return "unsure"
    return {True: "yes", False: "no"}.get(value, "value") if isinstance(value, bool) else "value"


def answer_in_words(question: Question, answers: Answers) -> str:
    """One answer as a person would say it."""
    value = answers.get(question.code)
    if value is None or (isinstance(value, str) and value == UNSURE):
        return _("Not sure")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    names = {choice.code: choice.text for choice in question.choices}
    if isinstance(value, tuple):
        return ", ".join(names.get(code, code) for code in value)
    return names.get(str(value), str(value))


def names_of_regions(kb: Knowledge) -> dict[str, str]:
    """The words for every region of the body chart."""
    return {
        choice: kb.choice_texts.get(("body-map", choice), choice)
        for choice in kb.findings["body-map"].choices
    }
