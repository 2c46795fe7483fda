"""After a session: what to do at home, and whether what is felt on the next day is to be expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import HomeCare

Outcome = Literal["fine", "expected", "call", "alarm"]
MOST_STRETCHES = 3
"""More than that nobody does."""


@dataclass(frozen=True, slots=True)
class AfterVerdict:
    """What follows from the day after. ``lasts_too_long`` and ``has_new_sign`` say which kind of alarm it is."""

    outcome: Outcome
    action: str
    lasts_too_long: bool = False
    has_new_sign: bool = False


def home_care(worked: Collection[str], closed: Collection[str], kb: Knowledge) -> tuple[HomeCare, ...]:
    """What to do at home after work on some regions: a few stretches, posture, heat.

    A stretch that touches a region to leave alone is not given.
    """
    stretches = [
        care
        for care in kb.home_care.values()
        if care.part == "stretch" and set(care.regions) & set(worked) and not set(care.regions) & set(closed)
    ]
    stretches.sort(key=lambda care: -len(set(care.regions) & set(worked)))
    others = [care for care in kb.home_care.values() if care.part != "stretch"]
    return (*stretches[:MOST_STRETCHES], *others)


def judge_after(hours: float, said: Mapping[str, bool], kb: Knowledge) -> AfterVerdict:
    """What follows, so many hours after the session. An effect that was not answered asks for a call.

    Soreness is expected until its hours are over and an alarm from its alarm hours on; a new sign is one at once.
    """
    felt = [effect for effect in kb.after_effects.values() if said.get(effect.code) is True]
    signs = any(effect.expected_until_hours is None for effect in felt)
    lasting = any(
        effect.expected_until_hours is not None and hours >= effect.alarm_from_hours for effect in felt
    )
    if signs or lasting:
        return AfterVerdict("alarm", kb.say("after-alarm"), lasts_too_long=lasting, has_new_sign=signs)
    is_whole = all(isinstance(said.get(code), bool) for code in kb.after_effects)
    long = any(hours > (effect.expected_until_hours or 0) for effect in felt)
    if long or not is_whole:
        return AfterVerdict("call", kb.say("after-call"))
    if felt:
        return AfterVerdict("expected", kb.say("after-expected"))
    return AfterVerdict("fine", kb.say("after-fine"))
