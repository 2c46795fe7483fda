"""The letter to a doctor as a PDF of one page, set by Typst.

Words go in as one JSON value and are never part of the source, so nothing that somebody typed can do anything
there. Fonts are our own and the date is given: the same letter is the same file on every machine.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import segno
import typst

from unpinch.kernel.errors import SetupError

if TYPE_CHECKING:
    from datetime import datetime

_SOURCE = Path(__file__).with_name("letter.typ")
_FONTS = Path(__file__).with_name("fonts")
_PICTURE_HEIGHTS = (62, 58, 44, 34)
"""In millimetres, for one, two, three and more pictures."""
_SIZES = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
"""Sizes of type that are tried, until the letter fits on its page."""


@dataclass(frozen=True, slots=True)
class LetterPicture:
    """One drawing with what it shows in words."""

    svg: str
    alt: str


@dataclass(frozen=True, slots=True)
class LetterWords:
    """Everything that stands in the letter. Pairs are name and value of a fact.

    ``code`` and ``address`` empty make the copy for the practice's own record, which cannot answer anything.
    """

    lang: str
    paper: str
    title: str
    practice: str
    contact: str
    date: str
    lead: str
    person: tuple[tuple[str, str], ...]
    danger: str
    sources: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    plan: tuple[tuple[str, str], ...]
    places: str
    pictures: tuple[LetterPicture, ...]
    head: dict[str, str]
    says: tuple[str, ...]
    foot: str
    code: str = ""
    link: str = ""
    address: str = ""
    until: str = ""
    qr_alt: str = ""
    copy: str = ""


def letter_pdf(words: LetterWords, written_at: datetime) -> bytes:
    """The letter, on one page whatever stands in it: smaller type where more is told.

    SetupError when not even that fits, which means that the template is broken.
    """
    source = _SOURCE.read_bytes()
    for size in _SIZES:
        compiler = _compiler(words, size)
        pages = compiler.compile(source, format="svg")
        if not isinstance(pages, list) or len(pages) == 1:
            found = compiler.compile(
                source, format="pdf", timestamp=written_at.replace(microsecond=0), pdf_standards=["ua-1"]
            )
            assert isinstance(found, bytes)
            return found
    raise SetupError(
        "The letter does not fit on one page, whatever the size of its type. Please report this with the template used."
    )


def qr_svg(text: str) -> str:
    """A QR code as SVG, dark on nothing, with the quiet border that readers need."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn, kind="svg", border=2, xmldecl=False, dark="#000000", light="#ffffff"
    )
    return drawn.getvalue().decode()


def _compiler(words: LetterWords, size: float) -> typst.Compiler:
    told = {
        **asdict(words),
        "size": size,
        "picture_height": _PICTURE_HEIGHTS[min(len(words.pictures), len(_PICTURE_HEIGHTS)) - 1],
        "qr": qr_svg(words.link) if words.link else "",
    }
    return typst.Compiler(font_paths=fonts(), sys_inputs={"letter": json.dumps(told, ensure_ascii=False)})


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """The fonts of everything that is printed: ours for the look, none of the machine's."""
    # Ours for the look, Typst's own for Greek and Cyrillic names; none of the machine's.
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(_FONTS)])
