"""A rule written out and read again is the same rule."""

from __future__ import annotations

import pytest

from unpinch.cli import rule_text
from unpinch.clinical import knowledge, rules

KB = knowledge.load()


@pytest.mark.parametrize(
    "text",
    [
        "ALWAYS",
        "q-tingling",
        "NOT q-tingling",
        "age >= 50 AND q-tingling",
        "age < 50 OR (q-tingling AND NOT side = left)",
        "COUNT(q-tingling, q-numbness AND age > 3, ALWAYS) >= 2",
        "NOT (q-tingling OR q-numbness)",
    ],
)
def test_writing_undoes_reading(text: str) -> None:
    assert rule_text.write(rules.parse(text)) == text


@pytest.mark.parametrize("code", KB.findings)
def test_every_condition_for_asking_can_be_written(code: str) -> None:
    rule = KB.findings[code].ask_when
    if rule is not None:
        assert rules.parse(rule_text.write(rule)) == rule
