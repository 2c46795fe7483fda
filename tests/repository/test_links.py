"""Every link between the documents leads somewhere, and every document is led to."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "changelog.d/README.md"])
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def links(document: Path) -> list[Path]:
    """The files of this repository that a document links to."""
    targets = (unquote(link).split("#")[0] for link in _LINK.findall(document.read_text(encoding="utf-8")))
    return [(document.parent / target).resolve() for target in targets if target and "://" not in target]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    assert [str(target) for target in links(document) if not target.exists()] == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        waiting += links(page)
    assert sorted(str(page.relative_to(ROOT)) for page in set(DOCUMENTS) - reached) == []
