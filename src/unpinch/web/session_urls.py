"""The addresses of a session: the check on the day, the room, the notes, the day after."""

from __future__ import annotations

from django.urls import URLPattern, path

from unpinch.web.client import session_check
from unpinch.web.therapist import session_check as ask

urlpatterns: list[URLPattern] = [
    path("session/<str:token>/check", session_check.check, name="session-check"),
    path("session/<str:token>/checked", session_check.checked, name="session-checked"),
    path("appointments/<int:number>/check", ask.ask, name="session-ask"),
]
