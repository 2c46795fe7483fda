"""The form in which a doctor's answer is written, by the doctor or by staff who heard it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unpinch.clinical.course import CoursePlan
from unpinch.clinical.doctors_word import LONGEST_TEXT, DoctorsWord, dump_word, parse_word
from unpinch.clinical.values import Choice
from unpinch.kernel.body_chart import all_marks
from unpinch.kernel.errors import InputError
from unpinch.web.forms import PlainForm
from unpinch.web.public import chart, check, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

    from unpinch.clinical.course import NoPlan
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.web.public.chart import ChartField

_UNDATED = ("physiotherapy-exercise", "splint")
_DATE = {"type": "date"}
_FIELD_OF = {"pressure_ceiling": "ceiling", "sessions_max": "sessions", "care": None}


class WordForm(PlainForm):
    """Everything but the regions, which are marked on the chart, and the treatments, which are a list."""

    by_name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Write your name: it stands for your signature.")},
    )
    note = forms.CharField(
        label=gettext_lazy("A note to the therapist (if you wish)"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    ceiling = forms.ChoiceField(
        label=gettext_lazy("Pressure at most"), required=False, widget=forms.RadioSelect
    )
    techniques = forms.MultipleChoiceField(
        label=gettext_lazy("Leave out"), required=False, widget=forms.CheckboxSelectMultiple
    )
    sessions = forms.IntegerField(
        label=gettext_lazy("Sessions at most"), required=False, min_value=1, max_value=60
    )
    wait_until = forms.DateField(
        label=gettext_lazy("Not before"),
        required=False,
        widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Not after"),
        required=False,
        widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
    )
    diagnosis = forms.CharField(label=gettext_lazy("Diagnosis"), max_length=LONGEST_TEXT, required=False)
    medicines = forms.CharField(label=gettext_lazy("Medicines"), max_length=LONGEST_TEXT, required=False)

    def __init__(self, *args: Any, kb: Knowledge, plan: CoursePlan | NoPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [(str(level), f"{level}: {row.name}") for level, row in sorted(kb.pressure_scale.items())]
        planned = [step.code for step in plan.techniques] if isinstance(plan, CoursePlan) else []
        known = planned or [code for code, row in kb.techniques.items() if row.massage_type != "other"]
        self._choices("ceiling", [("", _("No limit of mine")), *levels])
        self._choices("techniques", [(code, kb.techniques[code].name) for code in known])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def limits(self) -> tuple[Any, ...]:
        """The short fields of limits, in the order of the page."""
        return tuple(self[name] for name in ("sessions", "wait_until", "last_day"))


@dataclass(frozen=True, slots=True)
class CareLine:
    """One treatment of the doctor's own plan on the form: with a day, or a box to tick."""

    code: str
    name: str
    detail: str
    day: str
    place: str
    chosen: bool
    has_day: bool
    places: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole form as the page draws it."""

    form: WordForm
    chart: ChartField
    care: tuple[CareLine, ...]
    error: str
    is_limited: bool
    has_care: bool


def empty(kb: Knowledge, plan: CoursePlan | NoPlan, *, by_name: str, word: DoctorsWord | None) -> Sheet:
    """The form before anything is written, or with the answer given before."""
    given = dump_word(word) if word else {}
    initial = {
        "by_name": by_name,
        "ceiling": str(given.get("pressure_ceiling") or ""),
        "techniques": given.get("excluded_techniques") or [],
        "sessions": given.get("sessions_max"),
        **{name: given.get(name) for name in ("note", "wait_until", "last_day", "diagnosis", "medicines")},
    }
    form = WordForm(initial=initial, kb=kb, plan=plan)
    regions = set(given.get("avoid_regions") or ())
    care = {item["code"]: item for item in given.get("care") or ()}
    values = {f"care-{code}": "on" for code in care}
    for code, item in care.items():
        values[f"care-{code}-day"] = item["day"] or ""
        values[f"care-{code}-place"] = (item["regions"] or [""])[0]
    marks = tuple(str(mark) for mark in all_marks() if mark.region in regions)
    return _sheet(form, marks, values, kb)


def read(posted: QueryDict, kb: Knowledge, plan: CoursePlan | NoPlan) -> tuple[DoctorsWord, str] | Sheet:
    """The answer and the name under it; the form with its faults when something cannot be used."""
    form = WordForm(posted, kb=kb, plan=plan)
    marks = tuple(posted.getlist("mark"))
    values = {name: str(posted.get(name, "")) for name in posted if name.startswith("care-")}
    if not form.is_valid():
        return _sheet(form, marks, values, kb)
    try:
        word = parse_word(_raw(form.cleaned_data, posted, marks, values, kb), kb)
    except InputError as error:
        return faulty(posted, error, kb, plan)
    return word, form.cleaned_data["by_name"]


def again(posted: QueryDict, kb: Knowledge, plan: CoursePlan | NoPlan) -> Sheet:
    """The form as it was sent."""
    values = {name: str(posted.get(name, "")) for name in posted if name.startswith("care-")}
    return _sheet(WordForm(posted, kb=kb, plan=plan), tuple(posted.getlist("mark")), values, kb)


def faulty(posted: QueryDict, error: InputError, kb: Knowledge, plan: CoursePlan | NoPlan) -> Sheet:
    """The form as it was sent, with what a service found wrong with it."""
    form = WordForm(posted, kb=kb, plan=plan)
    field = _FIELD_OF.get(error.code, error.code)
    form.add_error(field if field in form.fields else None, error.message)
    values = {name: str(posted.get(name, "")) for name in posted if name.startswith("care-")}
    return _sheet(form, tuple(posted.getlist("mark")), values, kb)


def _raw(
    given: Mapping[str, Any],
    posted: QueryDict,
    marks: tuple[str, ...],
    values: Mapping[str, str],
    kb: Knowledge,
) -> dict[str, Any]:
    return {
        "say": posted.get("say"),
        "avoid_regions": list(dict.fromkeys(mark.region for mark in check.marks_from(list(marks)))),
        "pressure_ceiling": int(given["ceiling"]) if given["ceiling"] else None,
        "excluded_techniques": given["techniques"],
        "sessions_max": given["sessions"],
        "wait_until": given["wait_until"],
        "last_day": given["last_day"],
        "care": [
            {
                "code": line.code,
                "day": line.day or None,
                "regions": [line.place] if line.place else [],
            }
            for line in _care(values, kb)
            if line.chosen or line.day
        ],
        **{name: given[name] for name in ("diagnosis", "medicines", "note")},
    }


def _sheet(form: WordForm, marks: tuple[str, ...], values: Mapping[str, str], kb: Knowledge) -> Sheet:
    names = words.names_of_regions(kb)
    choices = [Choice(code, name) for code, name in names.items()]
    care = _care(values, kb)
    used = any(line.chosen or line.day for line in care)
    limits = ("ceiling", "techniques", "sessions", "wait_until", "last_day")
    return Sheet(
        form=form,
        chart=chart.chart_field(choices, set(check.marks_from(list(marks))), kb),
        care=care,
        error="; ".join(str(error) for error in form.non_field_errors()),
        is_limited=bool(marks) or any(form[name].value() for name in limits),
        has_care=used or any(form[name].value() for name in ("diagnosis", "medicines")),
    )


def _care(values: Mapping[str, str], kb: Knowledge) -> tuple[CareLine, ...]:
    names = words.names_of_regions(kb)
    places = tuple(Choice(code, name) for code, name in names.items())
    return tuple(
        CareLine(
            code=row.code,
            name=row.what_it_is,
            detail=row.region_limits if row.wait_days_before_massage else "",
            day=values.get(f"care-{row.code}-day", ""),
            place=values.get(f"care-{row.code}-place", ""),
            chosen=bool(values.get(f"care-{row.code}")),
            has_day=row.wait_days_before_massage > 0,
            places=places if row.regions == ("felt",) else (),
        )
        for row in kb.other_care.values()
        if row.wait_days_before_massage > 0 or row.code in _UNDATED
    )
