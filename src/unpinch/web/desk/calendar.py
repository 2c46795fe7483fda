"""The calendar: a day of everybody, or a week of one, by therapist or by room."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from unpinch.services import desk as desk_service
from unpinch.services import practice, staff_calendar
from unpinch.services.staff_calendar import CalendarQuery
from unpinch.web.asked import asked_day
from unpinch.web.callers import for_desk, for_staff
from unpinch.web.context import local_now
from unpinch.web.desk import boxes
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller
    from unpinch.services.staff_calendar import By

_DAY = timedelta(days=1)


@require_safe
@private
@for_staff
def calendar(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Day or week; what it shows stands in the address, so a link to it can be kept."""
    if caller.is_owner and not practice.current_practice().therapists:
        return redirect("practice")
    by: By = "room" if request.GET.get("by") == "room" and caller.is_at_desk else "therapist"
    is_week = request.GET.get("view") == "week"
    today = local_now().date()
    day = asked_day(request.GET.get("day", "")) or today
    only = int(request.GET["only"]) if request.GET.get("only", "").isdecimal() else None
    if is_week:
        day -= timedelta(days=day.weekday())
        if only is None:
            only = _first(caller, by)
    query = CalendarQuery(day, 7 if is_week else 1, by, only)
    found = staff_calendar.calendar(caller, query)
    frame = boxes.window(found)
    columns = [column for one in found.days for column in boxes.shown(found, one, frame)]
    step = 7 if is_week else 1
    base = {"by": by, "view": "week" if is_week else "day", **({"only": only} if only else {})}
    context = {
        "caller": caller,
        "here": "calendar",
        "calendar": found,
        "columns": columns,
        "frame": frame,
        "is_week": is_week,
        "by": by,
        "day": day,
        "only": only,
        "today": today,
        "earlier": urlencode({**base, "day": (day - step * _DAY).isoformat()}),
        "later": urlencode({**base, "day": (day + step * _DAY).isoformat()}),
        "now_query": urlencode({**base, "day": today.isoformat()}),
        "other_view": urlencode({"by": by, "view": "day" if is_week else "week", "day": day.isoformat()}),
        "other_by": urlencode(
            {"by": "therapist" if by == "room" else "room", "view": base["view"], "day": day.isoformat()}
        ),
        "last_day": day + 6 * _DAY,
    }
    return render(request, "web/desk/calendar.html", context)


@require_safe
@private
@for_desk
def waiting(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Who waits for a place."""
    context = {"caller": caller, "here": "waitlist", "waiting": desk_service.waiting(caller)}
    return render(request, "web/desk/waitlist.html", context)


def _first(caller: Caller, by: By) -> int | None:
    """Whose week is shown when nobody is named: one's own, or the first of the list."""
    if by == "therapist" and caller.therapist_id is not None:
        return caller.therapist_id
    choices = staff_calendar.choices(caller, by)
    return choices[0][0] if choices else None
