"""The rules of who may do what, each against everybody."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from unpinch.services import permissions
from unpinch.services.access import Caller
from unpinch.services.permissions import Thing

if TYPE_CHECKING:
    from collections.abc import Callable

    Rule = Callable[[Caller | None, Thing], bool]

HERE, ELSEWHERE = 1, 2
ADA, BOB, ANN, BEN = 11, 12, 21, 22
SESSION = Thing(HERE, client_id=ADA, therapist_id=ANN)
"""A session that the therapist Ann gives to the client Ada."""


def person(role: str, *, client: int | None = None, therapist: int | None = None) -> Caller:
    return Caller(7, HERE, "Somebody", role, therapist, client)


PEOPLE: dict[str, Caller | None] = {
    "visitor": None,
    "client": person("client", client=ADA),
    "other client": person("client", client=BOB),
    "therapist": person("therapist", therapist=ANN),
    "other therapist": person("therapist", therapist=BEN),
    "desk": person("desk"),
    "owner": person("owner"),
    "owner who treats": person("owner", therapist=ANN),
    "therapist who is the client": person("therapist", therapist=BEN, client=ADA),
}

ALLOWED: dict[str, set[str]] = {
    "can_work_here": {
        "therapist",
        "other therapist",
        "desk",
        "owner",
        "owner who treats",
        "therapist who is the client",
    },
    "can_run_practice": {"owner", "owner who treats"},
    "can_work_at_desk": {"desk", "owner", "owner who treats"},
    "can_see_calendar": {"therapist", "desk", "owner", "owner who treats"},
    "can_change_booking": {
        "client",
        "therapist",
        "desk",
        "owner",
        "owner who treats",
        "therapist who is the client",
    },
    "can_treat": {"therapist", "owner who treats"},
    "can_read_health": {"client", "therapist", "owner", "owner who treats", "therapist who is the client"},
    "can_enter_clearance": {"therapist", "desk", "owner", "owner who treats"},
    "can_decide_for_client": {"client", "owner", "owner who treats", "therapist who is the client"},
    "can_read_record_book": {"client", "owner", "owner who treats", "therapist who is the client"},
    "is_own": {"client", "therapist who is the client"},
}


def rules() -> dict[str, Rule]:
    found = inspect.getmembers(permissions, inspect.isfunction)
    return {name: rule for name, rule in found if name.startswith(("can_", "is_", "has_"))}


def test_every_rule_is_in_the_table() -> None:
    assert set(rules()) == set(ALLOWED)


@pytest.mark.parametrize("name", ALLOWED)
def test_a_rule_lets_in_exactly_these(name: str) -> None:
    rule = rules()[name]
    assert {who for who, caller in PEOPLE.items() if rule(caller, SESSION)} == ALLOWED[name]


@pytest.mark.parametrize("name", ALLOWED)
def test_no_rule_lets_anybody_into_another_practice(name: str) -> None:
    rule = rules()[name]
    strangers = [replace(caller, practice_id=ELSEWHERE) for caller in PEOPLE.values() if caller]
    assert not any(rule(stranger, SESSION) for stranger in strangers)


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_nobodys_own_is_no_clients_and_no_therapists(name: str) -> None:
    """A thing without a client must not match a caller who is no client: None is not equal to None here."""
    nobodys = Thing(HERE)
    who = {who for who, caller in PEOPLE.items() if rules()[name](caller, nobodys)}
    assert who <= ALLOWED["can_work_here"]
    if name != "can_work_here":
        assert not who & {"therapist", "other therapist", "client"}
