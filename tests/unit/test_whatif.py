"""What would change the advice: every sentence told is true when the answer is really given."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from people import KB
from unpinch.clinical import assess, findings, whatif
from unpinch.clinical.values import Answers, Disposition

WRIST = findings.parse_answers(
    {
        "age": 45,
        "sex": "F",
        "answers": {
            "body-map": ["region-thumb", "region-index-finger"],
            "q-tingling": True,
            "t-night-wakes": True,
        },
    },
    KB,
)
YES_NO = [f.code for f in KB.findings.values() if f.answer_type == "yes-no" and f.self_report and f.ask_when]


def apply(answers: Answers, change: whatif.Change) -> Answers:
    is_denial = change.text.startswith("If you could answer no")
    return answers.merged(dict.fromkeys(change.findings, not is_denial))


def check(answers: Answers) -> None:
    before = assess.assess(answers, KB)
    for change in whatif.changes(answers, KB):
        after = assess.assess(apply(answers, change), KB)
        assert after.disposition is change.disposition
        assert after.ranking[0].code == change.condition
        assert (after.disposition, after.ranking[0].code) != (before.disposition, before.ranking[0].code)


def test_a_danger_sign_more_is_told() -> None:
    found = whatif.changes(WRIST, KB)
    assert any(change.disposition.rank >= Disposition.URGENT.rank for change in found)
    check(WRIST)


def test_nothing_is_more_urgent_than_an_emergency() -> None:
    answers = WRIST.merged({"rf-chest-pain": True})
    assert all(change.disposition is Disposition.EMERGENCY for change in whatif.changes(answers, KB))


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from(YES_NO), st.booleans(), max_size=25))
def test_every_change_told_comes_true(given_answers: dict[str, bool]) -> None:
    check(WRIST.merged(given_answers))
