"""The forms of the front desk. What is allowed is said by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from unpinch.web.forms import PlainForm
from unpinch.web.plain_fields import clock, day, number, one_of, text, yes

REASON = _("Only to go against a free time, the spacing of a course or the notice. It is kept.")


class MoveForm(PlainForm):
    """A new time for an appointment."""

    day = day(_("Day"), need=_("Choose the day."))
    time = clock(_("Time"), need=_("Write the time as 09:30."))
    therapist = one_of(_("With"), [])
    reason = text(_("Reason to go against a rule"), most=300, note=REASON)

    def __init__(self, *args: Any, therapists: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["therapist"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = therapists


class CancelForm(PlainForm):
    """Give an appointment back."""

    waive_fee = yes(_("Do not keep anything of the price"))
    reason = text(_("Why"), most=300, note=_("It stands in the record book; the client does not see it."))


class MarkForm(PlainForm):
    """How an appointment went."""

    status = forms.ChoiceField(
        label=_("How did it go?"),
        choices=[
            ("completed", _("Took place")),
            ("no-show", _("Did not come")),
            ("booked", _("Nothing said yet")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    late_minutes = number(_("Minutes late"), 0, 240, required=False)


class CallerForm(PlainForm):
    """Who calls, and when they come."""

    name = text(_("Name"), need=_("Write the caller’s name."))
    email = text(
        _("E-mail"),
        most=254,
        need=_("Write the caller’s address."),
        note=_("The confirmation goes there."),
        type="email",
    )
    phone = text(_("Telephone"), most=40, need=_("Write the caller’s number."), type="tel")
    terms = forms.BooleanField(
        label=_("The caller agrees to the terms of the practice"),
        error_messages={"required": _("Ask the caller, and tick it. Nobody books without.")},
    )
    reason = text(_("Reason to go against a rule"), most=300, note=REASON)
