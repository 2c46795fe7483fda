"""Pressure in the room: one state per session, changed by events alone.

Whatever comes in, in whatever order: no region is ever pressed above its ceiling, a region that was halted starts
again only after its short re-check was passed, and nothing changes after the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

LOWEST, TOP = 1, 5

Wish = Literal["less", "same", "more"]
Phase = Literal["running", "stopped", "finished"]
Kind = Literal["less", "same", "more", "halt", "recheck", "set", "stop", "finish", "step"]
Why = Literal["", "ceiling", "floor", "halted", "over", "unknown-region", "not-halted"]


@dataclass(frozen=True, slots=True)
class Region:
    """One region: its pressure now, and the most that its limits allow. A halted one must not be worked on."""

    level: int
    ceiling: int
    halted: bool = False

    def __post_init__(self) -> None:
        """Refuse a region that breaks its own ceiling."""
        if not LOWEST <= self.level <= self.ceiling <= TOP:
            raise ValueError(f"level {self.level} must lie between {LOWEST} and the ceiling {self.ceiling}")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that client or therapist did.

    ``level`` goes with ``set``, ``passed`` with ``recheck``, and ``step`` is the technique that begins.
    """

    kind: Kind
    region: str = ""
    level: int = 0
    passed: bool = False
    step: int = 0


@dataclass(frozen=True, slots=True)
class Pressure:
    """The state of a session. ``step`` is the technique under way, counted from 0."""

    regions: Mapping[str, Region] = field(default_factory=dict)
    phase: Phase = "running"
    step: int = 0

    @property
    def halted(self) -> frozenset[str]:
        """The regions that wait for their re-check."""
        return frozenset(code for code, region in self.regions.items() if region.halted)


@dataclass(frozen=True, slots=True)
class Changed:
    """The state after an event. ``why`` says why nothing changed, and is empty when something did."""

    state: Pressure
    why: Why = ""


def begin(ceilings: Mapping[str, int], start: int, usual: Mapping[str, int]) -> Pressure:
    """The state at the start: each region at its usual pressure (what was comfortable last time) or at ``start``.

    A region with a ceiling of 0 is left alone and has no place in the state.
    """
    return Pressure(
        {
            code: Region(max(LOWEST, min(usual.get(code, start), ceiling, TOP)), min(ceiling, TOP))
            for code, ceiling in ceilings.items()
            if ceiling >= LOWEST
        }
    )


def after(state: Pressure, event: Event) -> Changed:
    """The state after one event. ``same`` changes nothing and is worth keeping: it says the pressure is right."""
    if state.phase != "running":
        return Changed(state, "over")
    match event.kind:
        case "stop":
            return Changed(replace(state, phase="stopped"))
        case "finish":
            return Changed(replace(state, phase="finished"))
        case "step":
            return Changed(replace(state, step=max(0, event.step)))
        case _:
            return _in_region(state, event)


def replay(start: Pressure, events: tuple[Event, ...]) -> Pressure:
    """The state after all events, one after the other."""
    for event in events:
        start = after(start, event).state
    return start


def _in_region(state: Pressure, event: Event) -> Changed:
    region = state.regions.get(event.region)
    if region is None:
        return Changed(state, "unknown-region")
    if event.kind == "halt":
        return Changed(_with(state, event.region, replace(region, halted=True)))
    if event.kind == "recheck":
        return _rechecked(state, event, region)
    if region.halted:
        return Changed(state, "halted")
    return _adjusted(state, event, region)


def _adjusted(state: Pressure, event: Event, region: Region) -> Changed:
    """A step up or down, or to a level, within floor and ceiling; anything else keeps the level."""
    wanted = {"more": region.level + 1, "less": region.level - 1, "set": max(LOWEST, event.level)}.get(
        event.kind, region.level
    )
    if wanted > region.ceiling:
        return Changed(state, "ceiling")
    if wanted < LOWEST:
        return Changed(state, "floor")
    return Changed(_with(state, event.region, replace(region, level=wanted)))


def _rechecked(state: Pressure, event: Event, region: Region) -> Changed:
    """A passed re-check lets the region go on, at the lightest pressure; a failed one ends the session."""
    if not region.halted:
        return Changed(state, "not-halted")
    if not event.passed:
        return Changed(replace(state, phase="stopped"))
    return Changed(_with(state, event.region, replace(region, halted=False, level=LOWEST)))


def _with(state: Pressure, code: str, region: Region) -> Pressure:
    return replace(state, regions={**state.regions, code: region})
