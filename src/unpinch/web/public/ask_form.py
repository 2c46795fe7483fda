"""The form with which a person asks a doctor through the practice."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unpinch.web.forms import PlainForm

WAYS = (
    ("mail", gettext_lazy("Send my doctor a link by e-mail")),
    ("letter", gettext_lazy("I take a letter with me")),
)


class AskForm(PlainForm):
    """Who asks which doctor, and the signature under it."""

    way = forms.ChoiceField(
        label=gettext_lazy("How shall we ask?"), choices=WAYS, initial="mail", widget=forms.RadioSelect
    )
    doctor_name = forms.CharField(
        label=gettext_lazy("Your doctor’s name (if you know it)"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    doctor_email = forms.CharField(
        label=gettext_lazy("Your doctor’s e-mail"),
        max_length=254,
        required=False,
        help_text=gettext_lazy(
            "Only for asking by e-mail. You find it on the practice’s website, or ask them by phone."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        help_text=gettext_lazy("As your doctor knows you. It is your signature, too."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Write your name, so that your doctor knows who asks.")},
    )
    born = forms.DateField(
        label=gettext_lazy("Your date of birth (if you wish)"),
        required=False,
        help_text=gettext_lazy("So that your doctor finds the right person."),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
    )
    email = forms.CharField(
        label=gettext_lazy("Your e-mail"),
        max_length=254,
        help_text=gettext_lazy(
            "We write to you when there is an answer. The mail says nothing about your health."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Write your e-mail, so that the answer reaches you.")},
    )
    agrees = forms.BooleanField(
        label=gettext_lazy("I agree"),
        error_messages={
            "required": gettext_lazy("Tick that you agree. Without that we show your answers to nobody.")
        },
    )
    signature_path = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Asking by mail needs an address."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("way") == "mail" and not cleaned.get("doctor_email"):
            self.add_error(
                "doctor_email", _("Write your doctor’s e-mail address, or choose to take a letter.")
            )
        return cleaned
