"""The form of a wish on the waitlist: from when to when, at which hours, and who it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from unpinch.services.availability import MOST_DAYS
from unpinch.web.public.book import DetailsForm
from unpinch.web.public.course_form import HALF_HOURS

if TYPE_CHECKING:
    from unpinch.services.practice import PracticeView

__all__ = ["MOST_DAYS", "WaitForm"]


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose a day."),
            "invalid": _("Write the day as year-month-day, for example 2026-11-20."),
        },
    )


class WaitForm(DetailsForm):
    """When somebody could come, and who it is. ``shortest`` is how many days their wish needs at least."""

    first_day = _day(_("From this day"))
    last_day = _day(_("Until this day"))
    earliest = forms.ChoiceField(label=_("I can come from"), required=False)
    latest = forms.ChoiceField(label=_("I must be done by"), required=False)
    days_not = forms.TypedMultipleChoiceField(
        label=_("Days on which I cannot come"),
        choices=[(str(number), name) for number, name in WEEKDAYS.items()],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    therapist = forms.ChoiceField(label=_("Therapist"), required=False)
    place = forms.ChoiceField(label=_("Where?"), required=False)

    def __init__(self, data: Any = None, *, offered: PracticeView, shortest: int, **kwargs: Any) -> None:
        super().__init__(data, country=offered.country, **kwargs)
        self._shortest = shortest
        clocks = [(clock, clock) for clock in HALF_HOURS]
        choices = {
            "earliest": [("", _("the opening")), *clocks],
            "latest": [("", _("the closing")), *clocks],
            "therapist": [("", _("Anyone")), *((one.code, one.name) for one in offered.therapists)],
            "place": [("", _("Any of our places")), *((one.code, one.name) for one in offered.locations)],
        }
        for name, offers in choices.items():
            self.fields[name].choices = offers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Days and hours in order, a day of the week left, and room for the whole wish."""
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last:
            days = (last - first).days + 1
            if days < 1:
                self.add_error("last_day", _("This is before the first day. Choose a later one."))
            elif days > MOST_DAYS:
                self.add_error(
                    "last_day", _("We look %(most)s days ahead. Choose an earlier one.") % {"most": MOST_DAYS}
                )
            elif days < self._shortest:
                self.add_error("last_day", self._too_short())
        earliest, latest = cleaned.get("earliest"), cleaned.get("latest")
        if earliest and latest and earliest >= latest:
            self.add_error(
                "latest", _("This is not after the time from which you can come. Choose a later one.")
            )
        if len(cleaned.get("days_not", ())) == len(WEEKDAYS):
            self.add_error("days_not", _("No day is left. Leave at least one day open."))
        return cleaned

    def _too_short(self) -> str:
        text = ngettext(
            "Your course needs %(days)s day from the first to the last. Choose a later one.",
            "Your course needs %(days)s days from the first to the last. Choose a later one.",
            self._shortest,
        )
        return text % {"days": self._shortest}
