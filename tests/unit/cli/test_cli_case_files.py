"""Case files: what is read, and what is refused with which words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from unpinch.cli.evaluation import cases
from unpinch.clinical import knowledge
from unpinch.clinical.values import Disposition, SourceClass
from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

KB = knowledge.load()


def case(**more: Any) -> dict[str, Any]:
    truth = {"condition": "carpal-tunnel-syndrome", "level": None, "source_class": "soft-tissue"}
    whole = {"id": "one", "age": 44, "sex": "F", "answers": {"q-tingling": True}}
    return {**whole, "truth": {**truth, "disposition": "massage-ok", **more.pop("truth", {})}, **more}


def read(path: Path, *lines: object) -> tuple[cases.Case, ...]:
    file = path / "cases.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return cases.read(str(file), KB)


def test_acceptable_words_are_sorted_by_what_they_mean(tmp_path: Path) -> None:
    truth = {
        "also_acceptable": ["lumbar-radiculopathy", "danger", "urgent"],
        "source_class_also_acceptable": ["spinal"],
        "disposition_also_acceptable": ["doctor-first"],
    }
    (found,) = read(tmp_path, case(truth=truth))
    assert found.truth.conditions_accepted == {"lumbar-radiculopathy"}
    assert found.truth.classes_accepted == {SourceClass.DANGER, SourceClass.SPINAL}
    assert found.truth.dispositions_accepted == {Disposition.URGENT, Disposition.DOCTOR_FIRST}


def test_lists_may_be_null_and_other_keys_are_left_alone(tmp_path: Path) -> None:
    (found,) = read(tmp_path, case(note="told by phone", truth={"also_acceptable": None, "side": "left"}))
    assert found.truth.conditions_accepted == frozenset()


def test_blank_lines_count_in_line_numbers_only(tmp_path: Path) -> None:
    assert len(read(tmp_path, case(), "", "  ", case(id="two"))) == 2


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param([""], "holds no case", id="empty"),
        pytest.param([case(), "{"], "line 2 is not JSON", id="broken-line"),
        pytest.param(["[]"], "line 1: a case is an object", id="not-an-object"),
        pytest.param([case(id=7)], '"id" is 7', id="id-is-a-number"),
        pytest.param([case(id="")], "\"id\" is ''", id="id-is-empty"),
        pytest.param([case(), case()], "line 2: the id 'one' is that of line 1 too", id="same-id"),
        pytest.param([case() | {"truth": 5}], '(one): "truth" must be', id="truth-is-a-number"),
        pytest.param([case(truth={"disposition": None})], 'no "disposition"', id="no-disposition"),
        pytest.param(
            [case(truth={"disposition": "urgnt"})], "Did you mean 'urgent'?", id="disposition-misspelt"
        ),
        pytest.param(
            [case(truth={"condition": "carpal-tunel-syndrome"})], "Did you mean 'carpal-t", id="condition"
        ),
        pytest.param([case(truth={"source_class": "nerve"})], "'source_class' is 'nerve'", id="source-class"),
        pytest.param([case(truth={"level": 5})], "'level' is 5", id="level-is-a-number"),
        pytest.param([case(truth={"also_acceptable": "urgent"})], "must be a list", id="no-list"),
        pytest.param(
            [case(truth={"also_acceptable": ["mumps"]})], "'mumps' among the acceptable", id="unknown"
        ),
        pytest.param([case(answers={"q-tinglin": True})], "Did you mean 'q-tingling'?", id="answer-code"),
        pytest.param([case(answers={"q-tingling": 5})], "'q-tingling' cannot be 5", id="answer-value"),
        pytest.param([case(age=300)], "'age' cannot be 300", id="age"),
    ],
)
def test_what_is_refused(tmp_path: Path, lines: list[object], words: str) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, *lines)
    assert words in refused.value.message
    assert "cases.jsonl" in refused.value.message
