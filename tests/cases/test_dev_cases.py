"""The published cases of this folder, run as `unpinch evaluate` runs them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from unpinch.cli.evaluation import cases, judge, report
from unpinch.clinical import knowledge
from unpinch.clinical.values import Disposition

DEV = Path(__file__).parent / "dev.jsonl"
KB = knowledge.load()
CASES = cases.read(str(DEV), KB)
DANGEROUS = [case for case in CASES if case.truth.is_danger]


@cache
def results(mode: judge.Mode) -> dict[str, judge.Result]:
    return {case.id: judge.run(case, mode, KB) for case in CASES}


def test_there_are_enough_cases_and_enough_dangerous_ones() -> None:
    assert len(CASES) >= 12
    assert len(DANGEROUS) >= 6


def test_every_case_says_where_it_is_from() -> None:
    for line in DEV.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        assert case["source"]["title"], case["id"]


@pytest.mark.parametrize("mode", ["interview", "assess"])
@pytest.mark.parametrize("case", DANGEROUS, ids=lambda case: case.id)
def test_no_danger_goes_to_massage(case: cases.Case, mode: judge.Mode) -> None:
    assert results(mode)[case.id].disposition is not Disposition.MASSAGE_OK


@pytest.mark.parametrize("mode", ["interview", "assess"])
@pytest.mark.parametrize("case", DANGEROUS, ids=lambda case: case.id)
def test_no_danger_with_a_flag_is_delayed(case: cases.Case, mode: judge.Mode) -> None:
    assert not results(mode)[case.id].is_flagged_danger_delayed


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_asking_less_is_never_safer_than_knowing_all(case: cases.Case) -> None:
    asked, whole = results("interview")[case.id], results("assess")[case.id]
    urgent = Disposition.URGENT.rank
    assert not (whole.disposition.rank >= urgent and asked.disposition is Disposition.MASSAGE_OK)


def test_the_report_holds_every_case() -> None:
    whole: dict[str, Any] = report.as_json(
        report.Report("interview", KB.version, tuple(results("interview").values()))
    )
    assert [result["id"] for result in whole["results"]] == [case.id for case in CASES]
    assert whole["measures"]["danger-at-massage"]["count"] == 0
