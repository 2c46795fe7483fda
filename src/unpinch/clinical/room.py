"""What a therapist may do in the room today: the regions with their ceilings, what to leave alone, the techniques.

Made from what is known today and the doctor's word. A limit that hangs on an open question holds in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unpinch.clinical import course
from unpinch.clinical.course import CoursePlan, NoPlan, TechniqueStep
from unpinch.clinical.limits import limits_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from unpinch.clinical.clearance import Clearance
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.limits import Limits
    from unpinch.clinical.values import Answers


@dataclass(frozen=True, slots=True)
class Place:
    """A region to work on: its name, the muscles there in plain words, and its ceiling (1 to 5)."""

    code: str
    name: str
    muscles: tuple[str, ...]
    ceiling: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A region to leave alone, and whose limit it is."""

    code: str
    name: str
    by_doctor: bool


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """Everything for a glance. ``start`` is the pressure to begin with, ``mind`` sentences on what to mind."""

    why: str
    places: tuple[Place, ...]
    closed: tuple[Closed, ...]
    sites: tuple[str, ...]
    mind: tuple[str, ...]
    techniques: tuple[TechniqueStep, ...]
    start: int
    home_care: str

    @property
    def ceilings(self) -> dict[str, int]:
        """Region code to ceiling."""
        return {place.code: place.ceiling for place in self.places}


@dataclass(frozen=True, slots=True)
class NoRoom:
    """Why nothing may be done today: a stable code and a sentence on what to do instead."""

    code: str
    reason: str


def plan_room(answers: Answers, kb: Knowledge, doctor: Clearance | None) -> RoomPlan | NoRoom:
    """The plan for today's session, never beyond any limit."""
    planned = course.plan(answers, kb, doctor)
    if isinstance(planned, NoPlan):
        return NoRoom(planned.code, planned.reason)
    if planned.state == "needs-approval":
        return NoRoom("needs-approval", " ".join(planned.needs_approval_because))
    limits = limits_for(answers, kb, doctor)
    places = _places(planned, limits, kb)
    if not places:
        return NoRoom("nowhere-left", kb.say("plan-nowhere-left"))
    ceiling = max(place.ceiling for place in places)
    return RoomPlan(
        why=planned.condition_name,
        places=places,
        closed=_closed(limits, kb),
        sites=tuple(kb.sites[site].name for site in planned.avoid_sites),
        mind=_mind(planned, limits),
        techniques=tuple(step for step in planned.techniques if step.pressure_from <= ceiling),
        start=min(planned.pressure_start, ceiling),
        home_care=planned.home_care,
    )


def region_name(code: str, kb: Knowledge) -> str:
    """What a region of the body map is called."""
    return kb.choice_texts.get(("body-map", code), code.removeprefix("region-").replace("-", " "))


def dump(plan: RoomPlan) -> dict[str, Any]:
    """The plan as JSON values."""
    return {
        "why": plan.why,
        "places": [[place.code, place.name, list(place.muscles), place.ceiling] for place in plan.places],
        "closed": [[closed.code, closed.name, closed.by_doctor] for closed in plan.closed],
        "sites": list(plan.sites),
        "mind": list(plan.mind),
        "techniques": [
            [step.code, step.name, step.plain_description, step.minutes, step.pressure_from, step.pressure_to]
            for step in plan.techniques
        ],
        "start": plan.start,
        "home_care": plan.home_care,
    }


def load(raw: Mapping[str, Any]) -> RoomPlan:
    """The plan that :func:`dump` was given."""
    return RoomPlan(
        why=raw["why"],
        places=tuple(Place(code, name, tuple(muscles), most) for code, name, muscles, most in raw["places"]),
        closed=tuple(Closed(*row) for row in raw["closed"]),
        sites=tuple(raw["sites"]),
        mind=tuple(raw["mind"]),
        techniques=tuple(TechniqueStep(*row) for row in raw["techniques"]),
        start=raw["start"],
        home_care=raw["home_care"],
    )


def _places(planned: CoursePlan, limits: Limits, kb: Knowledge) -> tuple[Place, ...]:
    closed = _closed_codes(limits)
    found: dict[str, tuple[int, list[str]]] = {}
    for target in planned.targets:
        for code in target.regions:
            if code in closed:
                continue
            most = min(target.pressure_max, planned.pressure_ceiling, _ceiling_in(code, limits))
            before, names = found.get(code, (most, []))
            found[code] = (min(before, most), [*names, target.plain_name])
    order = {code: number for number, code in enumerate(kb.findings)}
    return tuple(
        Place(code, region_name(code, kb), tuple(names), most)
        for code, (most, names) in sorted(found.items(), key=lambda item: order[item[0]])
        if most > 0
    )


def _ceiling_in(code: str, limits: Limits) -> int:
    """The lowest ceiling of any limit that holds or may hold here."""
    found = (
        limit.pressure_max
        for limit in limits.all
        if limit.pressure_max is not None
        and (code in limit.regions or not (limit.regions or limit.sites or limit.where))
    )
    return min(found, default=limits.top_level)


def _closed_codes(limits: Limits) -> frozenset[str]:
    return frozenset(
        code for limit in limits.all if limit.kind in ("avoid", "wait") for code in limit.regions
    )


def _closed(limits: Limits, kb: Knowledge) -> tuple[Closed, ...]:
    doctors = {
        code
        for limit in limits.all
        if limit.code == "doctor" and limit.kind in ("avoid", "wait")
        for code in limit.regions
    }
    codes = _closed_codes(limits)
    return tuple(
        Closed(code, region_name(code, kb), code in doctors) for code in kb.findings if code in codes
    )


def _mind(planned: CoursePlan, limits: Limits) -> tuple[str, ...]:
    """What to mind, each once: the protocol's own words, then every limit with its reason."""
    told = [
        ": ".join(part for part in (limit.where, limit.why, limit.note) if part)
        for limit in limits.all
        if limit.code != "doctor" and limit.kind in ("avoid", "pressure", "adapt", "technique")
    ]
    return tuple(dict.fromkeys(text for text in (planned.avoid_note, *told) if text))
