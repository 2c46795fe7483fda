"""What a person has chosen on the way to a booked course, kept in the session until it is booked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from unpinch.clinical.values import Answers
from unpinch.services.course import Chosen, ProposeCommand
from unpinch.web.public import door
from unpinch.web.public.course_form import wishes_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from unpinch.services.course import ProposedSeries
    from unpinch.web.public.check import Check
    from unpinch.web.public.path import Path

_SESSION = "course"
_MOST_EXCLUDED = 12


@dataclass(frozen=True, slots=True)
class CourseDraft:
    """``when`` is what was said on the form about hours; ``series`` are the dates that are to be booked.

    ``answers`` and ``agrees`` (the person's word on their doctor) are those of the check and not remembered here;
    ``stored`` is the key under which the practice will keep them when the course is booked, or ``is_kept`` already,
    because a doctor was asked about them.
    """

    fingerprint: str
    stored: str
    key: str
    when: dict[str, Any] = field(default_factory=dict)
    pins: tuple[Chosen, ...] = ()
    excluded: tuple[Chosen, ...] = ()
    location: str = ""
    series: tuple[Chosen, ...] = ()
    answers: Answers = field(default_factory=Answers)
    agrees: bool = False
    is_kept: bool = False

    def question(self, practice_id: int) -> ProposeCommand:
        """What the search is asked."""
        return ProposeCommand(
            practice_id=practice_id,
            assessment_key=UUID(self.stored) if self.is_kept else None,
            answers=None if self.is_kept else self.answers,
            says_doctor_agrees=self.agrees,
            wishes=wishes_of(self.when),
            sessions=self.when.get("sessions"),
            pins=self.pins,
            excluded=self.excluded,
        )

    def with_series(self, series: ProposedSeries) -> CourseDraft:
        """With the dates that are to be booked."""
        return replace(self, location=series.location_code, series=chosen_in(series))

    def pinned(self, chosen: Chosen) -> CourseDraft:
        """With one session fixed at a time, instead of any it was fixed at before."""
        return replace(self, pins=(*self._pins_but(chosen.number), chosen))

    def unpinned(self, number: int) -> CourseDraft:
        """With one session free to move again."""
        return replace(self, pins=self._pins_but(number))

    def without(self, chosen: Chosen) -> CourseDraft:
        """With one time of one session never offered again: the last few such, for a cookie is small."""
        excluded = (*self.excluded, chosen)[-_MOST_EXCLUDED:]
        return replace(self, pins=self._pins_but(chosen.number), excluded=excluded)

    def _pins_but(self, number: int) -> tuple[Chosen, ...]:
        return tuple(pin for pin in self.pins if pin.number != number)


def current(request: HttpRequest, path: Path, said: Check) -> CourseDraft:
    """The draft on the answers that the person gave last; a fresh one when there is none."""
    fingerprint = door.fingerprint(path, said)
    found = read(request)
    if found is None or found.fingerprint != fingerprint:
        found = CourseDraft(fingerprint, str(uuid4()), str(uuid4()))
    if said.asked:
        found = replace(found, stored=said.asked.stored, is_kept=True)
    return replace(found, answers=path.answers, agrees=said.agreement is not None)


def of_request(request: HttpRequest) -> CourseDraft | str:
    """The draft on the latest answers once hours were said, or the page to go to first."""
    path, said = door.standing(request)
    if elsewhere := door.next_page(path, said):
        return elsewhere
    draft = current(request, path, said)
    return draft if draft.when else "plan"


def write(request: HttpRequest, draft: CourseDraft) -> None:
    """Remember a draft."""
    request.session[_SESSION] = {
        "fingerprint": draft.fingerprint,
        "stored": draft.stored,
        "key": draft.key,
        "when": draft.when,
        "pins": [value_of(pin) for pin in draft.pins],
        "excluded": [value_of(out) for out in draft.excluded],
        "location": draft.location,
        "series": [value_of(one) for one in draft.series],
    }


def forget(request: HttpRequest) -> None:
    """The course is booked: the next one starts afresh."""
    request.session.pop(_SESSION, None)


def read(request: HttpRequest) -> CourseDraft | None:
    """What the session remembers; None when that is nothing, or nothing we wrote."""
    raw = request.session.get(_SESSION)
    if not isinstance(raw, dict):
        return None
    try:
        return CourseDraft(
            fingerprint=raw["fingerprint"],
            stored=raw["stored"],
            key=raw["key"],
            when=raw["when"],
            pins=tuple(map(chosen_of, raw["pins"])),
            excluded=tuple(map(chosen_of, raw["excluded"])),
            location=raw["location"],
            series=tuple(map(chosen_of, raw["series"])),
        )
    except (KeyError, TypeError, ValueError):
        return None


def chosen_in(series: ProposedSeries) -> tuple[Chosen, ...]:
    """The times of a series."""
    return tuple(Chosen(one.number, one.starts, one.therapist_code) for one in series.sessions)


def value_of(chosen: Chosen) -> str:
    """One session's time as the text of a button."""
    return f"{chosen.number}|{chosen.starts.isoformat()}|{chosen.therapist_code or ''}"


def chosen_of(text: str) -> Chosen:
    """A button's text as a session's time; ValueError when it is not one of ours."""
    number, starts, therapist = text.split("|")
    moment = datetime.fromisoformat(starts)
    if moment.tzinfo is None:
        raise ValueError(text)
    return Chosen(int(number), moment, therapist or None)
