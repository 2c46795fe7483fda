"""After a session: soreness has its hours, a new sign has none, and no stretch touches what is to be left alone."""

from __future__ import annotations

import pytest

from people import KB
from unpinch.clinical import aftercare
from unpinch.kernel.stretches import PICTURES

NONE = dict.fromkeys(KB.after_effects, False)


@pytest.mark.parametrize(
    ("hours", "felt", "outcome"),
    [
        pytest.param(20, (), "fine", id="nothing"),
        pytest.param(36, ("sore",), "expected", id="sore at 36 hours"),
        pytest.param(37, ("sore",), "call", id="sore for longer"),
        pytest.param(47.9, ("sore",), "call", id="just before 48 hours"),
        pytest.param(48, ("sore",), "alarm", id="sore at 48 hours"),
        pytest.param(1, ("weak",), "alarm", id="weak at once"),
        pytest.param(20, ("sore", "bruise"), "alarm", id="a bruise that spreads"),
    ],
)
def test_what_follows(hours: float, felt: tuple[str, ...], outcome: str) -> None:
    said = {**NONE, **dict.fromkeys(felt, True)}
    assert aftercare.judge_after(hours, said, KB).outcome == outcome


def test_no_answer_is_not_fine() -> None:
    assert aftercare.judge_after(20, {}, KB).outcome == "call"


def test_stretches_fit_where_was_worked_and_spare_what_is_closed() -> None:
    care = aftercare.home_care(["region-neck", "region-shoulder-top"], [], KB)
    assert [one.code for one in care] == ["neck-side", "chin-nod", "blades", "breaks", "warm"]
    spared = aftercare.home_care(["region-neck", "region-shoulder-top"], ["region-neck"], KB)
    assert [one.code for one in spared] == ["blades", "breaks", "warm"]


def test_every_stretch_has_a_picture() -> None:
    wanted = {care.picture for care in KB.home_care.values() if care.part == "stretch"}
    assert wanted == set(PICTURES)
