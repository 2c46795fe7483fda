"""The check on the day: every danger question stands behind a line, and no check makes anything safer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people import KB, person
from unpinch.clinical import day_check
from unpinch.clinical.assess import assess
from unpinch.clinical.day_check import Said
from unpinch.clinical.values import UNSURE, Answers, Disposition

DESK = person(
    44,
    "F",
    ["neck", "shoulder-top"],
    p_press_knot=True,
    h_desk_posture=True,
    h_stress=True,
    r_massage_heat=True,
    main_place=["region-shoulder-top"],
)
"""A tight shoulder and nothing dangerous."""
NOTHING = {row.code: False for row in day_check.lines(DESK, KB)}


def judged(
    rows: dict[str, Any] | None = None, before: Answers = DESK, **details: Any
) -> day_check.DayVerdict:
    said = {code.replace("_", "-"): value for code, value in details.items()}
    return day_check.judge(before, Said({**NOTHING, **(rows or {})}, said), KB)


def test_every_danger_question_and_every_question_of_the_day_is_behind_a_line() -> None:
    wanted = {
        finding.code
        for finding in KB.findings.values()
        if finding.self_report and (finding.screen.startswith("danger-") or finding.screen == "today")
    }
    covered = [code for row in KB.day_check.values() for code in row.covers]
    assert wanted - set(covered) == set()
    assert len(covered) == len(set(covered))


def test_the_lines_can_be_read_in_a_minute() -> None:
    words = sum(len(row.text.split()) for row in KB.day_check.values())
    assert words < 200  # people read some 200 words a minute


def test_a_line_that_cannot_apply_is_not_shown() -> None:
    shown = {row.code for row in day_check.lines(DESK, KB)}
    assert "pregnancy" not in shown
    assert "insulin" not in shown
    assert {"sudden", "weak", "medicine"} <= shown


def test_nothing_new_is_clear_and_leaves_the_picture_as_it_was() -> None:
    verdict = judged()
    assert (verdict.state, verdict.news, verdict.open_rows) == ("clear", (), ())
    assert verdict.assessment == assess(DESK, KB)


@pytest.mark.parametrize(
    ("row", "finding", "disposition"),
    [
        pytest.param("weak", "rf_arm_weak_new", Disposition.URGENT, id="a weak arm"),
        pytest.param("below", "rf_saddle_numb", Disposition.EMERGENCY, id="numb between the legs"),
        pytest.param("chest", "rf_chest_pain", Disposition.EMERGENCY, id="chest pain"),
    ],
)
def test_a_new_danger_sign_stops_the_session(row: str, finding: str, disposition: Disposition) -> None:
    details: dict[str, Any] = {finding: True}
    verdict = judged({row: True}, **details)
    assert (verdict.state, verdict.disposition) == ("stop", disposition)
    assert verdict.action == verdict.assessment.action
    assert verdict.news == (KB.findings[finding.replace("_", "-")].question,)


def test_a_known_sign_that_got_worse_stops_the_session_too() -> None:
    before = DESK.merged({"s-hand-numb-always": True})
    assert judged(before=before).state == "clear"
    verdict = judged({"spread": True}, before, s_hand_numb_always=True)
    assert (verdict.state, verdict.action) == ("stop", KB.say("day-stop-worse"))


def test_fever_forbids_massage_for_today() -> None:
    verdict = judged({"ill": True}, h_bug_now=True)
    assert verdict.state == "stop"
    assert "No massage today" in verdict.action


def test_a_new_medicine_changes_the_picture_and_the_session_goes_on() -> None:
    verdict = judged({"medicine": True}, h_anticoagulant=True)
    assert verdict.state == "clear"
    assert verdict.answers.get("h-anticoagulant") is True
    assert verdict.news == ("Do you take a blood thinner?",)


@pytest.mark.parametrize(
    ("rows", "details"),
    [
        pytest.param({"weak": UNSURE}, {}, id="not sure"),
        pytest.param({"weak": True}, {}, id="a yes without its questions"),
        pytest.param({"weak": True}, {"m_wasting": False}, id="a yes, and a no to all behind it"),
        pytest.param({"weak": True}, {"m_wasting": UNSURE}, id="not sure behind a yes"),
        pytest.param({"weak": None}, {}, id="no answer"),
    ],
)
def test_what_is_not_clear_is_not_cleared(rows: dict[str, Any], details: dict[str, Any]) -> None:
    verdict = judged(rows, **details)
    assert (verdict.state, verdict.open_rows) == ("open", ("weak",))


def test_what_held_for_one_day_is_forgotten_on_the_next() -> None:
    yesterday = DESK.merged({"h-painkiller-today": True})
    assert judged(before=yesterday).answers.get("h-painkiller-today") is False


answers = st.sampled_from([True, False, UNSURE, None])


@given(rows=st.fixed_dictionaries(dict.fromkeys(NOTHING, answers)), data=st.data())
@settings(max_examples=30, deadline=None)
def test_no_check_takes_a_danger_sign_away(rows: dict[str, Any], data: st.DataObject) -> None:
    before = DESK.merged({"s-hand-numb-always": True, "rf-headache-new": True})
    said = Said({code: value for code, value in rows.items() if value is not None})
    behind = day_check.questions_behind(said, before, KB)
    details: dict[str, Any] = {
        question.code: data.draw(st.sampled_from([True, False, UNSURE]))
        for question in behind
        if question.answer_type == "yes-no"
    }
    verdict = day_check.judge(before, Said(said.rows, details), KB)
    was, now = assess(before, KB), verdict.assessment
    assert {flag.code for flag in was.red_flags} <= {flag.code for flag in now.red_flags}
    assert now.disposition.rank >= was.disposition.rank or verdict.state != "clear" or not was.red_flags
    if verdict.state == "clear":
        assert all(isinstance(rows[code], bool) for code in NOTHING)
