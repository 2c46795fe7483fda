"""One appointment as the therapist needs it: who, where it hurts, what was concluded, what to mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from unpinch.clinical import knowledge
from unpinch.gateways.clock import SYSTEM_CLOCK
from unpinch.services import practice, relief, session_after, session_check
from unpinch.web.callers import for_staff
from unpinch.web.private import private
from unpinch.web.public.doctor import HOW
from unpinch.web.public.standing import doctors_word
from unpinch.web.public.stored_report import report_of
from unpinch.web.therapist.staff import desk

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller


@require_safe
@private
@for_staff
def appointment(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """The appointment with its intake. The service writes down who read it."""
    shown = desk(request, caller)
    session = practice.session_for_staff(number, caller)
    course_id = session.course_id
    context = {
        "desk": shown,
        "session": session,
        "report": report_of(session.stored, knowledge.load()) if session.stored else None,
        "doctor": doctors_word(session.stored) if session.stored else None,
        "check": session_check.last_of(number),
        "check_stopped": session_check.is_stopped(number),
        "is_treating": shown.is_own and not session.appointment.is_cancelled,
        "day_after": session_after.last_of(number),
        "review_due": course_id is not None and relief.due(course_id, now=SYSTEM_CLOCK.now()) is not None,
        "can_ask": session_check.can_ask(number, caller),
        "how": dict(HOW).get(session.agreement.how, "") if session.agreement else "",
    }
    return render(request, "web/therapist/appointment.html", context)
