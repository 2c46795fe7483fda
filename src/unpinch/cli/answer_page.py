"""The answer in plain words, the same after ``ask``, ``assess`` and ``interview``."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from unpinch.cli import output
from unpinch.clinical.values import Disposition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Assessment

_COLOUR = {
    Disposition.EMERGENCY: "bold white on red",
    Disposition.URGENT: "bold red",
    Disposition.DOCTOR_FIRST: "bold yellow",
    Disposition.MASSAGE_OK: "bold green",
}
_MOST_OPEN = 5
_MOST_SOURCES = 6
_WIDEST = 100
_NOT_A_DIAGNOSIS = "This is not a diagnosis. Questions can never prove that you are safe."


def show(found: Assessment, kb: Knowledge) -> None:
    """Print the answer page: what to do first, then why. In danger, little else: one sentence must stand out."""
    page = _Page(output.console())
    page.paragraph(found.action, _COLOUR[found.disposition])
    if found.disposition.rank >= Disposition.URGENT.rank:
        _show_danger(page, found)
    else:
        _show_fit(page, found, kb)
        page.listed("Watch out", found.watch_for)
    _show_sources(page, found)
    page.paragraph(f"{_NOT_A_DIAGNOSIS} Knowledge: {found.knowledge_version}.", "dim")


class _Page:
    """Paragraphs and lists with a blank line between, wrapped between words so that addresses stay whole."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._width = min(console.width, _WIDEST)

    def paragraph(self, text: str, style: str = "") -> None:
        """A paragraph; style is a rich style."""
        for line in self._wrapped(text, ""):
            self._console.print(line, style=style, soft_wrap=True)
        self._console.print()

    def listed(self, title: str, texts: Iterable[str]) -> None:
        """A titled list with hanging indents; nothing when there are no texts."""
        lines = [line for text in texts for line in self._wrapped(text, " - ")]
        if lines:
            self._console.print(title, style="bold")
            self._console.print("\n".join(lines), soft_wrap=True)
            self._console.print()

    def _wrapped(self, text: str, lead: str) -> list[str]:
        return textwrap.wrap(
            text,
            width=self._width,
            initial_indent=lead,
            subsequent_indent=" " * len(lead),
            break_long_words=False,
            break_on_hyphens=False,
        )


def _show_danger(page: _Page, found: Assessment) -> None:
    urgent = [flag for flag in found.red_flags if flag.disposition is found.disposition]
    page.listed("Why", dict.fromkeys(f"{flag.why}." for flag in urgent))


def _show_fit(page: _Page, found: Assessment, kb: Knowledge) -> None:
    page.paragraph(found.headline, "bold")
    page.paragraph(found.massage.sentence)
    page.listed(
        "How well it fits", [_fit(ranked.plain_name, ranked.probability) for ranked in found.ranking[:3]]
    )
    page.listed(
        f"Why, or why not: {found.ranking[0].plain_name}",
        [f"{reason.text} ({_weight(reason.weight, reason.direction)})" for reason in found.reasons],
    )
    page.listed("What a doctor should look at", dict.fromkeys(f"{flag.why}." for flag in found.red_flags))
    page.listed("What we do not know yet", _open(found, kb))


def _fit(name: str, chance: float) -> str:
    return f"{name[:1].upper()}{name[1:]}: {_in_ten(chance)}"


def _in_ten(chance: float) -> str:
    """A chance in words that claim no more than they can."""
    tenths = round(chance * 10)
    if tenths == 0:
        return "less than 1 in 10"
    return "almost sure" if tenths == 10 else f"about {tenths} in 10"


def _weight(weight: str, direction: str) -> str:
    return f"speaks {weight} {direction} it"


def _open(found: Assessment, kb: Knowledge) -> list[str]:
    texts = [kb.findings[code].question for code in found.open_dangers]
    more = len(texts) - _MOST_OPEN
    return texts[:_MOST_OPEN] + ([f"and {more} more questions about danger"] if more > 0 else [])


def _show_sources(page: _Page, found: Assessment) -> None:
    lines = [
        f"{source.citation}{' ' + source.url if source.url else ''}"
        f"{'' if source.seen else ' (not checked by us)'}"
        for source in found.sources[:_MOST_SOURCES]
    ]
    more = len(found.sources) - _MOST_SOURCES
    page.listed("Where this comes from", lines + ([f"and {more} more"] if more > 0 else []))
