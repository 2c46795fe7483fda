"""Textbook people through the front door of the clinical core."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from people import KB, person
from unpinch.clinical import assess, questions
from unpinch.clinical.values import Answers, Disposition, SourceClass

TEXTBOOK: list[tuple[str, str | None, Disposition, Answers]] = [
    (
        "carpal-tunnel-syndrome",
        None,
        Disposition.MASSAGE_OK,
        person(
            48,
            "F",
            ["thumb", "index-finger", "middle-finger"],
            q_tingling=True,
            q_numbness=True,
            t_night_wakes=True,
            r_shake_hand=True,
        ),
    ),
    (
        "cubital-tunnel-syndrome",
        None,
        Disposition.MASSAGE_OK,
        person(
            50,
            "M",
            ["little-finger", "ring-finger-little-side", "elbow-inner"],
            q_tingling=True,
            p_elbow_bend=True,
            p_lean_elbow=True,
        ),
    ),
    (
        "cervical-radiculopathy",
        "C7",
        Disposition.DOCTOR_FIRST,
        person(
            52,
            "M",
            ["neck", "shoulder-blade", "upper-arm-back", "forearm-back", "middle-finger"],
            q_numbness=True,
            q_shooting=True,
            p_neck_movement=True,
            p_neck_extension_turn=True,
        ),
    ),
    (
        "lumbar-radiculopathy",
        "L5",
        Disposition.DOCTOR_FIRST,
        person(
            41,
            "M",
            ["low-back", "buttock-deep", "thigh-outer", "lower-leg-outer", "foot-top", "big-toe"],
            q_shooting=True,
            q_tingling=True,
            p_cough_sneeze=True,
            p_sitting=True,
            limb_pain_worse_than_spine=True,
        ),
    ),
    (
        "meralgia-paresthetica",
        None,
        Disposition.MASSAGE_OK,
        person(45, "M", ["thigh-outer"], q_burning=True, q_numbness=True, p_tight_belt=True, r_sit=True),
    ),
    (
        "polyneuropathy",
        None,
        Disposition.DOCTOR_FIRST,
        person(
            66,
            "M",
            ["sole", "foot-top", "big-toe", "middle-toes", "ball-of-foot", "heel"],
            side="both",
            both_feet=True,
            q_numbness=True,
            q_burning=True,
            h_diabetes=True,
        ),
    ),
    (
        "nonspecific-low-back-pain",
        None,
        Disposition.MASSAGE_OK,
        person(40, "M", ["low-back"], q_dull_ache=True, p_bend_forward=True, t_comes_and_goes=True),
    ),
    (
        "lateral-epicondylalgia",
        None,
        Disposition.MASSAGE_OK,
        person(45, "M", ["elbow-outer"], q_dull_ache=True, p_grip_lift=True, st_chair_lift=True),
    ),
]


@pytest.mark.parametrize(
    ("condition", "level", "disposition", "answers"), TEXTBOOK, ids=[row[0] for row in TEXTBOOK]
)
def test_a_textbook_picture_is_recognised_in_the_interview(
    condition: str, level: str | None, disposition: Disposition, answers: Answers
) -> None:
    last, _ = assess.interview(answers, KB)
    first = last.assessment.ranking[0]
    assert (first.code, first.level, last.assessment.disposition) == (condition, level, disposition)
    assert last.assessment.settled
    assert last.asked <= 20


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("rf-saddle-numb", Disposition.EMERGENCY),
        ("rf-speech", Disposition.EMERGENCY),
        ("rf-weight-loss", Disposition.URGENT),
        ("rf-weak-any", Disposition.DOCTOR_FIRST),
    ],
)
def test_a_danger_sign_decides_alone(code: str, expected: Disposition) -> None:
    back = person(44, "F", ["low-back"], q_dull_ache=True).merged({code: True})
    whole = assess.assess(back, KB)
    assert whole.disposition is expected
    assert code in whole.red_flags[0].because
    assert whole.action == whole.red_flags[0].action
    assert assess.interview(back, KB)[0].assessment.disposition is expected


def test_the_interview_ends_at_once_in_an_emergency() -> None:
    stroke = person(70, "M", ["thumb"], rf_face_droop=True)
    last, screens = assess.interview(stroke, KB)
    assert [screen.code for screen in screens] == ["danger-sudden"]
    assert last.asked == last.expected_total == 1
    assert last.assessment.massage.verdict == "not-now"


def test_nothing_answered_is_never_safe() -> None:
    nothing = assess.assess(Answers(), KB)
    assert nothing.disposition is Disposition.DOCTOR_FIRST
    assert {"rf-saddle-numb", "rf-fever", "rf-speech"} <= set(nothing.open_dangers)
    assert not nothing.settled


def test_a_skipped_danger_question_stays_open_and_doubt_counts_everywhere() -> None:
    hand = person(44, "F", ["thumb", "index-finger"], q_tingling=True, t_night_wakes=True)
    neck = person(44, "F", ["neck"], q_dull_ache=True, p_neck_movement=True)
    for whole, when_skipped in ((hand, Disposition.MASSAGE_OK), (neck, Disposition.DOCTOR_FIRST)):
        assert assess.assess(whole, KB).disposition is Disposition.MASSAGE_OK
        skipped = assess.assess(whole.without(frozenset({"rf-fever"})), KB)
        assert (skipped.disposition, skipped.open_dangers) == (when_skipped, ("rf-fever",))
        doubted = assess.assess(whole.merged({"rf-fever": "unsure"}), KB)
        assert (doubted.disposition, doubted.open_dangers) == (Disposition.DOCTOR_FIRST, ("rf-fever",))


def test_an_odd_picture_is_for_a_doctor() -> None:
    odd = person(44, "F", ["face", "big-toe"], q_electric=True, p_lean_elbow=True, t_first_steps=True)
    assert assess.assess(odd, KB).disposition is Disposition.DOCTOR_FIRST


def test_the_first_screen_asks_for_dangers_that_cannot_wait() -> None:
    first = assess.step(Answers(), frozenset(), KB)
    assert first.screen is not None
    assert (first.screen.code, first.screen.layout, first.screen.must_answer) == (
        "danger-sudden",
        "ticks",
        True,
    )
    assert first.asked == 0
    assert 10 <= first.expected_total <= 25


def test_only_those_who_can_be_pregnant_are_asked_about_it() -> None:
    def asked(age: int, sex: str) -> set[str]:
        _, screens = assess.interview(person(age, sex, ["thumb"], q_tingling=True), KB)
        return {question.code for screen in screens for question in screen.questions}

    assert "h-pregnancy" not in asked(30, "M")
    assert "h-pregnancy" not in asked(70, "F")


def test_a_wrist_is_not_asked_about_legs() -> None:
    _, screens = assess.interview(person(44, "F", ["thumb", "index-finger"], q_tingling=True), KB)
    asked = {question.code for screen in screens for question in screen.questions}
    assert not asked & {"m-foot-drop", "rf-both-legs-pain", "p-walking", "r-sit", "rf-saddle-numb"}


def test_reasons_are_the_persons_own_answers_in_words() -> None:
    found = assess.assess(TEXTBOOK[0][3], KB)
    told = {reason.finding: reason for reason in found.reasons}
    assert "region-index-finger" in told
    assert told["region-index-finger"].text == "You feel it in your index (pointing) finger."
    assert all(reason.text.endswith(".") and reason.weight for reason in found.reasons)


def test_probabilities_add_up() -> None:
    found = assess.assess(TEXTBOOK[0][3], KB)
    assert sum(chance for _, chance in found.source_classes) == pytest.approx(1)
    assert found.source_classes[0][0] is SourceClass.SOFT_TISSUE
    assert [row.probability for row in found.ranking] == sorted(
        (r.probability for r in found.ranking), reverse=True
    )


@pytest.mark.parametrize(
    ("condition", "verdict", "certainty"),
    [
        ("nonspecific-low-back-pain", "may-help", "very-low"),
        ("carpal-tunnel-syndrome", "may-help", "very-low"),
        ("lateral-epicondylalgia", "not-shown", "very-low"),
        ("meralgia-paresthetica", "not-known", "none"),
        ("polyneuropathy", "comfort-only", "none"),
    ],
)
def test_massage_is_promised_no_more_than_studies_show(condition: str, verdict: str, certainty: str) -> None:
    answers = next(row[3] for row in TEXTBOOK if row[0] == condition)
    massage = assess.assess(answers, KB).massage
    assert (massage.verdict, massage.certainty) == (verdict, certainty)


def test_no_sentence_says_you_have() -> None:
    for *_, answers in TEXTBOOK:
        found = assess.assess(answers, KB)
        told: list[str] = [found.headline, found.action, found.massage.sentence]
        assert not any("you have" in text.lower() for text in told)


def test_the_catalogue_holds_every_question_once() -> None:
    asked = questions.catalogue(KB)
    codes = [question.code for question in asked]
    assert len(codes) == len(set(codes)) > 250
    assert not any(code.startswith(("region-", "ex-", "sc-", "area-")) for code in codes)
    shown: dict[str, Any] = {question.code: question for question in asked}
    assert [choice.code for choice in shown["side"].choices] == ["left", "right", "both", "middle"]
    assert shown["body-map"].answer_type == "body-regions"


def test_the_core_needs_no_django() -> None:
    script = (
        "import sys; from unpinch.clinical import assess, knowledge; "
        "assert not [name for name in sys.modules if name.split('.')[0] in ('django', 'unpinch.records')]"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
