"""The places of the body chart as a grouped list, for a terminal that has no picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Question

_OTHER = "Other places"
_HEADINGS = (
    ("Head and neck", ("back-of-head", "face", "neck")),
    ("Shoulder", ("shoulder-", "armpit")),
    ("Chest, belly and back", ("chest-", "belly-", "mid-back", "low-back")),
    ("Arm", ("upper-arm-", "elbow-", "forearm-")),
    ("Wrist, hand and fingers", ("wrist-", "palm-", "back-of-hand-", "thumb", "index-", "middle-finger")),
    ("Wrist, hand and fingers", ("ring-", "little-finger")),
    ("Buttock, hip and groin", ("buttock-", "groin", "saddle", "hip-")),
    ("Thigh and knee", ("thigh-", "knee-")),
    ("Lower leg and ankle", ("shin", "lower-leg-", "calf", "ankle-")),
    ("Foot and toes", ("foot-", "big-toe", "first-toe-", "middle-toes", "sole", "ball-", "heel")),
)
_LEAD = "Do you feel it "


def heading(region: str) -> str:
    """The heading under which a place stands in the list."""
    place = region.removeprefix("region-")
    return next((title for title, starts in _HEADINGS if place.startswith(starts)), _OTHER)


def in_list_order(codes: Sequence[str]) -> tuple[str, ...]:
    """The places from head to foot, those under one heading together."""
    order = [*dict.fromkeys(title for title, _ in _HEADINGS), _OTHER]
    return tuple(sorted(codes, key=lambda code: order.index(heading(code))))


def label(region: str, kb: Knowledge) -> str:
    """The place in plain words, taken from its question: "In your thumb"."""
    finding = kb.findings.get(region)
    if finding is None or not finding.question.startswith(_LEAD):
        return region.removeprefix("region-").replace("-", " ").capitalize()
    place = finding.question.removeprefix(_LEAD).rstrip("?")
    return place[:1].upper() + place[1:]


def choices(question: Question, kb: Knowledge) -> list[tuple[str, str]]:
    """Code and words of each choice of a question, places in plain words."""
    if question.answer_type != "body-regions":
        return [(choice.code, choice.text) for choice in question.choices]
    return [(choice.code, label(choice.code, kb)) for choice in question.choices]
