"""Where an interview stands, with a way back. The judging is the core's; this only keeps the trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.clinical import assess, findings
from unpinch.clinical.values import Answers, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Screen, Step


@dataclass(frozen=True, slots=True)
class _State:
    answers: Answers
    shown: frozenset[str]


class Interview:
    """An interview under way. ``earlier`` holds what was said before a step back, to show it again."""

    def __init__(self, kb: Knowledge) -> None:
        self._kb = kb
        self._trail = [_State(Answers(), frozenset())]
        self._step: Step | None = None
        self.earlier: dict[str, Value] = {}

    def begin(self, told: Mapping[str, Value], only_shown: frozenset[str]) -> None:
        """Begin anew with what was told and confirmed. Of it ``only_shown`` is asked, with the answer filled in."""
        known = {code: value for code, value in told.items() if code not in only_shown}
        self._trail = [_State(Answers().merged(known), frozenset())]
        self._step = None
        self.earlier = dict(told)

    @property
    def answers(self) -> Answers:
        """Everything said so far."""
        return self._trail[-1].answers

    @property
    def step(self) -> Step:
        """The judgement so far and the next screen."""
        if self._step is None:
            state = self._trail[-1]
            self._step = assess.step(state.answers, state.shown, self._kb)
        return self._step

    def take(self, screen: Screen, given: Mapping[str, Value]) -> None:
        """Go on with the answers to a screen; what it asked and is not among them stays open."""
        checked = {code: findings.parse_value(code, value, self._kb) for code, value in given.items()}
        codes = frozenset(question.code for question in screen.questions)
        state = self._trail[-1]
        self.earlier |= checked
        self._trail.append(_State(state.answers.merged(checked), state.shown | codes))
        self._step = None

    def back(self) -> bool:
        """Undo the last screen; False when there is none."""
        if len(self._trail) == 1:
            return False
        self._trail.pop()
        self._step = None
        return True
