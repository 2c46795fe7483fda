"""Who marks nothing on the body map is asked for a rough place; it names a place and denies none."""

from __future__ import annotations

from typing import Any

import pytest

from people import KB
from unpinch.clinical import assess, findings
from unpinch.clinical.values import Answers, Disposition


def told(**answers: Any) -> Answers:
    named = {code.replace("_", "-"): value for code, value in answers.items()}
    return findings.parse_answers({"age": 50, "answers": named}, KB)


def asked(answers: Answers) -> list[str]:
    _, screens = assess.interview(answers, KB)
    return [question.code for screen in screens for question in screen.questions]


def test_only_those_who_mark_nothing_are_asked() -> None:
    assert "main-area" in asked(told(q_tingling=True))
    assert "main-area" not in asked(told(body_map=["region-thumb"], q_tingling=True))


def test_it_is_asked_after_the_body_map() -> None:
    codes = asked(told(main_area="hand"))
    assert codes.index("main-area") == codes.index("side") + 1


@pytest.mark.parametrize(
    ("place", "area"),
    [
        ("neck-or-head", "area-neck"),
        ("arm", "area-arm"),
        ("hand", "area-hand"),
        ("low-back", "area-spine"),
        ("leg", "area-leg"),
        ("foot", "area-foot"),
    ],
)
def test_it_names_a_place_and_denies_none(place: str, area: str) -> None:
    facts = findings.facts_of(told(main_area=place), KB)
    assert facts.is_yes(area)
    others = ("area-neck", "area-arm", "area-spine", "area-leg")
    assert all(facts.truth(other)[1] for other in others)


def test_danger_rules_heed_it() -> None:
    found = assess.assess(told(main_area="low-back", rf_fever=True), KB)
    assert found.disposition is Disposition.EMERGENCY
    assert found.red_flags[0].code == "fever-back"


@pytest.mark.parametrize(
    ("answers", "condition"),
    [
        (told(main_area="hand", q_tingling=True, t_night_wakes=True), "carpal-tunnel-syndrome"),
        (told(main_area="leg", q_shooting=True, p_cough_sneeze=True), "lumbar-radiculopathy"),
        (told(main_area="shoulder", p_reach_behind=True, p_lie_on_side=True), "rotator-cuff-pain"),
    ],
)
def test_it_is_evidence(answers: Answers, condition: str) -> None:
    assert assess.assess(answers, KB).ranking[0].code == condition


def test_a_mark_on_the_map_outranks_it_in_silence() -> None:
    marked = told(body_map=["region-thumb"])
    facts = findings.facts_of(marked, KB)
    assert not facts.truth("area-leg")[1]
