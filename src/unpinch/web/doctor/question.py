"""The doctor's page: what the person reports and what is planned, readable in a minute, and the answer below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from unpinch.clinical import course, knowledge
from unpinch.clinical.doctors_word import DoctorsWord
from unpinch.kernel.errors import InputError
from unpinch.services import clearance_answer
from unpinch.services.outcomes import Refused
from unpinch.web.context import local_now
from unpinch.web.doctor import entrance, word_form
from unpinch.web.private import private
from unpinch.web.public import told
from unpinch.web.public.stored_report import answers_of, report_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from unpinch.clinical.course import CoursePlan, NoPlan
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.services.clearance_answer import Question
    from unpinch.web.doctor.word_form import Sheet


@require_http_methods(["GET", "HEAD", "POST"])
@private
def question(request: HttpRequest, key: UUID) -> HttpResponse:
    """Read the question, answer it, and think again from the same browser."""
    kb = knowledge.load()
    secret = entrance.secret_of(request, key)
    found = clearance_answer.read(key, secret)
    if isinstance(found, Refused):
        return entrance.shut(request, found)
    said = found.word if found.word is not None and found.word.agrees else DoctorsWord("yes")
    plan = course.plan(answers_of(found.stored, kb), kb, said.on(local_now().date()))
    if request.method != "POST":
        sheet = word_form.empty(kb, plan, by_name=found.by_name or found.doctor_name, word=found.word)
        return _page(request, found, plan, sheet, kb)
    read = word_form.read(request.POST, kb, plan)
    if not isinstance(read, tuple):
        return _page(request, found, plan, read, kb)
    word, name = read
    try:
        outcome = clearance_answer.answer(key, secret, word, by_name=name, version=_version(request))
    except InputError as error:
        return _page(request, found, plan, word_form.faulty(request.POST, error, kb, plan), kb)
    if isinstance(outcome, Refused):
        messages.warning(request, outcome.reason)
    else:
        messages.success(request, _("Thank you. Your answer is kept, and holds from now on."))
    return redirect("doctor-question", key=key)


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 5 else -1


def _page(
    request: HttpRequest, found: Question, plan: CoursePlan | NoPlan, sheet: Sheet, kb: Knowledge
) -> HttpResponse:
    report = report_of(found.stored, kb)
    context = {
        "question": found,
        "basics": told.further(report, kb),
        "who": told.who(answers_of(found.stored, kb)),
        "report": report,
        "plan": told.plan(plan, kb),
        "sheet": sheet,
        "given": told.word(found.word, kb) if found.word else None,
    }
    return render(request, "web/doctor/question.html", context, status=422 if sheet.form.errors else 200)
