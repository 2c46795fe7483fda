"""Shares of a whole as bars with their intervals, one under the other. SVG with classes and attributes alone."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 640, 14, 14, 66, 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: shares from 0 to 1. ``beside`` is a share to compare with, None where nothing is known.

    Without a range, ``low`` and ``high`` are the same.
    """

    name: str
    share: float
    low: float
    high: float
    beside: float | None = None


def svg(bars: Sequence[Bar], label: str) -> str:
    """The picture; the same numbers belong in a table beside it."""
    height = _TOP + _ROW * len(bars) + 26
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="share-svg" viewBox="0 0 {_WIDTH} {height}" '
        f'role="img" aria-label="{escape(label)}">'
    )
    parts = [opening]
    for number, bar in enumerate(bars):
        parts += _row(bar, _TOP + number * _ROW)
    for tenth in range(0, 11, 2):
        anchor = "start" if tenth == 0 else "end" if tenth == 10 else "middle"
        parts.append(_text(_x(tenth / 10), height - 6, f"{tenth * 10}", anchor, "axis"))
    return "".join([*parts, "</svg>"])


def _row(bar: Bar, top: float) -> Iterable[str]:
    yield _text(_LEFT, top + 16, bar.name, "start", "name")
    for kind, width, fill in (
        ("whole", _x(1) - _LEFT, "#f1e9dd"),
        ("part", _x(bar.share) - _LEFT, "#0d5a55"),
    ):
        yield f'<rect class="{kind}" x="{_LEFT}" y="{top + 24}" width="{width:.1f}" height="22" rx="4" fill="{fill}"/>'
    if bar.low < bar.high:
        line = f"M{_x(bar.low):.1f} {top + 29}v12m0-6H{_x(bar.high):.1f}m0-6v12"
        # Twice, the first one wider and pale: it lies on a dark bar and on a pale one.
        for kind, thick, stroke in (("halo", "7", "#fffdfa"), ("range", "2.5", "#1b2c30")):
            yield f'<path class="{kind}" d="{line}" stroke="{stroke}" stroke-width="{thick}" fill="none"/>'
    if bar.beside is not None:
        x = _x(bar.beside)
        yield (
            f'<path class="beside" d="M{x:.1f} {top + 19}l6 10l-6 10l-6 -10z" fill="#dc5c3f" '
            'stroke="#fffdfa" stroke-width="1.5"/>'
        )


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _text(x: float, y: float, text: str, anchor: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="16">{escape(text)}</text>'
