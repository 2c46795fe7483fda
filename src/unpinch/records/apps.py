"""The app with the tables."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """All tables of unpinch."""

    name = "unpinch.records"
    label = "records"
    verbose_name = "unpinch"
