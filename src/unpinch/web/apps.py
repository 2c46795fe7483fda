"""The pages as a Django app: what has to be in place before the first request."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files, and the sign-in that every login begins."""

    name = "unpinch.web"
    label = "web"

    def ready(self) -> None:
        """Listen for logins. Late: it needs the tables."""
        import_module("unpinch.web.sign_in")
