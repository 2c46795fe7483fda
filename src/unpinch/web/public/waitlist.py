"""The page of a wish on the waitlist, reached by the secret of its link: what is offered, until when, yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from unpinch.services import waitlist
from unpinch.services.outcomes import Refused
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@private
def wait(request: HttpRequest, token: str) -> HttpResponse:
    """How it stands."""
    found = waitlist.find(token)
    until = None
    if found.offer_until is not None and found.offer_until > timezone.now():
        until = found.offer_until.astimezone(found.offered[0].starts.tzinfo)
    context = {"wait": found, "token": token, "until": until}
    return render(request, "web/public/waitlist.html", context)


@require_POST
@private
def take(request: HttpRequest, token: str) -> HttpResponse:
    """Yes to all that is offered."""
    outcome = waitlist.accept(token)
    if isinstance(outcome, Refused):
        messages.warning(request, outcome.reason)
        return redirect("wait", token=token)
    messages.success(request, _("It is yours. We have sent you an e-mail for each session."))
    return redirect("appointment", token=outcome[0].token)


@require_POST
@private
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """Not this one; the person stays on the list."""
    waitlist.decline(token)
    messages.info(request, _("Thank you. It goes to the next person, and you stay on the list."))
    return redirect("wait", token=token)


@require_POST
@private
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Off the list."""
    waitlist.leave(token)
    messages.info(request, _("You are off the list."))
    return redirect("wait", token=token)
