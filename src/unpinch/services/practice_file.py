"""Read the description of a practice from a TOML file into plain values, or say which entry is wrong and why."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from unpinch.kernel.errors import InputError
from unpinch.services import setup_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who signs in."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class LocationPlan:
    """A place and its rooms."""

    code: str
    name: str
    address: str
    phone: str
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """Something that can be booked; ``price_minor`` is in the smallest coin."""

    code: str
    name: str
    description: str
    skill: str
    minutes: int
    turnover_after_minutes: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class HoursPlan:
    """When a therapist works where; ``weekday`` 0 is Monday."""

    location: str
    weekday: int
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class TherapistPlan:
    """A therapist with skills and hours."""

    code: str
    person: Person
    about: str
    skills: tuple[str, ...]
    hours: tuple[HoursPlan, ...]


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days, both included, on which ``who`` (a location or therapist; empty: everybody) is not there."""

    who: str
    first: date
    last: date
    reason: str


@dataclass(frozen=True, slots=True)
class PracticePlan:
    """A whole practice, ready to be set up."""

    slug: str
    name: str
    time_zone: str
    country: str
    currency: str
    phone: str
    email: str
    terms: str
    owner: Person
    locations: tuple[LocationPlan, ...]
    services: tuple[ServicePlan, ...]
    therapists: tuple[TherapistPlan, ...]
    closures: tuple[DaysOff, ...]
    absences: tuple[DaysOff, ...]


def read_toml(file: Path) -> dict[str, Any]:
    """The contents of a TOML file; an InputError when it cannot be read."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"{file} cannot be read: {error.strerror}. Give the path of a practice file."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is not a TOML file: {error}. Mend that line and try again.") from error


def read_practice(file: Path, today: date) -> PracticePlan:
    """The practice that a file describes; ``today`` is what ``in_days`` counts from."""
    top = Entry(str(file), read_toml(file))
    about = top.entry("practice")
    owner = about.entry("owner")
    plan = PracticePlan(
        slug=about.text("slug"),
        name=about.text("name"),
        time_zone=about.text("time_zone"),
        country=about.text("country", "GB"),
        currency=about.text("currency", "GBP"),
        phone=about.text("phone"),
        email=about.text("email"),
        terms=about.text("terms", ""),
        owner=Person(owner.text("name"), owner.text("email")),
        locations=tuple(_location(entry) for entry in top.entries("locations")),
        services=tuple(_service(entry) for entry in top.entries("services")),
        therapists=tuple(_therapist(entry) for entry in top.entries("therapists")),
        closures=tuple(_days_off(entry, "location", today) for entry in top.entries("closures")),
        absences=tuple(_days_off(entry, "therapist", today) for entry in top.entries("absences")),
    )
    for entry in (owner, about, top):
        entry.refuse_others()
    about.ask(lambda: setup_rules.checked_practice(_details(plan)))
    _check_names(plan, str(file))
    return plan


class Entry:
    """One table of the file; reads its values and remembers which were asked for."""

    def __init__(self, where: str, values: Any) -> None:
        if not isinstance(values, dict):
            raise InputError(f"{where} must be a table of names and values.")
        self.where, self._values, self._asked = where, values, set[str]()

    def fault(self, message: str) -> InputError:
        """An error that says where."""
        return InputError(f"{self.where}: {message}")

    def get(self, name: str, kind: type, otherwise: Any = None) -> Any:
        """A value of this kind; without ``otherwise`` it must be there."""
        self._asked.add(name)
        value = self._values.get(name, otherwise)
        if value is None:
            raise self.fault(f"{name!r} is missing. Add it.")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.fault(f"{name!r} is {value!r}, which is not {_KINDS[kind]}.")
        return value

    def has(self, name: str) -> bool:
        """Whether the value is there."""
        return name in self._values

    def text(self, name: str, otherwise: str | None = None) -> str:
        """A text."""
        return str(self.get(name, str, otherwise)).strip()

    def number(self, name: str, otherwise: int | None = None) -> int:
        """A whole number."""
        return int(self.get(name, int, otherwise))

    def texts(self, name: str, otherwise: list[str] | None = None) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(str(item) for item in self.get(name, list, otherwise))

    def entry(self, name: str) -> Entry:
        """A table inside this one."""
        return Entry(f"{self.where}, {name}", self.get(name, dict))

    def entries(self, name: str) -> Iterator[Entry]:
        """The tables of a list; each must use all that it says."""
        for position, values in enumerate(self.get(name, list, []), 1):
            entry = Entry(f"{self.where}, {name} {position}", values)
            yield entry
            entry.refuse_others()

    def ask(self, rule: Callable[[], object]) -> None:
        """Ask a rule that the screens ask too; what it says is said with the place in the file."""
        try:
            rule()
        except InputError as error:
            raise InputError(f"{self.where}: {error.message}", code=error.code) from error

    def refuse_others(self) -> None:
        """A misspelled name would silently change what was meant."""
        others = sorted(set(self._values) - self._asked)
        if others:
            raise self.fault(f"{others[0]!r} means nothing here. Known are {', '.join(sorted(self._asked))}.")


_KINDS = {
    str: "a text",
    int: "a whole number",
    list: "a list",
    dict: "a table",
    date: "a date",
    bool: "true or false",
}


def _details(plan: PracticePlan) -> setup_rules.PracticeDetails:
    return setup_rules.PracticeDetails(
        name=plan.name,
        phone=plan.phone,
        email=plan.email,
        country=plan.country,
        currency=plan.currency,
        time_zone=plan.time_zone,
        terms=plan.terms,
    )


def _location(entry: Entry) -> LocationPlan:
    plan = LocationPlan(
        code=entry.text("code"),
        name=entry.text("name"),
        address=entry.text("address", ""),
        phone=entry.text("phone", ""),
        rooms=entry.texts("rooms"),
    )
    rooms = [setup_rules.RoomDetails(name=name) for name in plan.rooms]
    entry.ask(lambda: [setup_rules.checked_room(room) for room in rooms])
    return plan


def _service(entry: Entry) -> ServicePlan:
    price = entry.text("price")
    try:
        minor = Decimal(price) * 100
        whole = int(minor)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise entry.fault(f"the price {price!r} is not an amount. Write for example '58.00'.") from error
    if minor != whole or whole < 0:
        raise entry.fault(f"the price {price!r} is not an amount in whole pence. Write for example '58.00'.")
    plan = ServicePlan(
        code=entry.text("code"),
        name=entry.text("name"),
        description=entry.text("description", ""),
        skill=entry.text("skill"),
        minutes=entry.number("minutes"),
        turnover_after_minutes=entry.number("turnover_after_minutes", 0),
        price_minor=whole,
    )
    details = setup_rules.ServiceDetails(
        name=plan.name,
        description=plan.description,
        skill=plan.skill,
        minutes=plan.minutes,
        turnover_after_minutes=plan.turnover_after_minutes,
        price_minor=plan.price_minor,
    )
    entry.ask(lambda: setup_rules.checked_service(details))
    return plan


def _therapist(entry: Entry) -> TherapistPlan:
    plan = TherapistPlan(
        code=entry.text("code"),
        person=Person(entry.text("name"), entry.text("email")),
        about=entry.text("about", ""),
        skills=entry.texts("skills"),
        hours=tuple(hours for given in entry.entries("hours") for hours in _hours(given)),
    )
    skills = tuple(setup_rules.Skill(name) for name in plan.skills)
    details = setup_rules.TherapistDetails(name=plan.person.name, about=plan.about, skills=skills)
    entry.ask(lambda: setup_rules.checked_therapist(details))
    spans = tuple(setup_rules.Span(row.weekday, row.starts, row.ends, row.location) for row in plan.hours)
    entry.ask(lambda: setup_rules.checked_spans(spans))
    return plan


def _hours(entry: Entry) -> Iterator[HoursPlan]:
    location, starts, ends = entry.text("location"), _clock(entry, "from"), _clock(entry, "to")
    for day in entry.texts("days"):
        if day not in WEEKDAYS:
            raise entry.fault(f"the day {day!r} is not one of {', '.join(WEEKDAYS)}.")
        yield HoursPlan(location, WEEKDAYS.index(day), starts, ends)


def _clock(entry: Entry, name: str) -> time:
    given = entry.text(name)
    try:
        return time.fromisoformat(given)
    except ValueError as error:
        raise entry.fault(
            f"{name!r} is {given!r}, which is no time of day. Write for example '09:30'."
        ) from error


def _days_off(entry: Entry, who: str, today: date) -> DaysOff:
    first = (
        today + timedelta(days=entry.number("in_days")) if entry.has("in_days") else entry.get("date", date)
    )
    last = first + timedelta(days=entry.number("days", 1) - 1)
    if last < first:
        raise entry.fault("'days' must be 1 or more.")
    return DaysOff(entry.text(who, "" if who == "location" else None), first, last, entry.text("reason", ""))


def _check_names(plan: PracticePlan, file: str) -> None:
    """Whatever names something else must name something that is there."""
    locations, therapists = ({item.code for item in items} for items in (plan.locations, plan.therapists))
    named = [
        *(
            ("therapist " + item.code, hours.location, locations)
            for item in plan.therapists
            for hours in item.hours
        ),
        *(("a closure", item.who, locations) for item in plan.closures if item.who),
        *(("an absence", item.who, therapists) for item in plan.absences),
    ]
    for place, name, known in named:
        if name not in known:
            raise InputError(
                f"{file}: {place} names {name!r}, which is not described. Known are {', '.join(sorted(known))}."
            )
    taught = {skill for item in plan.therapists for skill in item.skills}
    for service in plan.services:
        if service.skill not in taught:
            raise InputError(
                f"{file}: no therapist has the skill {service.skill!r} of the service {service.code!r}; "
                "nobody could book it. Add the skill or leave out the service."
            )
