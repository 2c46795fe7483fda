"""Asking the doctor through the practice: the form, the letter to take away, and the page where the answer stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from unpinch.clinical import knowledge
from unpinch.kernel.errors import InputError
from unpinch.services import clearance_ask, consent, intake, practice
from unpinch.services import letter as letters
from unpinch.services.clearance_ask import AskCommand
from unpinch.services.outcomes import Refused
from unpinch.web.private import private
from unpinch.web.public import check, doctor
from unpinch.web.public.ask_form import AskForm
from unpinch.web.public.letter_words import words_of
from unpinch.web.public.standing import doctors_word
from unpinch.web.public.stored_report import answers_of, marks_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from unpinch.web.public.check import Check
    from unpinch.web.public.path import Path


@require_POST
@private
def ask(request: HttpRequest) -> HttpResponse:
    """Keep the answers, since the person now wants them shown, and ask the doctor."""
    kb = knowledge.load()
    said = check.read(request, kb)
    path = doctor.path_of(said, kb)
    if path is None:
        return redirect("answer")
    if before := doctor.first_page(path, said, kb):
        return redirect(before)
    form = AskForm(request.POST)
    if not form.is_valid():
        return doctor.page(request, path, said, kb, ask_form=form)
    key = said.asked.key if said.asked else _store(path, said)
    try:
        outcome = _ask(key, form.cleaned_data)
    except InputError as error:
        field = {"signature": "name"}.get(error.code, error.code)
        form.add_error(field if field in form.fields else None, error.message)
        return doctor.page(request, path, said, kb, ask_form=form)
    if isinstance(outcome, Refused):
        form.add_error(None, outcome.reason)
        return doctor.page(request, path, said, kb, ask_form=form)
    response = redirect("doctor")
    by_letter = form.cleaned_data["way"] == "letter"
    asked = check.Asked(str(key), outcome.token if by_letter else "", outcome.code if by_letter else "")
    check.write(response, replace(said, asked=asked))
    return response


@require_safe
@private
def letter(request: HttpRequest) -> HttpResponse:
    """The letter as a file, for the browser in which it was asked for."""
    kb = knowledge.load()
    said = check.read(request, kb)
    if said.asked is None or not said.asked.token:
        return redirect("doctor")
    stored = intake.load(said.asked.key)
    asking = clearance_ask.asking_of(stored.key)
    assert asking is not None  # the cookie is sealed: it was asked
    words = words_of(stored, asking, practice.current_practice(), kb)
    copy_says = _("Copy for the practice’s record, without the code.")
    pdf = letters.take(said.asked.token, said.asked.code, words, copy_says=copy_says)
    if isinstance(pdf, Refused):
        return redirect("doctor")
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="letter-to-my-doctor.pdf"'
    return response


@require_safe
@private
def news(request: HttpRequest, token: str) -> HttpResponse:
    """What became of the question, for the person who asked. Looking changes nothing."""
    asking = clearance_ask.asking_by_person(token)
    if asking is None:
        return render(request, "web/public/no_news.html", status=404)
    outcome = doctors_word(intake.load(asking.assessment_key))
    context = {"asking": asking, "token": token, "outcome": outcome}
    return render(request, "web/public/doctor_news.html", context)


@require_POST
@private
def go_on(request: HttpRequest, token: str) -> HttpResponse:
    """Take up the stored answers in this browser and go on to booking."""
    asking = clearance_ask.asking_by_person(token)
    if asking is None:
        return render(request, "web/public/no_news.html", status=404)
    kb = knowledge.load()
    stored = intake.load(asking.assessment_key)
    answers = answers_of(stored, kb)
    response = redirect("book")
    asked = check.Asked(str(stored.key), "", "")
    check.write(response, check.Check(answers, marks_of(stored, answers), None, asked))
    return response


def _store(path: Path, said: Check) -> UUID:
    marks = [str(mark) for mark in said.marks]
    return intake.store(path.answers, practice_id=practice.current_practice_id(), marks=marks)


def _ask(key: UUID, given: dict[str, Any]) -> clearance_ask.Asked | Refused:
    whose = consent.Whose(practice.current_practice_id(), assessment_key=key)
    consent.give("doctor", consent.Signature(given["name"], given["signature_path"]), whose)
    return clearance_ask.ask(
        AskCommand(
            assessment_key=key,
            person_name=given["name"],
            person_email=given["email"],
            doctor_name=given["doctor_name"],
            doctor_email=given["doctor_email"],
            born=given["born"],
            is_letter=given["way"] == "letter",
        )
    )
