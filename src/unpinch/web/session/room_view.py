"""A session in the room as pages show it, to therapist and client alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import segno
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unpinch.clinical import knowledge
from unpinch.kernel import body_chart

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import Promise

    from unpinch.clinical.course import TechniqueStep
    from unpinch.clinical.room import RoomPlan
    from unpinch.services.session_room import Happened, Room

_VIEWS = ("front", "back")
_WORDS: dict[str, str | Promise] = {
    "less": gettext_lazy("wants less"),
    "same": gettext_lazy("says: just right"),
    "more": gettext_lazy("wants more"),
    "halt": gettext_lazy("felt something electric, numb or spreading"),
    "recheck": gettext_lazy("was asked again"),
    "set": gettext_lazy("pressure set"),
    "stop": gettext_lazy("stopped the session"),
    "finish": gettext_lazy("session finished"),
    "step": gettext_lazy("next technique"),
}
_WHYS: dict[str, str | Promise] = {
    "ceiling": gettext_lazy("not above the ceiling"),
    "floor": gettext_lazy("it is the lightest already"),
    "halted": gettext_lazy("this place is halted"),
}


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A place with its pressure as filled dots; ``usual`` is what was comfortable last time (0: not known)."""

    code: str
    name: str
    muscles: str
    level: int
    ceiling: int
    usual: int
    halted: bool
    word: str

    @property
    def dots(self) -> tuple[str, ...]:
        """One per level: ``on``, ``off``, or ``shut`` above the ceiling."""
        return tuple(
            "on" if level <= self.level else "off" if level <= self.ceiling else "shut"
            for level in range(1, 6)
        )


@dataclass(frozen=True, slots=True)
class StepShown:
    """The technique under way: number from 1, of how many, when it began and when its minutes are over."""

    number: int
    count: int
    technique: TechniqueStep
    began: datetime
    until: datetime
    following: TechniqueStep | None


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line of what happened last."""

    text: str
    by_client: bool
    at: datetime


def places(plan: RoomPlan, usual: dict[str, int], found: Room | None) -> tuple[PlaceShown, ...]:
    """The places to work on, with their pressure now (or at the start)."""
    kb = knowledge.load()
    shown = []
    for place in plan.places:
        region = found.state.regions[place.code] if found else None
        level = region.level if region else min(usual.get(place.code, plan.start), place.ceiling)
        word = kb.pressure_scale[level].name
        shown.append(
            PlaceShown(
                code=place.code,
                name=place.name,
                muscles=", ".join(place.muscles),
                level=level,
                ceiling=place.ceiling,
                usual=usual.get(place.code, 0),
                halted=bool(region and region.halted),
                word=word,
            )
        )
    return tuple(shown)


def step(found: Room) -> StepShown | None:
    """The technique under way; None when the plan has none."""
    techniques = found.plan.techniques
    if not techniques:
        return None
    number = min(found.state.step, len(techniques) - 1)
    technique = techniques[number]
    following = techniques[number + 1] if number + 1 < len(techniques) else None
    until = found.step_began + timedelta(minutes=technique.minutes)
    return StepShown(number + 1, len(techniques), technique, found.step_began, until, following)


def latest(found: Room, most: int = 4) -> tuple[LineShown, ...]:
    """What happened last, the newest first."""
    named = {place.code: place.name for place in found.plan.places}
    return tuple(_line(one, named) for one in reversed(found.happened[-most:]))


def _line(one: Happened, named: dict[str, str]) -> LineShown:
    who = _("Client") if one.by == "client" else _("You")
    what = str(_WORDS[one.event.kind])
    parts = [f"{who}: {what}"]
    if one.event.region:
        parts.append(named.get(one.event.region, one.event.region))
    if one.why in _WHYS:
        parts.append(str(_WHYS[one.why]))
    return LineShown(" · ".join(parts), one.by == "client", one.at)


def charts(plan: RoomPlan, found: Room | None) -> tuple[tuple[str, SafeString], ...]:
    """Front and back of the body, with the places to work on and to leave alone."""
    kinds = {place.code: "do" for place in plan.places}
    kinds |= dict.fromkeys(found.state.halted if found else (), "halted")
    kinds |= {closed.code: "avoid" for closed in plan.closed}
    titles = {"front": _("Front"), "back": _("Back")}
    words = {"left": _("left"), "right": _("right")}
    return tuple(
        (
            titles[picture.view],
            mark_safe(body_chart.svg(picture, kinds=kinds, words=words)),  # noqa: S308 - our own drawing
        )
        for picture in body_chart.pictures()
        if picture.view in _VIEWS
    )


def qr(text: str) -> dict[str, object]:
    """The QR code as one path for our own SVG: the page allows no inline style."""
    rows = list(segno.make(text, error="m").matrix_iter(border=2))
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"path": path, "size": len(rows)}
