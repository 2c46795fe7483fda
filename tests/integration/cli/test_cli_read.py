"""``unpinch read``: what a few sentences seem to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = b"I can't pee. My right thumb tingles, and my mother has cancer."


def test_json_names_what_was_understood_what_is_asked_and_the_danger(unpinch: Callable[..., Any]) -> None:
    found = unpinch("read", "--text", "-", "--json", stdin=TEXT)
    assert (found.status, found.err) == (0, "")
    said = {one["code"]: one["value"] for one in found.json["findings"]}
    assert said == {
        "body-map": ["region-thumb"],
        "side": "right",
        "q-tingling": True,
        "rf-bladder-cannot-go": True,
    }
    assert [(one["code"], one["why"]) for one in found.json["doubts"]] == [("h-cancer", "somebody-else")]
    assert found.json["dangers"][0]["words"] == "can't pee"
    assert found.json["dangers"][0]["disposition"] in ("urgent", "emergency")


def test_its_answers_are_an_answer_file(
    unpinch: Callable[..., Any], write: Callable[[str, object], str]
) -> None:
    answers = unpinch("read", "--text", "-", "--json", stdin=TEXT).json["answers"]
    judged = unpinch("assess", "--answers", write("mine.json", answers), "--json")
    assert judged.json["disposition"] in ("urgent", "emergency")


def test_in_words_it_says_that_only_the_person_can_tell(unpinch: Callable[..., Any]) -> None:
    said = unpinch("read", "--text", "-", stdin=TEXT).out
    assert "Only you can say if it is right" in said
    assert "it is about somebody else" in said


def test_nothing_understood_is_said_so(unpinch: Callable[..., Any]) -> None:
    assert "Nothing was understood" in unpinch("read", "--text", "-", stdin=b"hello").out


def test_a_text_that_is_too_long_is_refused(unpinch: Callable[..., Any]) -> None:
    found = unpinch("read", "--text", "-", stdin=b"a " * 6000)
    assert (found.status, found.out) == (2, "")
    assert "few sentences" in found.err
