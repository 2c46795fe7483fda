"""What a doctor wrote, with the days of the calendar in it; ``on(today)`` gives what binds a plan that day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, cast

from unpinch.clinical.clearance import Clearance, Treatment, parse_clearance
from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Assessment

Said = Literal["yes", "yes-with-limits", "no", "call"]
SAID: tuple[Said, ...] = ("yes", "yes-with-limits", "no", "call")
LONGEST_TEXT = 600
_TEXTS = ("diagnosis", "medicines", "note")
_LIMITS = ("avoid_regions", "pressure_ceiling", "excluded_techniques", "sessions_max")


@dataclass(frozen=True, slots=True)
class Care:
    """One part of the doctor's own plan: a code of ``other_care.csv``, its day if it has one, and where."""

    code: str
    day: date | None = None
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which no session may start, from ``first`` to ``last``, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class DoctorsWord:
    """A doctor's answer. ``call`` asks the practice to ring up, and opens nothing.

    Massage may begin on ``wait_until`` at the earliest and not after ``last_day``. Limits left out do not limit.
    """

    say: Said
    avoid_regions: tuple[str, ...] = ()
    pressure_ceiling: int | None = None
    excluded_techniques: tuple[str, ...] = ()
    sessions_max: int | None = None
    wait_until: date | None = None
    last_day: date | None = None
    care: tuple[Care, ...] = ()
    diagnosis: str = ""
    medicines: str = ""
    note: str = ""

    @property
    def agrees(self) -> bool:
        """Whether massage may go ahead, with or without limits."""
        return self.say in ("yes", "yes-with-limits")

    @property
    def is_limited(self) -> bool:
        """Whether any limit is set."""
        limits = (*(getattr(self, name) for name in _LIMITS), self.wait_until, self.last_day)
        return any(limit not in (None, ()) for limit in limits)

    def on(self, today: date) -> Clearance:
        """What binds a plan made today. A treatment still to come does not bind yet: see :meth:`pauses`."""
        wait = max((self.wait_until - today).days, 0) if self.wait_until else 0
        return Clearance(
            say="no" if self.say == "call" else self.say,
            avoid_regions=self.avoid_regions,
            pressure_ceiling=self.pressure_ceiling,
            excluded_techniques=self.excluded_techniques,
            sessions_max=self.sessions_max,
            wait_days=wait,
            treatments=tuple(
                Treatment(care.code, (today - care.day).days, care.regions)
                for care in self.care
                if care.day is not None and care.day <= today
            ),
        )

    def pauses(self, today: date, kb: Knowledge) -> tuple[Pause, ...]:
        """When no session may start, because of a treatment.

        After a treatment of the past, nothing anywhere for ``elsewhere_wait_days``; the plan leaves its place alone.
        Around one still to come the plan knows no places, so the longer wait holds for the whole body.
        """
        return tuple(self._pauses(today, kb))

    def _pauses(self, today: date, kb: Knowledge) -> Iterable[Pause]:
        for care in self.care:
            if care.day is None:
                continue
            row = kb.other_care[care.code]
            days = row.elsewhere_wait_days
            if care.day > today:
                days = max(days, row.wait_days_before_massage)
            if days > 0:
                yield Pause(care.day, care.day + timedelta(days=days - 1))


def parse_word(raw: object, kb: Knowledge) -> DoctorsWord:
    """A doctor's answer from its JSON shape; InputError names what cannot be used."""
    if not isinstance(raw, Mapping) or raw.get("say") not in SAID:
        raise InputError(
            f"Please choose what you say: {', '.join(SAID)}. Without it nothing is known.", code="say"
        )
    say = cast("Said", raw["say"])
    core = parse_clearance({"say": "yes", **{name: raw.get(name) for name in _LIMITS}}, kb)
    word = DoctorsWord(
        say=say,
        avoid_regions=core.avoid_regions,
        pressure_ceiling=core.pressure_ceiling,
        excluded_techniques=core.excluded_techniques,
        sessions_max=core.sessions_max,
        wait_until=_day(raw.get("wait_until"), "wait_until"),
        last_day=_day(raw.get("last_day"), "last_day"),
        care=tuple(_care(item, kb) for item in raw.get("care") or ()),
        **{name: _text(raw.get(name), name) for name in _TEXTS},
    )
    return _checked(word)


def _checked(word: DoctorsWord) -> DoctorsWord:
    if word.say == "yes-with-limits" and not word.is_limited and not word.care and not word.note:
        raise InputError(
            "You chose yes with limits, but no limit is set. Set at least one, or choose a plain yes.",
            code="say",
        )
    if word.say == "yes" and word.is_limited:
        raise InputError(
            "You chose a plain yes, but limits are set. Choose yes with limits, or take them out.", code="say"
        )
    if word.wait_until and word.last_day and word.last_day < word.wait_until:
        raise InputError(
            f"The last day, {word.last_day.isoformat()}, lies before the first, {word.wait_until.isoformat()}: "
            "no day would be left. Please change one of them.",
            code="last_day",
        )
    return word


def dump_word(word: DoctorsWord) -> dict[str, Any]:
    """The JSON shape that :func:`parse_word` reads."""
    return {
        "say": word.say,
        **{
            name: list(value) if isinstance(value := getattr(word, name), tuple) else value
            for name in _LIMITS
        },
        "wait_until": word.wait_until.isoformat() if word.wait_until else None,
        "last_day": word.last_day.isoformat() if word.last_day else None,
        "care": [
            {
                "code": care.code,
                "day": care.day.isoformat() if care.day else None,
                "regions": list(care.regions),
            }
            for care in word.care
        ],
        **{name: getattr(word, name) for name in _TEXTS},
    }


def covers(asked: Assessment, now: Assessment) -> bool:
    """Whether a yes about earlier answers still speaks about newer ones: no new danger, the same likely source."""
    flags = {flag.code for flag in asked.red_flags}
    same_source = (
        asked.source_classes[:1]
        and now.source_classes[:1]
        and (asked.source_classes[0][0] is now.source_classes[0][0])
    )
    return (
        bool(same_source)
        and now.disposition.rank <= asked.disposition.rank
        and {flag.code for flag in now.red_flags} <= flags
        and set(now.open_dangers) <= set(asked.open_dangers)
    )


def _care(raw: object, kb: Knowledge) -> Care:
    if not isinstance(raw, Mapping) or raw.get("code") not in kb.other_care:
        raise InputError(
            f"{raw!r} is no treatment we know, so no waiting time could follow. Known are {', '.join(kb.other_care)}.",
            code="care",
        )
    row = kb.other_care[str(raw["code"])]
    day = _day(raw.get("day"), "care")
    if day is None and row.wait_days_before_massage > 0:
        raise InputError(
            f"{row.what_it_is}: please give the day. Waiting times count from it. If it is not fixed yet, "
            "leave the treatment out and write it in the note.",
            code="care",
        )
    known = parse_clearance({"say": "yes", "avoid_regions": list(raw.get("regions") or ())}, kb)
    return Care(row.code, day, known.avoid_regions)


def _day(raw: object, field: str) -> date | None:
    if raw in (None, ""):
        return None
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw))
    except ValueError as error:
        raise InputError(
            f"{raw!r} is no day we can read. Write it as year-month-day, for example 2026-11-20.", code=field
        ) from error


def _text(raw: object, field: str) -> str:
    text = "" if raw is None else str(raw).strip()
    if len(text) > LONGEST_TEXT:
        raise InputError(
            f"This text has {len(text)} characters and we can keep {LONGEST_TEXT}. Please shorten it.",
            code=field,
        )
    return text
