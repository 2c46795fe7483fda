"""Made-up people for tests: one picture of trouble each, and no to everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from unpinch.clinical import findings, knowledge, questions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from unpinch.clinical.values import Answers

KB = knowledge.load()

_HARMLESS: dict[str, Any] = {
    "h-surgery": "none-or-over-12-weeks-ago",
    "h-spine-injection": "never-or-over-3-months-ago",
    "h-pregnancy": "no",
    "h-whiplash": "no",
    "h-cortisone-joint": "never-or-over-6-weeks-ago",
    "q-pain-score": 4,
    "side": "right",
    "t-duration": "3-months-to-1-year",
    "onset": "slowly-over-weeks",
}


def raw_person(age: int, sex: str, regions: Sequence[str], **more: Any) -> dict[str, Any]:
    """Complete raw answers; ``more`` are codes with underscores for hyphens."""
    yes_no = (question.code for question in questions.catalogue(KB) if question.answer_type == "yes-no")
    no = {code: False for code in yes_no if KB.findings[code].fill is None}
    named = {code.replace("_", "-"): value for code, value in more.items()}
    body_map = {"body-map": [f"region-{region}" for region in regions]}
    answers = no | _HARMLESS | body_map | named
    return {
        "age": age,
        "sex": sex,
        "answers": {code: v for code, v in answers.items() if code not in ("age", "sex")},
    }


def person(age: int, sex: str, regions: Sequence[str], **more: Any) -> Answers:
    """The same as checked answers."""
    return findings.parse_answers(raw_person(age, sex, regions, **more), KB)
