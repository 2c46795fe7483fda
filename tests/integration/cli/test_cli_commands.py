"""Each command on real knowledge, end to end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from people import raw_person
from unpinch.clinical import knowledge, questions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KB = knowledge.load()
WRIST: dict[str, Any] = {"body-map": ["region-thumb", "region-index-finger"], "q-tingling": True}
PERSON = {"age": 44, "sex": "F", "answers": WRIST}
STROKE = {"age": 70, "sex": "M", "answers": {"rf-face-droop": True}}
COMMAND = [sys.executable, "-c", "import sys; from unpinch.cli import main; sys.exit(main())"]


def calm() -> dict[str, Any]:
    """A textbook wrist without a single sign of danger."""
    return raw_person(
        *(48, "F", ["thumb", "index-finger", "middle-finger"]),
        q_tingling=True,
        q_numbness=True,
        t_night_wakes=True,
        r_shake_hand=True,
    )


def case(name: str, person: dict[str, Any], **truth: Any) -> str:
    return json.dumps({"id": name, **person, "truth": truth})


def test_without_a_command_the_help_page_is_shown(unpinch: Callable[..., Any]) -> None:
    shown = unpinch()
    assert shown.status == 0
    assert "interview" in shown.out


def test_version(unpinch: Callable[..., Any]) -> None:
    assert unpinch("--version").out.startswith("unpinch ")


def test_questions_cover_the_catalogue(unpinch: Callable[..., Any]) -> None:
    found = unpinch("questions", "--json").json
    assert [question["code"] for question in found] == [q.code for q in questions.catalogue(KB)]
    assert set(found[0]) == {
        *("code", "text", "answer_type", "choices", "range", "group"),
        *("help", "screen", "needed_before", "asked_when"),
    }


def test_every_choice_and_number_that_questions_names_is_accepted(unpinch: Callable[..., Any]) -> None:
    for question in unpinch("questions", "--json").json:
        codes = [choice["code"] for choice in question["choices"]]
        value = {
            "yes-no": True,
            "choice": codes[-1] if codes else None,
            "number": (question["range"] or [0])[0],
            "body-regions": codes,
        }[question["answer_type"]]
        given = {"answers": {question["code"]: value}}
        assert unpinch("assess", "--answers", "-", "--json", stdin=json.dumps(given).encode()).status == 0


def test_questions_for_people(unpinch: Callable[..., Any]) -> None:
    shown = unpinch("questions")
    assert "rf-face-droop" in shown.out
    assert "one of: left, right" in shown.out


def test_assess_from_a_file_and_from_standard_input(
    unpinch: Callable[..., Any], write: Callable[[str, object], str]
) -> None:
    from_file = unpinch("assess", "--answers", write("a.json", PERSON), "--json")
    from_pipe = unpinch("assess", "--answers", "-", "--json", stdin=json.dumps(PERSON).encode())
    assert from_file.status == 0
    assert from_file == from_pipe
    assert from_file.json["disposition"] == "doctor-first"
    assert from_file.json["open_dangers"]
    assert from_file.json["conditions"][0]["code"] == "carpal-tunnel-syndrome"


def test_a_byte_order_mark_is_forgiven(unpinch: Callable[..., Any]) -> None:
    marked = b"\xef\xbb\xbf" + json.dumps(PERSON).encode()
    assert unpinch("assess", "--answers", "-", "--json", stdin=marked).status == 0


def test_danger_is_one_sentence_first(unpinch: Callable[..., Any]) -> None:
    shown = unpinch("assess", "--answers", "-", stdin=json.dumps(STROKE).encode())
    assert shown.out.splitlines()[0] == "Call an ambulance now, even if it has passed."
    assert "massage" not in shown.out.lower()


def test_the_page_for_people_says_why_and_what_is_open(unpinch: Callable[..., Any]) -> None:
    shown = unpinch("assess", "--answers", "-", stdin=json.dumps(PERSON).encode())
    for words in ("fit best with", "Why", "What we do not know yet", "Watch out", "This is not a diagnosis"):
        assert words in shown.out
    assert "\x1b" not in shown.out


def test_interview_uses_only_what_it_asks(unpinch: Callable[..., Any]) -> None:
    person = {**PERSON, "answers": {**WRIST, "rf-face-droop": False, "st-heel-walk": True}}
    found = unpinch("interview", "--answers", "-", "--json", stdin=json.dumps(person).encode()).json
    assert found["screens"][0]["code"].startswith("danger-sudden")
    assert "st-heel-walk" not in found["asked"]
    assert found["questions_asked"] == sum(screen["counts_as"] for screen in found["screens"])
    assert found["asked"] == [code for screen in found["screens"] for code in screen["questions"]]


def test_interview_ends_at_once_in_an_emergency(unpinch: Callable[..., Any]) -> None:
    found = unpinch("interview", "--answers", "-", "--json", stdin=json.dumps(STROKE).encode()).json
    assert found["disposition"] == "emergency"
    assert found["questions_asked"] == 1


def test_interview_for_people_lists_the_screens(unpinch: Callable[..., Any]) -> None:
    shown = unpinch("interview", "--answers", "-", stdin=json.dumps(STROKE).encode())
    assert shown.out.startswith("Asked: 1 questions\n  1. ")


def test_knowledge_check(unpinch: Callable[..., Any]) -> None:
    found = unpinch("knowledge", "check", str(knowledge.TABLES_FOLDER))
    assert (found.status, found.err) == (0, "")
    assert KB.version in found.out


def test_knowledge_check_lists_every_fault(unpinch: Callable[..., Any], tmp_path: Path) -> None:
    found = unpinch("knowledge", "check", str(tmp_path))
    assert found.status == 2
    assert "findings.csv" in found.err
    assert "conditions.csv" in found.err


@pytest.mark.parametrize("code", ["morton-neuroma", "q-tingling", "saddle-numb", "effleurage", "dionne2019"])
def test_knowledge_show(unpinch: Callable[..., Any], code: str) -> None:
    found = unpinch("knowledge", "show", code, "--json").json
    assert found["code"] == code
    assert set(found) == {"code", "kind", "fields", "sections", "sources"}
    assert unpinch("knowledge", "show", code).out.startswith(f"{code} (")


def cases_file(write: Callable[[str, object], str], *lines: str) -> str:
    return write("cases.jsonl", "\n".join(lines))


def two_cases(write: Callable[[str, object], str]) -> str:
    wrist = {
        "condition": "carpal-tunnel-syndrome",
        "source_class": "soft-tissue",
        "disposition": "massage-ok",
    }
    stroke = {"condition": "stroke-tia", "source_class": "danger", "disposition": "emergency"}
    return cases_file(write, case("wrist", calm(), **wrist), case("stroke", STROKE, **stroke))


def test_evaluate(unpinch: Callable[..., Any], write: Callable[[str, object], str]) -> None:
    found = unpinch("evaluate", two_cases(write), "--json")
    assert (found.status, found.err) == (0, "")
    assert found.json["mode"] == "interview"
    assert found.json["measures"]["emergencies-found"]["count"] == 1
    assert found.json["measures"]["danger-at-massage"] == {
        "text": "Danger sent to massage",
        "count": 0,
        "of": 1,
        "share": 0.0,
        "low": 0.0,
        "high": found.json["measures"]["danger-at-massage"]["high"],
    }
    assert [result["id"] for result in found.json["results"]] == ["wrist", "stroke"]


def test_evaluate_all_answers_at_once_asks_nothing(
    unpinch: Callable[..., Any], write: Callable[[str, object], str]
) -> None:
    found = unpinch("evaluate", two_cases(write), "--json", "--mode", "assess").json
    assert found["questions"] is None


def test_evaluate_says_no_when_danger_goes_to_massage(
    unpinch: Callable[..., Any], write: Callable[[str, object], str]
) -> None:
    harmless = calm()
    judged = unpinch("assess", "--answers", "-", "--json", stdin=json.dumps(harmless).encode()).json
    assert judged["disposition"] == "massage-ok", "the scenario needs a person with no sign of danger at all"
    hidden = case("hidden", harmless, condition="stroke-tia", source_class="danger", disposition="emergency")
    found = unpinch("evaluate", cases_file(write, hidden))
    assert found.status == 1
    assert "1 dangerous cases were sent to massage" in found.out


def test_evaluate_is_the_same_on_one_core_and_on_two(
    unpinch: Callable[..., Any], write: Callable[[str, object], str]
) -> None:
    file = two_cases(write)
    assert unpinch("evaluate", file, "--jobs", "1") == unpinch("evaluate", file, "--jobs", "2")


def run_script(*args: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *args], capture_output=True, timeout=60, check=False, **more)


def test_the_help_page_loads_neither_numpy_nor_rich_nor_django() -> None:
    probe = (
        "import sys; from unpinch.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'rich', 'django', 'unpinch.clinical'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, timeout=60, check=False)
    assert found.returncode == 0, found.stderr.decode()


def test_judging_needs_no_django() -> None:
    probe = (
        "import sys; from unpinch.cli import main\n"
        "status = main(['assess', '--answers', '-', '--json'])\n"
        "sys.exit('Django was loaded' if 'django' in sys.modules else status)"
    )
    found = subprocess.run(
        [sys.executable, "-c", probe], input=b"{}", capture_output=True, timeout=60, check=False
    )
    assert found.returncode == 0, found.stderr.decode()


def test_the_help_page_waits_for_nothing_heavy() -> None:
    probe = (
        "import sys; from unpinch.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit(str(sorted({'django', 'numpy', 'rich', 'unpinch.clinical', 'uvicorn'} & set(sys.modules))))"
    )
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, timeout=60, check=False)
    assert found.stderr.decode().strip() == "[]"


@pytest.mark.parametrize(
    "args", [["questions"], ["questions", "--json"], ["knowledge", "show", "carpal-tunnel-syndrome"]]
)
def test_a_reader_that_goes_away_is_no_fault(args: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as nobody:
        found = subprocess.run(
            [*COMMAND, *args], stdout=nobody, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert (found.returncode, found.stderr) == (141, b"")


def test_a_terminal_without_unicode_gets_the_answer_too() -> None:
    narrow = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    found = run_script("assess", "--answers", "-", input=json.dumps(PERSON).encode(), env=narrow)
    assert (found.returncode, found.stderr) == (0, b"")


def test_assess_tells_why_and_what_would_change_it(
    unpinch: Callable[..., Any], write: Callable[[str, object], str]
) -> None:
    answers = write(
        "mine.json", {"age": 44, "sex": "F", "answers": {"region-thumb": True, "q-tingling": True}}
    )
    found = unpinch("assess", "--answers", answers, "--json").json
    told = found["explanation"]
    assert set(told) == {"conditions", "unknown", "changes", "sources", "not_this"}
    assert told["conditions"][0]["code"] == found["conditions"][0]["code"]
    assert {one["code"] for one in told["unknown"]} <= set(found["open_dangers"])
    assert [one["id"] for one in told["sources"]] == [one["id"] for one in found["sources"]]
