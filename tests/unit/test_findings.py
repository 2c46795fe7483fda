"""Reading answers: what is accepted, what is refused and how it is said."""

from __future__ import annotations

from typing import Any

import pytest

from people import KB, person, raw_person
from unpinch.clinical import findings
from unpinch.clinical.values import Answers
from unpinch.kernel.errors import InputError


def parsed(**answers: Any) -> Answers:
    return findings.parse_answers({"answers": {code.replace("_", "-"): v for code, v in answers.items()}}, KB)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("F", "female"), ("female", "female"), ("M", "male"), ("male", "male"), ("other", "prefer-not-to-say")],
)
def test_sex_is_read_in_several_spellings(given: str, kept: str) -> None:
    assert findings.parse_answers({"sex": given}, KB).get("sex") == kept


def test_null_and_missing_are_unanswered() -> None:
    empty = findings.parse_answers({"age": None, "sex": None, "answers": {"q-tingling": None}}, KB)
    assert empty == findings.parse_answers({}, KB) == Answers()


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ({"answers": {"q-tinglin": True}}, ["'q-tinglin'", "Did you mean 'q-tingling'?"]),
        ({"answers": {"q-tingling": "maybe"}}, ["'q-tingling'", "'maybe'", "true, false"]),
        ({"answers": {"q-tingling": 1}}, ["'q-tingling'", "1"]),
        ({"answers": {"age-under-30": True}}, ["'age-under-30'", "worked out"]),
        ({"answers": {"onset": "yesterday"}}, ["'onset'", "'yesterday'", "suddenly-in-minutes"]),
        ({"answers": {"body-map": ["region-thum"]}}, ["'body-map'", "region-thum"]),
        ({"answers": {"q-pain-score": 11}}, ["'q-pain-score'", "11", "0 to 10"]),
        ({"age": 140}, ["'age'", "140", "0 to 120"]),
        ({"age": True}, ["'age'", "True"]),
        ({"age": -1}, ["'age'", "-1"]),
        ({"sex": "X"}, ["'sex'", "'X'", "female"]),
        ({"age": 40, "answers": {"age": 41}}, ["'age'", "twice"]),
        ({"weight": 80}, ["age", "sex", "answers"]),
        ([], ["object"]),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(raw: object, named: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        findings.parse_answers(raw, KB)
    assert all(word in caught.value.message for word in named), caught.value.message


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parsed(q_tinglin=True, q_numbness=3)
    assert len(caught.value.message.splitlines()) == 2


def test_regions_answered_alone_join_the_body_map() -> None:
    assert parsed(region_thumb=True, region_neck=False).values == {"body-map": ("region-thumb",)}
    assert parsed(body_map=["region-neck"], region_thumb=True).get("body-map") == (
        "region-neck",
        "region-thumb",
    )
    assert parsed(region_neck=False).values == {"region-neck": False}


def test_an_examiners_finding_is_accepted() -> None:
    assert parsed(ex_spurling=True).get("ex-spurling") is True


def test_dump_and_parse_are_inverse() -> None:
    answers = person(44, "F", ["thumb", "neck"], rf_fever="unsure")
    assert findings.parse_answers(findings.dump_answers(answers), KB) == answers


def test_facts_follow_the_rules_of_silence() -> None:
    facts = findings.facts_of(parsed(body_map=["region-thumb"], age=60), KB)
    assert facts.is_yes("area-hand")
    assert facts.is_yes("pain-below-elbow"), "filled in from the body map"
    assert facts.truth("area-leg") == (0, 0), "an unmarked place on a marked map is no"
    assert facts.truth("rf-fever") == (0, 1), "a danger question without an answer is unknown"
    assert facts.truth("rf-saddle-numb") == (0, 0), "a question that does not apply is no"
    assert facts.truth("p-wrist-bend") == (0, 0), "an optional question without an answer is no"
    assert facts.truth("age-over-50") == (1, 1)


def test_raw_people_of_the_tests_are_complete() -> None:
    assert findings.parse_answers(raw_person(30, "M", []), KB).get("rf-fever") is False
