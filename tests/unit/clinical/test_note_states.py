"""The note of a session: nothing typed is ever lost, what was signed stays as it was."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from unpinch.clinical.note_states import FIELDS, LONGEST, Note, amend, begin, save, sign, text_of

DRAFT = begin({"subjective": "Pain 3 of 10."})


def test_two_windows_that_write_in_different_fields_keep_both() -> None:
    first = save(DRAFT, 1, {"subjective": "Pain 3 of 10.", "plan": "Walk."}).note
    second = save(first, 1, {"subjective": "Pain 3 of 10. Slept well."})
    assert second.note.text == text_of({"subjective": "Pain 3 of 10. Slept well.", "plan": "Walk."})
    assert second.clashed == ()


def test_two_windows_that_write_in_one_field_keep_both_texts() -> None:
    first = save(DRAFT, 1, {"subjective": "Slept well."}).note
    second = save(first, 1, {"subjective": "Slept badly."})
    assert second.note.text["subjective"] == "Slept well.\n\nSlept badly."
    assert second.clashed == ("subjective",)


def test_the_same_text_makes_no_new_version() -> None:
    assert save(DRAFT, 1, {"subjective": "Pain 3 of 10."}).note == DRAFT


def test_only_what_was_seen_is_signed_and_then_nothing_changes() -> None:
    changed = save(DRAFT, 1, {"plan": "Walk."}).note
    assert sign(changed, 1).refusal == "changed"
    signed = sign(changed, 2).note
    assert signed.is_signed
    assert save(signed, 2, {"plan": "Run."}).refusal == "signed"
    assert sign(signed, 2).refusal == "signed"
    added = amend(signed, "Walked, not ran.", "Wrong word").note
    assert (added.text, len(added.amendments)) == (signed.text, 1)


@pytest.mark.parametrize(
    ("step", "refusal"),
    [
        pytest.param(sign(begin({}), 1), "empty", id="nothing to sign"),
        pytest.param(amend(DRAFT, "a", "b"), "not-signed", id="amend a draft"),
        pytest.param(amend(sign(DRAFT, 1).note, "a", " "), "empty", id="amend without a reason"),
        pytest.param(amend(sign(DRAFT, 1).note, "a" * (LONGEST + 1), "b"), "too-long", id="amend at length"),
        pytest.param(save(DRAFT, 7, {}), "unknown-version", id="a version of nobody"),
        pytest.param(save(DRAFT, 1, {"plan": "a" * (LONGEST + 1)}), "too-long", id="too long"),
    ],
)
def test_what_cannot_be_is_refused(step: object, refusal: str) -> None:
    assert getattr(step, "refusal", None) == refusal


class Windows(RuleBasedStateMachine):
    """Two windows write words of their own, save when they like, and see what stands."""

    @initialize()
    def open_both(self) -> None:
        self.note: Note = DRAFT
        self.seen = [(1, dict(DRAFT.text)), (1, dict(DRAFT.text))]
        self.words: list[tuple[str, str]] = []
        self.signed_text = None

    @rule(window=st.integers(0, 1), name=st.sampled_from(FIELDS), fresh=st.booleans())
    def write_and_save(self, window: int, name: str, fresh: bool) -> None:
        base, text = self.seen[window]
        word = f"word{len(self.words):03d}"
        text = {**text, name: f"{text[name]} {word}".strip() if not fresh else f"{word} {text[name]}".strip()}
        step = save(self.note, base, text)
        if self.note.is_signed:
            assert step.refusal == "signed"
            return
        self.words.append((name, word))
        self.note = step.note
        self.seen[window] = (self.note.number, dict(self.note.text))

    @rule(window=st.integers(0, 1))
    def sign_it(self, window: int) -> None:
        step = sign(self.note, self.seen[window][0])
        if step.refusal is None:
            self.note, self.signed_text = step.note, step.note.text  # type: ignore[assignment]

    @rule()
    def amend_it(self) -> None:
        step = amend(self.note, "More.", "Forgotten")
        assert (step.refusal is None) == self.note.is_signed
        self.note = step.note

    @invariant()
    def no_word_is_lost(self) -> None:
        for name, word in getattr(self, "words", []):
            assert word in self.note.text[name]

    @invariant()
    def what_was_signed_stays(self) -> None:
        if getattr(self, "signed_text", None) is not None:
            assert self.note.text == self.signed_text


Windows.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
test_two_windows = Windows.TestCase
