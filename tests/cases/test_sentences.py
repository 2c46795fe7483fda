"""Sentences as people say them, read as `unpinch read` reads them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from people import KB
from unpinch.clinical import own_words
from unpinch.clinical.own_words import Heard, protected

if TYPE_CHECKING:
    from unpinch.clinical.values import Value

FILE = Path(__file__).parent / "sentences.csv"


@dataclass(frozen=True)
class Sentence:
    id: str
    half: str
    text: str
    heard: dict[str, str]
    implied: dict[str, str]
    asked: tuple[str, ...]
    never: tuple[str, ...]


def pairs(cell: str) -> dict[str, str]:
    parted = [part.strip().partition("=") for part in cell.split(";") if part.strip()]
    return {code: value for code, _, value in parted}


def codes(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def load() -> list[Sentence]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return [
            Sentence(
                row["id"],
                row["half"],
                row["text"],
                pairs(row["heard"]),
                pairs(row["implied"]),
                codes(row["asked"]),
                codes(row["never"]),
            )
            for row in csv.DictReader(file)
        ]


SENTENCES = load()
TUNED = [sentence for sentence in SENTENCES if sentence.half == "tuned"]
HELD_OUT = [sentence for sentence in SENTENCES if sentence.half == "held-out"]


@cache
def read(text: str) -> Heard:
    return own_words.read(text, KB)


def as_text(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def heard_in(sentence: Sentence) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in read(sentence.text).findings:
        if one.code == "body-map" and isinstance(one.value, tuple):
            found |= dict.fromkeys(one.value, "yes")
        else:
            found[one.code] = as_text(one.value)
    return found


def missed(sentence: Sentence) -> dict[str, str]:
    found = heard_in(sentence)
    return {code: value for code, value in sentence.heard.items() if found.get(code) != value}


def false(sentence: Sentence) -> dict[str, str]:
    """What nobody said. Places are left out: "hand" stands for more of it than was meant."""
    meant = {**sentence.heard, **sentence.implied}
    return {
        code: value
        for code, value in heard_in(sentence).items()
        if meant.get(code) != value and value != "no" and not code.startswith("region-")
    }


def by_id(sentence: Sentence) -> str:
    return sentence.id


def test_there_are_enough_of_them() -> None:
    assert len(SENTENCES) >= 100
    assert len(HELD_OUT) >= 50


@pytest.mark.parametrize("sentence", TUNED, ids=by_id)
def test_a_tuned_sentence_is_understood_and_nothing_is_made_up(sentence: Sentence) -> None:
    assert missed(sentence) == {}
    assert false(sentence) == {}


@pytest.mark.parametrize("sentence", SENTENCES, ids=by_id)
def test_nothing_negated_is_called_present(sentence: Sentence) -> None:
    found = heard_in(sentence)
    assert [code for code in sentence.never if found.get(code) == "yes"] == []


@pytest.mark.parametrize("sentence", [one for one in SENTENCES if one.asked], ids=by_id)
def test_what_is_in_doubt_is_asked(sentence: Sentence) -> None:
    heard = read(sentence.text)
    assert set(sentence.asked) <= {doubt.code for doubt in heard.doubts}
    assert not set(sentence.asked) & {found.code for found in heard.findings}


@pytest.mark.parametrize("sentence", SENTENCES, ids=by_id)
def test_no_danger_is_read_as_a_no(sentence: Sentence) -> None:
    guarded = protected(KB)
    assert [
        one.code for one in read(sentence.text).findings if one.value is False and one.code in guarded
    ] == []


@pytest.mark.parametrize("sentence", SENTENCES, ids=by_id)
def test_every_finding_shows_the_very_words(sentence: Sentence) -> None:
    heard = read(sentence.text)
    spans = [(one.words, one.start, one.end) for one in heard.findings]
    spans += [(one.words, one.start, one.end) for one in heard.doubts]
    for words, start, end in spans:
        assert words
        assert sentence.text[start:end] == words


def test_the_held_out_half_is_understood_as_well_as_was_measured() -> None:
    meant = sum(len(sentence.heard) for sentence in HELD_OUT)
    lost = sum(len(missed(sentence)) for sentence in HELD_OUT)
    made_up = sum(len(false(sentence)) for sentence in HELD_OUT)
    assert (meant - lost) / meant >= 0.94
    assert made_up <= 4
