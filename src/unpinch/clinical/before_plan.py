"""What is asked between the answer and the plan: everything that could still limit massage for this person.

The interview asks what the advice hangs on, and no more. A plan hangs on more: a blood thinner changes how hard,
a recent operation where and when. Those questions are put here, and none of them twice.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from unpinch.clinical import dangers, questions
from unpinch.clinical.values import Screen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Answers, Question, Value

_SCREEN = "massage-safety"
_MOST_TICKS = 12
"""As many as fit on a page that people still read."""


def still_to_ask(answers: Answers, kb: Knowledge) -> tuple[Question, ...]:
    """The questions on which a limit still hangs and that were not put yet, in asking order.

    A "not sure" is an answer here: the question is not put again, and the plan stays unready.
    """
    hanging = set(dangers.open_limit_questions(answers, kb)) - set(answers.values)
    return tuple(question for code, question in _by_code(kb).items() if code in hanging)


def next_screen(answers: Answers, kb: Knowledge) -> Screen | None:
    """The next few of them as one screen: first all that can be ticked, then the others. None when all were put."""
    waiting = still_to_ask(answers, kb)
    if not waiting:
        return None
    ticks = tuple(question for question in waiting if question.answer_type == "yes-no")
    row = kb.screens[_SCREEN]
    return Screen(
        code=row.screen,
        title=row.title,
        layout="ticks" if ticks else "form",
        questions=ticks[:_MOST_TICKS] if ticks else waiting,
        must_answer=True,
        why=row.why,
    )


def said_beyond(answers: Answers, said: Answers, kb: Knowledge) -> Mapping[str, Value]:
    """Those of ``said`` that answer a question which still hangs for ``answers``: to be laid over them."""
    return {
        question.code: said.values[question.code]
        for question in still_to_ask(answers, kb)
        if question.code in said
    }


@lru_cache(maxsize=8)
def _by_code(kb: Knowledge) -> dict[str, Question]:
    return {question.code: question for question in questions.catalogue(kb)}
