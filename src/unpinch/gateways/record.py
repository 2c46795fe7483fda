"""Everything about one client as a PDF for reading, set by Typst with the fonts and the look of the letters."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typst

from unpinch.gateways.letter import fonts

if TYPE_CHECKING:
    from datetime import datetime

_SOURCE = Path(__file__).with_name("record.typ")


@dataclass(frozen=True, slots=True)
class Entry:
    """Some lines that belong together: name and value."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of things."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class RecordWords:
    """Everything that stands in the document. ``nothing`` is said where a section is empty."""

    lang: str
    paper: str
    practice: str
    title: str
    lead: str
    foot: str
    nothing: str
    sections: tuple[Section, ...]


def record_pdf(words: RecordWords, written_at: datetime) -> bytes:
    """The document, tagged for screen readers."""
    told = json.dumps(asdict(words), ensure_ascii=False)
    compiler = typst.Compiler(font_paths=fonts(), sys_inputs={"record": told})
    made = compiler.compile(
        _SOURCE.read_bytes(),
        format="pdf",
        timestamp=written_at.replace(microsecond=0),
        pdf_standards=["ua-1"],
    )
    assert isinstance(made, bytes)
    return made
