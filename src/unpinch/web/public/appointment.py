"""The page of one appointment, reached by the secret of its link alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from unpinch.services import access, account, booking, money, session_check
from unpinch.services.outcomes import Refused
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
@private
def appointment(request: HttpRequest, token: str) -> HttpResponse:
    """When and where; the calendar file; cancelling."""
    found = booking.find(token)
    context = {
        "appointment": found,
        "token": token,
        "can_keep": _can_keep(request),
        "money": money.of_appointment_id(found.id),
        "check_token": session_check.token_today(token),
    }
    return render(request, "web/public/appointment.html", context)


@require_safe
@private
def calendar(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001 - every view takes it
    """The appointment as a file for the person's calendar."""
    response = HttpResponse(booking.calendar_file(token), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


@require_POST
@private
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Give the appointment back."""
    outcome = booking.cancel(token)
    if isinstance(outcome, Refused):
        messages.warning(request, outcome.reason)
    elif outcome.was_already:
        messages.info(request, _("It was cancelled before."))
    else:
        messages.success(request, _("Your appointment is cancelled. We have sent you an e-mail."))
    return redirect("appointment", token=token)


def _can_keep(request: HttpRequest) -> bool:
    """Whether whoever is logged in has bookings that were made without the account."""
    if not request.user.is_authenticated:
        return False
    return account.can_claim(access.caller(request.user.pk))
