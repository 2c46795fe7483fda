"""The pages that ask nothing: start, emergency, and the small files for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from unpinch.clinical import knowledge
from unpinch.kernel.body_chart import Mark
from unpinch.web.private import private
from unpinch.web.public import chart, check

if TYPE_CHECKING:
    from django.http import HttpRequest

_SHOWN = tuple(
    Mark(region, "right")
    for region in (
        "region-thumb",
        "region-index-finger",
        "region-middle-finger",
        "region-ring-finger-middle-side",
    )
)
_CLOSED = (
    "/check",
    "/answer",
    "/doctor",
    "/book",
    "/appointment/",
    "/login",
    "/first",
    "/practice",
    "/calendar",
)
_ROBOTS = "\n".join(["User-agent: *", *(f"Disallow: {path}" for path in _CLOSED), ""])


@require_safe
@private
def landing(request: HttpRequest) -> HttpResponse:
    """What this is, and one button."""
    said = check.read(request, knowledge.load())
    picture = chart.marked_pictures(_SHOWN, {})[0]
    return render(
        request, "web/public/landing.html", {"under_way": bool(said.answers.values), "picture": picture}
    )


@require_safe
def emergency(request: HttpRequest) -> HttpResponse:
    """What to do now. Needs no script, no cookie and no account."""
    return render(request, "web/public/emergency.html")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view takes it
    """Keep search engines out of personal pages."""
    sitemap = f"\nSitemap: {settings.PUBLIC_URL}{reverse('sitemap')}\n"
    return HttpResponse(_ROBOTS + sitemap, content_type="text/plain")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - every view takes it
    """Say that the process answers and its knowledge can be read."""
    return HttpResponse(f"ok {knowledge.load().version}\n", content_type="text/plain")
