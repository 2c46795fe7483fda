"""The short re-check after something electric, numb or spreading: a few lines, all denied or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from unpinch.clinical import knowledge
from unpinch.web.session.check_form import Line

if TYPE_CHECKING:
    from django.http import QueryDict


@dataclass(frozen=True, slots=True)
class RecheckPage:
    """The lines as they stand. ``said`` is None until every line has its answer; not sure counts as yes."""

    lines: tuple[Line, ...]
    error: str = ""
    said: dict[str, bool] | None = None


def empty() -> RecheckPage:
    """The lines with nothing ticked."""
    rows = knowledge.load().day_check.values()
    return RecheckPage(
        tuple(Line(row.code, row.text, ticked=False, unsure=False) for row in rows if row.in_room)
    )


def read(post: QueryDict) -> RecheckPage:
    """What a sent form says: something ticked, or "none of these"."""
    page = empty()
    ticked = {line.name for line in page.lines if set(post.getlist(line.name)) & {"yes", "unsure"}}
    if ticked:
        return RecheckPage(page.lines, said={line.name: line.name in ticked for line in page.lines})
    if "none" in post:
        return RecheckPage(page.lines, said=dict.fromkeys((line.name for line in page.lines), False))
    return RecheckPage(page.lines, _("Tick what fits. If nothing does, tick “None of these”."))
