"""The body chart of the interview: tabs of pictures, places to tap, and the same places as a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from unpinch.clinical.values import UNSURE, Choice
from unpinch.kernel import body_chart

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from django.utils.functional import Promise

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.kernel.body_chart import Mark, Picture

_SIDES = {"left": gettext_lazy("left"), "right": gettext_lazy("right"), "middle": gettext_lazy("middle")}
_BUTTONS = {"left": gettext_lazy("Left"), "right": gettext_lazy("Right"), "middle": gettext_lazy("Yes")}
_TABS: tuple[tuple[str, str | Promise, tuple[str, ...]], ...] = (
    ("front", gettext_lazy("Front"), ("front",)),
    ("back", gettext_lazy("Back"), ("back",)),
    ("hand-left", gettext_lazy("Left hand"), ("hand-palm-left", "hand-back-left")),
    ("hand-right", gettext_lazy("Right hand"), ("hand-palm-right", "hand-back-right")),
    ("feet", gettext_lazy("Feet"), ("foot-top", "foot-sole")),
)
_TITLES = {
    "front": gettext_lazy("Front of your body"),
    "back": gettext_lazy("Back of your body"),
    "hand-palm-left": gettext_lazy("Palm of your left hand"),
    "hand-palm-right": gettext_lazy("Palm of your right hand"),
    "hand-back-left": gettext_lazy("Back of your left hand"),
    "hand-back-right": gettext_lazy("Back of your right hand"),
    "foot-top": gettext_lazy("Tops of your feet"),
    "foot-sole": gettext_lazy("Soles of your feet"),
}
_GROUPS: dict[str, str | Promise] = {
    "site-head-neck": gettext_lazy("Head and neck"),
    "site-shoulder": gettext_lazy("Shoulder"),
    "site-upper-arm": gettext_lazy("Upper arm and elbow"),
    "site-forearm": gettext_lazy("Forearm and wrist"),
    "site-hand-thumb-side": gettext_lazy("Hand, thumb side"),
    "site-hand-little-side": gettext_lazy("Hand, little-finger side"),
    "site-trunk": gettext_lazy("Chest, belly and middle of the back"),
    "site-low-back": gettext_lazy("Low back and buttock"),
    "site-hip": gettext_lazy("Hip and groin"),
    "site-thigh": gettext_lazy("Thigh and knee"),
    "site-lower-leg": gettext_lazy("Lower leg"),
    "site-foot": gettext_lazy("Foot and toes"),
}


@dataclass(frozen=True, slots=True)
class Tap:
    """A place on a picture that can be tapped: a label over the drawing for the tick box ``box``."""

    css: str
    box: str
    name: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """One picture with its places. ``portals`` lead to the tab that shows a hand or foot larger."""

    code: str
    title: str
    svg: SafeString
    taps: tuple[Tap, ...]
    portals: tuple[Tap, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """One choice of what to look at."""

    code: str
    name: str
    pictures: tuple[Drawn, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Box:
    """One tick box of the list: a region on one side."""

    id: str
    value: str
    text: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One region of the list with a box for each side."""

    text: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Regions of one part of the body. ``count`` are those marked."""

    name: str
    rows: tuple[Row, ...]
    count: int


@dataclass(frozen=True, slots=True)
class ChartField:
    """The whole body chart of a form."""

    tabs: tuple[Tab, ...]
    groups: tuple[Group, ...]


def chart_field(regions: Iterable[Choice], marks: Collection[Mark], kb: Knowledge) -> ChartField:
    """The chart with ``marks`` set, opened at the first picture that shows one of them."""
    names = {choice.code: choice.text for choice in regions}
    first = next(iter(body_chart.pictures_of(marks)), body_chart.pictures()[0])
    by_code = {picture.code: picture for picture in body_chart.pictures()}
    tabs = tuple(
        Tab(code, str(name), tuple(_drawn(by_code[own], names) for own in own_codes), first.code in own_codes)
        for code, name, own_codes in _TABS
    )
    return ChartField(tabs, _groups(names, marks, kb))


def _drawn(picture: Picture, names: Mapping[str, str]) -> Drawn:
    return Drawn(
        code=picture.code,
        title=str(_TITLES[picture.code]),
        svg=_safe_svg(picture, ()),
        taps=tuple(
            Tap(f"t-{picture.code}-{shape.mark.slug}", _box_id(shape.mark), name_of(shape.mark, names))
            for shape in picture.shapes
        ),
        portals=tuple(
            Tap(f"t-{picture.code}-{portal.target}-{portal.side}", _tab_id(portal.target, portal.side), "")
            for portal in picture.portals
        ),
    )


def _tab_id(target: str, side: str) -> str:
    return f"tab-hand-{side}" if target.startswith("hand") else "tab-feet"


def _box_id(mark: Mark) -> str:
    return f"m-{mark.slug}"


def _safe_svg(picture: Picture, marks: Collection[Mark], label: str | None = None) -> SafeString:
    words = {side: str(text) for side, text in _SIDES.items()}
    return mark_safe(body_chart.svg(picture, marks, label=label, words=words))  # noqa: S308 - drawn by us, labels escaped there


def _groups(names: Mapping[str, str], marks: Collection[Mark], kb: Knowledge) -> tuple[Group, ...]:
    rows: dict[str, list[Row]] = {group: [] for group in _GROUPS}
    for region, text in names.items():
        member = kb.groups.get(region)
        group = member.group if member and member.group in rows else next(reversed(rows))
        rows[group].append(_row(region, text, names, marks))
    return tuple(
        Group(str(_GROUPS[group]), tuple(own), sum(box.chosen for row in own for box in row.boxes))
        for group, own in rows.items()
        if own
    )


def _row(region: str, text: str, names: Mapping[str, str], marks: Collection[Mark]) -> Row:
    own = [mark for mark in body_chart.all_marks() if mark.region == region]
    own.sort(key=lambda mark: list(_SIDES).index(mark.side))
    return Row(
        text,
        tuple(
            Box(_box_id(mark), str(mark), str(_BUTTONS[mark.side]), name_of(mark, names), mark in marks)
            for mark in own
        ),
    )


def name_of(mark: Mark, names: Mapping[str, str]) -> str:
    """A mark in words, for example "Thumb, right"."""
    return f"{names.get(mark.region, mark.region)}, {_SIDES[mark.side]}"


def marked_pictures(marks: Collection[Mark], names: Mapping[str, str]) -> tuple[Drawn, ...]:
    """The fewest pictures that show all marks, each described for screen readers."""
    found = []
    for picture in body_chart.pictures_of(marks):
        shown = [shape.mark for shape in picture.shapes if shape.mark in marks]
        title = str(_TITLES[picture.code])
        label = _("%(title)s. Marked: %(places)s.") % {
            "title": title,
            "places": "; ".join(name_of(mark, names) for mark in shown),
        }
        found.append(Drawn(picture.code, title, _safe_svg(picture, set(shown), label), (), ()))
    return tuple(found)


def side_of(marks: Collection[Mark]) -> str | None:
    """The side that the marks speak for; None when there are none."""
    sides = {mark.side for mark in marks}
    if {"left", "right"} <= sides:
        return "both"
    return next((side for side in ("left", "right", "middle") if side in sides), None)


def contradicts(side: str, marks: Collection[Mark]) -> bool:
    """Whether a chosen side names the one side on which nothing is marked."""
    sides = {mark.side for mark in marks}
    other = {"left": "right", "right": "left"}.get(side)
    return side != UNSURE and other in sides and side not in sides
