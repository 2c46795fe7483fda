"""Form fields with our widgets and plain words for what is wrong, for the pages of owner and desk."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def text(label: Any, *, most: int = 120, need: Any = "", note: Any = "", **attrs: str) -> forms.CharField:
    """A line of text; ``need`` is what is said when it is empty, and without it the line may be."""
    return forms.CharField(
        label=label,
        max_length=most,
        required=bool(need),
        help_text=note,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
        error_messages={"required": need},
    )


def number(label: Any, low: int, high: int, *, note: Any = "", required: bool = True) -> forms.IntegerField:
    """A whole number."""
    words = _("Write a whole number from %(low)s to %(high)s.") % {"low": low, "high": high}
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        help_text=note,
        required=required,
        widget=forms.NumberInput(attrs={"class": "text short", "inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
    )


def hours(label: Any) -> forms.DecimalField:
    """A time in hours, also in parts of one; it may be left out."""
    words = _("Write hours from a quarter to 1440, as 24 or 1.5.")
    return forms.DecimalField(
        label=label,
        min_value=Decimal("0.25"),
        max_value=1440,
        required=False,
        widget=forms.NumberInput(attrs={"class": "text short", "inputmode": "decimal", "step": "any"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), words),
    )


def one_of(label: Any, offered: Any, *, note: Any = "", required: bool = True) -> forms.ChoiceField:
    """A choice from a list."""
    return forms.ChoiceField(
        label=label,
        choices=offered,
        help_text=note,
        required=required,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one of the list.")},
    )


def yes(label: Any) -> forms.BooleanField:
    """A box to tick."""
    return forms.BooleanField(label=label, required=False)


def day(label: Any, *, need: Any = "", note: Any = "") -> forms.DateField:
    """A day."""
    return forms.DateField(
        label=label,
        required=bool(need),
        help_text=note,
        widget=forms.DateInput(attrs={"type": "date", "class": "text date"}, format="%Y-%m-%d"),
        error_messages={"required": need, "invalid": _("Write the day as year-month-day.")},
    )


def clock(label: Any, *, need: Any = "", note: Any = "") -> forms.TimeField:
    """A time of day."""
    return forms.TimeField(
        label=label,
        required=bool(need),
        help_text=note,
        widget=forms.TimeInput(attrs={"type": "time", "class": "text clock"}, format="%H:%M"),
        error_messages={"required": need, "invalid": _("Write the time as 09:30.")},
    )
