"""What stands between a practice and its first booking, in the order in which to do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from unpinch.records.models import Location, Practice, Room, Service, Therapist, TherapistSkill, WorkingHours
from unpinch.services.setup_writing import need_owner

if TYPE_CHECKING:
    from unpinch.services.access import Caller

Step = Literal["practice", "location", "room", "service", "therapist", "skill", "hours"]


@dataclass(frozen=True, slots=True)
class Missing:
    """Something to do. ``key`` is the row it concerns, if there is one."""

    step: Step
    what: str
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """Everything that is missing. ``can_be_booked`` are the names of the services that people can book."""

    missing: tuple[Missing, ...]
    can_be_booked: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """Whether anything can be booked."""
        return bool(self.can_be_booked)

    def of(self, step: Step) -> tuple[Missing, ...]:
        """What is missing at one step."""
        return tuple(one for one in self.missing if one.step == step)


@dataclass(frozen=True, slots=True)
class _Facts:
    places: dict[int, str]
    rooms: set[tuple[int, str]]
    services: list[Service]
    therapists: dict[int, str]
    skills: set[tuple[int, str]]
    works: set[tuple[int, int]]
    """Who works where."""


def checklist(caller: Caller) -> Checklist:
    """What is missing, in seven queries."""
    need_owner(caller)
    practice = Practice.objects.get(pk=caller.practice_id)
    mine = {"practice": practice}
    facts = _Facts(
        dict(Location.objects.filter(**mine, is_active=True).values_list("pk", "name")),
        set(Room.objects.filter(**mine, is_active=True).values_list("location_id", "kind")),
        list(Service.objects.filter(**mine, is_active=True).order_by("position", "name")),
        dict(Therapist.objects.filter(**mine, is_active=True).values_list("pk", "name")),
        set(TherapistSkill.objects.filter(**mine, region="").values_list("therapist_id", "skill")),
        set(WorkingHours.objects.filter(**mine).values_list("therapist_id", "location_id")),
    )
    missing = [
        *_of_practice(practice),
        *_of_places(facts),
        *_of_people(facts),
        *(fault for service in facts.services for fault in _of_service(service, facts)),
    ]
    if not facts.services:
        missing.append(Missing("service", "Add a service that people can book."))
    bookable = tuple(
        service.name
        for service in facts.services
        if service.is_self_bookable and not _of_service(service, facts) and _is_given(service, facts)
    )
    return Checklist(tuple(missing), bookable)


def _of_practice(practice: Practice) -> list[Missing]:
    if practice.terms.strip():
        return []
    return [Missing("practice", "Write your terms: people agree to them when they book.")]


def _of_places(facts: _Facts) -> list[Missing]:
    if not facts.places:
        return [Missing("location", "Add the place where you work.")]
    with_rooms = {place for place, _ in facts.rooms}
    return [
        Missing("room", f"{name} has no room yet.", key)
        for key, name in facts.places.items()
        if key not in with_rooms
    ]


def _of_people(facts: _Facts) -> list[Missing]:
    if not facts.therapists:
        return [Missing("therapist", "Add somebody who gives massage; that may be you.")]
    skilled, working = {key for key, _ in facts.skills}, {key for key, _ in facts.works}
    return [
        *(
            Missing("skill", f"{name} has no skill yet that counts for the whole body.", key)
            for key, name in facts.therapists.items()
            if key not in skilled
        ),
        *(
            Missing("hours", f"{name} has no working hours yet.", key)
            for key, name in facts.therapists.items()
            if key not in working
        ),
    ]


def _of_service(service: Service, facts: _Facts) -> list[Missing]:
    found = []
    if facts.rooms and service.room_kind not in {kind for _, kind in facts.rooms}:
        found.append(
            Missing(
                "service",
                f"{service.name} needs a room of the kind “{service.room_kind}”, and there is none.",
                service.pk,
            )
        )
    if facts.therapists and not any(skill == service.skill for _, skill in facts.skills):
        found.append(
            Missing(
                "service", f"No therapist has the skill “{service.skill}” for {service.name}.", service.pk
            )
        )
    return found


def _is_given(service: Service, facts: _Facts) -> bool:
    """Whether somebody with the skill works where there is such a room."""
    return any(
        (therapist, service.skill) in facts.skills and (place, service.room_kind) in facts.rooms
        for therapist, place in facts.works
        if therapist in facts.therapists and place in facts.places
    )
