"""The rule language: what it reads, what it refuses, and its three values."""

from __future__ import annotations

import pytest

from unpinch.clinical import rules
from unpinch.clinical.rules import All, Compare, Is, Not, Some


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", Is("a")),
        ("a OR b", Some((Is("a"), Is("b")))),
        ("a AND (b OR c)", All((Is("a"), Some((Is("b"), Is("c")))))),
        ("NOT a", Not(Is("a"))),
        ("age >= 50", Compare("age", ">=", "50")),
        ("COUNT(a, b AND c, d) >= 2", Some((Is("a"), All((Is("b"), Is("c"))), Is("d")), 2)),
    ],
)
def test_a_rule_is_read(text: str, tree: rules.Rule) -> None:
    assert rules.parse(text) == tree


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a AND b OR c", "mixed without brackets"),
        ("a AND", "expected more"),
        ("(a", "expected )"),
        ("a b", "unexpected 'b'"),
        ("A", "'A' is not a finding code"),
        ("COUNT(a, b) >= 3", "COUNT of 2 things cannot reach 3"),
        ("a & b", "cannot read '& b'"),
        ("", "expected more after 'the start'"),
    ],
)
def test_a_rule_that_cannot_be_read_says_why(text: str, complaint: str) -> None:
    with pytest.raises(rules.RuleError) as caught:
        rules.parse(text)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("least", [1, 2, 3, 4])
def test_a_count_works_on_all_persons_at_once(least: int) -> None:
    people = [0b1010, 0b1100, 0b0110, 0b1111]
    expected = sum(1 << i for i in range(4) if sum(row >> i & 1 for row in people) >= least)
    assert rules.at_least(people, least) == expected
