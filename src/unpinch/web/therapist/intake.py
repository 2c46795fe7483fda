"""One appointment as the therapist needs it: who, where it hurts, what was concluded, what to mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from unpinch.clinical import findings, knowledge
from unpinch.clinical.values import Answers
from unpinch.kernel.body_chart import Mark, all_marks
from unpinch.kernel.errors import InputError
from unpinch.services import practice
from unpinch.web.callers import for_staff
from unpinch.web.private import private
from unpinch.web.public import check
from unpinch.web.public.answer import Report, report
from unpinch.web.public.doctor import HOW
from unpinch.web.public.path import Path, walk
from unpinch.web.therapist.staff import desk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.services.access import Caller
    from unpinch.services.intake import Stored


@require_safe
@private
@for_staff
def appointment(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """The appointment with its intake. The service writes down who read it."""
    shown = desk(request, caller)
    session = practice.session_for_staff(number, caller)
    context = {
        "desk": shown,
        "session": session,
        "report": _report(session.stored, knowledge.load()) if session.stored else None,
        "how": dict(HOW).get(session.agreement.how, "") if session.agreement else "",
    }
    return render(request, "web/therapist/appointment.html", context)


def _report(stored: Stored, kb: Knowledge) -> Report:
    """The stored judgement as it was given, with the person's answers in words as far as today's tables know them."""
    try:
        answers = findings.parse_answers(stored.raw_answers, kb)
    except InputError:
        answers = Answers()
    path = walk(answers, kb)
    said = check.Check(answers, _marks(stored, answers))
    as_given = Path(path.answers, path.steps, path.now, stored.assessment)
    return report(as_given, said, kb)


def _marks(stored: Stored, answers: Answers) -> tuple[Mark, ...]:
    """What was tapped; for answers that came without a picture, the regions on the side that was named."""
    if stored.marks:
        return check.marks_from(list(stored.marks))
    regions, side = answers.get("body-map"), answers.get("side")
    if not isinstance(regions, tuple):
        return ()
    return tuple(
        mark
        for mark in all_marks()
        if mark.region in regions and (side not in ("left", "right") or mark.side in (side, "middle"))
    )
