"""The whole account of an answer, on the published cases: true, readable, and not more than it knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from people import KB
from unpinch.cli.evaluation import cases
from unpinch.clinical import assess, explanation
from unpinch.clinical.knowledge.reading_age import grade
from unpinch.clinical.values import UNSURE, Answers, Assessment, Disposition

DEV = tuple(cases.read(str(Path(__file__).parents[1] / "cases" / "dev.jsonl"), KB)[::4])
BY_ID = {case.id: case for case in DEV}
HARDEST_GRADE = 9.5


def judged(case: cases.Case) -> tuple[Assessment, explanation.Explanation]:
    return _judged(case.id)


@cache
def _judged(name: str) -> tuple[Assessment, explanation.Explanation]:
    case = BY_ID[name]
    found = assess.assess(case.answers, KB)
    return found, explanation.explanation(case.answers, found, KB)


def by_id(case: cases.Case) -> str:
    return case.id


@pytest.mark.parametrize("case", DEV, ids=by_id)
def test_every_change_holds_when_it_is_tried(case: cases.Case) -> None:
    found, told = judged(case)
    for change in told.changes:
        denied = change.findings == found.open_dangers
        then = assess.assess(case.answers.merged(dict.fromkeys(change.findings, not denied)), KB)
        assert then.disposition is change.disposition
        assert (then.disposition, then.ranking[0].code) != (found.disposition, found.ranking[0].code)


@pytest.mark.parametrize("case", DEV, ids=by_id)
def test_reasons_are_the_persons_own_answers_on_the_side_they_say(case: cases.Case) -> None:
    found, told = judged(case)
    assert [one.code for one in told.conditions] == [
        one.code for one in found.ranking[: len(told.conditions)]
    ]
    for one in told.conditions:
        assert all(reason.direction == "for" for reason in one.reasons_for)
        assert all(reason.direction == "against" for reason in one.reasons_against)


@pytest.mark.parametrize("case", DEV, ids=by_id)
def test_what_is_called_unknown_has_no_answer(case: cases.Case) -> None:
    found, told = judged(case)
    for one in told.unknown:
        assert case.answers.get(one.code) in (None, UNSURE)
        assert one.is_danger == (one.code in found.open_dangers)


@pytest.mark.parametrize("case", DEV, ids=by_id)
def test_every_sentence_is_easy_to_read(case: cases.Case) -> None:
    _, told = judged(case)
    texts = [reason.text for one in told.conditions for reason in (*one.reasons_for, *one.reasons_against)]
    texts += [change.text for change in told.changes]
    texts += told.not_this
    assert [text for text in texts if grade(text) > HARDEST_GRADE] == []


def test_sources_say_what_they_were_used_for() -> None:
    case = next(case for case in DEV if not case.truth.is_danger)
    found, told = judged(case)
    assert {one.source.id for one in told.sources} == {source.id for source in found.sources}
    assert all((one.use == "massage-study") == bool(one.certainty) for one in told.sources)


def test_not_sure_is_told_as_unknown() -> None:
    answers = Answers({"age": 44, "sex": "female", "body-map": ("region-thumb",), "q-burning": UNSURE})
    found = assess.assess(answers, KB)
    told = explanation.explanation(answers, found, KB)
    assert {one.code for one in told.unknown} >= set(found.open_dangers[:8])
    assert found.disposition.rank < Disposition.URGENT.rank
