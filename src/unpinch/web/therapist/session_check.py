"""The same check on the therapist's screen: for a client who has not answered, or to ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from unpinch.clinical import knowledge
from unpinch.services import session_check
from unpinch.services.outcomes import Refused
from unpinch.web.callers import for_staff
from unpinch.web.private import private
from unpinch.web.session import check_form

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_staff
def ask(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Ask the client, or keep what they said."""
    sheet = session_check.sheet_for(number, caller)
    if isinstance(sheet, Refused):
        return _back(request, number, sheet)
    page = check_form.empty(sheet)
    if request.method == "POST":
        read = check_form.read(request.POST, sheet, knowledge.load())
        if read.command is not None:
            outcome = session_check.ask(number, read.command, caller)
            if isinstance(outcome, Refused):
                return _back(request, number, outcome)
        if read.page is None:
            return redirect("session", number=number)
        page = read.page
    context = {"page": page, "appointment": sheet.appointment, "number": number}
    return render(request, "web/session/ask.html", context, status=422 if page.has_errors else 200)


def _back(request: HttpRequest, number: int, refused: Refused) -> HttpResponse:
    messages.warning(request, refused.reason)
    return redirect("session", number=number)
