"""A path of the chart as corner points, for places that cannot draw curves."""

from __future__ import annotations

import re

Point = tuple[float, float]

_TOKEN = re.compile(r"[MlcZ]|-?(?:\d+\.?\d*|\.\d+)")
_STEPS = 4


def corners(path: str) -> tuple[Point, ...]:
    """The outline with every curve cut into four straight pieces. Paths use only M, l, c and Z."""
    points: list[Point] = []
    numbers: list[float] = []
    command = "M"
    for part in _TOKEN.findall(path):
        if part in "MlcZ":
            command = part
            continue
        numbers.append(float(part))
        if len(numbers) == (6 if command == "c" else 2):
            points += _pieces(command, points[-1] if points else (0.0, 0.0), numbers)
            numbers = []
    return tuple(points)


def _pieces(command: str, at: Point, numbers: list[float]) -> list[Point]:
    x, y = at
    if command == "M":
        return [(numbers[0], numbers[1])]
    if command == "l":
        return [(x + numbers[0], y + numbers[1])]
    ax, ay, bx, by, cx, cy = numbers
    found = []
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        one, two, three = 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
        found.append((x + one * ax + two * bx + three * cx, y + one * ay + two * by + three * cy))
    return found
