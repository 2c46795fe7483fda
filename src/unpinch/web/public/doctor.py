"""The doctor's step: a note to print, and a person's own word that the doctor agreed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django import forms
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from unpinch.clinical import before_plan, knowledge
from unpinch.clinical.values import Disposition
from unpinch.kernel.errors import InputError
from unpinch.services import clearance, clearance_ask, consent, contact, intake
from unpinch.web.context import local_now
from unpinch.web.forms import PlainForm
from unpinch.web.private import private
from unpinch.web.public import check, door
from unpinch.web.public.answer import report
from unpinch.web.public.ask_form import AskForm
from unpinch.web.public.explained import plan_summary
from unpinch.web.public.path import Path, walk
from unpinch.web.public.standing import doctors_word

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.web.public.check import Check

HOW = (
    ("visit", _("At a visit")),
    ("phone", _("By phone or video")),
    ("letter", _("In a letter or message")),
)


class AgreementForm(PlainForm):
    """Who agreed, when and how. Nothing here is checked with the doctor."""

    doctor = forms.CharField(
        label=_("Name of the doctor"),
        max_length=120,
        error_messages={"required": _("Write the doctor’s name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    agreed_on = forms.DateField(
        label=_("On which day did the doctor agree?"),
        error_messages={
            "required": _("Choose the day on which the doctor agreed."),
            "invalid": _("Write the day as year-month-day, for example 2026-11-20."),
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    how = forms.ChoiceField(
        label=_("How?"),
        choices=HOW,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how the doctor told you."),
            "invalid_choice": _("Choose how the doctor told you."),
        },
    )

    def clean_doctor(self) -> str:
        """A name by the rule that keeps it."""
        try:
            return contact.read_name(self.cleaned_data["doctor"], field="doctor")
        except InputError as error:
            raise forms.ValidationError(error.message) from error

    def clean_agreed_on(self) -> date:
        """A day that has come, and not too long ago."""
        day: date = self.cleaned_data["agreed_on"]
        if clearance.can_have_agreed(day, local_now().date()):
            return day
        if day > local_now().date():
            raise forms.ValidationError(
                _("That day is still to come. Choose the day on which the doctor agreed.")
            )
        raise forms.ValidationError(
            _("That is more than a year ago. Please ask your doctor again, and choose that day.")
        )


@require_safe
@private
def doctor(request: HttpRequest) -> HttpResponse:
    """The note for the doctor, and the form to say that the doctor agreed."""
    kb = knowledge.load()
    said = check.read(request, kb)
    path = path_of(said, kb)
    if path is None:
        return redirect("answer")
    if before := first_page(path, said, kb):
        return redirect(before)
    return page(request, path, said, kb)


@require_POST
@private
def agreed(request: HttpRequest) -> HttpResponse:
    """Note the person's word and open booking."""
    kb = knowledge.load()
    said = check.read(request, kb)
    path = path_of(said, kb)
    if not said.answers.values:
        return door.expired(request)
    if path is None or not is_for_doctor(path):
        return redirect("answer")
    form = AgreementForm(request.POST)
    if not form.is_valid():
        return page(request, path, said, kb, form=form)
    given = form.cleaned_data
    agreement = check.Agreement(given["doctor"], given["agreed_on"].isoformat(), given["how"])
    # The form was sent to #agree, and a browser would carry that on to the next page.
    response = redirect(reverse("book") + "#content")
    check.write(response, replace(said, agreement=agreement))
    return response


def path_of(said: Check, kb: Knowledge) -> Path | None:
    """The finished interview of somebody whom a doctor may be asked about; None while it is open, or in danger.

    Whose answers fit with massage may need a doctor all the same: for the plan, or after a course that was stopped.
    """
    path = walk(said.answers, kb, said.told)
    return path if path.is_done and not path.is_danger else None


def is_for_doctor(path: Path) -> bool:
    """Whether the answers themselves ask for a doctor first: then a person's own word about theirs counts."""
    return path.assessment.disposition is Disposition.DOCTOR_FIRST


def first_page(path: Path, said: Check, kb: Knowledge) -> str | None:
    """The page with what is asked before a doctor is, so that the doctor's word is about the whole plan.

    None when nothing is left to ask, or when a doctor has the question already: new answers would void it.
    """
    if said.asked or said.agreement or not before_plan.still_to_ask(path.answers, kb):
        return None
    return reverse("course-safety") + "?then=doctor"


def page(
    request: HttpRequest,
    path: Path,
    said: Check,
    kb: Knowledge,
    *,
    form: AgreementForm | None = None,
    ask_form: PlainForm | None = None,
) -> HttpResponse:
    """The doctor's step, with what was typed when something is wrong with it."""
    context = {
        "report": report(path, said, kb),
        "is_first": is_for_doctor(path),
        "why": plan_summary(path.answers, kb).reasons,
        "form": form or AgreementForm(),
        "ask_form": ask_form or AskForm(),
        "consent": consent.text_for("doctor"),
        "asking": clearance_ask.asking_of(said.asked.key) if said.asked else None,
        "outcome": doctors_word(intake.load(said.asked.key)) if said.asked else None,
        "has_letter": bool(said.asked and said.asked.token),
        "now": local_now(),
    }
    faulty = bool((form and form.errors) or (ask_form and ask_form.errors))
    return render(request, "web/public/doctor.html", context, status=422 if faulty else 200)
