"""The answer page, and the danger page that takes its place when help must come first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from unpinch.clinical import knowledge
from unpinch.clinical.explain import phrase
from unpinch.clinical.values import Disposition, SourceClass
from unpinch.web.context import local_now
from unpinch.web.private import private
from unpinch.web.public import chart, check, explained, words
from unpinch.web.public.path import walk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Assessment, RaisedFlag, RankedCondition, Reason
    from unpinch.web.public.check import Check
    from unpinch.web.public.path import Path

_ALTERNATIVES = 4
_WORTH_SHOWING = 0.005


@dataclass(frozen=True, slots=True)
class Bar:
    """A likelihood as words, a count of a hundred, and a bar of 0 to 100."""

    name: str
    detail: str
    words: str
    count: str
    width: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the answer page, the danger page and the doctor's note tell about one check."""

    assessment: Assessment
    disposition: str
    source: Bar
    conditions: tuple[Bar, ...]
    others: tuple[Bar, ...]
    reasons_for: tuple[Reason, ...]
    reasons_against: tuple[Reason, ...]
    danger_words: tuple[str, ...]
    open_questions: tuple[str, ...]
    certainty: words.Certainty
    verdict: str
    pictures: tuple[chart.Drawn, ...]
    places: tuple[str, ...]
    basics: tuple[words.Said, ...]
    summary: tuple[words.SaidOnScreen, ...]

    @property
    def urgent_flags(self) -> tuple[RaisedFlag, ...]:
        """The danger rules behind the advice, without milder ones."""
        flags = self.assessment.red_flags
        return tuple(flag for flag in flags if flag.disposition is self.assessment.disposition)

    @property
    def beyond_basics(self) -> tuple[words.Said, ...]:
        """What was told in full, without the basics."""
        return tuple(said for part in self.summary for said in part.said if said not in self.basics)

    @property
    def count_of_noes(self) -> int:
        """How many tick questions were answered with a plain no."""
        return sum(len(part.noes) for part in self.summary)

    @property
    def is_massage_ok(self) -> bool:
        """Whether booking is open."""
        return self.assessment.disposition is Disposition.MASSAGE_OK


@require_safe
@private
def answer(request: HttpRequest) -> HttpResponse:
    """The answer once the interview is done; the danger page at any time it must be."""
    kb = knowledge.load()
    said = check.read(request, kb)
    path = walk(said.answers, kb, said.told)
    if path.is_danger:
        context = {"report": report(path, said, kb), "path": path, "now": local_now()}
        return render(request, "web/public/danger.html", context)
    if not path.is_done:
        return redirect("check")
    context = {
        "report": report(path, said, kb),
        "explained": explained.explained(path.answers, path.assessment, kb),
        "plan": explained.plan_summary(path.answers, kb),
    }
    return render(request, "web/public/answer.html", context)


def report(path: Path, said: Check, kb: Knowledge) -> Report:
    """Put a judgement into words and pictures."""
    judged = path.assessment
    names = words.names_of_regions(kb)
    ranked = [
        _condition_bar(condition) for condition in judged.ranking if condition.probability >= _WORTH_SHOWING
    ]
    classes = [_class_bar(source, p) for source, p in judged.source_classes]
    return Report(
        assessment=judged,
        disposition=str(words.DISPOSITIONS[judged.disposition]),
        source=classes[0],
        conditions=tuple(ranked[:_ALTERNATIVES]),
        others=tuple(classes),
        reasons_for=tuple(r for r in judged.reasons if r.direction == "for"),
        reasons_against=tuple(r for r in judged.reasons if r.direction == "against"),
        danger_words=_danger_words(judged.red_flags, kb),
        open_questions=tuple(
            kb.findings[code].question for code in judged.open_dangers if code in kb.findings
        ),
        certainty=words.certainty(judged.massage),
        verdict=words.verdict(judged.massage),
        pictures=chart.marked_pictures(said.marks, names),
        places=tuple(chart.name_of(mark, names) for mark in said.marks),
        basics=(*words.told_basics(said.told, path.answers, kb), *words.basics(path.screens, path.answers)),
        summary=(*_told(said, path, kb), *words.summary(path.screens, path.answers)),
    )


def _told(said: Check, path: Path, kb: Knowledge) -> tuple[words.SaidOnScreen, ...]:
    return (words.told(said.told, path.answers, kb),) if said.told else ()


def _condition_bar(condition: RankedCondition) -> Bar:
    name = condition.plain_name[:1].upper() + condition.plain_name[1:]
    detail = condition.name
    if condition.level:
        detail += f", {condition.level}"
    return _bar(name, detail, condition.probability)


def _class_bar(source: SourceClass, probability: float) -> Bar:
    name, detail = words.SOURCES[source]
    return _bar(str(name), str(detail), probability)


def _bar(name: str, detail: str, probability: float) -> Bar:
    return Bar(
        name,
        detail,
        words.likelihood(probability),
        words.in_hundred(probability),
        max(round(probability * 100), 1),
    )


def _danger_words(flags: tuple[RaisedFlag, ...], kb: Knowledge) -> tuple[str, ...]:
    """The person's own answers behind the danger rules, each once."""
    codes = dict.fromkeys(code for flag in flags for code in flag.because if code in kb.phrases)
    return tuple(phrase(kb, code, present=True) for code in codes)
