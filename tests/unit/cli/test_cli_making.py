"""Every screen that the knowledge can ask becomes pages that a terminal can show."""

from __future__ import annotations

import pytest

from unpinch.cli.asking import making
from unpinch.cli.asking.marking import RegionPage, TickPage
from unpinch.cli.asking.picking import NumberPage, PickPage
from unpinch.clinical import knowledge, questions
from unpinch.clinical.values import Screen

KB = knowledge.load()
QUESTIONS = {question.code: question for question in questions.catalogue(KB)}


@pytest.mark.parametrize("code", QUESTIONS)
def test_every_question_can_be_asked_with_its_help(code: str) -> None:
    question = QUESTIONS[code]
    (page,) = making.pages_of(Screen("s", "", "form", (question,), must_answer=True), KB, {})
    kinds = {"yes-no": PickPage, "choice": PickPage, "number": NumberPage, "body-regions": RegionPage}
    assert type(page) is kinds[question.answer_type]
    assert question.help in page.text
    assert "picture" not in page.text
    assert page.given() == {}


def test_a_list_of_ticks_is_one_page_with_help_and_earlier_answers() -> None:
    three = tuple(q for q in QUESTIONS.values() if q.answer_type == "yes-no" and q.help)[:3]
    screen = Screen("s", "", "ticks", three, must_answer=True)
    (page,) = making.pages_of(screen, KB, {three[1].code: True})
    assert isinstance(page, TickPage)
    assert [item.text for item in page.items()] == [f"{q.text} {q.help}" for q in three]
    assert page.marks == {three[1].code: True}


def test_a_chart_is_the_places_and_then_the_side() -> None:
    screen = Screen("s", "", "chart", (QUESTIONS["body-map"], QUESTIONS["side"]), must_answer=True)
    places, side = making.pages_of(screen, KB, {"body-map": ("region-thumb",), "side": "left"})
    assert places.given() == {"body-map": ("region-thumb",)}
    assert side.given() == {"side": "left"}
