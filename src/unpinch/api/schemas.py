"""What goes in and comes out. Input is strict: unknown names, numbers for texts and texts for numbers are refused."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StrictStr


def _text(value: Any) -> Any:
    # pydantic reads 12 as a moment in 1970 and 0 as midnight; a program that sends a number has a fault.
    if not isinstance(value, str):
        raise ValueError("must be a text")  # noqa: TRY004 - pydantic collects ValueErrors
    if "\x00" in value:
        raise ValueError("must not have null characters")
    return value


FIRST, LAST = date(1970, 1, 1), date(2999, 12, 31)
Day = Annotated[date, BeforeValidator(_text), Field(ge=FIRST, le=LAST)]
Clock = Annotated[time, BeforeValidator(_text)]
Instant = Annotated[AwareDatetime, BeforeValidator(_text)]
Key = Annotated[UUID, BeforeValidator(_text)]
Word = Annotated[StrictStr, BeforeValidator(_text), Field(max_length=120)]
Line = Annotated[StrictStr, BeforeValidator(_text), Field(max_length=500)]
Text = Annotated[StrictStr, BeforeValidator(_text), Field(max_length=10_000)]
Count = Annotated[StrictInt, Field(ge=0, le=10_000_000)]


class In(Schema):
    """Everything that is handed in."""

    model_config = ConfigDict(extra="forbid")


class AnswersIn(In):
    """Answers as ``docs/reference/answer-files.md`` describes them."""

    age: StrictInt | None = None
    sex: Word | None = None
    answers: dict[str, Any] = Field(default_factory=dict)

    def raw(self) -> dict[str, Any]:
        """As the clinical core reads them: what is left out stays out."""
        return self.model_dump(exclude_none=True) | {"answers": self.answers}


class FreeTimesAsked(In):
    """Which free times; ``first_day`` is a local day, as 2026-11-24."""

    service: Annotated[str, Field(max_length=60)]
    first_day: Annotated[date, Field(ge=FIRST, le=LAST)]
    days: Annotated[int, Field(ge=1, le=92)] = 7
    location: Annotated[str, Field(max_length=60)] | None = None
    therapist: Annotated[str, Field(max_length=60)] | None = None


class DaysAsked(In):
    """Which days; ``first_day`` is a local day of the practice."""

    first_day: Annotated[date, Field(ge=FIRST, le=LAST)]
    days: Annotated[int, Field(ge=1, le=7)] = 1


class PlaceIn(In):
    """A start with a therapist at a location, by their codes."""

    location: Word
    therapist: Word
    starts: Instant


class HoldIn(PlaceIn):
    """A place to keep for somebody's stored answers."""

    service: Word
    assessment: Key


class ContactIn(In):
    """How somebody can be reached."""

    name: Word
    email: Annotated[StrictStr, BeforeValidator(_text), Field(max_length=254)]
    phone: Annotated[StrictStr, BeforeValidator(_text), Field(max_length=40)]
    agrees_to_terms: StrictBool


class BookIn(HoldIn, ContactIn):
    """A booking. ``key`` is yours: the same key twice gives the same appointment."""

    key: Key
    override_reason: Line = ""


class MoveIn(PlaceIn):
    """Another place for an appointment."""

    override_reason: Line = ""


class CancelIn(In):
    """Why, and whether the policy's fee is waived."""

    waive_fee: StrictBool = False
    reason: Line = ""


class MarkIn(In):
    """How it went: ``completed``, ``no-show`` or ``booked``."""

    status: Word
    late_minutes: Count = 0


class WishesIn(In):
    """When and where somebody would like to come."""

    not_before: Day | None = None
    location: Word | None = None
    therapist: Word | None = None


class ProposeIn(In):
    """A course for somebody's stored answers."""

    assessment: Key
    sessions: Annotated[StrictInt, Field(ge=1, le=30)] | None = None
    wishes: WishesIn = Field(default_factory=WishesIn)


class ChosenIn(In):
    """One session of a course."""

    starts: Instant
    therapist: Word


class BookCourseIn(ContactIn):
    """All sessions of a course at one location, or none."""

    key: Key
    assessment: Key
    location: Word
    sessions: Annotated[list[ChosenIn], Field(min_length=1, max_length=30)]


class PracticeIn(In):
    """The practice as a whole."""

    name: Word
    phone: Word
    email: Line
    country: Word
    currency: Word
    time_zone: Word
    terms: Text = ""
    grid_minutes: Count = 15
    hold_minutes: Count = 10
    offer_minutes: Count = 120


class LocationIn(In):
    """A place."""

    name: Word
    time_zone: Word
    address: Line = ""
    phone: Word = ""
    is_active: StrictBool = True


class RoomIn(In):
    """A room."""

    name: Word
    kind: Word = "massage"
    places: Count = 1
    is_active: StrictBool = True


class StepIn(In):
    """With less than this notice, so much of the price is kept."""

    notice_minutes: Count
    fee_percent: Count


class ServiceIn(In):
    """Something that can be booked."""

    name: Word
    skill: Word
    minutes: Count
    description: Line = ""
    room_kind: Word = "massage"
    turnover_before_minutes: Count = 0
    turnover_after_minutes: Count = 0
    price_minor: Count = 0
    is_self_bookable: StrictBool = True
    notice_min_minutes: Count = 120
    notice_max_days: Count = 84
    position: Annotated[StrictInt, Field(ge=0, le=30_000)] = 0
    cancellation: Annotated[list[StepIn], Field(max_length=10)] = Field(default_factory=list)
    is_active: StrictBool = True


class SkillIn(In):
    """A kind of massage, everywhere or for one region."""

    skill: Word
    region: Word = ""


class TherapistIn(In):
    """Somebody who gives massage."""

    name: Word
    about: Line = ""
    skills: Annotated[list[SkillIn], Field(max_length=200)] = Field(default_factory=list)
    position: Annotated[StrictInt, Field(ge=0, le=30_000)] = 0
    is_active: StrictBool = True


class SpanIn(In):
    """Work on a weekday, 0 is Monday."""

    weekday: Annotated[StrictInt, Field(ge=0, le=6)]
    starts: Clock
    ends: Clock
    location: Word


class WeekIn(In):
    """Hours that repeat; with ``replaces`` instead of those that hold from ``replaced_from`` to ``replaced_to``."""

    valid_from: Day | None = None
    valid_to: Day | None = None
    spans: Annotated[list[SpanIn], Field(max_length=100)]
    replaces: StrictBool = False
    replaced_from: Day | None = None
    replaced_to: Day | None = None


class AwayIn(In):
    """Time off: local days, both included."""

    first_day: Day
    last_day: Day
    starts: Clock | None = None
    ends: Clock | None = None
    reason: Line = ""


class ClosureIn(In):
    """Days on which a location, or without one the practice, is shut."""

    first_day: Day
    last_day: Day
    reason: Line = ""
    location: Word = ""


class ErrorBody(Schema):
    """What every refusal says."""

    code: str
    message: str


class ErrorOut(Schema):
    """A refusal."""

    error: ErrorBody


class FreeTimeOut(Schema):
    """A start that can be booked."""

    starts: datetime
    location: str
    therapist: str


class AppointmentOut(Schema):
    """An appointment; nothing about health."""

    id: int
    starts: datetime
    ends: datetime
    service: str
    minutes: int
    price_minor: int
    currency: str
    therapist: str
    room: str
    location: str
    client_name: str
    status: str
    is_cancelled: bool
