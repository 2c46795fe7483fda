"""What is known about a session, in words: the proposal for the note, and the client's own summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.clinical import knowledge
from unpinch.records.models import Appointment, RoomSession, Status
from unpinch.services import session_check, session_room

if TYPE_CHECKING:
    from unpinch.services.session_room import Room


@dataclass(frozen=True, slots=True)
class PlaceDone:
    """A place that was worked on: its name, and the pressure at the end in the words of the scale."""

    code: str
    name: str
    level: int
    word: str
    was_halted: bool


def proposal(row: Appointment) -> dict[str, str]:
    """The four fields of a note, filled in with what is known; a note of one minute changes a word or two."""
    found = RoomSession.objects.filter(appointment=row).first()
    room = None if found is None else session_room.by_id(found.pk)
    return {
        "subjective": _subjective(row, room),
        "objective": "" if room is None else _objective(room),
        "assessment": "" if room is None else _reaction(room),
        "plan": _plan(row, room),
    }


def places_done(room: Room) -> tuple[PlaceDone, ...]:
    """Where was worked, and how hard."""
    kb = knowledge.load()
    names = {place.code: place.name for place in room.plan.places}
    halted = {one.event.region for one in room.happened if one.event.kind == "halt"}
    return tuple(
        PlaceDone(code, names[code], region.level, kb.pressure_scale[region.level].name, code in halted)
        for code, region in room.state.regions.items()
    )


def techniques_done(room: Room) -> tuple[str, ...]:
    """The techniques that were reached, in their order."""
    return tuple(step.name for step in room.plan.techniques[: room.state.step + 1])


def next_session(row: Appointment) -> Appointment | None:
    """The client's next booked session."""
    coming = Appointment.objects.filter(
        client=row.client, status=Status.BOOKED, starts_at__gt=row.ends_at, practice_id=row.practice_id
    )
    return coming.order_by("starts_at", "pk").first()


def _subjective(row: Appointment, room: Room | None) -> str:
    said = session_check.last_of(row.pk)
    lines = [] if room is None else [f"Answers fit best with: {room.plan.why}."]
    if said is not None and said.pain is not None:
        lines.append(f"Pain before the session: {said.pain} of 10.")
    if said is not None:
        lines.append("New today: " + "; ".join(said.news) if said.news else "Nothing new today.")
    return "\n".join(lines)


def _objective(room: Room) -> str:
    lines = [_place_line(room, place) for place in places_done(room)]
    techniques = techniques_done(room)
    if techniques:
        lines.append(f"Techniques: {', '.join(techniques)}.")
    if room.ended_at is not None:
        lines.append(f"{round((room.ended_at - room.started_at).total_seconds() / 60)} minutes.")
    return "\n".join(lines)


def _place_line(room: Room, place: PlaceDone) -> str:
    ceiling = room.state.regions[place.code].ceiling
    wished = sum(
        one.event.region == place.code and one.why == "ceiling" and one.by == "client"
        for one in room.happened
    )
    parts = [f"{place.name}: pressure {place.level} ({place.word}), ceiling {ceiling}"]
    if wished:
        parts.append(f"asked for more at the ceiling {wished} times" if wished > 1 else "asked for more once")
    if place.was_halted:
        parts.append("halted")
    return "; ".join(parts) + "."


def _reaction(room: Room) -> str:
    places = [place.name for place in places_done(room) if place.was_halted]
    lines = []
    if places:
        lines.append(f"Something electric, numb or spreading was felt: {', '.join(places)}.")
        rechecks = [one for one in room.happened if one.event.kind == "recheck"]
        if rechecks:
            passed = all(one.event.passed for one in rechecks)
            lines.append(
                "Asked again: nothing left." if passed else "Asked again: not clear, doctor advised."
            )
    if room.phase == "stopped":
        lines.append("The session was stopped.")
    return "\n".join(lines) or "Tolerated well, no complaint."


def _plan(row: Appointment, room: Room | None) -> str:
    lines = [f"Home care given: {room.plan.home_care}."] if room and room.plan.home_care else []
    coming = next_session(row)
    lines.append(
        f"Next session: {coming.local_start.replace('T', ' ')}." if coming else "No next session booked."
    )
    return "\n".join(lines)
