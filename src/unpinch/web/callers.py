"""Who is asking: the guards that stand in front of views. The rules themselves are in ``services.permissions``.

A visitor without a login is led to it; a person who has logged in and may not see a page gets 403. For a thing
that is somebody's own, a guard is not enough: ask a rule with that thing in the service, and answer 404.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from unpinch.services import access, permissions, practice

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from unpinch.services.access import Caller

    P = ParamSpec("P")
    Rule = Callable[[Caller | None, permissions.Thing], bool]
    View = Callable[Concatenate[HttpRequest, Caller, P], HttpResponse]
    Guarded = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_callers(view: View[P]) -> Guarded[P]:
    """Ask for a log-in first, and hand the view the person who has logged in."""
    return _guard(view, None)


def for_account(view: View[P]) -> Guarded[P]:
    """The same for pages about the account itself, which staff need to set up their second factor."""
    return _guard(view, None, needs_second_factor=False)


def for_staff(view: View[P]) -> Guarded[P]:
    """Only for those who work in this practice."""
    return _guard(view, permissions.can_work_here)


def for_desk(view: View[P]) -> Guarded[P]:
    """Only for the front desk and the owner of this practice."""
    return _guard(view, permissions.can_work_at_desk)


def for_owners(view: View[P]) -> Guarded[P]:
    """Only for the owner of this practice."""
    return _guard(view, permissions.can_run_practice)


def _guard(view: View[P], rule: Rule | None, *, needs_second_factor: bool = True) -> Guarded[P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect(f"{reverse('login')}?{urlencode({'next': request.path})}")
        caller = access.caller(request.user.pk)
        if rule is not None and not rule(caller, permissions.Thing(practice.current_practice_id())):
            raise PermissionDenied
        if needs_second_factor and caller.lacks_second_factor:
            messages.warning(request, _("Your practice asks for a second factor. Please set one up first."))
            return redirect("account")
        return view(request, caller, *args, **kwargs)

    return guarded
