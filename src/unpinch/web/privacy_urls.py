"""The addresses of a client's own data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from unpinch.web.client import data

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("me/data", data.data, name="my-data"),
    path("me/data/download", data.download, name="my-data-download"),
    path("me/data/erase", data.erase, name="my-data-erase"),
    path("erased", data.erased, name="my-data-erased"),
]
