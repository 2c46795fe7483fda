"""The week as a form: three spans a day or as many as there are; a break is the gap between two of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from unpinch.services.setup_rules import Span
from unpinch.web.forms import PlainForm
from unpinch.web.owner.choices import WEEKDAYS
from unpinch.web.plain_fields import clock, day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.forms import BoundField
    from django.utils.functional import Promise

FEWEST = 3
_PARTS = ("from", "to", "at")


@dataclass(frozen=True, slots=True)
class Line:
    """The three fields of a span; with ``opens_more`` the page folds away this span and those after it."""

    starts: BoundField
    ends: BoundField
    place: BoundField
    opens_more: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week with its spans."""

    name: str | Promise
    lines: tuple[Line, ...]
    faults: tuple[str, ...]

    @property
    def has_more(self) -> bool:
        """Whether some lines are folded away."""
        return any(line.opens_more for line in self.lines)


class WeekForm(PlainForm):
    """Hours that repeat every week, and from when until when they hold."""

    valid_from = day(_("From"), note=_("Leave it empty if they hold already."))
    valid_to = day(_("Until"), note=_("Leave it empty if they hold until further notice."))

    def __init__(self, *args: Any, places: list[tuple[str, str]], lines: int = FEWEST, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines = lines
        for number in range(7):
            for span in range(lines):
                stem, whose = f"d{number}-{span}", f"{WEEKDAYS[number]} {span + 1}"
                self.fields[f"{stem}-from"] = clock(f"{whose}, " + gettext("from"))
                self.fields[f"{stem}-to"] = clock(f"{whose}, " + gettext("to"))
                place = forms.ChoiceField(
                    label=f"{whose}, " + gettext("where"),
                    choices=places,
                    required=False,
                    widget=forms.Select(attrs={"class": "text"}),
                )
                self.fields[f"{stem}-at"] = place

    @property
    def days(self) -> tuple[Day, ...]:
        """The fields as the page shows them: one line more than is filled in."""
        return tuple(self._day(number) for number in range(7))

    def _day(self, number: int) -> Day:
        lines: list[Line] = []
        for span in range(self._lines):
            starts, ends, place = (self[f"d{number}-{span}-{part}"] for part in _PARTS)
            is_empty = not (starts.value() or ends.value())
            is_first_empty = span > 0 and is_empty and not any(line.opens_more for line in lines)
            lines.append(Line(starts, ends, place, opens_more=is_first_empty))
        faults = [
            str(fault) for line in lines for field in (line.starts, line.ends) for fault in field.errors
        ]
        return Day(WEEKDAYS[number], tuple(lines), tuple(faults))

    def clean(self) -> dict[str, Any]:
        """The filled lines as spans."""
        found: dict[str, Any] = super().clean() or {}
        spans = []
        for number in range(7):
            for span in range(self._lines):
                stem = f"d{number}-{span}"
                starts, ends = found.pop(f"{stem}-from", None), found.pop(f"{stem}-to", None)
                place = found.pop(f"{stem}-at", "")
                if starts is not None and ends is not None:
                    spans.append(Span(number, starts, ends, place or self._first_place()))
                elif (starts is None) != (ends is None) and not {f"{stem}-from", f"{stem}-to"} & set(
                    self.errors
                ):
                    missing = "from" if starts is None else "to"
                    self.add_error(f"{stem}-{missing}", _("Write when the work begins and when it ends."))
        found["spans"] = tuple(spans)
        return found

    def _first_place(self) -> str:
        field = self.fields["d0-0-at"]
        assert isinstance(field, forms.ChoiceField)
        return next((str(value) for value, _words in field.choices), "")  # type: ignore[union-attr,misc]


def lines_for(spans: Iterable[Span]) -> int:
    """How many lines a day needs so that none of these hours is left out."""
    counts = Counter(span.weekday for span in spans)
    return max([FEWEST, *counts.values()])


def initial(spans: Iterable[Span]) -> dict[str, Any]:
    """What the form shows for these hours."""
    found: dict[str, Any] = {}
    counts: Counter[int] = Counter()
    for span in sorted(spans):
        stem = f"d{span.weekday}-{counts[span.weekday]}"
        found[f"{stem}-from"], found[f"{stem}-to"] = span.starts, span.ends
        found[f"{stem}-at"] = span.location_code
        counts[span.weekday] += 1
    return found


def monday_to_friday(given: Mapping[str, str]) -> dict[str, str]:
    """What was sent, with Monday's lines written over Tuesday to Friday."""
    others = {name: value for name, value in given.items() if not re.match(r"d[1-4]-", name)}
    monday = {name[2:]: value for name, value in given.items() if name.startswith("d0-")}
    return others | {f"d{day}{rest}": value for day in range(1, 5) for rest, value in monday.items()}
