"""Telling it in one's own words before the questions. The text is read once and kept nowhere.

It comes by POST, goes into the page that asks "is this right?", and is forgotten. Only what the person confirms
there is kept, in the same sealed cookie as every other answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from unpinch.clinical import findings, knowledge, own_words
from unpinch.clinical.questions import catalogue
from unpinch.kernel.body_chart import all_marks
from unpinch.kernel.errors import InputError
from unpinch.web.private import private
from unpinch.web.public import check, words
from unpinch.web.public.path import walk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.own_words import Danger, Heard, HeardFinding
    from unpinch.clinical.values import Value
    from unpinch.kernel.body_chart import Mark
    from unpinch.web.public.check import Check

TEXT, HEARD, DANGER = "text", "heard", "danger-"
_SHORTEST_HINT = 2000
"""The most characters that the box takes; what the core reads is far more."""
_CANNOT_READ = 422
ON_CHART = frozenset({"body-map", "side", "main-place"})
"""Looked over on the body chart, where the side of each place is marked."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing understood: the question, the answer in words, the person's own words, and what its tick sends."""

    question: str
    answer: str
    words: str
    value: str


@dataclass(frozen=True, slots=True)
class FirstQuestion:
    """A danger that the words seem to name, asked at once in full."""

    code: str
    question: str
    help: str
    words: str


@dataclass(frozen=True, slots=True)
class Understood:
    """The page that asks whether it was understood."""

    action: str
    is_emergency: bool
    words: str
    first: tuple[FirstQuestion, ...]
    lines: tuple[Line, ...]
    asked: tuple[str, ...]


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@private
def tell(request: HttpRequest) -> HttpResponse:
    """Ask for a sentence or two; show what was understood of them."""
    if request.method != "POST":
        return _box(request, "")
    kb = knowledge.load()
    text = request.POST.get(TEXT, "")
    if not text.strip():
        return _box(request, text, _("Write a sentence, or go on to the questions without it."))
    try:
        heard = own_words.read(text, kb)
    except InputError:
        return _box(request, text, _("That is too long to read. A few sentences are enough."))
    if heard.is_empty:
        return _box(
            request,
            text,
            _("We did not understand that. It does not matter: the questions ask for everything."),
        )
    return render(request, "web/public/understood.html", {"understood": understood(heard, kb)})


def _box(request: HttpRequest, text: str, error: str = "") -> HttpResponse:
    context = {"text": text, "error": error, "most": _SHORTEST_HINT}
    return render(request, "web/public/own_words.html", context, status=_CANNOT_READ if error else 200)


def understood(heard: Heard, kb: Knowledge) -> Understood:
    """What was heard, in the words of the questions."""
    dangers = {danger.code: danger for danger in heard.dangers}
    worst: Danger | None = heard.dangers[0] if heard.dangers else None
    by_code = {question.code: question for question in catalogue(kb)}
    return Understood(
        action=worst.action if worst else "",
        is_emergency=worst is not None and worst.disposition.value == "emergency",
        words=worst.words if worst else "",
        first=tuple(
            FirstQuestion(code, by_code[code].text, by_code[code].help, danger.words)
            for code, danger in dangers.items()
            if code in by_code
        ),
        lines=tuple(
            _line(found, kb)
            for found in heard.findings
            if found.code in by_code and found.code not in dangers
        ),
        asked=tuple(
            dict.fromkeys(
                by_code[doubt.code].text
                for doubt in heard.doubts
                if doubt.code in by_code and doubt.code not in dangers
            )
        ),
    )


def _line(found: HeardFinding, kb: Knowledge) -> Line:
    question = next(question for question in catalogue(kb) if question.code == found.code)
    answer = words.answer_in_words(question, check.answers_of({found.code: found.value}))
    asked = (
        _("Where you feel it. You can change it on the picture.")
        if found.code == "body-map"
        else question.text
    )
    return Line(asked, answer, found.words, f"{found.code}={_as_text(found.value)}")


def _as_text(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "|".join(value) if isinstance(value, tuple) else str(value)


@sensitive_post_parameters()
@require_POST
@private
def confirm(request: HttpRequest) -> HttpResponse:
    """Keep what the person said is right, and go on: to the danger page at once, if it is one."""
    kb = knowledge.load()
    values = confirmed(request.POST.getlist(HEARD), _dangers_in(request), kb)
    said = with_told(check.read(request, kb), values)
    path = walk(said.answers, kb, said.told)
    if path.is_danger:
        response = redirect("answer")
    elif said.told:
        response = redirect("check")
    else:
        response = redirect("screen", number=1)
    check.write(response, said)
    return response


def _dangers_in(request: HttpRequest) -> Iterable[str]:
    """The dangers that were answered with yes. No and not sure are asked again where they belong."""
    return (
        name.removeprefix(DANGER)
        for name in request.POST
        if name.startswith(DANGER) and request.POST[name] == "yes"
    )


def confirmed(ticked: Iterable[str], dangers: Iterable[str], kb: Knowledge) -> dict[str, Value]:
    """The answers of the form. What cannot be read is left to the questions, and so is every no to a danger."""
    guarded = own_words.protected(kb)
    values: dict[str, Value] = {}
    for code, text in (*(one.partition("=")[::2] for one in ticked), *((code, "yes") for code in dangers)):
        try:
            value = findings.parse_value(code, _from_text(code, text, kb), kb)
        except (InputError, ValueError):
            continue
        if value is not False or code not in guarded:
            values[code] = value
    return values


def _from_text(code: str, text: str, kb: Knowledge) -> object:
    finding = kb.findings.get(code)
    match finding.answer_type if finding else "":
        case "yes-no":
            return {"yes": True, "no": False}.get(text, text)
        case "number":
            return int(text)
        case "body-regions":
            return text.split("|")
        case _:
            return text


def with_told(said: Check, values: dict[str, Value]) -> Check:
    """The check begun anew with what was told. Places and side are only filled in on the body chart."""
    told = frozenset(values) - ON_CHART
    kept = {code: value for code, value in values.items() if code != "body-map"}
    fresh = check.Check(answers=check.answers_of(kept), told=told)
    return replace(fresh, marks=_marks(values) or said.marks)


def _marks(values: dict[str, Value]) -> tuple[Mark, ...]:
    """The places told, on the side told; in the middle where there is no other. No side told: none of the sides."""
    places = values.get("body-map")
    if not isinstance(places, tuple):
        return ()
    side = values.get("side")
    sides = {"both": {"left", "right", "middle"}}.get(str(side), {str(side), "middle"})
    return tuple(mark for mark in all_marks() if mark.region in places and mark.side in sides)
