"""When a danger rule holds, class and ranking follow it; the advice is the rules' own."""

from __future__ import annotations

from typing import Any

import pytest

from people import KB
from unpinch.clinical import assess, findings, localise
from unpinch.clinical.values import Assessment, Disposition, SourceClass


def judged(age: int, regions: str, **answers: Any) -> Assessment:
    named = {code.replace("_", "-"): value for code, value in answers.items()}
    body_map = {"body-map": [f"region-{region}" for region in regions.split()]}
    return assess.assess(findings.parse_answers({"age": age, "answers": body_map | named}, KB), KB)


@pytest.mark.parametrize(
    ("found", "condition"),
    [
        (judged(67, "thumb index-finger", both_hands=True, m_gait_unsteady=True), "cervical-myelopathy"),
        (judged(40, "calf", rf_calf_swollen=True), "deep-vein-thrombosis"),
        (judged(50, "low-back", rf_fever=True), "spinal-infection"),
        (judged(60, "shin", rf_tense_limb=True), "compartment-syndrome"),
    ],
)
def test_a_sign_that_asks_for_haste_names_its_danger(found: Assessment, condition: str) -> None:
    assert found.ranking[0].code == condition
    assert found.source_classes[0][0] is SourceClass.DANGER
    assert sum(chance for _, chance in found.source_classes) == pytest.approx(1)


def test_a_rule_that_names_a_nerve_as_well_says_how_soon_and_not_where() -> None:
    found = judged(45, "low-back shin big-toe", m_foot_drop=True, q_numbness=True)
    assert found.disposition is Disposition.URGENT
    assert found.ranking[0].code == "lumbar-radiculopathy"
    assert found.source_classes[0][0] is SourceClass.SPINAL


def test_a_nerve_that_fits_all_but_perfectly_keeps_its_place_and_the_advice_stands() -> None:
    found = judged(
        30,
        "forearm-back back-of-hand-thumb-side",
        m_wrist_drop=True,
        m_finger_straighten=True,
        rf_arm_weak_new=True,
        rf_sudden_limb_weak=True,
        h_arm_squeezed_asleep=True,
        q_numbness=True,
    )
    assert found.disposition is Disposition.EMERGENCY
    assert found.ranking[0].code == "radial-neuropathy-arm"


def test_of_equally_urgent_rules_the_one_that_names_a_danger_says_what_to_do() -> None:
    found = judged(67, "thumb", both_hands=True, rf_arm_weak_new=True, m_gait_unsteady=True)
    assert {"walk-unsteady", "arm-weak-new"} <= {flag.code for flag in found.red_flags}
    assert found.action == KB.red_flags[found.red_flags[0].code].action
    assert all(KB.conditions[c].source_class is SourceClass.DANGER for c in found.red_flags[0].points_to)


def test_without_a_pressing_rule_nothing_moves() -> None:
    answers = findings.parse_answers({"age": 45, "answers": {"body-map": ["region-elbow-outer"]}}, KB)
    chances = localise.posterior(answers, KB)
    assert localise.heeding(KB, chances, ()) is chances
