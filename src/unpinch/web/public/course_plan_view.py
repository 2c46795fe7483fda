"""A plan as a page shows it: plain words, each line with how sure it is and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from unpinch.web.public import course_words, words

if TYPE_CHECKING:
    from unpinch.clinical.course import CoursePlan
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import Source


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that the plan says, and how sure it is."""

    name: str
    said: str
    sure: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PlanView:
    """Everything the plan page shows."""

    headline: str
    lines: tuple[Line, ...]
    steps: tuple[tuple[str, str, int], ...]
    targets: tuple[str, ...]
    avoid: tuple[str, ...]
    rules: tuple[str, ...]
    stop: str
    sources: tuple[Source, ...]
    version: str
    is_checked: bool


def plan_lines(plan: CoursePlan, kb: Knowledge) -> PlanView:
    """A plan in words."""
    name, detail = course_words.MASSAGES[plan.massage_type]
    sure = course_words.how_sure(plan.kind)
    spacing = kb.spacing[plan.per_week]
    rules = [rule for rule in plan.review_rules if rule.text]
    lines = (
        Line(_("Kind of massage"), str(name), sure, str(detail)),
        Line(_("How hard"), _pressure(plan), sure, _("You say “less” or “more” at any time.")),
        Line(_("How long"), _("%(minutes)s minutes each time") % {"minutes": plan.minutes_each}, sure),
        Line(_("How many"), _sessions(plan), sure),
        Line(_("How often"), _gaps(plan), course_words.how_sure(spacing.kind)),
        Line(
            _("Looking back"),
            _("After session %(number)s we look at how you are.") % {"number": plan.review_after},
            course_words.how_sure(rules[0].kind if rules else plan.kind),
            _("The sessions after it are kept for you, and given back if massage does not help."),
        ),
        *((Line(_("At home"), plan.home_care, sure),) if plan.home_care else ()),
    )
    return PlanView(
        headline=str(name),
        lines=lines,
        steps=tuple((step.name, step.plain_description, step.minutes) for step in plan.techniques),
        targets=tuple(dict.fromkeys(target.plain_name for target in plan.targets)),
        avoid=_avoided(plan, kb),
        rules=tuple(rule.text for rule in rules),
        stop=plan.stop_rule,
        sources=tuple(kb.sources[code] for code in plan.source_ids if code in kb.sources),
        version=plan.knowledge_version,
        is_checked=plan.verified,
    )


def _avoided(plan: CoursePlan, kb: Knowledge) -> tuple[str, ...]:
    """Places and small spots that are left alone, by name."""
    names = words.names_of_regions(kb)
    sites = (kb.sites[code].name for code in plan.avoid_sites if code in kb.sites)
    return tuple(dict.fromkeys([*(names.get(code, code) for code in plan.avoid_regions), *sites]))


def _pressure(plan: CoursePlan) -> str:
    start = course_words.PRESSURES[plan.pressure_start]
    if plan.pressure_start == plan.pressure_ceiling:
        return _("%(start)s, and never harder") % {"start": start}
    return _("from %(start)s up to %(most)s, and never harder") % {
        "start": start,
        "most": course_words.PRESSURES[plan.pressure_ceiling],
    }


def _sessions(plan: CoursePlan) -> str:
    if plan.sessions_min == plan.sessions:
        return ngettext("%(count)s session", "%(count)s sessions", plan.sessions) % {"count": plan.sessions}
    return _("%(fewest)s to %(most)s sessions") % {"fewest": plan.sessions_min, "most": plan.sessions}


def _gaps(plan: CoursePlan) -> str:
    often = ngettext("%(count)s time a week", "%(count)s times a week", plan.per_week) % {
        "count": plan.per_week
    }
    if plan.per_week == 1:
        often = _("once a week")
    return _("%(often)s: %(fewest)s to %(most)s days from one to the next") % {
        "often": often,
        "fewest": plan.gap_min_days,
        "most": plan.gap_max_days,
    }
