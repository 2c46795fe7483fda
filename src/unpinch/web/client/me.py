"""A client's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from unpinch.services import own_appointments
from unpinch.web.callers import for_callers
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller


@require_safe
@private
@for_callers
def me(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The client's appointments, those to come first, and the courses with how they are going."""
    if caller.is_staff and caller.client_id is None:
        return redirect("today")
    own = own_appointments.appointments_of(caller.client_id) if caller.client_id else ()
    context = {
        "caller": caller,
        "courses": own_appointments.courses_of(caller.client_id) if caller.client_id else (),
        "coming": [one for one in reversed(own) if not one.is_over],
        "past": [one for one in own if one.is_over],
    }
    return render(request, "web/client/me.html", context)
