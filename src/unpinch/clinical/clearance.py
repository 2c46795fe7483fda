"""The doctor's say as a value: yes, yes with limits, or no, and the doctor's own treatment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    from unpinch.clinical.knowledge import Knowledge

Say = Literal["yes", "yes-with-limits", "no"]
_SAYS = ("yes", "yes-with-limits", "no")


@dataclass(frozen=True, slots=True)
class Treatment:
    """Another treatment that the person has had: its code in ``other_care.csv`` and how many days ago."""

    code: str
    days_ago: int
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clearance:
    """A doctor's answer. Limits left out do not limit; every limit given binds the plan by machine.

    ``wait_days`` counts from today. Regions are codes of the body map.
    """

    say: Say
    avoid_regions: tuple[str, ...] = ()
    pressure_ceiling: int | None = None
    excluded_techniques: tuple[str, ...] = ()
    sessions_max: int | None = None
    wait_days: int = 0
    treatments: tuple[Treatment, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether the doctor lets massage go ahead, with or without limits."""
        return self.say != "no"


_KEYS = frozenset(
    {
        "say",
        "avoid_regions",
        "pressure_ceiling",
        "excluded_techniques",
        "sessions_max",
        "wait_days",
        "treatments",
    }
)


def parse_clearance(raw: object, kb: Knowledge) -> Clearance:
    """A clearance from its JSON shape: ``say`` is required, all limits are optional.

    Raises :class:`InputError` that names the key and the value it refuses.
    """
    if not isinstance(raw, Mapping):
        raise InputError(
            'A clearance is an object such as {"say": "yes-with-limits", "pressure_ceiling": 2}.'
        )
    unknown = sorted(set(raw) - _KEYS)
    if unknown:
        raise InputError(f"{unknown[0]!r} is not part of a clearance. Known are {', '.join(sorted(_KEYS))}.")
    say = raw.get("say")
    if say not in _SAYS:
        raise InputError(
            f"say cannot be {say!r}: a plan needs to know what the doctor said. Use {', '.join(_SAYS)}."
        )
    levels = sorted(kb.pressure_scale)
    return Clearance(
        say=cast("Say", say),
        avoid_regions=_codes(raw, "avoid_regions", _is_region(kb)),
        pressure_ceiling=_number(raw, "pressure_ceiling", levels[0], levels[-1]),
        excluded_techniques=_codes(raw, "excluded_techniques", kb.techniques.__contains__),
        sessions_max=_number(raw, "sessions_max", 1, 60),
        wait_days=_number(raw, "wait_days", 0, 3650) or 0,
        treatments=tuple(_treatment(item, kb) for item in _list(raw, "treatments")),
    )


def _is_region(kb: Knowledge) -> Callable[[str], bool]:
    return lambda code: code in kb.findings and kb.findings[code].is_region


def _treatment(raw: object, kb: Knowledge) -> Treatment:
    if not isinstance(raw, Mapping) or raw.get("code") not in kb.other_care:
        raise InputError(
            f"treatments cannot hold {raw!r}. Each is an object with a code ({', '.join(kb.other_care)}) and days_ago."
        )
    days = _number(raw, "days_ago", 0, 36500)
    if days is None:
        raise InputError(
            f"The treatment {raw['code']!r} has no days_ago: waiting times count from it. Add it."
        )
    return Treatment(str(raw["code"]), days, _codes(raw, "regions", _is_region(kb)))


def _list(raw: Mapping[str, object], key: str) -> Sequence[object]:
    value = raw.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise InputError(f"{key} cannot be {value!r}: write a list.")
    return value


def _codes(raw: Mapping[str, object], key: str, known: Callable[[str], bool]) -> tuple[str, ...]:
    codes = tuple(str(code) for code in _list(raw, key))
    for code in codes:
        if not known(code):
            raise InputError(
                f"{key} cannot hold {code!r}: it is not a known code, so the limit could not bind."
            )
    return codes


def _number(raw: Mapping[str, object], key: str, low: int, high: int) -> int | None:
    value = raw.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{key} cannot be {value!r}: write a whole number from {low} to {high}.")
    return value
