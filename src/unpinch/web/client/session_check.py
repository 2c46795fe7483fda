"""The check on the day, by link: one page, a minute, and what to do now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from unpinch.clinical import knowledge
from unpinch.services import session_check, session_link
from unpinch.services.appointment import view
from unpinch.services.outcomes import Refused
from unpinch.web.private import private
from unpinch.web.session import check_form

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_http_methods(["GET", "HEAD", "POST"])
@private
def check(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, or take the answers."""
    sheet = session_check.sheet(token)
    if isinstance(sheet, Refused):
        if sheet.code == "stopped":
            return redirect("session-checked", token=token)
        return _no_check(request, token, sheet)
    if request.method != "POST":
        return _page(request, token, check_form.empty(sheet), sheet)
    read = check_form.read(request.POST, sheet, knowledge.load())
    if read.command is not None:
        outcome = session_check.say(token, read.command)
        if isinstance(outcome, Refused):
            return _no_check(request, token, outcome)
    if read.page is not None:
        return _page(request, token, read.page, sheet)
    return redirect("session-checked", token=token)


@require_safe
@private
def checked(request: HttpRequest, token: str) -> HttpResponse:
    """What follows from what was said."""
    row = session_link.by_token(token)
    done = session_check.last_of(row.pk)
    if done is None:
        return redirect("session-check", token=token)
    context = {
        "appointment": view(row),
        "done": done,
        "token": token,
        "stopped": session_check.is_stopped(row.pk),
    }
    return render(request, "web/session/checked.html", context)


def _page(
    request: HttpRequest, token: str, page: check_form.Page, sheet: session_check.Sheet
) -> HttpResponse:
    context = {"page": page, "appointment": sheet.appointment, "token": token}
    return render(request, "web/session/check.html", context, status=422 if page.has_errors else 200)


def _no_check(request: HttpRequest, token: str, refused: Refused) -> HttpResponse:
    appointment = view(session_link.by_token(token))
    context = {"appointment": appointment, "refused": refused}
    return render(request, "web/session/no_check.html", context)
