"""The dates of a course: the best series with its reasons and the others; fixing and swapping single sessions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from unpinch.kernel.errors import NotFoundError
from unpinch.scheduling.course_search import Continuity, RelaxationKind
from unpinch.services import course, practice
from unpinch.services.course import Chosen, NoTimes, Offer, ProposedSeries
from unpinch.services.outcomes import Refused
from unpinch.web.private import private
from unpinch.web.public import course_grid, course_state, course_words
from unpinch.web.public.course_form import without_hours

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from unpinch.services.course import OtherTime, RelaxationView
    from unpinch.services.practice import LocationView, PracticeView
    from unpinch.web.public.course_state import CourseDraft

_FAULTY = 422
_TIMES_A_DAY = 12


@dataclass(frozen=True, slots=True)
class Advice:
    """Something to give up, with the course it would lead to and the number of its button."""

    number: int
    words: str
    series: ProposedSeries


@dataclass(frozen=True, slots=True)
class Row:
    """One time with what its button sends."""

    time: OtherTime
    value: str


@dataclass(frozen=True, slots=True)
class Day:
    """The times of one day; ``is_best`` when nothing costs less than one of them."""

    day: date
    rows: tuple[Row, ...]
    is_best: bool


@require_http_methods(["GET", "HEAD", "POST"])
@private
def dates(request: HttpRequest) -> HttpResponse:
    """The proposed course, its reasons and the others; fixing and swapping single sessions."""
    draft = course_state.of_request(request)
    if isinstance(draft, str):
        return redirect(draft)
    offered = practice.current_practice()
    found = _proposed(draft, offered)
    if isinstance(found, Refused):
        return render(request, "web/public/course/refused.html", {"refused": found}, status=_FAULTY)
    if request.method == "POST":
        return _act(request, draft, found)
    if isinstance(found, NoTimes):
        context: dict[str, Any] = {"advice": _advice(found), "plan": found.plan}
        return render(request, "web/public/course/no_dates.html", context)
    wished = {one.code: one.name for one in offered.therapists}.get(draft.when.get("therapist") or "", "")
    context = {
        "offer": found,
        "shown": _shown(found.series),
        "weeks": course_grid.weeks(found.series.sessions),
        "trades": [course_words.trade(trade, found) for trade in found.trades],
        "others": [_shown(series) for series in found.alternatives],
        "not_with": wished if wished and wished not in found.series.therapists else "",
        "place": place_of(offered, found.series.location_code),
        "pins": bool(draft.pins or draft.excluded),
    }
    return render(request, "web/public/course/dates.html", context)


@require_safe
@private
def swap(request: HttpRequest, number: int) -> HttpResponse:
    """Every time that one session could have; the buttons fix it there."""
    draft = course_state.of_request(request)
    if isinstance(draft, str):
        return redirect(draft)
    offered = practice.current_practice()
    found = _proposed(draft, offered)
    if not isinstance(found, Offer):
        return redirect("course-dates")
    if number > len(found.series.sessions):
        raise Http404
    # One course is at one place: times elsewhere would move all of it.
    asked = draft.question(offered.id)
    wishes = replace(asked.wishes, location_code=found.series.location_code)
    times = course.other_times(replace(asked, wishes=wishes), number)
    if isinstance(times, Refused):
        return redirect("course-dates")
    now = found.series.sessions[number - 1]
    context = {"number": number, "days": _by_day(times, number), "now": now}
    return render(request, "web/public/course/swap.html", context)


def _proposed(draft: CourseDraft, offered: PracticeView) -> Offer | NoTimes | Refused:
    try:
        return course.propose(draft.question(offered.id))
    except NotFoundError:
        return Refused("answers-outdated", _("Your answers are not kept here any more. Please start again."))


def _act(request: HttpRequest, draft: CourseDraft, found: Offer | NoTimes) -> HttpResponse:
    """What a button of the dates page asks for."""
    said = request.POST
    try:
        if isinstance(found, NoTimes):
            draft = _relaxed(draft, found.relaxations[int(said["relax"])])
        elif "book" in said:
            course_state.write(request, draft.with_series(found.series))
            return redirect("course-details")
        elif "instead" in said:
            draft = replace(
                draft, pins=course_state.chosen_in(found.alternatives[int(said["instead"])]), excluded=()
            )
        elif "fix" in said:
            draft = draft.pinned(course_state.chosen_of(said["fix"]))
        elif "unfix" in said:
            draft = draft.unpinned(int(said["unfix"]))
        elif "out" in said:
            draft = draft.without(course_state.chosen_of(said["out"]))
        elif "forget" in said:
            draft = replace(draft, pins=(), excluded=())
    except (ValueError, IndexError, KeyError):
        return redirect("course-dates")
    course_state.write(request, draft)
    return redirect("course-dates")


def _relaxed(draft: CourseDraft, given: RelaxationView) -> CourseDraft:
    """A draft without what stands in the way."""
    when = draft.when
    match given.kind:
        case RelaxationKind.PINS:
            return replace(draft, pins=(), excluded=())
        case RelaxationKind.SAME_THERAPIST:
            return replace(draft, when={**when, "same": Continuity.IF_POSSIBLE.value})
        case RelaxationKind.FEWER_SESSIONS:
            return replace(draft, when={**when, "sessions": len(given.series.sessions)})
        case RelaxationKind.HOURS:
            assert given.hours is not None
            return replace(draft, when=without_hours(when, given.hours))
        case RelaxationKind.ALL_WISHES:
            kept = {"sessions": when.get("sessions"), "not_before": when.get("not_before")}
            return replace(draft, when=kept, pins=(), excluded=())


def _advice(found: NoTimes) -> tuple[Advice, ...]:
    return tuple(
        Advice(number, course_words.relaxation(given), given.series)
        for number, given in enumerate(found.relaxations)
    )


def _shown(series: ProposedSeries) -> dict[str, Any]:
    """A series with what its buttons send."""
    rows = [
        {"session": one, "value": course_state.value_of(chosen)}
        for one, chosen in zip(series.sessions, course_state.chosen_in(series), strict=True)
    ]
    return {"series": series, "rows": rows}


def _by_day(times: tuple[OtherTime, ...], number: int) -> list[Day]:
    """The times of each day in order: the ones that cost least, where there are many."""
    days = []
    for day, group in groupby(times, key=lambda time: time.starts.date()):
        cheapest = sorted(group, key=lambda time: time.costs_more)[:_TIMES_A_DAY]
        rows = tuple(
            Row(time, course_state.value_of(Chosen(number, time.starts, time.therapist_code)))
            for time in sorted(cheapest, key=lambda time: time.starts)
        )
        days.append(Day(day, rows, any(not time.costs_more for time in cheapest)))
    return days


def place_of(offered: PracticeView, code: str) -> LocationView | None:
    """The place behind a code."""
    return next((place for place in offered.locations if place.code == code), None)
