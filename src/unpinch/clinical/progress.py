"""Whether a course of massage helps, and what follows: go on, space out, change once, stop.

The rules stand in ``review_rules.csv`` and are fixed when the course starts. What a person says is measured against
what the person said at the start, never against other people.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import ReviewRule

Outcome = Literal["better", "some", "none", "worse", "unknown"]


class Decision(StrEnum):
    """What a review ends with, from the least to the most cautious. ``caution`` grows with it."""

    GO_ON = "go-on"
    TAPER = "taper"
    FINISH = "finish"
    ASK_FIRST = "ask-first"
    CHANGE_ONCE = "change-once"
    STOP = "stop"
    STOP_NOW = "stop-now"

    @property
    def caution(self) -> int:
        """0 for going on, up to 6 for stopping at once."""
        return list(Decision).index(self)

    @property
    def is_end(self) -> bool:
        """Whether no session follows."""
        return self in {Decision.FINISH, Decision.STOP, Decision.STOP_NOW}

    @property
    def needs_doctor(self) -> bool:
        """Whether the person is sent back to a doctor."""
        return self in {Decision.STOP, Decision.STOP_NOW}


@dataclass(frozen=True, slots=True)
class Activity:
    """Something of the person's own that is hard to do. ``can`` runs from 0 (cannot) to 10 (as before)."""

    name: str
    can: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person says at one time. None means not said.

    ``pain`` is NPRS, 0 to 10; ``overall`` is GROC, -7 (a very great deal worse) to +7; ``is_worse_for_days`` says
    that pain was clearly worse for more than 48 hours; ``has_new_sign`` that weakness or numbness is new.
    """

    pain: float | None = None
    activities: tuple[Activity, ...] = ()
    overall: int | None = None
    is_worse_for_days: bool = False
    has_new_sign: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """How a reading compares with the start: the outcome, the sentences behind it, the rules that hold.

    ``pain`` and ``function`` are points for the better; None when either reading lacks them.
    """

    outcome: Outcome
    pain: float | None
    function: float | None
    overall: int | None
    because: tuple[str, ...]
    rules: tuple[ReviewRule, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a course has come. ``has_changed`` says that the way of working was changed once already."""

    sessions_done: int
    sessions_planned: int
    reviews_passed: int
    has_changed: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision that the rules give, in a sentence, with the change it rests on."""

    decision: Decision
    sentence: str
    change: Change


def is_review_due(sessions_done: int, review_after: int, sessions_planned: int) -> bool:
    """Whether a review comes after so many sessions: after every ``review_after`` of them, and after the last."""
    if sessions_done < 1:
        return False
    return sessions_done % review_after == 0 or sessions_done >= sessions_planned


def change_between(start: Reading, now: Reading, kb: Knowledge) -> Change:
    """Compare with the start. Any sign of getting worse outranks every gain; nothing to compare is "unknown"."""
    pain = None if start.pain is None or now.pain is None else start.pain - now.pain
    percent = 100 * pain / start.pain if pain is not None and start.pain else None
    function = _function(start.activities, now.activities)
    gains = {"NPRS": pain, "NPRS-percent": percent, "PSFS": function, "GROC": now.overall}
    held = tuple(rule for rule in kb.review_rules.values() if _holds(rule, gains))
    is_worse = now.has_new_sign or now.is_worse_for_days
    outcome = _outcome({rule.outcome for rule in held}, gains, is_worse=is_worse)
    return Change(
        outcome=outcome,
        pain=pain,
        function=function,
        overall=now.overall,
        because=tuple(_because(pain, function, now, kb)),
        rules=tuple(rule for rule in held if rule.outcome == outcome),
    )


def judge(change: Change, standing: Standing, kb: Knowledge) -> Verdict:
    """What follows from a change at a review.

    Worse stops at once. Better goes on, from the second review on with more days between, and ends with the last
    session. Anything less changes the way of working once; the next time it stops and goes back to the doctor.
    """
    decision = _decision(change.outcome, standing)
    return Verdict(decision, kb.say(f"review-{decision}"), change)


def may_decide(given: Decision, wanted: Decision, reason: str) -> bool:
    """Whether a therapist may decide otherwise than the rules.

    Towards more caution always; towards less with a reason; never past "stop now", and never past the end.
    """
    if given is wanted or wanted.caution > given.caution:
        return True
    return given is not Decision.STOP_NOW and bool(reason.strip())


def _function(start: Sequence[Activity], now: Sequence[Activity]) -> float | None:
    """The mean gain over the activities named both times."""
    before = {activity.name: activity.can for activity in start}
    gains = [activity.can - before[activity.name] for activity in now if activity.name in before]
    return sum(gains) / len(gains) if gains else None


def _holds(rule: ReviewRule, gains: dict[str, float | None]) -> bool:
    gain = gains[rule.measure]
    if gain is None or rule.smallest_change is None:
        return False
    return -gain >= rule.smallest_change if rule.outcome == "worse" else gain >= rule.smallest_change


def _outcome(held: set[str], gains: dict[str, float | None], *, is_worse: bool) -> Outcome:
    if is_worse or "worse" in held:
        return "worse"
    if all(gain is None for gain in gains.values()):
        return "unknown"
    if "better" in held:
        return "better"
    return "some" if "some" in held else "none"


def _decision(outcome: Outcome, standing: Standing) -> Decision:
    if outcome == "worse":
        return Decision.STOP_NOW
    if outcome == "unknown":
        return Decision.ASK_FIRST
    if outcome == "better":
        if standing.sessions_done >= standing.sessions_planned:
            return Decision.FINISH
        return Decision.TAPER if standing.reviews_passed else Decision.GO_ON
    if standing.has_changed or standing.sessions_done >= standing.sessions_planned:
        return Decision.STOP
    return Decision.CHANGE_ONCE


def _because(pain: float | None, function: float | None, now: Reading, kb: Knowledge) -> Iterable[str]:
    if now.has_new_sign:
        yield kb.say("relief-new-sign")
    if now.is_worse_for_days:
        yield kb.say("relief-lasting-worse")
    if pain is not None:
        yield _in_words("relief-pain", pain, ("down", "up", "same"), kb)
    if function is not None:
        yield _in_words("relief-can", function, ("more", "less", "same"), kb)
    if now.overall is not None:
        yield _in_words("relief-feels", now.overall, ("better", "worse", "same"), kb)


def _in_words(code: str, gain: float, words: tuple[str, str, str], kb: Knowledge) -> str:
    points = abs(round(gain, 1))
    word = words[2] if not points else words[0] if gain > 0 else words[1]
    return kb.say(f"{code}-{word}", points=f"{points:g}")
