"""What must hold for everyone: danger only raises, silence is never safer, order does not matter."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from people import KB, person, raw_person
from unpinch.clinical import assess, dangers, findings, questions
from unpinch.clinical.values import Answers, Disposition

CATALOGUE = {question.code: question for question in questions.catalogue(KB)}
DANGER_SIGNS = sorted(code for code in CATALOGUE if code.startswith("rf-"))
REGIONS = KB.findings["body-map"].choices
FEW = settings(max_examples=60, deadline=None)


def value_of(code: str) -> st.SearchStrategy[Any]:
    question = CATALOGUE[code]
    if question.answer_type == "yes-no":
        return st.sampled_from([True, True, False, "unsure"])
    if question.answer_type == "number":
        limits = KB.number_ranges[code]
        return st.integers(limits.low, limits.high)
    if question.answer_type == "choice":
        return st.sampled_from([choice.code for choice in question.choices])
    return st.lists(st.sampled_from(REGIONS), max_size=6, unique=True)


@st.composite
def people(draw: st.DrawFn) -> Answers:
    """People who say no to most things, or nothing at all, with a few answers of their own."""
    codes = draw(st.lists(st.sampled_from(sorted(CATALOGUE)), max_size=12, unique=True))
    own = {code: draw(value_of(code)) for code in codes}
    if draw(st.booleans()):
        base = raw_person(44, "F", draw(st.lists(st.sampled_from([r[7:] for r in REGIONS]), max_size=6)))[
            "answers"
        ]
    else:
        base = {}
    age = own.pop("age", 44)
    sex = own.pop("sex", "female")
    return findings.parse_answers({"age": age, "sex": sex, "answers": base | own}, KB)


def urgency(answers: Answers) -> int:
    return assess.assess(answers, KB).disposition.rank


@FEW
@given(people(), st.sampled_from(DANGER_SIGNS))
def test_a_danger_sign_more_never_lowers_urgency(answers: Answers, sign: str) -> None:
    assert urgency(answers.merged({sign: True})) >= urgency(answers.merged({sign: False}))
    assert urgency(answers.merged({sign: True})) >= urgency(answers)


@FEW
@given(people(), st.sampled_from(DANGER_SIGNS))
def test_no_answer_is_never_safer_than_no(answers: Answers, sign: str) -> None:
    as_no = urgency(answers.merged({sign: False}))
    assert urgency(answers.without(frozenset({sign}))) >= as_no
    assert urgency(answers.merged({sign: "unsure"})) >= as_no


@FEW
@given(people(), st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(answers: Answers, random: Any) -> None:
    items = list(answers.values.items())
    random.shuffle(items)
    assert assess.assess(Answers(dict(items)), KB) == assess.assess(answers, KB)


@FEW
@given(people())
def test_answers_survive_being_written_and_read(answers: Answers) -> None:
    assert findings.parse_answers(findings.dump_answers(answers), KB) == answers


@FEW
@given(people())
def test_answering_the_open_questions_with_no_closes_them(answers: Answers) -> None:
    found = assess.assess(answers, KB)
    yes_no = [code for code in found.open_dangers if CATALOGUE[code].answer_type == "yes-no"]
    if len(yes_no) == len(found.open_dangers):
        closed = assess.assess(answers.merged(dict.fromkeys(yes_no, False)), KB)
        assert closed.open_dangers == ()
        assert closed.disposition.rank <= found.disposition.rank


@settings(max_examples=25, deadline=None)
@given(people())
def test_the_interview_asks_each_question_once_and_ends(answers: Answers) -> None:
    last, screens = assess.interview(answers, KB)
    asked = [question.code for screen in screens for question in screen.questions]
    assert len(asked) == len(set(asked))
    assert last.screen is None
    assert all(
        screen.layout != "ticks" or all(q.answer_type == "yes-no" for q in screen.questions)
        for screen in screens
    )
    places = [KB.screens[s.code.split("+")[0]].position for s in screens if s.must_answer]
    assert places == sorted(places)


def applicable(answers: Answers) -> Answers:
    """The answers to questions that apply to the person, and to screens that are always put."""
    while True:
        facts = findings.facts_of(answers, KB)
        odd = [
            c for c in answers.values if not facts.may_apply(c) or not KB.must_answer(c) or facts.is_filled(c)
        ]
        if not odd:
            return answers
        answers = answers.without(frozenset(odd))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(REGIONS), min_size=1, max_size=4), st.data())
def test_the_interview_finds_every_danger_that_the_answers_hold(
    regions: list[str], data: st.DataObject
) -> None:
    must = [code for code in CATALOGUE if KB.must_answer(code) and CATALOGUE[code].answer_type == "yes-no"]
    signs = data.draw(st.lists(st.sampled_from(must), max_size=4, unique=True))
    full = person(data.draw(st.integers(18, 90)), "M", [region[7:] for region in regions])
    answers = applicable(full.merged(dict.fromkeys(signs, True)))
    floor = dangers.floor_of(findings.facts_of(answers, KB))
    last, _ = assess.interview(answers, KB)
    flags = last.assessment.red_flags
    assert (flags[0].disposition if flags else Disposition.MASSAGE_OK) is floor


PLAIN = {
    "body-map": ["region-thumb", "region-index-finger", "region-middle-finger"],
    "q-tingling": True,
    "t-night-wakes": True,
    "r-shake-hand": True,
}


def plain(**more: Any) -> Answers:
    answers = PLAIN | {code.replace("_", "-"): value for code, value in more.items()}
    return findings.parse_answers({"age": 45, "sex": "F", "answers": answers}, KB)


def test_a_plain_picture_of_a_limb_stands_while_danger_questions_are_open() -> None:
    found = assess.assess(plain(), KB)
    assert found.disposition is Disposition.MASSAGE_OK
    assert found.open_dangers
    assert found.action == KB.say("action-massage-ok-open")


MUST = sorted(c for c, q in CATALOGUE.items() if q.answer_type == "yes-no" and KB.must_answer(c))


@FEW
@given(st.sampled_from(MUST))
def test_doubt_about_any_danger_question_ends_plainness(code: str) -> None:
    assert urgency(plain(**{code: "unsure"})) >= Disposition.DOCTOR_FIRST.rank


@given(
    st.sampled_from(
        sorted(set(REGIONS) & {"region-neck", "region-chest-front", "region-groin", "region-calf"})
    )
)
def test_trouble_in_trunk_neck_or_calf_is_not_plain(region: str) -> None:
    found = assess.assess(plain(body_map=[*PLAIN["body-map"], region]), KB)  # type: ignore[misc]
    assert found.disposition.rank >= Disposition.DOCTOR_FIRST.rank


def test_without_an_ordinary_cause_silence_is_not_plain() -> None:
    found = assess.assess(plain(t_night_wakes=False, r_shake_hand=False), KB)
    assert found.disposition is Disposition.DOCTOR_FIRST


@FEW
@given(st.lists(st.sampled_from(MUST), max_size=6, unique=True), st.sampled_from(MUST), st.data())
def test_in_a_plain_picture_too_silence_is_never_safer_than_no(
    codes: list[str], code: str, data: st.DataObject
) -> None:
    others = {other: data.draw(st.booleans()) for other in codes if other != code}
    denied = urgency(plain(**others, **{code: False}))
    if code.startswith(("rf-", "h-")):
        assert urgency(plain(**others)) >= denied
    assert urgency(plain(**others, **{code: "unsure"})) >= min(denied, Disposition.DOCTOR_FIRST.rank)
