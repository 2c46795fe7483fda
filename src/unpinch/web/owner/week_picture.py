"""The hours of a week as a picture: a row a day, a bar a span, a colour a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe

from unpinch.web.owner.choices import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.safestring import SafeString

    from unpinch.services.setup_rules import Span

_LEFT, _TOP, _ROW, _HOUR = 44, 22, 26, 34
_MOST_COLOURS = 4


def picture(spans: Sequence[Span], places: Mapping[str, str]) -> SafeString:
    """An SVG with classes alone; empty for a week without work. What it shows stands beside it in words."""
    if not spans:
        return mark_safe("")
    first = min(span.minutes[0] % 1440 for span in spans) // 60
    last = max(-(-(span.minutes[1] - span.weekday * 1440) // 60) for span in spans)
    width = _LEFT + (last - first) * _HOUR + 12
    height = _TOP + 7 * _ROW + 4
    colours = {code: number % _MOST_COLOURS for number, code in enumerate(places)}
    parts = [*_hours(first, last, height), *_days(width)]
    for span in spans:
        start = span.minutes[0] - span.weekday * 1440
        length = span.minutes[1] - span.minutes[0]
        x = _LEFT + (start / 60 - first) * _HOUR
        y = _TOP + span.weekday * _ROW + 4
        parts.append(
            f'<rect class="bar-{colours.get(span.location_code, 0)}" x="{x:.1f}" y="{y}" '
            f'width="{length / 60 * _HOUR:.1f}" height="{_ROW - 8}" rx="5"><title>'
            f"{escape(places.get(span.location_code, ''))} {span.starts:%H:%M}–{span.ends:%H:%M}</title></rect>"
        )
    return format_html(
        '<svg class="week-picture" viewBox="0 0 {} {}" aria-hidden="true" focusable="false">{}</svg>',
        width,
        height,
        mark_safe("".join(parts)),  # noqa: S308 - numbers, and names that were escaped above
    )


def _hours(first: int, last: int, height: int) -> list[str]:
    found = []
    for hour in range(first, last + 1):
        x = _LEFT + (hour - first) * _HOUR
        found.append(f'<line class="hour-line" x1="{x}" x2="{x}" y1="{_TOP}" y2="{height - 4}"/>')
        if (hour - first) % 2 == 0:
            found.append(f'<text class="hour-name" x="{x}" y="14" text-anchor="middle">{hour % 24}</text>')
    return found


def _days(width: int) -> list[str]:
    found = []
    for number, name in enumerate(WEEKDAYS):
        y = _TOP + number * _ROW
        found.append(f'<line class="day-line" x1="0" x2="{width}" y1="{y}" y2="{y}"/>')
        found.append(f'<text class="day-text" x="0" y="{y + 18}">{escape(str(name)[:3])}</text>')
    return found
