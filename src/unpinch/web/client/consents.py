"""What a client has agreed to: read it, sign, and take it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from unpinch.kernel.errors import InputError
from unpinch.services import audit, consent, withdrawal
from unpinch.web.callers import for_callers
from unpinch.web.forms import PlainForm
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller
    from unpinch.services.consent import Consent, Purpose, Text


class SignForm(PlainForm):
    """A name is a signature; a drawn line may be added."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Write your name: it is your signature.")},
    )
    signature_path = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class Line:
    """One purpose: its text today, and the signature that holds (None: there is none)."""

    text: Text
    held: Consent | None
    form: SignForm


@require_safe
@private
@for_callers
def consents(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Every purpose, with what was signed."""
    return _page(request, _own(caller), None, None)


@require_POST
@private
@for_callers
def sign(request: HttpRequest, caller: Caller, purpose: str) -> HttpResponse:
    """Sign for one purpose."""
    client_id, wanted = _own(caller), _purpose(purpose)
    form = SignForm(request.POST)
    if not form.is_valid():
        return _page(request, client_id, wanted, form)
    signature = consent.Signature(form.cleaned_data["name"], form.cleaned_data["signature_path"])
    whose = consent.Whose(caller.practice_id, client_id=client_id)
    try:
        consent.give(wanted, signature, whose, actor=audit.actor_of(caller.user_id))
    except InputError as error:
        form.add_error("name", error.message)
        return _page(request, client_id, wanted, form)
    messages.success(request, _("Thank you. Your signature is kept."))
    return redirect("consents")


@require_POST
@private
@for_callers
def take_back(request: HttpRequest, caller: Caller, purpose: str) -> HttpResponse:
    """Take a consent back."""
    withdrawal.withdraw(_own(caller), _purpose(purpose), actor=audit.actor_of(caller.user_id))
    messages.success(request, _("It is taken back, and holds no more."))
    return redirect("consents")


def _own(caller: Caller) -> int:
    if caller.client_id is None:
        raise Http404
    return caller.client_id


def _purpose(text: str) -> Purpose:
    for purpose in consent.PURPOSES:
        if purpose == text:
            return purpose
    raise Http404


def _page(
    request: HttpRequest, client_id: int, wanted: Purpose | None, form: SignForm | None
) -> HttpResponse:
    held = {
        entry.text.purpose: entry
        for entry in reversed(consent.of_client(client_id))
        if entry.withdrawn_at is None
    }
    lines = [
        Line(
            consent.text_for(purpose),
            held.get(purpose),
            form if form is not None and purpose == wanted else SignForm(auto_id=f"id_{purpose}_%s"),
        )
        for purpose in consent.PURPOSES
    ]
    return render(request, "web/client/consents.html", {"lines": lines}, status=422 if form else 200)
