"""A screen of the interview as form fields: what to show, and what was sent back.

Between page, cookie and error page everything is held as the texts of a form (``Sent``), so that nothing
typed is ever lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext as _

from unpinch.clinical import findings
from unpinch.clinical.values import UNSURE, Answers, Question, Screen, Value
from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

    from unpinch.clinical.knowledge import Knowledge

Sent = dict[str, list[str]]
Kind = Literal["tick", "yes-no", "choice", "scale", "number", "places", "chart"]

NONE_OF_THESE = "none-of-these"
MARK = "mark"
_SCALE_MOST = 10


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose in a field."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One question as a page shows it. ``typed`` is what stands in a text box."""

    code: str
    text: str
    kind: Kind
    options: tuple[Option, ...]
    unsure: bool
    typed: str = ""
    error: str = ""
    low: int = 0
    high: int = 0


@dataclass(slots=True)
class Parsed:
    """What a form said: usable values, and a message for each question that could not be read."""

    values: dict[str, Value] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def sent_from(post: QueryDict) -> Sent:
    """A posted form as plain lists of text."""
    return {name: [str(text) for text in post.getlist(name)] for name in post}


def sent_from_answers(screen: Screen, answers: Answers) -> Sent:
    """The answers given before, as the form would send them."""
    sent: Sent = {}
    for question in screen.questions:
        value = answers.get(question.code)
        if value is not None:
            sent[question.code] = _texts(value)
    if screen.layout == "ticks" and all(answers.get(q.code) is False for q in screen.questions):
        sent[NONE_OF_THESE] = ["yes"]
    return sent


def _texts(value: Value) -> list[str]:
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return list(value) if isinstance(value, tuple) else [str(value)]


def fields_of(
    screen: Screen, sent: Sent, errors: Mapping[str, str], kb: Knowledge, places: tuple[str, ...] = ()
) -> tuple[Field, ...]:
    """The fields of a screen, filled with what was sent. ``places`` are the regions marked on the chart."""
    return tuple(_field(q, screen, sent, errors.get(q.code, ""), kb, places) for q in screen.questions)


def _field(
    question: Question, screen: Screen, sent: Sent, error: str, kb: Knowledge, places: tuple[str, ...]
) -> Field:
    kind = kind_of(question, screen, kb)
    given = sent.get(question.code, [])
    limits = kb.number_ranges.get(question.code)
    low, high = (limits.low, limits.high) if limits else (0, 0)
    pairs = _pairs(question, kind, low, high, places)
    typed = next((text for text in given if text != UNSURE), "") if kind == "number" else ""
    return Field(
        code=question.code,
        text=question.text,
        kind=kind,
        options=tuple(Option(value, text, value in given) for value, text in pairs),
        unsure=UNSURE in given,
        typed=typed,
        error=error,
        low=low,
        high=high,
    )


def kind_of(question: Question, screen: Screen, kb: Knowledge) -> Kind:
    """How to show a question."""
    if question.answer_type == "yes-no":
        return "tick" if screen.layout == "ticks" else "yes-no"
    if question.answer_type == "body-regions":
        return "chart" if screen.layout == "chart" else "places"
    if question.answer_type == "number":
        limits = kb.number_ranges[question.code]
        return "scale" if limits.high - limits.low <= _SCALE_MOST else "number"
    return "choice"


def _pairs(
    question: Question, kind: Kind, low: int, high: int, places: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Value and words of each option."""
    match kind:
        case "tick":
            return (("yes", question.text),)
        case "yes-no":
            return (("yes", _("Yes")), ("no", _("No")))
        case "scale":
            return tuple((str(number), str(number)) for number in range(low, high + 1))
        case "places":
            return tuple((c.code, c.text) for c in question.choices if c.code in places)
        case "choice":
            return tuple((choice.code, choice.text) for choice in question.choices)
        case _:
            return ()


def parse(screen: Screen, sent: Sent, kb: Knowledge) -> Parsed:
    """Read a form. Ticks left empty count as no only when something was ticked, or "none of these" was."""
    parsed = Parsed()
    if screen.layout == "ticks":
        _parse_ticks(screen, sent, parsed)
        return parsed
    for question in screen.questions:
        _parse_one(question, kind_of(question, screen, kb), sent.get(question.code, []), parsed, kb)
    return parsed


def _parse_ticks(screen: Screen, sent: Sent, parsed: Parsed) -> None:
    none = NONE_OF_THESE in sent
    touched = [q.code for q in screen.questions if {"yes", UNSURE} & set(sent.get(q.code, []))]
    if none and touched:
        parsed.errors[NONE_OF_THESE] = _(
            "You ticked “None of these” and something else too. Take one of the two away."
        )
    elif not none and not touched:
        parsed.errors[NONE_OF_THESE] = _(
            "Tick everything that fits you. If nothing fits, tick “None of these”."
        )
    for question in screen.questions:
        given = sent.get(question.code, [])
        parsed.values[question.code] = "yes" in given or (UNSURE if UNSURE in given else False)


def _parse_one(question: Question, kind: Kind, given: list[str], parsed: Parsed, kb: Knowledge) -> None:
    texts = [text.strip() for text in given if text.strip()]
    first = next((text for text in texts if text != UNSURE), None)
    if first is None and UNSURE in texts:
        parsed.values[question.code] = UNSURE
        return
    if first is None:
        parsed.errors[question.code] = _missing(kind)
        return
    try:
        parsed.values[question.code] = findings.parse_value(question.code, _typed(kind, texts, first), kb)
    except (InputError, ValueError):
        parsed.errors[question.code] = _unusable(question, kind, kb)


def _typed(kind: Kind, texts: list[str], first: str) -> object:
    match kind:
        case "yes-no" | "tick":
            return {"yes": True, "no": False}.get(first, first)
        case "number" | "scale":
            return int(first)
        case "places" | "chart":
            return texts
        case _:
            return first


def _missing(kind: Kind) -> str:
    match kind:
        case "number":
            return _("Type a number, or tick “Not sure”.")
        case "chart":
            return _("Mark at least one place on the picture or in the list, or tick “Not sure”.")
        case _:
            return _("Choose one answer. “Not sure” is an answer too.")


def _unusable(question: Question, kind: Kind, kb: Knowledge) -> str:
    if kind in ("number", "scale"):
        limits = kb.number_ranges[question.code]
        return _("Type a whole number from %(low)s to %(high)s, for example 44.") % {
            "low": limits.low,
            "high": limits.high,
        }
    return _("That answer is not on the list. Choose one of those shown.")
