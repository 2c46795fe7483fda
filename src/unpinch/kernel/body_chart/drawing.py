"""A picture of the chart as SVG. Classes and presentation attributes only, so that it obeys a strict CSP."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from unpinch.kernel.body_chart.geometry import Mark, Picture, Shape

_PAPER = {"fill": "#efe6dc", "stroke": "#ffffff", "stroke-width": "1.5"}
_MARKED = {"fill": "#d9583b", "stroke": "#7a2412", "stroke-width": "2"}
_LINE = {"fill": "none", "stroke": "#b39c86", "stroke-width": "1.2"}


def svg(
    picture: Picture,
    marks: Collection[Mark] = (),
    *,
    label: str | None = None,
    words: Mapping[str, str] | None = None,
    kinds: Mapping[str, str] | None = None,
) -> str:
    """The picture with ``marks`` filled in.

    ``label`` is what a screen reader says; without it the picture is decoration. ``words`` translates left and
    right. ``kinds`` gives regions a class of their own (``is-KIND``), on both sides.
    Colours stand in attributes for paper and mail; a page may override them by class.
    """
    x, y, width, height = picture.box
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true" focusable="false"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart-svg" viewBox="{x:g} {y:g} {width:g} {height:g}" {role}>'
    ]
    parts += [_path("portal", portal.path, _PAPER) for portal in picture.portals]
    parts += [
        _shape(shape, (kinds or {}).get(shape.mark.region, ""), marked=shape.mark in marks)
        for shape in picture.shapes
    ]
    parts += [_path(line.kind, line.path, _LINE) for line in picture.lines]
    parts += [
        f'<text class="side" x="{at_x:g}" y="{at_y:g}" text-anchor="middle" font-size="15" fill="#6b5a48">'
        f"{escape((words or {}).get(side, side))}</text>"
        for side, at_x, at_y in picture.labels
    ]
    return "".join([*parts, "</svg>"])


def _shape(shape: Shape, own: str, *, marked: bool) -> str:
    kind = f"shape r-{shape.mark.slug}{' is-marked' if marked else ''}{f' is-{own}' if own else ''}"
    return _path(kind, shape.path, _MARKED if marked else _PAPER)


def _path(kind: str, path: str, look: Mapping[str, str]) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in look.items())
    return f'<path class="{kind}" d="{path}"{attributes}/>'
