"""The shapes of the body chart, read once from ``geometry.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FILE = Path(__file__).parent / "geometry.toml"
_SPLIT_BY_HAND = ("hand-palm", "hand-back")


class Mark(NamedTuple):
    """One place that a person can mark: a region code and ``left``, ``right`` or ``middle``."""

    region: str
    side: str

    def __str__(self) -> str:
        return f"{self.region}:{self.side}"

    @property
    def slug(self) -> str:
        """The mark as part of an element's id or class."""
        return f"{self.region}-{self.side}"


@dataclass(frozen=True, slots=True)
class Shape:
    """One closed outline in a picture, standing for one mark."""

    mark: Mark
    path: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the drawing that means nothing: ``line``, ``crease``, ``nail`` or ``rim``."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Portal:
    """A hand or foot of the whole figure, which the picture ``target`` shows larger."""

    target: str
    side: str
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawing: a view, or one hand of a view of both. ``labels`` are the words left and right with their place."""

    code: str
    view: str
    title: str
    box: tuple[float, float, float, float]
    shapes: tuple[Shape, ...]
    lines: tuple[Line, ...]
    portals: tuple[Portal, ...]
    labels: tuple[tuple[str, float, float], ...]


@lru_cache(maxsize=1)
def pictures() -> tuple[Picture, ...]:
    """Every picture: front, back, each hand by itself from both sides, both feet from above and below."""
    views = tomllib.loads(_FILE.read_text(encoding="utf-8"))["views"]
    return tuple(picture for code, view in views.items() for picture in _pictures(code, view))


@lru_cache(maxsize=1)
def all_marks() -> tuple[Mark, ...]:
    """Every place that can be marked, each once, in the order of the pictures."""
    return tuple(dict.fromkeys(shape.mark for picture in pictures() for shape in picture.shapes))


def pictures_of(marks: Iterable[Mark]) -> tuple[Picture, ...]:
    """The fewest pictures that show all ``marks``: whole figures are left out where a hand or foot shows more."""
    left = set(marks)
    chosen: list[Picture] = []
    while left:
        best = max(pictures(), key=lambda picture: len(left & _marks(picture)))
        shown = left & _marks(best)
        if not shown:
            break
        chosen.append(best)
        left -= shown
    return tuple(sorted(chosen, key=pictures().index))


def _marks(picture: Picture) -> set[Mark]:
    return {shape.mark for shape in picture.shapes}


def _pictures(code: str, view: Mapping[str, Any]) -> Iterable[Picture]:
    if code not in _SPLIT_BY_HAND:
        yield _picture(code, code, view, view["viewbox"], None)
        return
    for side, box in view["panels"].items():
        yield _picture(f"{code}-{side}", code, view, box, side)


def _picture(code: str, view_code: str, view: Mapping[str, Any], box: str, side: str | None) -> Picture:
    x, y, width, height = (float(part) for part in box.split())
    shapes = (
        Shape(Mark(region, own), path)
        for region, paths in view["shapes"].items()
        for own, path in paths.items()
        if side in (None, own)
    )
    lines = [Line(detail["kind"], detail["d"]) for detail in view["details"]]
    lines += [Line("rim", path) for path in view["outlines"]]
    portals = (
        Portal(target, own, path)
        for target, paths in view.get("portals", {}).items()
        for own, path in paths.items()
    )
    return Picture(
        code=code,
        view=view_code,
        title=view["title"],
        box=(x, y, width, height),
        shapes=tuple(shapes),
        lines=tuple(line for line in lines if x <= _start(line.path) <= x + width),
        portals=tuple(portals),
        labels=tuple(
            (own, *(float(part) for part in place.split()))
            for own, place in view["marks"].items()
            if side in (None, own)
        ),
    )


def _start(path: str) -> float:
    """The x of a path's first point, which tells the panel it belongs to."""
    x, _, _ = path[1:].replace("-", " -").strip().partition(" ")
    return float(x)
