"""The therapist's day and week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from unpinch.services import practice
from unpinch.web.callers import for_staff
from unpinch.web.private import private
from unpinch.web.therapist.staff import desk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller

_FIRST_YEAR, _LAST_YEAR = 1970, 2999


@require_safe
@private
@for_staff
def today(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The appointments of today. While nobody gives massage yet, an owner is led to the set-up."""
    if caller.is_owner and not practice.current_practice().therapists:
        return redirect("practice")
    shown = desk(request, caller)
    context = {"desk": shown, "day": practice.therapist_today(shown.therapist_id)}
    return render(request, "web/therapist/today.html", context)


@require_safe
@private
@for_staff
def week(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Seven days from today, or from the day asked for."""
    shown = desk(request, caller)
    days = practice.therapist_days(shown.therapist_id, first_day=_day(request.GET.get("from", "")))
    context = {
        "desk": shown,
        "days": days,
        "earlier": days[0].day - timedelta(days=7),
        "later": days[0].day + timedelta(days=7),
    }
    return render(request, "web/therapist/week.html", context)


def _day(text: str) -> date | None:
    """The day asked for; None, which is today, for what is no day or lies outside any practice's books."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None
