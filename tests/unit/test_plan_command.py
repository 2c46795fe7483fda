"""``unpinch plan``: the plan on the terminal and as JSON, and errors that name what is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from unpinch.cli import main

if TYPE_CHECKING:
    from pathlib import Path

LEG = {
    "age": 45,
    "sex": "M",
    "answers": {"body-map": ["region-low-back", "region-calf"], "q-shooting": True, "p-cough-sneeze": True},
}


@pytest.fixture
def leg(tmp_path: Path) -> Path:
    file = tmp_path / "leg.json"
    file.write_text(json.dumps(LEG))
    return file


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_json_keeps_its_keys(leg: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--answers", str(leg), "--json"]) == 0
    found = printed(capsys)
    assert set(found) == {"state", "plan", "no_plan", "knowledge_version"}
    assert set(found["plan"]) == {
        "condition", "stage", "severity", "massage_type", "targets", "avoid", "techniques", "pressure", "sessions",
        "review", "home_care", "limits", "open_questions", "needs_approval_because", "sources", "kind", "verified",
    }  # fmt: skip


def test_clearance_binds(leg: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say = tmp_path / "say.json"
    say.write_text(json.dumps({"say": "yes-with-limits", "pressure_ceiling": 1, "sessions_max": 2}))
    assert main(["plan", "--answers", str(leg), "--clearance", str(say), "--json"]) == 0
    found = printed(capsys)["plan"]
    assert found["pressure"]["ceiling"] == 1
    assert found["sessions"]["number"] == 2


def test_danger_has_no_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "danger.json"
    file.write_text(json.dumps({**LEG, "answers": {**LEG["answers"], "rf-saddle-numb": True}}))  # type: ignore[dict-item]
    assert main(["plan", "--answers", str(file), "--json"]) == 0
    found = printed(capsys)
    assert (found["state"], found["plan"], found["no_plan"]["code"]) == ("no-plan", None, "danger")


def test_people_read_paragraphs(leg: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--answers", str(leg)]) == 0
    shown = capsys.readouterr().out
    assert "never above" in shown
    assert "Stop if" in shown
    assert shown.startswith("A course of massage for ")


def test_wrong_clearance_is_named(leg: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    say = tmp_path / "say.json"
    say.write_text(json.dumps({"say": "perhaps"}))
    assert main(["plan", "--answers", str(leg), "--clearance", str(say)]) == 2
    assert "perhaps" in capsys.readouterr().err
