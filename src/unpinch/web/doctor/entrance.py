"""The way in for a doctor: the link of a message, or the short code of a letter. Nothing medical stands here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from unpinch.services import clearance_link
from unpinch.services.outcomes import Refused
from unpinch.web.private import private

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from unpinch.services.clearance_link import Opened

_COOKIE_DAYS = 60
_STATUS = {"link-unknown": 404, "wrong-code": 422, "dead-code": 422, "too-many-links": 429, "too-many": 429}


@require_http_methods(["GET", "HEAD", "POST"])
@private
def code(request: HttpRequest) -> HttpResponse:
    """Type the short code of a letter."""
    if request.method != "POST":
        return render(request, "web/doctor/code.html")
    found = clearance_link.open_code(request.POST.get("code", ""), request.META.get("REMOTE_ADDR", ""))
    if isinstance(found, Refused):
        return render(
            request, "web/doctor/code.html", {"refused": found}, status=_STATUS.get(found.code, 422)
        )
    return _let_in(found)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def step(request: HttpRequest, token: str) -> HttpResponse:
    """The doorstep. Looking changes nothing, since mail scanners look at links too; a press of the button opens."""
    found = clearance_link.look(token)
    if isinstance(found, Refused):
        return shut(request, found)
    if request.method != "POST":
        return render(request, "web/doctor/doorstep.html", {"step": found, "token": token})
    opened = clearance_link.open_link(token, secret=secret_of(request, found.key))
    return shut(request, opened, token=token) if isinstance(opened, Refused) else _let_in(opened)


@require_POST
@private
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The short code, typed on another device that has the link."""
    opened = clearance_link.confirm_code(token, request.POST.get("code", ""))
    return shut(request, opened, token=token) if isinstance(opened, Refused) else _let_in(opened)


@require_POST
@private
def fresh(request: HttpRequest, token: str) -> HttpResponse:
    """Send a new link to the address that is known."""
    refused = clearance_link.send_fresh_link(token)
    if refused is not None:
        return shut(request, refused, token=token)
    text = _("A new link is on its way to the address where you were asked. The old one no longer works.")
    return render(request, "web/doctor/shut.html", {"title": _("Look into your mail"), "text": text})


def shut(request: HttpRequest, refused: Refused, *, token: str = "") -> HttpResponse:
    """Why a doctor does not get in, and what to do."""
    context = {
        "title": _("This link does not open"),
        "text": refused.reason,
        "token": token,
        "ways": refused.code in ("link-elsewhere", "wrong-code", "dead-code", "too-many-links", "no-address"),
    }
    return render(request, "web/doctor/shut.html", context, status=_STATUS.get(refused.code, 403))


def secret_of(request: HttpRequest, key: UUID) -> str:
    """What this browser was given when it was let in; empty when it never was."""
    return request.get_signed_cookie(_cookie(key), default="", salt=_cookie(key)) or ""


def _cookie(key: UUID) -> str:
    return f"unpinch_doctor_{key.hex}"


def _let_in(opened: Opened) -> HttpResponse:
    response = redirect("doctor-question", key=opened.key)
    response.set_signed_cookie(
        _cookie(opened.key),
        opened.secret,
        salt=_cookie(opened.key),
        max_age=_COOKIE_DAYS * 24 * 60 * 60,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        path="/for-doctors/",
    )
    return response
