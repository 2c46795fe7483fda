"""Pages for when something is wrong: plain words, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unpinch.kernel.errors import InputError, NotFoundError, RefusedError, SetupError, UnpinchError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.utils.functional import Promise

_PAGES: dict[type[UnpinchError], tuple[int, str | Promise]] = {
    NotFoundError: (404, gettext_lazy("There is no such page")),
    RefusedError: (409, gettext_lazy("That is not possible")),
    InputError: (400, gettext_lazy("We could not read that")),
    SetupError: (503, gettext_lazy("This place is not set up yet")),
}
_NOT_THAT_WAY = (
    gettext_lazy("That page cannot be opened like this"),
    gettext_lazy(
        "It only takes what a form sends. Go back and use the button there, or begin at the start page."
    ),
)


class ExplainedErrors:
    """Turns the errors that unpinch explains into pages; all others stay what they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, and explain what the framework leaves blank."""
        response = self._get_response(request)
        if response.status_code == 405 and not response.content and request.method != "HEAD":
            explained = _plain(request, 405, str(_NOT_THAT_WAY[0]), str(_NOT_THAT_WAY[1]))
            explained["Allow"] = response["Allow"]
            return explained
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """One table from kind of error to status and title."""
        for kind, (status, title) in _PAGES.items():
            if isinstance(exception, kind):
                return _plain(request, status, str(title), exception.message)
        return None


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """400: what came cannot be read."""
    return _plain(
        request, 400, _("We could not read that"), _("Go back and try again, or begin at the start page.")
    )


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
