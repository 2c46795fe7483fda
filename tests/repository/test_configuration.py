"""Every setting that the code reads is explained, and every setting that is explained is read."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_READ = re.compile(r"""["'](UNPINCH_[A-Z0-9_]+)["']""")
_EXPLAINED = re.compile(r"^\| `(UNPINCH_[A-Z0-9_]+)` \|", re.MULTILINE)
_NAMED = re.compile(r"\bUNPINCH_[A-Z0-9]+(?:_[A-Z0-9]+)*\b")


def read_by_the_code() -> set[str]:
    return {
        name
        for file in (ROOT / "src").rglob("*.py")
        for name in _READ.findall(file.read_text(encoding="utf-8"))
    }


def explained() -> list[str]:
    return _EXPLAINED.findall((ROOT / "docs/reference/configuration.md").read_text(encoding="utf-8"))


def test_every_setting_is_explained_once_and_none_is_made_up() -> None:
    assert sorted(explained()) == sorted(read_by_the_code())


def test_every_setting_that_a_document_or_message_names_exists() -> None:
    for_tests = {"UNPINCH_CHROMIUM", "UNPINCH_TEST_PG", "UNPINCH_NO_UV"}
    places = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "Makefile",
        *(ROOT / "src").rglob("*.py"),
    ]
    unknown = {
        f"{place.relative_to(ROOT)}: {name}"
        for place in places
        for name in _NAMED.findall(place.read_text(encoding="utf-8"))
        if name not in for_tests | set(explained())
    }
    assert unknown == set()
