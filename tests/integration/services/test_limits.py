"""Guessing is slowed down for the one who guesses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic import NOW
from unpinch.records.models import TryCount
from unpinch.services import limits
from unpinch.services.limits import Limit

FIVE = Limit("five", 5, timedelta(minutes=5))

pytestmark = pytest.mark.django_db


def test_as_many_tries_as_allowed_and_no_more() -> None:
    assert [limits.count(FIVE, "ada", now=NOW) for _ in range(7)] == [True] * 5 + [False] * 2
    assert limits.is_used_up(FIVE, "ada", now=NOW)


def test_one_persons_tries_are_not_anothers() -> None:
    for _ in range(9):
        limits.count(FIVE, "ada", "203.0.113.9", now=NOW)
    assert not limits.is_used_up(FIVE, "ada", "198.51.100.1", now=NOW)
    assert not limits.is_used_up(FIVE, "bob", "203.0.113.9", now=NOW)
    assert not limits.is_used_up(Limit("other", 5, FIVE.span), "ada", "203.0.113.9", now=NOW)


def test_after_the_span_tries_begin_anew() -> None:
    for _ in range(6):
        limits.count(FIVE, "ada", now=NOW)
    later = NOW + FIVE.span
    assert not limits.is_used_up(FIVE, "ada", now=later)
    assert limits.count(FIVE, "ada", now=later)


def test_a_right_try_forgets_the_wrong_ones() -> None:
    for _ in range(5):
        limits.count(FIVE, "ada", now=NOW)
    limits.forget(FIVE, "ada")
    assert not limits.is_used_up(FIVE, "ada", now=NOW)


def test_the_table_names_nobody_and_is_tidied() -> None:
    limits.count(FIVE, "ada@clients.example", now=NOW)
    assert "ada" not in TryCount.objects.get().key
    assert limits.tidy(NOW) == 0
    assert limits.tidy(NOW + FIVE.span) == 1


@pytest.mark.parametrize(
    ("address", "place"),
    [
        pytest.param("203.0.113.9", "203.0.113.9", id="v4"),
        pytest.param("::ffff:203.0.113.9", "203.0.113.9", id="v4-in-v6"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", id="v6-by-network"),
        pytest.param("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64", id="same-v6-network"),
        pytest.param("", "unknown", id="none"),
        pytest.param("unix:", "unknown", id="socket"),
    ],
)
def test_a_place_is_what_one_customer_has(address: str, place: str) -> None:
    assert limits.network(address) == place
