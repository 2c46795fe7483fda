"""What a practice's set-up may hold: one set of rules for the screens, for programs and for the practice file.

Each ``checked_…`` gives the value back as it is kept, or raises an InputError whose code is the name of the field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers

from unpinch.clinical import knowledge
from unpinch.kernel.errors import InputError
from unpinch.records.models import LONGEST_UNIT_MINUTES
from unpinch.services import contact

if TYPE_CHECKING:
    from datetime import date, time

WITHOUT_COINS = frozenset({"JPY", "KRW", "CLP", "ISK", "VND"})
"""Currencies whose smallest coin is the whole unit."""
_GRIDS = range(5, 61)
_MOST_MINOR = 100_000_00
_SKILL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeDetails:
    """The practice as a whole. Minutes: the grid on which sessions start, a hold, an offer from the waitlist."""

    name: str
    phone: str
    email: str
    country: str
    currency: str
    time_zone: str
    terms: str = ""
    grid_minutes: int = 15
    hold_minutes: int = 10
    offer_minutes: int = 120
    feeds_show_initials: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationDetails:
    """A place with an address and a clock of its own."""

    name: str
    time_zone: str
    address: str = ""
    phone: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomDetails:
    """A room. A service asks for its ``kind``; ``places`` is how many can lie there side by side."""

    name: str
    kind: str = "massage"
    places: int = 1
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class CancellationStep:
    """With less than ``notice_minutes`` left, ``fee_percent`` of the price is kept."""

    notice_minutes: int
    fee_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDetails:
    """What can be booked. ``price_minor`` is in the smallest coin; all lengths are in minutes."""

    name: str
    skill: str
    minutes: int
    description: str = ""
    room_kind: str = "massage"
    turnover_before_minutes: int = 0
    turnover_after_minutes: int = 0
    price_minor: int = 0
    is_self_bookable: bool = True
    notice_min_minutes: int = 120
    notice_max_days: int = 84
    position: int = 0
    cancellation: tuple[CancellationStep, ...] = ()
    is_active: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Skill:
    """A kind of massage somebody has learned; ``region`` narrows it to a place on the body, empty is everywhere."""

    skill: str
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapistDetails:
    """Somebody who gives massage, as clients see them, with what they have learned."""

    name: str
    about: str = ""
    skills: tuple[Skill, ...] = ()
    position: int = 0
    is_active: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Work at a place on a weekday (0 is Monday). An end that is not after the start is on the next day."""

    weekday: int
    starts: time
    ends: time
    location_code: str

    @property
    def minutes(self) -> tuple[int, int]:
        """Start and end in minutes of the week."""
        start = self.weekday * 1440 + self.starts.hour * 60 + self.starts.minute
        end = self.weekday * 1440 + self.ends.hour * 60 + self.ends.minute
        return start, end if end > start else end + 1440


def checked_practice(given: PracticeDetails) -> PracticeDetails:
    """The practice as it is kept."""
    return replace(
        given,
        name=contact.read_name(given.name),
        country=checked_country(given.country),
        phone=contact.read_phone(given.phone, given.country),
        email=contact.read_email(given.email),
        currency=checked_currency(given.currency),
        time_zone=checked_zone(given.time_zone),
        grid_minutes=_within("grid_minutes", given.grid_minutes, _GRIDS, "sessions start on it"),
        hold_minutes=_within("hold_minutes", given.hold_minutes, range(1, 61), "a place is kept for it"),
        offer_minutes=_within(
            "offer_minutes", given.offer_minutes, range(5, 2881), "an offer from the waitlist stands for it"
        ),
    )


def checked_location(given: LocationDetails, country: str) -> LocationDetails:
    """The place as it is kept; a phone may be left out, then the practice's counts."""
    phone = contact.read_phone(given.phone, country) if given.phone.strip() else ""
    address = _text("address", given.address, 300)
    return replace(
        given, name=_name(given.name), address=address, phone=phone, time_zone=checked_zone(given.time_zone)
    )


def checked_room(given: RoomDetails) -> RoomDetails:
    """The room as it is kept."""
    places = _within("places", given.places, range(1, 5), "so many people lie there side by side")
    return replace(given, name=_name(given.name), kind=_word("kind", given.kind), places=places)


def checked_service(given: ServiceDetails) -> ServiceDetails:
    """The service as it is kept."""
    whole = given.turnover_before_minutes + given.minutes + given.turnover_after_minutes
    for field in ("turnover_before_minutes", "turnover_after_minutes"):
        _within(field, getattr(given, field), range(241), "the room is made ready in it")
    _within("minutes", given.minutes, range(5, 481), "the session lasts so long")
    if whole > LONGEST_UNIT_MINUTES:
        raise InputError("Session and turnover are longer than a day. Shorten one of them.", code="minutes")
    _within("price_minor", given.price_minor, range(_MOST_MINOR + 1), "it is the price in the smallest coin")
    _within(
        "notice_min_minutes", given.notice_min_minutes, range(60 * 24 * 60 + 1), "people book so long before"
    )
    _within("notice_max_days", given.notice_max_days, range(1, 731), "people book so far ahead")
    steps = tuple(sorted(given.cancellation, key=lambda step: step.notice_minutes))
    for step in steps:
        _within("cancellation", step.notice_minutes, range(1, 60 * 24 * 60 + 1), "less notice costs a share")
        _within("cancellation", step.fee_percent, range(101), "it is the share of the price that is kept")
    if len({step.notice_minutes for step in steps}) < len(steps):
        raise InputError(
            "Two steps of the cancellation policy have the same notice. Keep one.", code="cancellation"
        )
    return replace(
        given,
        name=_name(given.name),
        description=_text("description", given.description, 500),
        skill=_word("skill", given.skill),
        room_kind=_word("room_kind", given.room_kind),
        cancellation=steps,
    )


def checked_therapist(given: TherapistDetails) -> TherapistDetails:
    """The therapist as kept: each skill once, regions known to the body chart."""
    skills = []
    for one in sorted(set(given.skills)):
        if one.region and one.region not in regions():
            raise InputError(
                f"{one.region!r} is no region of the body chart. Choose one of the list, or none for everywhere.",
                code="skills",
            )
        skills.append(Skill(_word("skills", one.skill), one.region))
    everywhere = {one.skill for one in skills if not one.region}
    # A skill for everywhere makes the same skill for one region needless.
    kept = tuple(one for one in skills if not one.region or one.skill not in everywhere)
    return replace(
        given, name=contact.read_name(given.name), about=_text("about", given.about, 500), skills=kept
    )


def checked_spans(given: tuple[Span, ...]) -> tuple[Span, ...]:
    """The hours of a week in order; nobody is in two places at one time."""
    ordered = tuple(sorted(given))
    taken: list[tuple[int, int, Span]] = []
    for span in ordered:
        if not 0 <= span.weekday <= 6:
            raise InputError(
                f"{span.weekday} is no day of the week; 0 is Monday and 6 is Sunday.", code="weekday"
            )
        if span.starts.tzinfo or span.ends.tzinfo:
            raise InputError("Working hours are by the clock on the wall, without a zone.", code="hours")
        start, end = span.minutes
        for week in (0, 7 * 1440, -7 * 1440):
            clash = next((one for low, high, one in taken if start + week < high and low < end + week), None)
            if clash is not None:
                raise InputError(
                    f"{span.starts:%H:%M} to {span.ends:%H:%M} lies over {clash.starts:%H:%M} to "
                    f"{clash.ends:%H:%M} of the same day. Nobody is in two places; change one of them.",
                    code="hours",
                )
        taken.append((start, end, span))
    return ordered


def checked_days(first: date | None, last: date | None) -> None:
    """InputError (code ``last_day``) unless the first day comes first; None is without limit."""
    if first is not None and last is not None and last < first:
        raise InputError(
            f"The last day, {last.isoformat()}, is before the first, {first.isoformat()}. Change one of them.",
            code="last_day",
        )


def checked_zone(name: str) -> str:
    """A time zone that exists."""
    if name not in zones():
        raise InputError(
            f"The time zone {name!r} does not exist, so nobody knows when a session is. "
            "Write for example Europe/London.",
            code="time_zone",
        )
    return name


def checked_country(code: str) -> str:
    """Two letters of a country whose telephone numbers can be read."""
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise InputError(f"{code!r} is no country's two letters. Write for example GB.", code="country")
    return code


def checked_currency(code: str) -> str:
    """Three capital letters."""
    if not re.fullmatch("[A-Z]{3}", code):
        raise InputError(f"{code!r} is no currency's three letters. Write for example GBP.", code="currency")
    return code


def read_price(text: str, currency: str) -> int:
    """A price as people write it, in the smallest coin; InputError (code ``price``) otherwise."""
    fault = InputError(
        f"The price {text!r} is not an amount in whole coins. Write for example 58 or 57.50.", code="price"
    )
    try:
        amount = Decimal(text.strip().replace(",", ".")) * (1 if currency in WITHOUT_COINS else 100)
        minor = int(amount)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise fault from error
    if amount != minor or not 0 <= minor <= _MOST_MINOR:
        raise fault
    return minor


@cache
def zones() -> frozenset[str]:
    """The time zones that exist, but for those that only machines use."""
    names = (
        name
        for name in available_timezones()
        if "/" in name and not name.startswith(("Etc/", "posix", "right"))
    )
    return frozenset({"UTC", *(name for name in names if ZoneInfo(name))})


@cache
def regions() -> frozenset[str]:
    """The codes of the regions of the body chart."""
    return frozenset(code for code, finding in knowledge.load().findings.items() if finding.is_region)


def _name(given: str) -> str:
    return contact.read_name(given)


def _text(field: str, given: str, most: int) -> str:
    plain = given.strip()
    if len(plain) > most:
        raise InputError(
            f"This has {len(plain)} characters and we can keep {most}. Please shorten it.", code=field
        )
    return plain


def _word(field: str, given: str) -> str:
    """A name for machines: what must be the same in two places is spelled one way."""
    plain = "-".join(given.strip().lower().replace("_", "-").split())
    if len(plain) > 40 or not _SKILL.fullmatch(plain):
        raise InputError(
            f"{given!r} cannot be matched. Use up to 40 letters and digits with hyphens between, as in deep-tissue.",
            code=field,
        )
    return plain


def _within(field: str, given: int, allowed: range, why: str) -> int:
    if given not in allowed:
        raise InputError(
            f"{given} does not work here: {why}. Give {allowed.start} to {allowed.stop - 1}.", code=field
        )
    return given
