"""Every place of the body chart can be found in the list."""

from __future__ import annotations

from itertools import pairwise

import pytest

from unpinch.cli import regions
from unpinch.clinical import knowledge, questions

KB = knowledge.load()
PLACES = KB.findings["body-map"].choices


@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_a_heading_and_plain_words(place: str) -> None:
    assert regions.heading(place) != "Other places"
    words = regions.label(place, KB)
    assert words.split()[0] in {"In", "At", "On", "Between", "Deep"}
    assert "?" not in words


@pytest.mark.parametrize(
    ("place", "heading"),
    [
        ("region-neck", "Head and neck"),
        ("region-forearm-back", "Arm"),
        ("region-middle-finger", "Wrist, hand and fingers"),
        ("region-middle-toes", "Foot and toes"),
        ("region-thumb", "Wrist, hand and fingers"),
        ("region-thigh-back", "Thigh and knee"),
        ("region-low-back", "Chest, belly and back"),
        ("region-new-place", "Other places"),
    ],
)
def test_headings(place: str, heading: str) -> None:
    assert regions.heading(place) == heading


def test_places_under_one_heading_stand_together() -> None:
    ordered = regions.in_list_order(PLACES)
    assert sorted(ordered) == sorted(PLACES)
    headings = [regions.heading(place) for place in ordered]
    changes = sum(one != other for one, other in pairwise(headings))
    assert changes == len(set(headings)) - 1


def test_an_unknown_place_is_named_by_its_code() -> None:
    assert regions.label("region-left-elbow", KB) == "Left elbow"


def test_choices_of_other_questions_are_their_own_words() -> None:
    side = next(question for question in questions.catalogue(KB) if question.code == "side")
    assert ("left", "Left") in regions.choices(side, KB)
