"""A course plan and a doctor's answer in words, for doctors, therapists and clients alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unpinch.clinical.course import CoursePlan
from unpinch.kernel.body_chart import all_marks
from unpinch.web.public import chart, words

if TYPE_CHECKING:
    from unpinch.clinical.course import NoPlan
    from unpinch.clinical.doctors_word import DoctorsWord
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Answers
    from unpinch.web.public.answer import Report

SAYS = {
    "yes": gettext_lazy("Yes"),
    "yes-with-limits": gettext_lazy("Yes, with limits"),
    "no": gettext_lazy("No"),
    "call": gettext_lazy("Please call me"),
}
_TYPES = {
    "swedish": gettext_lazy("Swedish massage"),
    "deep-tissue": gettext_lazy("Deep-tissue massage"),
    "other": gettext_lazy("Gentle work"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A fact: its name and its value."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class PlanTold:
    """A plan as lines; ``refusal`` stands in their place when there is none."""

    lines: tuple[Line, ...]
    stop_rule: str
    refusal: str


@dataclass(frozen=True, slots=True)
class WordTold:
    """An answer: the say, its limits and the doctor's own plan as lines, and the regions to avoid as pictures."""

    say: str
    code: str
    limits: tuple[Line, ...]
    care: tuple[Line, ...]
    note: str
    pictures: tuple[chart.Drawn, ...]


def who(answers: Answers) -> str:
    """Age and sex, in the words of a record."""
    sex = {"female": _("female"), "male": _("male")}.get(str(answers.get("sex")), "")
    age = answers.get("age")
    return ", ".join(part for part in (_("%(age)s years") % {"age": age} if age else "", sex) if part)


def further(report: Report, kb: Knowledge) -> tuple[words.Said, ...]:
    """The basics without age and sex, which :func:`who` tells."""
    told = {kb.findings[code].question for code in ("age", "sex")}
    return tuple(item for item in report.basics if item.question not in told)


def plan(planned: CoursePlan | NoPlan, kb: Knowledge) -> PlanTold:
    """What is planned, in a few lines."""
    if not isinstance(planned, CoursePlan):
        return PlanTold((), "", planned.reason)
    names = words.names_of_regions(kb)
    scale = kb.pressure_scale
    pressure = _("%(start)s (%(start_name)s) at first, %(top)s (%(top_name)s) at most, of 5") % {
        "start": planned.pressure_start,
        "start_name": scale[planned.pressure_start].name,
        "top": planned.pressure_ceiling,
        "top_name": scale[planned.pressure_ceiling].name,
    }
    sessions = _(
        "%(least)s to %(most)s, %(minutes)s minutes each, %(week)s a week; we look back after %(review)s"
    ) % {
        "least": planned.sessions_min,
        "most": planned.sessions,
        "minutes": planned.minutes_each,
        "week": planned.per_week,
        "review": planned.review_after,
    }
    lines = [
        Line(_("What"), str(_TYPES[planned.massage_type])),
        Line(_("Muscles"), ", ".join(target.name for target in planned.targets)),
        Line(_("How"), ", ".join(step.name.lower() for step in planned.techniques)),
        Line(_("Pressure"), pressure),
        Line(_("Sessions"), sessions),
    ]
    if planned.avoid_regions:
        lines.append(Line(_("Left alone"), ", ".join(names.get(r, r) for r in planned.avoid_regions)))
    return PlanTold(tuple(lines), planned.stop_rule, "")


def word(said: DoctorsWord, kb: Knowledge) -> WordTold:
    """A doctor's answer in words."""
    names = words.names_of_regions(kb)
    limits = []
    if said.avoid_regions:
        limits.append(Line(_("Leave alone"), ", ".join(names.get(r, r) for r in said.avoid_regions)))
    if said.pressure_ceiling is not None:
        level = kb.pressure_scale[said.pressure_ceiling]
        limits.append(Line(_("Pressure at most"), f"{said.pressure_ceiling} ({level.name})"))
    if said.excluded_techniques:
        text = ", ".join(kb.techniques[code].name for code in said.excluded_techniques)
        limits.append(Line(_("Leave out"), text))
    if said.sessions_max is not None:
        limits.append(Line(_("Sessions at most"), str(said.sessions_max)))
    if said.wait_until:
        limits.append(Line(_("Not before"), date_format(said.wait_until, "j F Y")))
    if said.last_day:
        limits.append(Line(_("Not after"), date_format(said.last_day, "j F Y")))
    marks = {mark for mark in all_marks() if mark.region in said.avoid_regions}
    return WordTold(
        say=str(SAYS[said.say]),
        code=said.say,
        limits=tuple(limits),
        care=_care(said, kb, names),
        note=said.note,
        pictures=chart.marked_pictures(marks, names),
    )


def _care(said: DoctorsWord, kb: Knowledge, names: dict[str, str]) -> tuple[Line, ...]:
    lines = []
    if said.diagnosis:
        lines.append(Line(_("Diagnosis"), said.diagnosis))
    for care in said.care:
        where = ", ".join(names.get(region, region) for region in care.regions)
        when = date_format(care.day, "j F Y") if care.day else _("yes")
        lines.append(Line(kb.other_care[care.code].what_it_is, f"{when}, {where}" if where else when))
    if said.medicines:
        lines.append(Line(_("Medicines"), said.medicines))
    return tuple(lines)
