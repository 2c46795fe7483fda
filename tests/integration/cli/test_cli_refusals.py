"""Everything that cannot be used is refused in one message that names it, with exit status 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unpinch.cli import files, main

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param(["asses"], "Did you mean `unpinch assess`?", id="command-misspelt"),
        pytest.param(["zzz"], "`unpinch --help` lists the commands", id="no-such-command"),
        pytest.param(["--zzz"], "--zzz", id="no-such-option"),
        pytest.param(["assess"], "--answers", id="option-missing"),
        pytest.param(["assess", "--answers"], "expected one argument", id="value-missing"),
        pytest.param(["assess", "--answ", "x"], "--answers", id="no-shortened-options"),
        pytest.param(["assess", "--answers", "none.json"], "no file 'none.json'", id="no-such-file"),
        pytest.param(["assess", "--answers", "."], "'.' is a folder", id="a-folder"),
        pytest.param(["assess", "--answers", ""], "name of the file is empty", id="empty-name"),
        pytest.param(["assess", "--answers", "a\0b"], "cannot be read", id="impossible-name"),
        pytest.param(["evaluate", "none.jsonl"], "no file 'none.jsonl'", id="no-such-cases"),
        pytest.param(["evaluate", "x", "--jobs", "two"], "'two'", id="jobs-not-a-number"),
        pytest.param(["evaluate", "x", "--mode", "guess"], "'guess'", id="no-such-mode"),
        pytest.param(["knowledge"], "PART", id="part-missing"),
        pytest.param(["knowledge", "show", "morton"], "Did you mean 'morton-neuroma'?", id="no-such-code"),
        pytest.param(["knowledge", "check", "none"], "'none' is not a folder", id="no-such-folder"),
        pytest.param(["ask", "--save", "none/x.json"], "folder of 'none/x.json'", id="save-nowhere"),
        pytest.param(["ask", "--save", "/"], "is there already", id="save-over-a-folder"),
    ],
)
def test_arguments(
    unpinch: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, args: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found = unpinch(*args)
    assert (found.status, found.out) == (2, "")
    assert found.err.startswith("unpinch: ")
    assert words in found.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "is not JSON: Expecting value at line 1, column 1", id="empty"),
        pytest.param(b'{"age": 44,\n "sex" "F"}', "at line 2, column 8", id="broken"),
        pytest.param(b'{"age": \xff}', "byte 9, on line 1", id="not-utf-8"),
        pytest.param(b"\xff\xfe{\0}\0", "is not UTF-8", id="utf-16"),
        pytest.param(b"[" * 100_000, "nested too deeply", id="nested"),
        pytest.param(b'{"age": ' + b"9" * 5000 + b"}", "too many digits", id="endless-number"),
        pytest.param(b'{"age": NaN}', "NaN is not a value", id="not-a-number"),
        pytest.param(
            b'{"answers": {"rf-bowel": true, "rf-bowel": false}}', "'rf-bowel' stands there twice", id="twice"
        ),
        pytest.param(b"[]", "Answers are an object", id="a-list"),
        pytest.param(b'{"name": 1}', "Answers are an object", id="other-keys"),
        pytest.param(b'{"answers": 5}', '"answers" must be an object', id="answers-no-object"),
        pytest.param(b'{"age": "old"}', "'age' cannot be 'old'", id="age-a-word"),
        pytest.param(b'{"age": 121}', "from 0 to 120", id="age-too-high"),
        pytest.param(b'{"age": 44.5}', "'age' cannot be 44.5", id="age-a-fraction"),
        pytest.param(b'{"age": true}', "'age' cannot be True", id="age-a-truth"),
        pytest.param(b'{"sex": "X"}', "'sex' cannot be 'X'", id="sex"),
        pytest.param(b'{"answers": {"q-tinglin": true}}', "Did you mean 'q-tingling'?", id="unknown-code"),
        pytest.param(
            b'{"answers": {"q-tingling": "yes"}}', "'q-tingling' cannot be 'yes'", id="yes-as-a-word"
        ),
        pytest.param(b'{"answers": {"q-tingling": 1}}', "'q-tingling' cannot be 1", id="one-for-yes"),
        pytest.param(b'{"answers": {"side": "up"}}', "left, right", id="no-such-choice"),
        pytest.param(b'{"answers": {"body-map": ["thumb"]}}', "'body-map' cannot be", id="no-such-place"),
        pytest.param(
            b'{"answers": {"body-map": "region-thumb"}}', "list of region codes", id="place-not-in-a-list"
        ),
        pytest.param(b'{"answers": {"\\ud800": true}}', "is not a question code", id="half-a-character"),
    ],
)
@pytest.mark.parametrize("command", ["assess", "interview"])
def test_answer_files(unpinch: Callable[..., Any], command: str, content: bytes, words: str) -> None:
    found = unpinch(command, "--answers", "-", "--json", stdin=content)
    assert (found.status, found.out) == (2, "")
    assert found.err.startswith("unpinch: Standard input")
    assert words in found.err


def test_several_faults_are_told_at_once(unpinch: Callable[..., Any]) -> None:
    given_answers = {"age": 300, "answers": {"q-tingling": 5, "nonsense": True}}
    found = unpinch("assess", "--answers", "-", stdin=json.dumps(given_answers).encode())
    assert all(word in found.err for word in ("'age'", "'q-tingling'", "'nonsense'"))


def test_an_endless_file_ends(unpinch: Callable[..., Any]) -> None:
    found = unpinch("assess", "--answers", "/dev/zero")
    assert found.status == 2
    assert f"larger than {files.MOST_ANSWER_BYTES:,} bytes" in found.err


def test_a_file_that_may_not_be_read(
    unpinch: Callable[..., Any], write: Callable[[str, object], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tests may run as root, whom no permission stops.
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    name = write("a.json", {})
    monkeypatch.setattr(Path, "open", refuse)
    found = unpinch("assess", "--answers", name)
    assert found.status == 2
    assert "may not be read by you" in found.err


def test_ctrl_c_leaves_a_clean_line(unpinch: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("unpinch.cli.registry.run", interrupt)
    found = unpinch("questions")
    assert (found.status, found.out, found.err) == (130, "", "\n")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
CODES = st.sampled_from(
    ["q-tingling", "age", "sex", "side", "body-map", "region-thumb", "h-pregnancy", "nonsense"]
)
NEARLY_ANSWERS = st.fixed_dictionaries(
    {}, optional={"age": JSON, "sex": JSON, "answers": st.dictionaries(CODES, JSON, max_size=3) | JSON}
)
GARBAGE = st.binary(max_size=60) | JSON.map(lambda v: json.dumps(v).encode())
ALMOST = NEARLY_ANSWERS.map(lambda v: json.dumps(v).encode())


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GARBAGE | ALMOST)
@pytest.mark.parametrize("command", ["assess", "interview"])
def test_garbage_is_refused_and_never_crashes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, content: bytes
) -> None:
    file = tmp_path / "garbage"
    file.write_bytes(content)
    status = main([command, "--answers", str(file), "--json"])
    said = capsys.readouterr()
    if status == 0:
        assert "disposition" in json.loads(said.out)
    else:
        assert status == 2
        assert said.err.startswith("unpinch: ")


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GARBAGE)
def test_garbage_is_no_case_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes) -> None:
    file = tmp_path / "garbage"
    file.write_bytes(content)
    assert main(["evaluate", str(file)]) == 2
    assert capsys.readouterr().err.startswith("unpinch: ")
