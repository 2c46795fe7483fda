"""The interview: one screen a page, each sent back to its own address."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from unpinch.clinical import knowledge
from unpinch.clinical.values import UNSURE
from unpinch.web.private import private
from unpinch.web.public import chart, check, door, fields
from unpinch.web.public.path import Path, walk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Question, Screen, Step
    from unpinch.kernel.body_chart import Mark
    from unpinch.web.public.check import Check
    from unpinch.web.public.fields import Field, Sent

_CANNOT_READ = 422


@dataclass(frozen=True, slots=True)
class Shown:
    """A screen as it is put on the page: its number, its fields, and what went wrong."""

    number: int
    step: Step
    screen: Screen
    fields: tuple[Field, ...]
    errors: dict[str, str]
    chart: chart.ChartField | None
    notice: str = ""

    @property
    def asked(self) -> str:
        """The questions of this page, so that an answer to an older page is noticed."""
        return asked_on(self.screen)

    @property
    def left(self) -> int:
        """How many questions are still to come after this screen began."""
        return max(self.step.expected_total - self.step.asked, 1)


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the fields of a page, and what is wrong with it."""

    sent: Sent
    marks: tuple[Mark, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)
    notice: str = ""


def asked_on(screen: Screen) -> str:
    """The codes of a screen's questions in one text."""
    return " ".join(question.code for question in screen.questions)


@require_safe
@private
def go_on(request: HttpRequest) -> HttpResponse:
    """Lead to the screen that comes next, or to the answer when there is none; first to one's own words."""
    kb = knowledge.load()
    said = check.read(request, kb)
    if not said.answers.values:
        return redirect("own-words")
    path = walk(said.answers, kb, said.told)
    if path.is_done:
        return redirect("answer")
    return redirect("screen", number=path.next_number)


@require_POST
@private
def restart(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view takes it
    """Forget every answer and begin again."""
    response = redirect("screen", number=1)
    check.forget(response)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@private
def screen(request: HttpRequest, number: int) -> HttpResponse:
    """Show one screen, or take its answers and go on."""
    kb = knowledge.load()
    said = check.read(request, kb)
    path = walk(said.answers, kb, said.told)
    step = path.at(number, kb)
    if step is None or step.screen is None:
        return _no_such_screen(request, path)
    if request.method == "POST":
        return _take(request, number, step, said, kb)
    sent = fields.sent_from_answers(step.screen, said.answers)
    return _page(request, number, step, Form(sent, said.marks), kb)


def _no_such_screen(request: HttpRequest, path: Path) -> HttpResponse:
    if request.method == "POST" and not path.steps:
        return door.expired(request)
    return redirect("check")


def _take(request: HttpRequest, number: int, step: Step, said: Check, kb: Knowledge) -> HttpResponse:
    assert step.screen is not None
    sent = fields.sent_from(request.POST)
    marks = check.marks_from(sent.get(fields.MARK, []))
    if request.POST.get("asked") != asked_on(step.screen):
        notice = _("An earlier answer has changed these questions. Please look at them again.")
        return _page(request, number, step, Form(sent, marks, notice=notice), kb)
    if step.screen.layout == "chart":
        sent = with_marks(sent, marks)
    parsed = fields.parse(step.screen, sent, kb)
    if step.screen.layout == "chart" and "side" not in parsed.errors:
        _check_side(parsed, marks)
    if parsed.errors:
        return _page(request, number, step, Form(sent, marks, parsed.errors), kb)
    changed = said.with_values(parsed.values)
    if step.screen.layout == "chart":
        changed = replace(changed, marks=marks)
    response = _onward(step, walk(changed.answers, kb, changed.told))
    check.write(response, changed)
    return response


def with_marks(sent: Sent, marks: tuple[Mark, ...]) -> Sent:
    """A chart form with the questions that the marks answer filled in: the regions, and the side if it was left out."""
    filled = dict(sent)
    if marks:
        filled["body-map"] = list(dict.fromkeys(mark.region for mark in marks))
        side = chart.side_of(marks)
        if side and not filled.get("side"):
            filled["side"] = [side]
    elif UNSURE in filled.get("body-map", []) and not filled.get("side"):
        filled["side"] = [UNSURE]
    return filled


def _check_side(parsed: fields.Parsed, marks: tuple[Mark, ...]) -> None:
    if chart.contradicts(str(parsed.values.get("side", UNSURE)), marks):
        parsed.errors["side"] = _(
            "You marked only the other side on the picture. Change the side or the marks."
        )


def _onward(before: Step, path: Path) -> HttpResponseRedirect:
    """To the danger page as soon as a danger is found, else to what is still to be asked, else to the answer."""
    is_news = path.assessment.disposition.rank > before.assessment.disposition.rank
    if path.is_done or (path.is_danger and is_news):
        return redirect("answer")
    return redirect("screen", number=path.next_number)


def _page(request: HttpRequest, number: int, step: Step, form: Form, kb: Knowledge) -> HttpResponse:
    assert step.screen is not None
    places = tuple(dict.fromkeys(mark.region for mark in form.marks))
    shown = Shown(
        number=number,
        step=step,
        screen=step.screen,
        fields=fields.fields_of(step.screen, form.sent, form.errors, kb, places),
        errors=form.errors,
        chart=_chart_of(step.screen, form.marks, kb),
        notice=form.notice,
    )
    context = {"shown": shown, "none_chosen": fields.NONE_OF_THESE in form.sent}
    return render(
        request, "web/public/screen.html", context, status=_CANNOT_READ if form.errors or form.notice else 200
    )


def _chart_of(screen: Screen, marks: tuple[Mark, ...], kb: Knowledge) -> chart.ChartField | None:
    question: Question | None = next((q for q in screen.questions if q.code == "body-map"), None)
    if screen.layout != "chart" or question is None:
        return None
    return chart.chart_field(question.choices, marks, kb)
