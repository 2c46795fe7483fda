"""The table of a question to a doctor, row by row."""

from __future__ import annotations

import pytest

from unpinch.clinical.clearance_states import LIVE, ClearanceState, Event, after

S, E = ClearanceState, Event


@pytest.mark.parametrize(
    ("state", "event", "then"),
    [
        (S.REQUESTED, E.OPEN, S.OPENED),
        (S.OPENED, E.OPEN, S.OPENED),
        (S.ANSWERED, E.OPEN, S.ANSWERED),
        (S.REQUESTED, E.ANSWER, S.ANSWERED),
        (S.OPENED, E.ANSWER, S.ANSWERED),
        (S.ANSWERED, E.ANSWER, S.ANSWERED),
        *((state, E.EXPIRE, S.EXPIRED) for state in sorted(LIVE)),
        *((state, E.REVOKE, S.REVOKED) for state in sorted(LIVE)),
        *((state, E.SUPERSEDE, S.SUPERSEDED) for state in sorted(LIVE)),
    ],
    ids=str,
)
def test_what_leads_where(state: ClearanceState, event: Event, then: ClearanceState) -> None:
    assert after(state, event) is then


@pytest.mark.parametrize("state", sorted(set(S) - LIVE))
@pytest.mark.parametrize("event", E)
def test_what_is_over_stays_over(state: ClearanceState, event: Event) -> None:
    assert after(state, event) is None
