"""The held-out cases are well formed, and none of their dangers is sent to massage.

Nothing here asserts how often the program is right: a set that tests are made to pass measures nothing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from unpinch.cli.evaluation import cases, judge
from unpinch.clinical import knowledge
from unpinch.clinical.values import Disposition

HERE = Path(__file__).parent
PUBLISHED = HERE / "published.jsonl"
KB = knowledge.load()
CASES = cases.read(str(PUBLISHED), KB)
DANGEROUS = [case for case in CASES if case.truth.is_danger]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_set_is_large_and_mostly_dangerous() -> None:
    assert len(CASES) >= 100
    assert 0.5 <= len(DANGEROUS) / len(CASES) <= 0.7


def test_every_case_is_told_once_and_says_where_it_is_from() -> None:
    told = lines(PUBLISHED)
    assert len({case["id"] for case in told}) == len(told)
    assert [case["id"] for case in told if not case["source"]["title"]] == []
    assert [case["id"] for case in told if not case["source"]["url"].startswith("http")] == []


def test_every_case_says_something_and_has_a_class_and_a_disposition() -> None:
    for case in lines(PUBLISHED):
        assert case["answers"], case["id"]
        assert case["truth"]["source_class"], case["id"]
        assert case["truth"]["disposition"], case["id"]


def test_no_case_is_also_in_the_development_set() -> None:
    dev, held_out = lines(HERE / "dev.jsonl"), lines(PUBLISHED)
    assert {case["id"] for case in held_out}.isdisjoint(case["id"] for case in dev)
    addresses = {case["source"]["url"] for case in dev}
    assert [case["id"] for case in held_out if case["source"]["url"] in addresses] == []


@pytest.mark.parametrize("mode", ["interview", "assess"])
def test_no_danger_goes_to_massage(mode: judge.Mode) -> None:
    sent = [case.id for case in DANGEROUS if judge.run(case, mode, KB).disposition is Disposition.MASSAGE_OK]
    assert sent == []
