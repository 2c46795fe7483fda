"""Consent of a parent or guardian, before somebody under age can book."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from unpinch.clinical import knowledge
from unpinch.kernel.errors import InputError
from unpinch.services import consent, intake, practice
from unpinch.web.forms import PlainForm
from unpinch.web.private import private
from unpinch.web.public import check, door
from unpinch.web.public.path import walk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.web.public.check import Check
    from unpinch.web.public.path import Path


class GuardianForm(PlainForm):
    """Who signs for the child."""

    name = forms.CharField(
        label=gettext_lazy("Name of the parent or guardian"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Write the name: it is the signature.")},
    )
    relation = forms.CharField(
        label=gettext_lazy("Who are you to the person?"),
        max_length=60,
        help_text=gettext_lazy("For example mother, father or guardian."),
        error_messages={"required": gettext_lazy("Write who you are to the person.")},
    )
    agrees = forms.BooleanField(
        label=gettext_lazy("I agree"),
        error_messages={"required": gettext_lazy("Tick that you agree. Without that nothing can be booked.")},
    )
    signature_path = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def guardian(request: HttpRequest) -> HttpResponse:
    """The text, and the signature of the one who answers for the child."""
    kb = knowledge.load()
    said = check.read(request, kb)
    path = walk(said.answers, kb, said.told)
    if not path.is_done or path.is_danger:
        return redirect("answer")
    form = GuardianForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        signature = consent.Signature(given["name"], given["signature_path"], given["relation"])
        key = _kept(request, path, said)
        try:
            whose = consent.Whose(practice.current_practice_id(), assessment_key=key)
            consent.give("treatment", signature, whose)
        except InputError as error:
            form.add_error("relation" if error.code == "relation" else "name", error.message)
        else:
            response = redirect("details" if door.chosen(request) else "book")
            check.write(response, check.kept_under(said, key))
            return response
    context = {"form": form, "consent": consent.text_for("treatment")}
    return render(request, "web/public/guardian.html", context, status=422 if form.errors else 200)


def _kept(request: HttpRequest, path: Path, said: Check) -> UUID:
    """The stored answers of a booking under way, or of a question to a doctor; else they are stored now."""
    chosen, key = door.chosen(request), None
    if said.asked is not None:
        return said.asked.key
    if chosen is not None and door.is_current(request, path, said):
        key = UUID(chosen["stored"])
    marks = [str(mark) for mark in said.marks]
    return intake.store(path.answers, practice_id=practice.current_practice_id(), marks=marks, key=key)
