"""When can you come? The form, and what it says as wishes."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from unpinch.scheduling.course_search import EVERY_DAY, Continuity, Hours
from unpinch.services.course import CourseWishes
from unpinch.web.forms import PlainForm

if TYPE_CHECKING:
    from unpinch.clinical.course import CoursePlan
    from unpinch.services.practice import PracticeView

_MIDNIGHT = time(0)
_NOON, _EVENING = time(12), time(17)
_RATHER = {
    "morning": Hours(EVERY_DAY, _MIDNIGHT, _NOON),
    "afternoon": Hours(EVERY_DAY, _NOON, _EVENING),
    "evening": Hours(EVERY_DAY, _EVENING, _MIDNIGHT),
}
HALF_HOURS = tuple(f"{hour:02}:{minute:02}" for hour in range(7, 22) for minute in (0, 30))


class WhenForm(PlainForm):
    """Hours, days, therapist: all of it may be left as it is."""

    sessions = forms.TypedChoiceField(
        label=_("How many sessions?"), coerce=int, required=False, empty_value=None
    )
    earliest = forms.ChoiceField(label=_("I can come from"), required=False)
    latest = forms.ChoiceField(label=_("I must be done by"), required=False)
    days_not = forms.TypedMultipleChoiceField(
        label=_("Days on which I cannot come"),
        choices=[(str(number), name) for number, name in WEEKDAYS.items()],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    rather = forms.ChoiceField(
        label=_("I would rather come"),
        choices=[
            ("", _("at any time")),
            ("morning", _("before 12:00")),
            ("afternoon", _("between 12:00 and 17:00")),
            ("evening", _("after 17:00")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    therapist = forms.ChoiceField(label=_("Therapist"), required=False)
    same = forms.ChoiceField(
        label=_("The same therapist every time?"),
        choices=[
            (Continuity.IF_POSSIBLE.value, _("If possible")),
            (Continuity.MUST.value, _("Yes, always")),
            (Continuity.ANY.value, _("It does not matter")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    sooner = forms.BooleanField(label=_("I would rather be done sooner"), required=False)
    not_before = forms.DateField(
        label=_("Not before this day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as year-month-day, for example 2026-11-20.")},
    )
    place = forms.ChoiceField(label=_("Where?"), required=False)

    def __init__(self, data: Any = None, *, plan: CoursePlan, offered: PracticeView, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["sessions"].choices = [  # type: ignore[attr-defined]
            (str(number), str(number)) for number in range(plan.sessions, plan.sessions_min - 1, -1)
        ]
        clocks = [(clock, clock) for clock in HALF_HOURS]
        self.fields["earliest"].choices = [("", _("the opening")), *clocks]  # type: ignore[attr-defined]
        self.fields["latest"].choices = [("", _("the closing")), *clocks]  # type: ignore[attr-defined]
        self.fields["therapist"].choices = [  # type: ignore[attr-defined]
            ("", _("Anyone")),
            *((one.code, one.name) for one in offered.therapists),
        ]
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", _("Any of our places")),
            *((one.code, one.name) for one in offered.locations),
        ]

    def clean(self) -> dict[str, Any]:
        """Hours in order, and a day of the week left."""
        cleaned: dict[str, Any] = super().clean() or {}
        earliest, latest = cleaned.get("earliest"), cleaned.get("latest")
        if earliest and latest and earliest >= latest:
            self.add_error(
                "latest", _("This is not after the time from which you can come. Choose a later one.")
            )
        if len(cleaned.get("days_not", ())) == len(WEEKDAYS):
            self.add_error("days_not", _("No day is left. Leave at least one day open."))
        return cleaned

    def said(self) -> dict[str, Any]:
        """What was said, as the session keeps it."""
        cleaned = self.cleaned_data
        not_before = cleaned.get("not_before")
        return {**cleaned, "not_before": not_before.isoformat() if not_before else ""}


def wishes_of(said: dict[str, Any]) -> CourseWishes:
    """What the form said, as wishes of the search."""
    never = [Hours(frozenset({day}), _MIDNIGHT, _MIDNIGHT) for day in said.get("days_not") or ()]
    if said.get("earliest"):
        never.append(Hours(EVERY_DAY, _MIDNIGHT, time.fromisoformat(said["earliest"])))
    if said.get("latest"):
        never.append(Hours(EVERY_DAY, time.fromisoformat(said["latest"]), _MIDNIGHT))
    rather = _RATHER.get(said.get("rather") or "")
    not_before = said.get("not_before")
    return CourseWishes(
        never=tuple(never),
        rather=(rather,) if rather else (),
        therapist_code=said.get("therapist") or None,
        same=Continuity(said.get("same") or Continuity.IF_POSSIBLE.value),
        sooner=bool(said.get("sooner")),
        not_before=date.fromisoformat(not_before) if not_before else None,
        location_code=said.get("place") or None,
    )


def without_hours(said: dict[str, Any], hours: Hours) -> dict[str, Any]:
    """What was said, but for the one thing that these hours came from."""
    if hours.starts == hours.ends:
        return {**said, "days_not": [day for day in said.get("days_not") or () if day not in hours.weekdays]}
    return {**said, ("latest" if hours.ends == _MIDNIGHT else "earliest"): ""}
