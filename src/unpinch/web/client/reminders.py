"""When somebody is reminded: chosen on the page of an appointment, of a course, or on one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from unpinch.kernel.errors import InputError
from unpinch.services import audit, consent, reminders
from unpinch.web.callers import for_callers
from unpinch.web.forms import PlainForm
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller
    from unpinch.services.reminders import Choice

FAULTY = 422
_CHOICES = (
    ("none", gettext_lazy("Not at all")),
    ("day", gettext_lazy("A day before")),
    ("both", gettext_lazy("A day before, and again two hours before")),
)


class RemindForm(PlainForm):
    """When to be reminded and, until somebody has agreed to reminders, the signature under that."""

    remind = forms.ChoiceField(
        label=gettext_lazy("When may we remind you?"),
        choices=_CHOICES,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose when we may remind you, or not at all."),
            "invalid_choice": gettext_lazy("Choose when we may remind you, or not at all."),
        },
    )
    by = forms.ChoiceField(
        label=gettext_lazy("How?"),
        choices=(("mail", gettext_lazy("By e-mail")), ("sms", gettext_lazy("By text message"))),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose one."),
            "invalid_choice": gettext_lazy("Choose one."),
        },
    )
    signature = forms.CharField(
        label=gettext_lazy("Your name, as your signature"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, choice: Choice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice = choice
        if not reminders.sends_texts():
            del self.fields["by"]
        if choice.has_agreed:
            del self.fields["signature"]


@require_http_methods(["GET", "HEAD", "POST"])
@private
def by_appointment(request: HttpRequest, token: str) -> HttpResponse:
    """Choose by the link of an appointment."""
    return _page(request, reminders.client_by_token(token), None, ("appointment", token))


@require_http_methods(["GET", "HEAD", "POST"])
@private
def by_course(request: HttpRequest, token: str) -> HttpResponse:
    """Choose by the link of a course."""
    return _page(request, reminders.client_by_course(token), None, ("course", token))


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_callers
def own(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Choose on one's own page."""
    client_id = caller.client_id
    if client_id is None:
        raise Http404
    return _page(request, client_id, audit.actor_of(caller.user_id), ("me", ""))


def _page(request: HttpRequest, client_id: int, actor: str | None, back: tuple[str, str]) -> HttpResponse:
    """Show the choice, or keep it. ``actor`` is None for somebody who holds a link."""
    choice, who = reminders.choice_of(client_id), actor or f"client:{client_id}"
    initial = {
        "remind": choice.remind if choice.has_agreed else "none",
        "by": "sms" if choice.by_sms else "mail",
    }
    form = RemindForm(request.POST if request.method == "POST" else None, initial=initial, choice=choice)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            kept = reminders.choose(client_id, data["remind"], data.get("signature", ""), actor=who)
            reminders.choose_way(client_id, by_sms=data.get("by") == "sms", actor=who)
        except InputError as error:
            form.add_error(error.code if error.code in form.fields else None, error.message)
        else:
            said = _("We will remind you.") if kept.is_on else _("We will not remind you.")
            messages.success(request, said)
            name, token = back
            return redirect(name, token=token) if token else redirect(name)
    context = {
        "form": form,
        "choice": choice,
        "text": consent.text_for("reminders"),
        "back": back[0],
        "token": back[1],
    }
    return render(request, "web/client/reminders.html", context, status=FAULTY if form.errors else 200)
