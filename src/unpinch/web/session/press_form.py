"""A press of a button in the room, as a form sends it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from unpinch.clinical.pressure import Event
from unpinch.kernel.errors import InputError


def event_from(kind: str, region: str, *, level: str = "", step: str = "") -> Event:
    """An event from the texts of a form; InputError when there is no such thing to do."""
    if kind not in ("less", "same", "more", "halt", "set", "stop", "finish", "step"):
        raise InputError(f"{kind!r} is nothing that can be done here. Please use the buttons.", code="kind")
    try:
        made = Event(cast("Any", kind), region, int(level or 0), step=int(step or 0))
    except ValueError as error:
        raise InputError(
            "A level and a step are whole numbers. Please use the buttons.", code="level"
        ) from error
    return replace(made, region="") if kind in ("stop", "finish", "step") else made
