"""What is asked between the answer and the plan."""

from __future__ import annotations

import pytest

from people import KB, person
from unpinch.clinical import assess, before_plan, course
from unpinch.clinical.course import CoursePlan
from unpinch.clinical.values import UNSURE, Answers

WHOLE = person(
    44,
    "F",
    ["neck", "shoulder-top"],
    p_press_knot=True,
    h_desk_posture=True,
    main_place=["region-shoulder-top"],
)


def interviewed(whole: Answers) -> Answers:
    """What this person said when the interview asked, and no more."""
    _, screens = assess.interview(whole, KB)
    asked = {question.code for screen in screens for question in screen.questions}
    return whole.without(frozenset(whole.values) - asked)


def test_after_all_screens_the_plan_hangs_on_nothing() -> None:
    said, put = interviewed(WHOLE), list[str]()
    while screen := before_plan.next_screen(said, KB):
        codes = [question.code for question in screen.questions]
        assert screen.layout == "form" or len(codes) <= 12
        assert not set(codes) & set(put), "a question was put twice"
        put += codes
        said = said.merged({code: WHOLE.values[code] for code in codes})
    plan = course.plan(said, KB)
    assert isinstance(plan, CoursePlan)
    assert (plan.state, plan.open_questions) == ("ready", ())


def test_not_sure_is_not_asked_again_and_leaves_the_plan_unready() -> None:
    said = interviewed(WHOLE)
    while screen := before_plan.next_screen(said, KB):
        said = said.merged({question.code: UNSURE for question in screen.questions})
    plan = course.plan(said, KB)
    assert isinstance(plan, CoursePlan)
    assert plan.state == "needs-answers"


def test_only_what_still_hangs_is_laid_over_the_answers() -> None:
    said = interviewed(WHOLE)
    first, *_ = before_plan.still_to_ask(said, KB)
    later = {first.code: True, "q-numbness": True}

    assert before_plan.said_beyond(said, Answers(later), KB) == {first.code: True}


@pytest.mark.parametrize("code", ["h-anticoagulant", "h-open-skin"])
def test_a_yes_binds_the_plan(code: str) -> None:
    without, with_it = (course.plan(WHOLE.merged({code: value}), KB) for value in (False, True))
    assert isinstance(without, CoursePlan)
    assert with_it != without
