"""Where an interview stands. It follows from the answers alone: the same answers, the same screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.clinical import assess, before_plan
from unpinch.clinical.values import Answers, Disposition

if TYPE_CHECKING:
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Assessment, Screen, Step


@dataclass(frozen=True, slots=True)
class Passed:
    """A screen that was answered, with what was known and shown before it."""

    screen: Screen
    answers: Answers
    shown: frozenset[str]


@dataclass(frozen=True, slots=True)
class Path:
    """The screens answered in order, with what was known before each, and the state now.

    ``answers`` are those of the path alone: answers to questions that no longer apply are left out.
    """

    answers: Answers
    steps: tuple[Passed, ...]
    now: Step
    given: Assessment | None = None

    @property
    def screens(self) -> tuple[Screen, ...]:
        """The screens answered so far."""
        return tuple(step.screen for step in self.steps)

    @property
    def assessment(self) -> Assessment:
        """The judgement on the answers of the path, or the one that was given and stored."""
        return self.given or self.now.assessment

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to ask."""
        return self.now.screen is None

    @property
    def is_danger(self) -> bool:
        """Whether help is needed now, however much is still unasked."""
        return self.assessment.disposition.rank >= Disposition.URGENT.rank

    @property
    def next_number(self) -> int:
        """The number of the first screen that is not answered yet."""
        return len(self.steps) + 1

    def at(self, number: int, kb: Knowledge) -> Step | None:
        """The state in which screen ``number`` (from 1) was or is to be shown; None when there is no such screen."""
        if 1 <= number <= len(self.steps):
            passed = self.steps[number - 1]
            return assess.step(passed.answers, passed.shown, kb)
        return self.now if number == self.next_number and not self.is_done else None


def walk(said: Answers, kb: Knowledge, told: frozenset[str] = frozenset()) -> Path:
    """Go through the interview as far as ``said`` answers every question of the screen that comes next.

    What was ``told`` before the first screen counts from the beginning.
    What was said beyond the interview, for the plan, counts as soon as the interview is done; it may call for
    another screen.
    """
    answers, shown = Answers().merged({code: said.values[code] for code in told}), frozenset[str]()
    steps: list[Passed] = []
    while True:
        screen = assess.next_screen(answers, shown, kb)
        codes = [question.code for question in screen.questions] if screen else []
        if not codes and (beyond := before_plan.said_beyond(answers, said, kb)):
            answers, shown = answers.merged(beyond), shown | set(beyond)
            continue
        if screen is None or not all(code in said for code in codes):
            return Path(answers, tuple(steps), assess.step(answers, shown, kb))
        steps.append(Passed(screen, answers, shown))
        shown |= set(codes)
        answers = answers.merged({code: said.values[code] for code in codes})
