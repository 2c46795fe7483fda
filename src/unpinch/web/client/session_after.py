"""After the session, by link: the summary with what to do at home, and the question of the day after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from unpinch.kernel import stretches
from unpinch.services import session_after, session_link
from unpinch.services.appointment import view
from unpinch.services.outcomes import Refused
from unpinch.services.session_after import SayCommand
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from unpinch.clinical.knowledge.rows import HomeCare


@dataclass(frozen=True, slots=True)
class CareShown:
    """One thing to do at home, with its picture if it has one."""

    title: str
    text: str
    svg: SafeString | None


@require_safe
@private
def summary(request: HttpRequest, token: str) -> HttpResponse:
    """What was done, what to do at home, when it goes on."""
    found = session_after.summary(token)
    if isinstance(found, Refused):
        return _not_now(request, token, found)
    care = [_shown(one) for one in found.care]
    return render(request, "web/session/after.html", {"summary": found, "care": care, "token": token})


@require_http_methods(["GET", "HEAD", "POST"])
@private
def next_day(request: HttpRequest, token: str) -> HttpResponse:
    """How is it today? One tap and send when all is well."""
    sheet = session_after.sheet(token)
    if isinstance(sheet, Refused):
        return _not_now(request, token, sheet)
    context: dict[str, Any] = {"sheet": sheet, "key": uuid4()}
    if request.method != "POST":
        return render(request, "web/session/next_day.html", context)
    felt = {effect.code for effect in sheet.effects if request.POST.get(effect.code) == "yes"}
    none = "none" in request.POST
    if none == bool(felt):
        context |= {
            "error": _("Tick what fits. If nothing does, tick “None of these”."),
            "felt": felt,
            "none": none,
        }
        return render(request, "web/session/next_day.html", context, status=422)
    said = {effect.code: effect.code in felt for effect in sheet.effects}
    verdict = session_after.say(token, SayCommand(_key(request), said))
    if isinstance(verdict, Refused):
        return _not_now(request, token, verdict)
    context = {"verdict": verdict, "appointment": sheet.appointment, "token": token}
    return render(request, "web/session/next_day_said.html", context)


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def _shown(care: HomeCare) -> CareShown:
    if not care.picture:
        return CareShown(care.title, care.text, None)
    drawn = stretches.picture(care.picture, escape(care.title))
    return CareShown(care.title, care.text, mark_safe(drawn))  # noqa: S308 - our own drawing


def _not_now(request: HttpRequest, token: str, refused: Refused) -> HttpResponse:
    context = {"appointment": view(session_link.by_token(token)), "refused": refused}
    return render(request, "web/session/no_check.html", context)
