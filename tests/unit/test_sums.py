"""Sums: what covers what, the parts of a package, and the codes of vouchers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpinch.kernel.money import (
    CODE_ALPHABET,
    Charge,
    read_code,
    settle,
    shares,
    shown_code,
    with_check,
)

DAY = datetime(2026, 11, 24, tzinfo=UTC)
CODES = st.text(CODE_ALPHABET, min_size=1, max_size=20).map(with_check)


def test_what_was_paid_covers_what_falls_due_first() -> None:
    charges = [Charge(2, 5800, DAY + timedelta(days=7)), Charge(1, 5800, DAY)]
    account = settle(charges, 7000)
    assert [(one.charge.id, one.paid, one.open) for one in account.charges] == [(1, 5800, 0), (2, 1200, 4600)]
    assert (account.owed, account.used, account.left) == (4600, 7000, 0)
    assert (account.due_by(DAY), account.due_by(DAY + timedelta(days=7))) == (0, 4600)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 400))), st.integers(-(10**6), 10**7))
def test_everything_adds_up(given_charges: list[tuple[int, int]], paid_in: int) -> None:
    charges = [Charge(n, sum_, DAY + timedelta(days=day)) for n, (sum_, day) in enumerate(given_charges)]
    account = settle(charges, paid_in)
    assert account.used + account.left == paid_in
    assert account.owed + sum(one.paid for one in account.charges) == sum(one.amount for one in charges)
    assert all(0 <= one.paid <= one.charge.amount for one in account.charges)
    assert account.left <= 0 or account.owed == 0
    opens = [one.open == 0 for one in account.charges if one.charge.amount]
    assert opens == sorted(opens, reverse=True)


@given(st.integers(0, 10**7), st.integers(1, 30))
def test_the_parts_of_a_package_add_up_and_differ_by_one_coin_at_most(total: int, parts: int) -> None:
    found = shares(total, parts)
    assert (sum(found), len(found)) == (total, parts)
    assert max(found) - min(found) <= 1


@given(CODES)
def test_a_code_is_read_as_it_is_printed_in_any_case(code: str) -> None:
    assert read_code(shown_code(code)) == code
    assert read_code(f" {shown_code(code).lower()} ") == code


@given(CODES, st.data())
def test_one_mistyped_letter_is_always_noticed(code: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from(CODE_ALPHABET).filter(lambda letter: letter != code[place]))
    assert read_code(code[:place] + other + code[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "A", "é", "ABC!", "U" * 12, "\x00" * 12])
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    assert read_code(text) is None


def test_letters_that_look_alike_are_the_same() -> None:
    code = with_check("0011")
    assert read_code("oOiL" + code[-1]) == code
