"""The therapist's day and week."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from unpinch.services import practice, relief_due, session_check
from unpinch.web.asked import asked_day
from unpinch.web.callers import for_staff
from unpinch.web.private import private
from unpinch.web.therapist.staff import desk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller


@require_safe
@private
@for_staff
def today(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The appointments of today. While nobody gives massage yet, an owner is led to the set-up."""
    if caller.is_owner and not practice.current_practice().therapists:
        return redirect("practice")
    shown = desk(request, caller)
    day = practice.therapist_today(shown.therapist_id)
    checks = session_check.states_of(one.id for one in day.appointments)
    context = {
        "desk": shown,
        "day": day,
        "checked": [key for key, state in checks.items() if state == "clear"],
        "unclear": [key for key, state in checks.items() if state == "open"],
        "stopped": [key for key, state in checks.items() if state == "stop"],
        "reviews": relief_due.of_therapist(shown.therapist_id, caller),
    }
    return render(request, "web/therapist/today.html", context)


@require_safe
@private
@for_staff
def week(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Seven days from today, or from the day asked for."""
    shown = desk(request, caller)
    days = practice.therapist_days(shown.therapist_id, first_day=asked_day(request.GET.get("from", "")))
    context = {
        "desk": shown,
        "days": days,
        "earlier": days[0].day - timedelta(days=7),
        "later": days[0].day + timedelta(days=7),
    }
    return render(request, "web/therapist/week.html", context)
