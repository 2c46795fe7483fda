"""The relief chart for pages: the picture with its words, and the table that stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from unpinch.kernel import relief_chart
from unpinch.kernel.relief_chart import ChartWords

if TYPE_CHECKING:
    from unpinch.services.relief_story import Story


def picture(story: Story) -> SafeString:
    """The chart of a story as SVG, with one sentence for screen readers."""
    words = ChartWords(
        label=_label(story),
        pain=_("Pain, 0 to 10"),
        matters=_("a change that matters"),
        week=_("week {}"),
        untreated=_("Better without treatment, of 100 people"),
        share="{}",
    )
    # Two drawings, one for each width of the screen; the page hides the other from everybody.
    both = "".join(
        relief_chart.svg(story.points, story.milestones, story.smallest_change, words, shape)
        for shape in (relief_chart.WIDE, relief_chart.TALL)
    )
    return mark_safe(both)  # noqa: S308 - drawn by us; every word in it is escaped there


def _label(story: Story) -> str:
    if not story.points:
        return _("Pain over time. Nothing is told yet.")
    first, last = story.points[0], story.points[-1]
    return _("Pain over time, from %(first)s of 10 at the start to %(last)s of 10 now.") % {
        "first": f"{first.pain:g}",
        "last": f"{last.pain:g}",
    }
