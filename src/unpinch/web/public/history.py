"""How a condition goes by itself, as points on a small chart. The words beside it say the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.clinical.teach import Going

LEFT, RIGHT, TOP, BOTTOM = 34, 306, 12, 112
_LAST_WEEK = 52
_TICKS = (0, 12, 26, 52)
_SHARES = (0, 50, 100)
_LEAST_POINTS = 1


@dataclass(frozen=True, slots=True)
class Point:
    """A dot and its label."""

    x: float
    y: float
    share: str
    weeks: int


@dataclass(frozen=True, slots=True)
class Chart:
    """One line of dots. ``path`` joins them, from nobody better at the start."""

    points: tuple[Point, ...]
    path: str
    ticks: tuple[tuple[float, int], ...]
    lines: tuple[tuple[float, int], ...]


def charts(courses: Iterable[Going]) -> tuple[Chart, ...]:
    """A chart for each course with a share at some week."""
    return tuple(_chart(course) for course in courses if len(course.points) >= _LEAST_POINTS)


def _chart(course: Going) -> Chart:
    points = tuple(Point(_x(weeks), _y(share), f"{share:g}", weeks) for weeks, share in course.points)
    joined = [(_x(0), _y(0)), *((point.x, point.y) for point in points)]
    return Chart(
        points,
        " ".join(f"{'L' if n else 'M'}{x} {y}" for n, (x, y) in enumerate(joined)),
        tuple((_x(week), week) for week in _TICKS),
        tuple((_y(share), share) for share in _SHARES),
    )


def _x(weeks: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * weeks / _LAST_WEEK, 1)


def _y(share: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * share / 100, 1)
