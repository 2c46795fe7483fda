"""The JSON contract: these keys are relied on by programs. Add to them; never take one away."""

from __future__ import annotations

import json
from typing import Any

from unpinch.cli import shape
from unpinch.clinical import assess, findings, knowledge
from unpinch.clinical.values import Screen

KB = knowledge.load()
WRIST = {"body-map": ["region-thumb", "region-index-finger"], "q-tingling": True, "rf-bowel": True}
ANSWERS = findings.parse_answers({"age": 44, "sex": "F", "answers": WRIST}, KB)

ASSESSMENT: dict[str, Any] = {
    "disposition": str,
    "action": str,
    "headline": str,
    "source_class": {"code": str, "probability": float},
    "source_classes": [{"code": str, "probability": float}],
    "conditions": [
        {
            "code": str,
            "name": str,
            "plain_name": str,
            "level": (str, type(None)),
            "probability": float,
            "source_class": str,
        }
    ],
    "red_flags": [
        {
            "code": str,
            "disposition": str,
            "action": str,
            "why": str,
            "points_to": [str],
            "because": [str],
            "sources": [str],
        }
    ],
    "open_dangers": [str],
    "reasons": [
        {"finding": str, "text": str, "direction": str, "weight": str, "measured": bool, "sources": [str]}
    ],
    "massage": {
        "verdict": str,
        "sentence": str,
        "certainty": str,
        "evidence": [{"text": str, "direction": str, "certainty": str, "sources": [str]}],
    },
    "watch_for": [str],
    "sources": [{"id": str, "citation": str, "url": str, "seen": bool}],
    "knowledge_version": str,
    "settled": bool,
}
INTERVIEW: dict[str, Any] = {
    **ASSESSMENT,
    "questions_asked": int,
    "asked": [str],
    "screens": [
        {"code": str, "title": str, "layout": str, "must_answer": bool, "counts_as": int, "questions": [str]}
    ],
}


def check(value: Any, golden: Any, where: str) -> None:
    if isinstance(golden, dict):
        assert list(value) == list(golden), where
        for key in golden:
            check(value[key], golden[key], f"{where}.{key}")
    elif isinstance(golden, list):
        assert isinstance(value, list), where
        for number, item in enumerate(value):
            check(item, golden[0], f"{where}[{number}]")
    else:
        assert isinstance(value, golden), f"{where} is {value!r}"


def test_the_assessment_keeps_its_keys() -> None:
    found = shape.assessment(assess.assess(ANSWERS, KB))
    check(json.loads(json.dumps(found)), ASSESSMENT, "assessment")


def test_the_interview_keeps_its_keys() -> None:
    step, screens = assess.interview(ANSWERS, KB)
    found = shape.interview(step.assessment, screens)
    check(json.loads(json.dumps(found)), INTERVIEW, "interview")


def test_lists_that_must_not_be_empty_were_checked() -> None:
    found = shape.assessment(assess.assess(ANSWERS, KB))
    for key in ("conditions", "red_flags", "reasons", "sources", "watch_for", "source_classes"):
        assert found[key], key


def test_the_source_class_is_the_first_and_all_add_up_to_one() -> None:
    found = shape.assessment(assess.assess(ANSWERS, KB))
    assert found["source_class"] == found["source_classes"][0]
    chances = [entry["probability"] for entry in found["source_classes"]]
    assert chances == sorted(chances, reverse=True)
    assert abs(sum(chances) - 1) < 1e-4


def test_counting_questions() -> None:
    _, screens = assess.interview(ANSWERS, KB)
    question = screens[0].questions[0]
    three = (question, question, question)
    assert shape.questions_on(Screen("s", "", "ticks", three, must_answer=True)) == 1
    assert shape.questions_on(Screen("s", "", "chart", three, must_answer=True)) == 1
    assert shape.questions_on(Screen("s", "", "ticks", three, must_answer=False)) == 3
    assert shape.questions_on(Screen("s", "", "form", three, must_answer=True)) == 3
