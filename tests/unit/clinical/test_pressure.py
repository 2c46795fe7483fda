"""Pressure in the room: a machine that is pushed about, and the few things that must always hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from unpinch.clinical.pressure import LOWEST, TOP, Changed, Event, Pressure, Region, after, begin, replay

if TYPE_CHECKING:
    from unpinch.clinical.pressure import Kind

BUTTOCK, BACK = "region-buttock-deep", "region-low-back"


def state(level: int = 2, ceiling: int = 3, *, halted: bool = False) -> Pressure:
    return Pressure({BUTTOCK: Region(level, ceiling, halted)})


@pytest.mark.parametrize(
    ("before", "event", "level", "why"),
    [
        pytest.param(state(), Event("more", BUTTOCK), 3, "", id="more"),
        pytest.param(state(3), Event("more", BUTTOCK), 3, "ceiling", id="more at the ceiling"),
        pytest.param(state(), Event("less", BUTTOCK), 1, "", id="less"),
        pytest.param(state(1), Event("less", BUTTOCK), 1, "floor", id="less at the lowest"),
        pytest.param(state(), Event("same", BUTTOCK), 2, "", id="same"),
        pytest.param(state(), Event("set", BUTTOCK, level=1), 1, "", id="the therapist sets it"),
        pytest.param(state(), Event("set", BUTTOCK, level=4), 2, "ceiling", id="not above the ceiling"),
        pytest.param(state(), Event("set", BUTTOCK, level=-3), 1, "", id="never below the lowest"),
        pytest.param(state(halted=True), Event("more", BUTTOCK), 2, "halted", id="a halted region waits"),
        pytest.param(state(), Event("more", BACK), 2, "unknown-region", id="a region to leave alone"),
        pytest.param(
            state(), Event("recheck", BUTTOCK, passed=True), 2, "not-halted", id="nothing to re-check"
        ),
    ],
)
def test_what_an_event_does(before: Pressure, event: Event, level: int, why: str) -> None:
    changed = after(before, event)
    assert (changed.state.regions[BUTTOCK].level, changed.why) == (level, why)


def test_electric_halts_the_region_and_a_passed_recheck_begins_lightly() -> None:
    halted = after(state(3), Event("halt", BUTTOCK)).state
    assert halted.halted == {BUTTOCK}
    on = after(halted, Event("recheck", BUTTOCK, passed=True)).state
    assert on.regions[BUTTOCK] == Region(LOWEST, 3)


def test_a_failed_recheck_ends_the_session() -> None:
    halted = state(halted=True)
    ended = after(halted, Event("recheck", BUTTOCK, passed=False)).state
    assert ended.phase == "stopped"
    assert after(ended, Event("less", BUTTOCK)) == Changed(ended, "over")


def test_it_begins_with_what_was_comfortable_and_never_above_the_ceiling() -> None:
    begun = begin({BUTTOCK: 3, "region-calf": 2, BACK: 0}, 2, {BUTTOCK: 4})
    assert begun.regions == {BUTTOCK: Region(3, 3), "region-calf": Region(2, 2)}


def test_a_region_above_its_ceiling_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="level 4"):
        Region(4, 3)


KINDS: list[Kind] = ["less", "same", "more", "halt", "recheck", "set", "stop", "finish", "step"]
CODES = [BUTTOCK, "region-calf", BACK]


class Room(RuleBasedStateMachine):
    """Client and therapist press whatever they like."""

    @initialize(
        ceilings=st.dictionaries(st.sampled_from(CODES), st.integers(0, TOP)), start=st.integers(1, TOP)
    )
    def enter(self, ceilings: dict[str, int], start: int) -> None:
        self.ceilings = ceilings
        self.start = self.state = begin(ceilings, start, {})
        self.events: list[Event] = []
        self.waiting: set[str] = set()

    @rule(
        kind=st.sampled_from(KINDS[:-3]),
        region=st.sampled_from([*CODES, "region-of-nobody"]),
        level=st.integers(-2, 9),
        passed=st.booleans(),
    )
    def press(self, kind: Kind, region: str, level: int, passed: bool) -> None:
        event = Event(kind, region, level, passed)
        before, changed = self.state, after(self.state, event)
        if changed.why:
            assert changed.state == before
        if before.phase == "running" and region in before.regions:
            self.waiting |= {region} if kind == "halt" else set()
            if kind == "recheck" and passed:
                self.waiting.discard(region)
        self._go(event, changed)

    @rule(kind=st.sampled_from(KINDS[-3:]), step=st.integers(-1, 9))
    @precondition(lambda self: len(self.events) > 5)
    def end_or_step(self, kind: Kind, step: int) -> None:
        event = Event(kind, step=step)
        self._go(event, after(self.state, event))

    def _go(self, event: Event, changed: Changed) -> None:
        if self.state.phase != "running":
            assert changed == Changed(self.state, "over")
        self.events.append(event)
        self.state = changed.state

    @invariant()
    def no_region_is_pressed_above_its_ceiling(self) -> None:
        for code, region in getattr(self, "state", Pressure()).regions.items():
            assert LOWEST <= region.level <= region.ceiling == min(self.ceilings[code], TOP)

    @invariant()
    def a_halted_region_waits_for_its_recheck(self) -> None:
        if hasattr(self, "state"):
            assert self.state.halted == self.waiting

    @invariant()
    def the_log_alone_gives_the_state(self) -> None:
        if hasattr(self, "state"):
            assert replay(self.start, tuple(self.events)) == self.state


Room.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
test_the_room_keeps_its_promises = Room.TestCase
