"""How the pages say what a course trades for what, what stands in the way, and how sure a plan is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.dateformat import format as date_format
from django.utils.dates import WEEKDAYS
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from unpinch.scheduling.course_search import RelaxationKind, TradeKind

if TYPE_CHECKING:
    from datetime import date

    from unpinch.scheduling.course_search import Hours
    from unpinch.services.course import Offer, ProposedSeries, RelaxationView, TradeView

MASSAGES = {
    "swedish": (
        gettext_lazy("Swedish massage"),
        gettext_lazy("Light to medium pressure, long gliding strokes, gentle stretching."),
    ),
    "deep-tissue": (
        gettext_lazy("Deep tissue massage"),
        gettext_lazy("Firmer pressure, long slow strokes, kneading, short strokes across the muscle."),
    ),
    "other": (gettext_lazy("Massage made for your trouble"), gettext_lazy("Your therapist explains it.")),
}
HOW_SURE = {
    "trial": gettext_lazy("tested in a study"),
    "guideline": gettext_lazy("from a guideline"),
    "expert": gettext_lazy("what experts hold right"),
    "measured": gettext_lazy("measured in studies"),
    "estimate": gettext_lazy("an estimate"),
}
PRESSURES = {
    1: gettext_lazy("very light"),
    2: gettext_lazy("light"),
    3: gettext_lazy("medium"),
    4: gettext_lazy("firm"),
    5: gettext_lazy("very firm"),
}


def how_sure(kind: str) -> str:
    """Where a line of a plan comes from, in a few words."""
    return str(HOW_SURE.get(kind, HOW_SURE["estimate"]))


def day(when: date) -> str:
    """A day as people say it."""
    return date_format(when, "l j F")


def trade(given: TradeView, offer: Offer) -> str:
    """Why the proposed course is as it is: one sentence about one trade."""
    match given.kind:
        case TradeKind.OTHER_THERAPIST:
            return _other_therapist(given, offer)
        case TradeKind.DISLIKED_HOURS:
            said = _("%(sessions)s outside the hours you would rather have") % {"sessions": _are(given)}
            return _because(said, given, offer, _("no whole course fits into those hours"))
        case TradeKind.UNEVEN_GAPS:
            ideal = offer.plan.gap_ideal_days
            said = ngettext(
                "The days between your sessions are not always %(days)s",
                "The days between your sessions are not always %(days)s",
                ideal,
            ) % {"days": ideal}
            return _because(said, given, offer, _("no course with just that gap each time is free"))
        case TradeKind.LATER_END:
            assert given.instead is not None
            return ngettext(
                "You could be done %(days)s day sooner, on %(end)s, but then %(price)s.",
                "You could be done %(days)s days sooner, on %(end)s, but then %(price)s.",
                -given.days_later,
            ) % {
                "days": -given.days_later,
                "end": day(given.instead.last_day),
                "price": _price(given.instead, offer),
            }


def relaxation(given: RelaxationView) -> str:
    """What to give up so that there is a course, as something to do."""
    match given.kind:
        case RelaxationKind.PINS:
            return _("Let the sessions move that you fixed or swapped")
        case RelaxationKind.SAME_THERAPIST:
            return _("Come to more than one therapist")
        case RelaxationKind.FEWER_SESSIONS:
            return _("Start with %(count)s sessions") % {"count": len(given.series.sessions)}
        case RelaxationKind.ALL_WISHES:
            return _("Come at any time, to any therapist")
        case RelaxationKind.HOURS:
            assert given.hours is not None
            return _hours(given.hours)


def _hours(hours: Hours) -> str:
    if hours.starts == hours.ends:
        names = [str(WEEKDAYS[number]) for number in sorted(hours.weekdays)]
        return _("Come on %(days)s too") % {"days": get_text_list(names, _("and"))}
    if hours.starts.hour == hours.starts.minute == 0:
        return _("Come before %(clock)s too") % {"clock": f"{hours.ends:%H:%M}"}
    return _("Stay until after %(clock)s too") % {"clock": f"{hours.starts:%H:%M}"}


def _other_therapist(given: TradeView, offer: Offer) -> str:
    lead = offer.series.lead
    others = dict.fromkeys(one.therapist for one in offer.series.sessions if one.number in given.sessions)
    said = _("%(sessions)s with %(others)s") % {
        "sessions": _are(given),
        "others": get_text_list(list(others), _("and")),
    }
    return _because(
        said, given, offer, _("%(lead)s is not free for all of them, and nobody else is") % {"lead": lead}
    )


def _because(said: str, given: TradeView, offer: Offer, none: str) -> str:
    if given.instead is None:
        return _("%(said)s, because %(reason)s.") % {"said": said, "reason": none}
    return _("%(said)s, because otherwise %(price)s.") % {"said": said, "price": _price(given.instead, offer)}


def _are(given: TradeView) -> str:
    numbers = get_text_list([str(number) for number in given.sessions], _("and"))
    return ngettext("Session %(numbers)s is", "Sessions %(numbers)s are", len(given.sessions)) % {
        "numbers": numbers
    }


def _price(instead: ProposedSeries, offer: Offer) -> str:
    """In what the other course is worse than the proposed one."""
    best, ideal, found = offer.series, offer.plan.gap_ideal_days, []
    later = (instead.last_day - best.last_day).days
    if later > 0:
        found.append(
            ngettext(
                "you would be done %(days)s day later, on %(end)s",
                "you would be done %(days)s days later, on %(end)s",
                later,
            )
            % {"days": later, "end": day(instead.last_day)}
        )
    more = _with_others(instead) - _with_others(best)
    if more > 0:
        found.append(
            ngettext(
                "%(count)s more session would be with somebody else",
                "%(count)s more sessions would be with somebody else",
                more,
            )
            % {"count": more}
        )
    disliked = _disliked(instead) - _disliked(best)
    if disliked > 0:
        found.append(
            ngettext(
                "%(count)s more session would be outside the hours you would rather have",
                "%(count)s more sessions would be outside the hours you would rather have",
                disliked,
            )
            % {"count": disliked}
        )
    if _uneven(instead, ideal) > _uneven(best, ideal):
        found.append(_("the sessions would be spaced less well"))
    return get_text_list(found, _("and")) if found else _("there would be pauses that nobody else could use")


def _with_others(series: ProposedSeries) -> int:
    return sum(one.therapist != series.lead for one in series.sessions) if series.lead else 0


def _disliked(series: ProposedSeries) -> int:
    return sum(not one.is_liked for one in series.sessions)


def _uneven(series: ProposedSeries, ideal: int) -> int:
    return sum(abs(gap - ideal) for gap in series.gaps)
