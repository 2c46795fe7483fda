"""Pain over time as a picture: where someone was, where they are, and what change matters. SVG for page, mail, paper.

Classes and presentation attributes only, so that it obeys a strict CSP. Colours stand in attributes; a page may
override them by class. The same facts belong in a table beside it: the picture is one sentence to a screen reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WIDTH, _LEFT, _RIGHT, _TOP = 640, 44, 18, 18
_PLOT, _STRIP = 250, 64
_HIGHEST = 10


@dataclass(frozen=True, slots=True)
class Point:
    """Pain (0 to 10) so many days after the start."""

    day: float
    pain: float


@dataclass(frozen=True, slots=True)
class Milestone:
    """How many of 100 people are better by a week without treatment."""

    week: int
    of_100: float


@dataclass(frozen=True, slots=True)
class ChartWords:
    """The words in the picture. ``week`` and ``share`` have one gap each for a number."""

    label: str
    pain: str
    matters: str
    week: str
    untreated: str
    share: str


def svg(
    points: Sequence[Point],
    milestones: Sequence[Milestone],
    smallest_change: float,
    words: ChartWords,
) -> str:
    """The picture. With no points an empty grid; the axis reaches twelve weeks at least.

    ``smallest_change`` is the smallest fall in pain that matters, in points: the band below it is marked.
    """
    last = max([12, *(m.week for m in milestones if m.week <= 26), *(point.day / 7 for point in points)])
    scale = _Scale(last)
    height = _TOP + _PLOT + (_STRIP + 34 if milestones else 34)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="relief-svg" viewBox="0 0 {_WIDTH} {height}" '
        f'role="img" aria-label="{escape(words.label)}" font-family="inherit">'
    )
    parts = [opening, *_grid(scale, words)]
    if points:
        parts += _band(points[0].pain - smallest_change, words)
        parts += _line(points, scale)
    parts += _strip(milestones, scale, words)
    return "".join([*parts, "</svg>"])


@dataclass(frozen=True, slots=True)
class _Scale:
    weeks: float

    def x(self, day: float) -> float:
        return _LEFT + day / 7 / self.weeks * (_WIDTH - _LEFT - _RIGHT)


def _y(pain: float) -> float:
    return _TOP + _PLOT * (1 - pain / _HIGHEST)


def _text(x: float, y: float, text: str, anchor: str = "middle", kind: str = "axis", size: int = 14) -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="#4a5b5d">'
        f"{escape(text)}</text>"
    )


def _grid(scale: _Scale, words: ChartWords) -> Iterable[str]:
    for pain in range(0, _HIGHEST + 1, 2):
        y = _y(pain)
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#dfd3c3" fill="none"/>'
        yield _text(_LEFT - 8, y + 5, str(pain), "end")
    yield _text(4, 12, words.pain, "start")
    step = 2 if scale.weeks <= 14 else 4 if scale.weeks <= 28 else 8
    for week in range(0, int(scale.weeks) + 1, step):
        yield _text(scale.x(week * 7), _TOP + _PLOT + 22, words.week.format(week) if week == 0 else str(week))


def _band(below: float, words: ChartWords) -> Iterable[str]:
    if below <= 0:
        return
    top = _y(below)
    yield (
        f'<rect class="band" x="{_LEFT}" y="{top:.1f}" width="{_WIDTH - _LEFT - _RIGHT}" '
        f'height="{_y(0) - top:.1f}" fill="#e5f2e6"/>'
        f'<path class="band-edge" d="M{_LEFT} {top:.1f}H{_WIDTH - _RIGHT}" stroke="#22603a" '
        'stroke-dasharray="6 5" fill="none"/>'
    )
    yield _text(_WIDTH - _RIGHT - 6, top + 18, words.matters, "end", "band-text")


def _line(points: Sequence[Point], scale: _Scale) -> Iterable[str]:
    spots = [(scale.x(point.day), _y(point.pain)) for point in points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
    yield f'<path class="pain" d="M{path}" stroke="#dc5c3f" stroke-width="4" stroke-linejoin="round" fill="none"/>'
    for (x, y), point in zip(spots, points, strict=True):
        yield f'<circle class="spot" cx="{x:.1f}" cy="{y:.1f}" r="7" fill="#dc5c3f" stroke="#fff" stroke-width="2"/>'
        if point in {points[0], points[-1]}:
            above = y - 14 if y > _TOP + 24 else y + 26
            yield _text(
                min(max(x, _LEFT + 12), _WIDTH - _RIGHT - 8), above, f"{point.pain:g}", "middle", "value", 18
            )


def _strip(milestones: Sequence[Milestone], scale: _Scale, words: ChartWords) -> Iterable[str]:
    """Below the weeks: how it goes for others who are left alone, as bars of people out of a hundred."""
    if not milestones:
        return
    base = _TOP + _PLOT + 34 + _STRIP
    yield _text(4, _TOP + _PLOT + 48, words.untreated, "start", "strip-title")
    for milestone in milestones:
        if milestone.week > scale.weeks:
            continue
        x, height = scale.x(milestone.week * 7), 34 * milestone.of_100 / 100
        yield (
            f'<rect class="of" x="{x - 9:.1f}" y="{base - 34:.1f}" width="18" height="34" rx="3" fill="#f1e9dd"/>'
            f'<rect class="better" x="{x - 9:.1f}" y="{base - height:.1f}" width="18" height="{height:.1f}" '
            'rx="3" fill="#0d5a55"/>'
        )
        yield _text(x - 14, base - 4, words.share.format(f"{milestone.of_100:g}"), "end", "share")
