"""Textbook people through the front door of the clinical core."""

from __future__ import annotations

from typing import Any

import pytest

from unpinch.clinical import assess, findings, knowledge, questions
from unpinch.clinical.values import Answers, Disposition

KB = knowledge.load()


def person(age: int, sex: str, regions: list[str], **more: Any) -> Answers:
    """A person with one picture of trouble who says no to everything else."""
    named = {code.replace("_", "-"): value for code, value in more.items()}
    harmless: dict[str, Any] = {
        "h-surgery": "none-or-over-12-weeks-ago",
        "h-spine-injection": "never-or-over-3-months-ago",
        "h-pregnancy": "no",
        "q-pain-score": 4,
        "side": "right",
        "t-duration": "3-months-to-1-year",
        "onset": "slowly-over-weeks",
    }
    no = {q.code: False for q in questions.catalogue(KB) if q.answer_type == "yes-no"}
    answers = no | harmless | {"body-map": [f"region-{region}" for region in regions]} | named
    return findings.parse_answers({"age": age, "sex": sex, "answers": answers}, KB)


def test_a_tingling_thumb_side_at_night_fits_the_wrist_and_may_be_booked() -> None:
    hands = person(
        44,
        "F",
        ["thumb", "index-finger", "middle-finger"],
        q_tingling=True,
        t_night_wakes=True,
        r_shake_hand=True,
    )
    last, screens = assess.interview(hands, KB)
    assert last.assessment.disposition is Disposition.MASSAGE_OK
    assert last.assessment.ranking[0].code == "carpal-tunnel-syndrome"
    assert last.screen is None
    assert screens[0].code == "danger-sudden"


@pytest.mark.parametrize(
    ("code", "expected"),
    [("rf-saddle-numb", Disposition.EMERGENCY), ("rf-weight-loss", Disposition.URGENT)],
)
def test_a_danger_sign_decides_alone(code: str, expected: Disposition) -> None:
    back = person(44, "F", ["low-back"], q_dull_ache=True).merged({code: True})
    assert assess.assess(back, KB).disposition is expected
    assert assess.interview(back, KB)[0].assessment.disposition is expected


def test_nothing_answered_is_never_safe() -> None:
    nothing = assess.assess(Answers(), KB)
    assert nothing.disposition is Disposition.DOCTOR_FIRST
    assert "rf-saddle-numb" in nothing.open_dangers
