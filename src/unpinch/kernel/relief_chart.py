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

_TOP, _STRIP, _HIGHEST = 18, 64, 10


@dataclass(frozen=True, slots=True)
class Shape:
    """How wide and high the picture is and how large its letters are, in its own units.

    ``name`` is a class of the picture, so that a page can show the one that fits the screen.
    """

    name: str
    width: int
    left: int
    right: int
    plot: int
    letters: int
    figures: int


WIDE = Shape("relief-wide", 640, 44, 18, 250, 14, 18)
"""For a page, a letter or paper."""
TALL = Shape("relief-tall", 340, 32, 12, 320, 16, 22)
"""For a phone: drawn about as wide as its screen, so that the letters keep their size."""


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
    shape: Shape = WIDE,
) -> str:
    """The picture. With no points an empty grid; the axis reaches twelve weeks at least.

    ``smallest_change`` is the smallest fall in pain that matters, in points: the band below it is marked.
    """
    last = max([12, *(m.week for m in milestones if m.week <= 26), *(point.day / 7 for point in points)])
    scale = _Scale(last, shape)
    seen = [milestone for milestone in milestones if milestone.week <= last]
    height = _TOP + shape.plot + (_STRIP + 34 if seen else 34)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="relief-svg {shape.name}" viewBox="0 0 {shape.width} {height}" '
        f'role="img" aria-label="{escape(words.label)}" font-family="inherit">'
    )
    parts = [opening, *_grid(scale, words)]
    if points:
        parts += _band(points[0].pain - smallest_change, scale, words)
        parts += _line(points, scale)
    parts += _strip(seen, scale, words)
    return "".join([*parts, "</svg>"])


@dataclass(frozen=True, slots=True)
class _Scale:
    weeks: float
    shape: Shape

    @property
    def end(self) -> int:
        return self.shape.width - self.shape.right

    @property
    def bottom(self) -> int:
        return _TOP + self.shape.plot

    def x(self, day: float) -> float:
        return self.shape.left + day / 7 / self.weeks * (self.end - self.shape.left)

    def y(self, pain: float) -> float:
        return _TOP + self.shape.plot * (1 - pain / _HIGHEST)

    def text(self, x: float, y: float, text: str, anchor: str = "middle", kind: str = "axis") -> str:
        size = self.shape.figures if kind == "value" else self.shape.letters
        return (
            f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
            f'fill="#4a5b5d">{escape(text)}</text>'
        )


def _grid(scale: _Scale, words: ChartWords) -> Iterable[str]:
    for pain in range(0, _HIGHEST + 1, 2):
        y = scale.y(pain)
        yield f'<path class="grid" d="M{scale.shape.left} {y:.1f}H{scale.end}" stroke="#dfd3c3" fill="none"/>'
        yield scale.text(scale.shape.left - 8, y + 5, str(pain), "end")
    yield scale.text(scale.shape.left + 4, 14, words.pain, "start")
    step = 2 if scale.weeks <= 14 else 4 if scale.weeks <= 28 else 8
    for week in range(0, int(scale.weeks) + 1, step):
        named = words.week.format(week) if week == 0 else str(week)
        yield scale.text(scale.x(week * 7), scale.bottom + 22, named)


def _band(below: float, scale: _Scale, words: ChartWords) -> Iterable[str]:
    if below <= 0:
        return
    top, left = scale.y(below), scale.shape.left
    yield (
        f'<rect class="band" x="{left}" y="{top:.1f}" width="{scale.end - left}" '
        f'height="{scale.bottom - top:.1f}" fill="#e5f2e6"/>'
        f'<path class="band-edge" d="M{left} {top:.1f}H{scale.end}" stroke="#22603a" '
        'stroke-dasharray="6 5" fill="none"/>'
    )
    yield scale.text(scale.end - 6, scale.bottom - 8, words.matters, "end", "band-text")


def _line(points: Sequence[Point], scale: _Scale) -> Iterable[str]:
    spots = [(scale.x(point.day), scale.y(point.pain)) for point in points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
    yield f'<path class="pain" d="M{path}" stroke="#dc5c3f" stroke-width="4" stroke-linejoin="round" fill="none"/>'
    for (x, y), point in zip(spots, points, strict=True):
        yield f'<circle class="spot" cx="{x:.1f}" cy="{y:.1f}" r="7" fill="#dc5c3f" stroke="#fff" stroke-width="2"/>'
        if point in {points[0], points[-1]}:
            above = y - 14 if y > _TOP + 24 else y + 26
            within = min(max(x, scale.shape.left + 12), scale.end - 8)
            yield scale.text(within, above, f"{point.pain:g}", "middle", "value")


def _strip(milestones: Sequence[Milestone], scale: _Scale, words: ChartWords) -> Iterable[str]:
    """Below the weeks: how it goes for others who are left alone, as bars of people out of a hundred."""
    if not milestones:
        return
    base = scale.bottom + 34 + _STRIP
    yield scale.text(4, scale.bottom + 48, words.untreated, "start", "strip-title")
    for milestone in milestones:
        x, height = scale.x(milestone.week * 7), 34 * milestone.of_100 / 100
        yield (
            f'<rect class="of" x="{x - 9:.1f}" y="{base - 34:.1f}" width="18" height="34" rx="3" fill="#f1e9dd"/>'
            f'<rect class="better" x="{x - 9:.1f}" y="{base - height:.1f}" width="18" height="{height:.1f}" '
            'rx="3" fill="#0d5a55"/>'
        )
        yield scale.text(x - 14, base - 4, words.share.format(f"{milestone.of_100:g}"), "end", "share")
