"""Textbook pictures told in few words: where it is felt and one to four signs; everything else is left open."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from people import KB
from unpinch.clinical import assess, findings

with (Path(__file__).parent / "pictures.csv").open(encoding="utf-8", newline="") as file:
    PICTURES = list(csv.DictReader(file))

SECOND_OR_THIRD = {
    ("cluneal-nerve-entrapment", "buttock-top low-back"),
    ("cluneal-nerve-entrapment", "buttock-top"),
    ("myofascial-pain", "shoulder-top neck"),
    ("radial-tunnel-syndrome", "forearm-back"),
    ("superficial-radial-neuropathy", "wrist-thumb-side thumb"),
}
"""Pictures that fit a commoner condition as well: there the right one is among the first three."""


@pytest.mark.parametrize("row", PICTURES, ids=lambda row: f"{row['condition']}-{row['regions']}")
def test_few_words_are_enough(row: dict[str, str]) -> None:
    present, absent, regions = (row[part].split() for part in ("present", "absent", "regions"))
    answers: dict[str, object] = {code: True for code in present if code != "q-pain-severe"}
    answers |= dict.fromkeys(absent, False)
    if "q-pain-severe" in present:
        answers["q-pain-score"] = 9
    if regions:
        answers["body-map"] = [f"region-{region}" for region in regions]
    person = {"age": int(row["age"]), "sex": row["sex"], "answers": answers}
    found = assess.assess(findings.parse_answers(person, KB), KB)
    places = [ranked.code for ranked in found.ranking]
    may_share = (row["condition"], row["regions"]) in SECOND_OR_THIRD
    assert row["condition"] in places[: 3 if may_share else 1], places[:5]
