"""Doctors' answers on the screens of staff: how questions stand, what is blocked, and writing an answer down."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from unpinch.clinical import course, knowledge
from unpinch.clinical.clearance import Clearance
from unpinch.kernel.errors import InputError
from unpinch.services import audit, clearance_blocks, clearance_staff, intake
from unpinch.services import letter as letters
from unpinch.services.clearance_answer import WrittenDown
from unpinch.services.outcomes import Refused
from unpinch.web.callers import for_desk, for_staff
from unpinch.web.context import local_now
from unpinch.web.doctor import word_form
from unpinch.web.forms import PlainForm
from unpinch.web.private import private
from unpinch.web.public.stored_report import answers_of

if TYPE_CHECKING:
    from typing import Literal
    from uuid import UUID

    from django.http import HttpRequest

    from unpinch.services.access import Caller
    from unpinch.services.clearance_staff import Subject
    from unpinch.web.doctor.word_form import Sheet

_HOW = (("paper", gettext_lazy("On paper")), ("phone", gettext_lazy("By telephone")))


class HeardForm(PlainForm):
    """When and how the doctor said it."""

    said_on = forms.DateField(
        label=gettext_lazy("On which day?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Choose the day on which the doctor said it.")},
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How did it come?"),
        choices=_HOW,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how it came.")},
    )


@require_safe
@private
@for_staff
def overview(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Every question and every blocked appointment that this person may know of."""
    context = {
        "entries": clearance_staff.entries(caller),
        "blocked": clearance_blocks.blocked_for(caller),
    }
    return render(request, "web/doctor/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_staff
def write_down(request: HttpRequest, caller: Caller, key: UUID) -> HttpResponse:
    """Write down what a doctor said on paper or by telephone."""
    kb = knowledge.load()
    subject = clearance_staff.subject(caller, key)
    plan = course.plan(answers_of(intake.load(key), kb), kb, Clearance("yes"))
    if request.method != "POST":
        sheet = word_form.empty(kb, plan, by_name="", word=None)
        heard = HeardForm(initial={"said_on": local_now().date(), "how": "paper"})
        return _page(request, subject, sheet, heard)
    heard = HeardForm(request.POST)
    read = word_form.read(request.POST, kb, plan)
    if not isinstance(read, tuple) or not heard.is_valid():
        sheet = word_form.again(request.POST, kb, plan) if isinstance(read, tuple) else read
        return _page(request, subject, sheet, heard)
    word, name = read
    given = heard.cleaned_data
    how = cast("Literal['paper', 'phone']", given["how"])
    try:
        outcome = clearance_staff.write_down(
            caller, WrittenDown(key, word, name, given["said_on"], how, caller.user_id)
        )
    except InputError as error:
        if error.code == "said_on":
            heard.add_error("said_on", error.message)
        return _page(request, subject, word_form.faulty(request.POST, error, kb, plan), heard)
    if isinstance(outcome, Refused):
        messages.warning(request, outcome.reason)
    else:
        messages.success(request, _("The doctor’s answer is kept and binds from now on."))
    return redirect("clearances")


@require_safe
@private
@for_desk
def letter_copy(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:  # noqa: ARG001 - every view takes it
    """The practice's copy of a letter."""
    pdf = letters.copy_of(number, practice_id=caller.practice_id, actor=audit.actor_of(caller.user_id))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letter-{number}.pdf"'
    return response


def _page(request: HttpRequest, subject: Subject, sheet: Sheet, heard: HeardForm) -> HttpResponse:
    sheet.form.fields["by_name"].label = _("Name of the doctor")
    faulty = bool(sheet.form.errors or heard.errors)
    context = {"subject": subject, "sheet": sheet, "heard": heard}
    return render(request, "web/doctor/write_down.html", context, status=422 if faulty else 200)
