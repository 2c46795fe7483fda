"""Pages for when something is wrong: plain words, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.template.loader import render_to_string
from django.http import HttpResponse, HttpResponseServerError
from django.templatetags.static import static
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.http import HttpRequest


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """400: what came cannot be read."""
    return _plain(request, 400, _("We could not read that"), _("Go back and try again, or begin at the start page."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """403: not for this reader."""
    return _plain(request, 403, _("This page is not for you"), _("Log in with an account that may see it."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404: no such page."""
    text = _("The address may be mistyped, or the link may be too old.")
    return _plain(request, 404, _("There is no such page"), text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403 for a form without its secret: old page, or cookies are off."""
    text = _(
        "This page was open for long, or your browser does not allow cookies. "
        "Allow cookies for this site, go back, reload the page and send it again."
    )
    return _plain(request, 403, _("We could not take that form"), text)


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """500: rendered without anything that could fail in turn."""
    try:
        stylesheet = static("web/css/unpinch.css")
    except ValueError:
        stylesheet = ""
    return HttpResponseServerError(render_to_string("web/errors/500.html", {"stylesheet": stylesheet}))


def _plain(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "web/errors/plain.html", {"title": title, "text": text}, status=status)
