"""Which address leads where: the edges bring their own lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import include, path

from unpinch.api.app import api

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("", include("unpinch.web.urls")),
]

handler400 = "unpinch.web.errors.bad_request"
handler403 = "unpinch.web.errors.forbidden"
handler404 = "unpinch.web.errors.not_found"
handler500 = "unpinch.web.errors.server_error"
