"""The addresses of a session: the check on the day, the room, the notes, the day after."""

from __future__ import annotations

from django.urls import URLPattern, path

from unpinch.web.client import session_after as after
from unpinch.web.client import session_check
from unpinch.web.client import session_room as control
from unpinch.web.live import room as live
from unpinch.web.therapist import session_check as ask
from unpinch.web.therapist import session_note as note
from unpinch.web.therapist import session_room as room

urlpatterns: list[URLPattern] = [
    path("session/<str:token>/check", session_check.check, name="session-check"),
    path("session/<str:token>/checked", session_check.checked, name="session-checked"),
    path("session/<str:token>/after", after.summary, name="session-after"),
    path("session/<str:token>/next-day", after.next_day, name="session-next-day"),
    path("appointments/<int:number>/check", ask.ask, name="session-ask"),
    path("appointments/<int:number>/room", room.screen, name="in-room"),
    path("appointments/<int:number>/room/now", room.now, name="room-now"),
    path("appointments/<int:number>/room/begin", room.begin, name="room-begin"),
    path("appointments/<int:number>/room/press", room.press, name="room-press"),
    path("appointments/<int:number>/room/recheck", room.recheck, name="room-recheck"),
    path("appointments/<int:number>/note", note.note, name="note"),
    path("appointments/<int:number>/note/save", note.autosave, name="note-autosave"),
    path("appointments/<int:number>/note/amend", note.amend, name="note-amend"),
    path("control", control.enter, name="control"),
    path("control/buttons", control.control, name="control-now"),
    path("control/now", control.now, name="control-part"),
    path("control/press", control.press, name="control-press"),
    path("control/recheck", control.recheck, name="control-recheck"),
    path("live/room/<int:number>", live.therapist, name="live-room"),
    path("live/control", live.control, name="live-control"),
]
