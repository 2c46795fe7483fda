"""Reading a person's own words: what is guarded, what shows at once, and what hostile texts cannot do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people import KB
from unpinch.clinical import own_words
from unpinch.clinical.own_words import protected
from unpinch.clinical.own_words.lexicon import lexicon_of
from unpinch.clinical.own_words.tokens import nearest
from unpinch.clinical.values import Disposition
from unpinch.kernel.errors import InputError

GUARDED = protected(KB)
SAID = sorted({code for row in KB.lexicon for code, _ in row.says})
LAY_WORDS = sorted(lexicon_of(KB).vocabulary)


def said(text: str) -> dict[str, object]:
    return {found.code: found.value for found in own_words.read(text, KB).findings}


def doubts(text: str) -> dict[str, str]:
    return {doubt.code: doubt.why for doubt in own_words.read(text, KB).doubts}


def dangers(text: str) -> dict[str, Disposition]:
    return {danger.code: danger.disposition for danger in own_words.read(text, KB).dangers}


def test_every_finding_of_a_danger_rule_is_guarded() -> None:
    assert {"rf-bladder-cannot-go", "rf-saddle-numb", "q-numbness", "h-cancer", "m-foot-drop"} <= GUARDED
    assert "q-dull-ache" not in GUARDED


@pytest.mark.parametrize(
    "no", ["I can't", "I cannot", "I can not", "I couldn't", "I'm unable to", "I am not able to"]
)
@pytest.mark.parametrize(
    ("verb", "code"),
    [
        ("pee", "rf-bladder-cannot-go"),
        ("feel my bottom", "rf-saddle-numb"),
        ("lift my foot", "m-foot-drop"),
        ("speak", "rf-speech"),
        ("feel my hand", "q-numbness"),
    ],
)
def test_what_one_cannot_do_is_a_symptom(no: str, verb: str, code: str) -> None:
    assert said(f"{no} {verb}.").get(code) is True


@pytest.mark.parametrize("code", ["q-dull-ache", "q-shooting", "t-comes-and-goes"])
def test_a_harmless_no_is_read(code: str) -> None:
    words = {"q-dull-ache": "a dull ache", "q-shooting": "shooting pain", "t-comes-and-goes": "episodes"}
    assert said(f"I have no {words[code]}.").get(code) is False


def test_the_reach_of_a_no_ends_where_something_new_begins() -> None:
    assert said("No burning, my foot is numb.") == {
        "body-map": ("region-foot-top", "region-sole"),
        "q-numbness": True,
    }
    assert "q-numbness" not in said("No burning, tingling or numbness.")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("My foot used to tingle.", "over"),
        ("I don't know if my foot tingles.", "not-sure"),
        ("My brother has tingling in his foot.", "somebody-else"),
        ("I'm worried about tingling.", "only-a-thought"),
        ("Tingling?", "only-a-thought"),
    ],
)
def test_what_may_not_be_meant_is_left_to_ask(text: str, why: str) -> None:
    assert doubts(text)["q-tingling"] == why
    assert "q-tingling" not in said(text)


def test_two_meanings_are_asked() -> None:
    text = "It began two days ago. I have had it for three years."
    assert doubts(text)["t-duration"] == "two-meanings"


def test_a_danger_shows_its_sentence_at_once() -> None:
    heard = own_words.read("I can't pee and it is numb between my legs.", KB)
    assert heard.dangers[0].disposition is Disposition.EMERGENCY
    assert {danger.code for danger in heard.dangers} >= {"rf-bladder-cannot-go", "rf-saddle-numb"}
    assert heard.dangers[0].words in "I can't pee and it is numb between my legs."


def test_the_danger_of_somebody_else_shows_but_is_not_taken_for_ones_own() -> None:
    assert dangers("My husband suddenly can't speak.")["rf-speech"] is Disposition.EMERGENCY
    assert "rf-speech" not in said("My husband suddenly can't speak.")


@pytest.mark.parametrize("text", ["No trouble speaking.", "What if I can't speak?", "My bladder is normal."])
def test_no_danger_shows_where_none_was_named(text: str) -> None:
    assert dangers(text) == {}


def test_a_danger_that_passed_still_counts_where_it_must() -> None:
    assert said("My speech was slurred this morning, it has gone now.").get("rf-speech") is True


@pytest.mark.parametrize(
    ("slip", "right"),
    [("tingligng", "tingling"), ("shoudler", "shoulder"), ("weaknes", "weakness"), ("nubm", "numb")],
)
def test_a_slip_of_the_pen_is_mended(slip: str, right: str) -> None:
    assert said(f"{slip} in my left arm") == said(f"{right} in my left arm")


@pytest.mark.parametrize("word", ["think", "number", "waist", "leave", "right", "house", "others"])
def test_a_real_word_is_not_mended(word: str) -> None:
    lexicon = lexicon_of(KB)
    assert lexicon.knows(word) or nearest(word, lexicon) == word


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("diarrhoea", "diarrhea"),
        ("a tumour", "a tumor"),
        ("paralysed legs", "paralyzed legs"),
        ("my mum", "my mom"),
    ],
)
def test_both_spellings_mean_the_same(british: str, american: str) -> None:
    assert said(f"I have {british}.") == said(f"I have {american}.")


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("My right hand tingles.", "right"),
        ("All right, my left hand tingles.", "left"),
        ("My hand tingles right away.", None),
        ("Both hands tingle.", "both"),
        ("My right arm tingles and my left leg is numb.", None),
    ],
)
def test_right_is_a_side_only_beside_a_place(text: str, side: str | None) -> None:
    assert said(text).get("side") == side


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("My thumb is numb.", {"region-thumb"}),
        ("My hand and thumb are numb.", {"region-thumb"}),
        ("My thumb is fine.", set()),
        ("I hold my phone in my hand.", set()),
    ],
)
def test_places_count_beside_a_symptom_and_the_finer_one_wins(text: str, regions: set[str]) -> None:
    found = said(text).get("body-map", ())
    assert isinstance(found, tuple)
    assert set(found) == regions


@pytest.mark.parametrize(
    ("text", "code", "value"),
    [
        ("I am forty-eight", "age", 48),
        ("I'm 48 and it tingles", "age", 48),
        ("I'm 48 weeks into this", "age", None),
        ("Pain 7/10", "q-pain-score", 7),
        ("It is eight out of ten", "q-pain-score", 8),
        ("Pain for two or three months", "t-duration", "3-months-to-1-year"),
        ("I have had this for a couple of weeks", "t-duration", "less-than-6-weeks"),
        ("It has been numb since yesterday", "t-duration", "less-than-6-weeks"),
        ("I have smoked for twenty years", "t-duration", None),
        ("I'm 14 weeks pregnant", "h-pregnancy", "weeks-13-27"),
        ("I had a baby three months ago", "h-pregnancy", "birth-in-last-year"),
    ],
)
def test_figures(text: str, code: str, value: object) -> None:
    assert said(text).get(code) == value


def test_a_text_that_is_too_long_is_refused_with_what_to_do() -> None:
    with pytest.raises(InputError, match="few sentences"):
        own_words.read("a" * (own_words.MOST_CHARACTERS + 1), KB)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\0",
        "?",
        "...",
        "numb " * 2000,
        "if not " * 1400,
        "can't feel my " * 700,
        "9" * 10_000,
        "İıſ𝔄" * 2000,
    ],
    ids=["empty", "space", "null", "mark", "dots", "numb", "noes", "cannots", "digits", "letters"],
)
def test_odd_texts_are_read_without_complaint(text: str) -> None:
    heard = own_words.read(text, KB)
    assert all(text[found.start : found.end] == found.words for found in heard.findings)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*LAY_WORDS, ".", ",", "?", "not", "no", "can't", "my", "I"]), max_size=40))
def test_no_mixture_of_words_clears_a_danger(words: list[str]) -> None:
    heard = own_words.read(" ".join(words), KB)
    assert all(found.value is not False or found.code not in GUARDED for found in heard.findings)


def test_the_lexicon_is_broad_enough() -> None:
    assert len(KB.lexicon) >= 400
    assert len(SAID) >= 150
