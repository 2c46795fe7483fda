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


@dataclass(frozen=True, slots=True)
class Point:
    """A dot and its label."""

    x: float
    y: float
    share: str
    weeks: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Dots of every study, and a line through those of one study that looked more than once, from nobody better."""

    points: tuple[Point, ...]
    paths: tuple[str, ...]
    ticks: tuple[tuple[float, int], ...]
    lines: tuple[tuple[float, int], ...]


def chart(courses: Iterable[Going]) -> Chart | None:
    """One chart for all courses; None when no study counted how many were better."""
    studies = [_points(course) for course in courses if course.points]
    if not studies:
        return None
    return Chart(
        points=tuple(point for study in studies for point in study),
        paths=tuple(_path(study) for study in studies if len(study) > 1),
        ticks=tuple((_x(week), week) for week in _TICKS),
        lines=tuple((_y(share), share) for share in _SHARES),
    )


def _points(course: Going) -> tuple[Point, ...]:
    return tuple(Point(_x(weeks), _y(share), f"{share:g}", weeks) for weeks, share in course.points)


def _path(study: tuple[Point, ...]) -> str:
    joined = [(_x(0), _y(0)), *((point.x, point.y) for point in study)]
    return " ".join(f"{'L' if n else 'M'}{x} {y}" for n, (x, y) in enumerate(joined))


def _x(weeks: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * weeks / _LAST_WEEK, 1)


def _y(share: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * share / 100, 1)
