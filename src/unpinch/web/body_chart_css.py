"""The style sheet of the body chart, made from its shapes: ``python -m unpinch.web.body_chart_css > FILE``.

With it the chart works without any script. Over each picture lie labels of tick boxes, cut to the shape of
their region by ``clip-path``, so a tap ticks the box; ``:has()`` then paints the region wherever it is drawn.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from unpinch.kernel import body_chart
from unpinch.kernel.body_chart.outline import corners

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.kernel.body_chart import Picture


def stylesheet() -> str:
    """The whole style sheet; the same shapes give the same text."""
    lines = ["/* Made by python -m unpinch.web.body_chart_css. Change the shapes, not this file. */"]
    for picture in body_chart.pictures():
        lines += _taps(picture)
    lines += [_painted(mark.slug) for mark in body_chart.all_marks()]
    return "\n".join(lines) + "\n"


def _taps(picture: Picture) -> Iterable[str]:
    for shape in picture.shapes:
        yield _clipped(picture, shape.mark.slug, shape.path)
    for portal in picture.portals:
        yield _clipped(picture, f"{portal.target}-{portal.side}", portal.path)


def _clipped(picture: Picture, slug: str, path: str) -> str:
    left, top, width, height = picture.box
    points = ",".join(
        f"{100 * (x - left) / width:.1f}% {100 * (y - top) / height:.1f}%" for x, y in corners(path)
    )
    return f".t-{picture.code}-{slug}{{clip-path:polygon({points})}}"


def _painted(slug: str) -> str:
    return (
        f".chart:has(#m-{slug}:checked) .r-{slug}{{fill:var(--mark);stroke:var(--mark-line)}}"
        f".chart:has(#m-{slug}:focus-visible) .r-{slug}{{stroke:var(--focus);stroke-width:4}}"
    )


if __name__ == "__main__":
    sys.stdout.write(stylesheet())
