"""The outbox for the desk: what was sent, what waits, and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from unpinch.services import outbox_view
from unpinch.services.outcomes import Refused
from unpinch.web.callers import for_desk
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller

_LONGEST_NUMBER = 15
_STATES = (
    ("", gettext_lazy("All")),
    ("waiting", gettext_lazy("Waiting")),
    ("failed", gettext_lazy("Given up")),
    ("uncertain", gettext_lazy("Perhaps sent")),
    ("sent", gettext_lazy("Sent")),
    ("dropped", gettext_lazy("No longer needed")),
)


@require_safe
@private
@for_desk
def outbox(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The messages, the newest first; of one state or one appointment, if asked for."""
    state = request.GET.get("state", "")
    appointment = _number(request.GET.get("appointment", ""))
    found = outbox_view.look(
        caller, state=state, appointment_id=appointment, before=_number(request.GET.get("before", ""))
    )
    context = {
        "caller": caller,
        "here": "outbox",
        "outbox": found,
        "states": _STATES,
        "state": state,
        "appointment": appointment,
    }
    return render(request, "web/desk/outbox.html", context)


@require_POST
@private
@for_desk
def again(request: HttpRequest, caller: Caller, number: int) -> HttpResponse:
    """Try a message again."""
    outcome = outbox_view.try_again(caller, number)
    if isinstance(outcome, Refused):
        messages.warning(request, outcome.reason)
    else:
        messages.success(request, _("It is sent again within a minute."))
    return redirect("outbox")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None
