"""What can be chosen on the pages of the set-up, as people call it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from unpinch.services.setup_rules import zones

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import Promise

    Choices = list[tuple[str, str | Promise]]

WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
GRIDS: Choices = [
    ("5", _("every 5 minutes")),
    ("10", _("every 10 minutes")),
    ("15", _("every 15 minutes")),
    ("20", _("every 20 minutes")),
    ("30", _("every half hour")),
    ("60", _("on the full hour")),
]
NOTICES: Choices = [
    ("0", _("until it begins")),
    ("60", _("an hour before")),
    ("120", _("2 hours before")),
    ("240", _("4 hours before")),
    ("720", _("12 hours before")),
    ("1440", _("a day before")),
    ("2880", _("2 days before")),
    ("10080", _("a week before")),
]
_SKILLS = {"swedish": _("Swedish massage"), "deep-tissue": _("Deep tissue massage")}


def skill_name(code: str) -> str | Promise:
    """A kind of massage as people call it."""
    return _SKILLS.get(code) or code.replace("-", " ").capitalize()


def skills(codes: Iterable[str]) -> Choices:
    """Kinds of massage to choose from."""
    return [(code, skill_name(code)) for code in codes]


def kinds(codes: Iterable[str]) -> Choices:
    """Kinds of room to choose from."""
    return [(code, code.replace("-", " ").capitalize()) for code in codes]


def time_zones() -> Choices:
    """Every time zone, by name."""
    return [(name, name.replace("_", " ")) for name in sorted(zones())]


def with_current(choices: Choices, current: object, words: str) -> Choices:
    """The choices with what stands now, should it be none of them."""
    text = str(current)
    if current in (None, "") or any(value == text for value, _words in choices):
        return choices
    return [*choices, (text, re.sub("%", text, words))]
