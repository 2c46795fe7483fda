"""Sessions that a closure, time off or new hours have hit: new times for all of them at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from unpinch.services import disruptions
from unpinch.services.disruptions import Changed, Move
from unpinch.services.outcomes import Refused
from unpinch.services.place import Wish
from unpinch.web.callers import for_desk
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller


@require_http_methods(["GET", "HEAD", "POST"])
@private
@for_desk
def hit(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What was hit, with the best new times for all; ticked ones are moved together or not at all."""
    if request.method == "POST":
        moves = [move for text in request.POST.getlist("move") if (move := _move(text)) is not None]
        outcome = disruptions.apply(caller, moves) if moves else ()
        if isinstance(outcome, Changed):
            messages.warning(
                request, _("A place was taken meanwhile, so nothing was moved. Here are other times.")
            )
        elif isinstance(outcome, Refused):
            messages.warning(request, outcome.reason)
        elif outcome:
            said = ngettext(
                "%(n)s session is moved, and the client is told by e-mail.",
                "%(n)s sessions are moved, and the clients are told by e-mail.",
                len(outcome),
            )
            messages.success(request, said % {"n": len(outcome)})
        return redirect("hit")
    found = disruptions.propose(caller)
    rows = [
        (
            one,
            f"{one.appointment.id}|{one.to.starts.isoformat()}|{one.to.location_code}|{one.to.therapist_code}",
        )
        for one in found.moves
    ]
    context = {"caller": caller, "here": "calendar", "rows": rows, "found": found}
    return render(request, "web/desk/hit.html", context)


def tell_of_hits(request: HttpRequest, caller: Caller) -> None:
    """After a change of hours or days: say so when it has hit sessions, and where to mend it."""
    count = len(disruptions.hit(caller))
    if count:
        said = ngettext(
            "%(n)s booked session needs a new time now: see the calendar, “Need a new time”.",
            "%(n)s booked sessions need new times now: see the calendar, “Need a new time”.",
            count,
        )
        messages.warning(request, said % {"n": count})


def _move(text: str) -> Move | None:
    """What a ticked box says; None when it is not one of ours."""
    try:
        number, starts, location, therapist = text.split("|")
        at = datetime.fromisoformat(starts)
        return Move(int(number), Wish(location, therapist, at)) if at.tzinfo else None
    except ValueError:
        return None
