"""The review rules: what counts as better, and what follows from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unpinch.clinical import knowledge, progress
from unpinch.clinical.knowledge import reading_age
from unpinch.clinical.progress import Activity, Decision, Reading, Standing

KB = knowledge.load()
EARLY = Standing(sessions_done=3, sessions_planned=6, reviews_passed=0, has_changed=False)

readings = st.builds(
    Reading,
    pain=st.none() | st.integers(0, 10).map(float),
    activities=st.lists(st.integers(0, 10), max_size=2).map(
        lambda cans: tuple(Activity(f"activity {n}", can) for n, can in enumerate(cans))
    ),
    overall=st.none() | st.integers(-7, 7),
    is_worse_for_days=st.booleans(),
    has_new_sign=st.booleans(),
)
standings = st.integers(1, 12).flatmap(
    lambda planned: st.builds(
        Standing,
        sessions_done=st.integers(1, planned),
        sessions_planned=st.just(planned),
        reviews_passed=st.integers(0, 3),
        has_changed=st.booleans(),
    )
)


def outcome(start: Reading, now: Reading) -> str:
    return progress.change_between(start, now, KB).outcome


@pytest.mark.parametrize(
    ("start", "now", "expected"),
    [
        (Reading(pain=6), Reading(pain=4), "better"),
        (Reading(pain=3), Reading(pain=2), "better"),
        (Reading(pain=6), Reading(pain=5), "some"),
        (Reading(pain=6), Reading(pain=6), "none"),
        (Reading(pain=6), Reading(pain=7), "none"),
        (Reading(pain=6), Reading(pain=8), "worse"),
        (Reading(pain=0), Reading(pain=0), "none"),
        (Reading(), Reading(pain=3), "unknown"),
        (Reading(pain=6), Reading(), "unknown"),
        (Reading(pain=6), Reading(overall=3), "better"),
        (Reading(pain=6), Reading(overall=2), "none"),
        (Reading(pain=6), Reading(pain=3, overall=-3), "worse"),
        (Reading(pain=6), Reading(pain=2, has_new_sign=True), "worse"),
        (Reading(pain=6), Reading(pain=2, is_worse_for_days=True), "worse"),
        (Reading(activities=(Activity("lift", 2),)), Reading(activities=(Activity("lift", 4),)), "better"),
        (Reading(activities=(Activity("lift", 2),)), Reading(activities=(Activity("lift", 3),)), "some"),
        (Reading(activities=(Activity("lift", 2),)), Reading(activities=(Activity("walk", 9),)), "unknown"),
    ],
)
def test_what_counts_as_better(start: Reading, now: Reading, expected: str) -> None:
    assert outcome(start, now) == expected


@pytest.mark.parametrize(
    ("now", "standing", "expected"),
    [
        (Reading(pain=4), EARLY, Decision.GO_ON),
        (Reading(pain=4), Standing(6, 12, 1, has_changed=False), Decision.TAPER),
        (Reading(pain=4), Standing(6, 6, 1, has_changed=False), Decision.FINISH),
        (Reading(pain=5), EARLY, Decision.CHANGE_ONCE),
        (Reading(pain=6), EARLY, Decision.CHANGE_ONCE),
        (Reading(pain=6), Standing(6, 12, 1, has_changed=True), Decision.STOP),
        (Reading(pain=6), Standing(6, 6, 1, has_changed=False), Decision.STOP),
        (Reading(pain=8), EARLY, Decision.STOP_NOW),
        (Reading(), EARLY, Decision.ASK_FIRST),
    ],
)
def test_what_follows(now: Reading, standing: Standing, expected: Decision) -> None:
    verdict = progress.judge(progress.change_between(Reading(pain=6), now, KB), standing, KB)
    assert verdict.decision is expected
    assert verdict.sentence == KB.say(f"review-{expected}")


def test_the_reasons_are_told_in_plain_words() -> None:
    change = progress.change_between(
        Reading(pain=6.5, activities=(Activity("lift", 3),)),
        Reading(pain=4, activities=(Activity("lift", 2),), overall=0),
        KB,
    )
    assert change.because == (
        "Pain is down by 2.5 of 10 points.",
        "What you find hard goes worse by 1 of 10 points.",
        "You say it is about the same on the whole.",
    )


def test_every_sentence_is_easy_to_read() -> None:
    said = [row.text for code, row in KB.wording.items() if code.startswith(("review-", "relief-"))]
    assert len(said) == 18
    assert max(reading_age.grade(text.format(points="2")) for text in said) < 7


@given(start=readings, now=readings, standing=standings)
def test_a_new_sign_always_stops_at_once(start: Reading, now: Reading, standing: Standing) -> None:
    with_sign = Reading(now.pain, now.activities, now.overall, now.is_worse_for_days, has_new_sign=True)
    verdict = progress.judge(progress.change_between(start, with_sign, KB), standing, KB)
    assert verdict.decision is Decision.STOP_NOW


@given(start=readings, now=readings, standing=standings)
def test_more_pain_never_makes_the_decision_bolder(start: Reading, now: Reading, standing: Standing) -> None:
    if now.pain is None or now.pain >= 10:
        return
    more = Reading(now.pain + 1, now.activities, now.overall, now.is_worse_for_days, now.has_new_sign)
    before = progress.judge(progress.change_between(start, now, KB), standing, KB).decision
    after = progress.judge(progress.change_between(start, more, KB), standing, KB).decision
    assert after.caution >= before.caution


@given(start=readings, now=readings, standing=standings)
def test_no_course_changes_twice_and_none_goes_past_its_end(
    start: Reading, now: Reading, standing: Standing
) -> None:
    decision = progress.judge(progress.change_between(start, now, KB), standing, KB).decision
    if standing.has_changed:
        assert decision is not Decision.CHANGE_ONCE
    if standing.sessions_done == standing.sessions_planned:
        assert decision.is_end or decision is Decision.ASK_FIRST


@pytest.mark.parametrize("given_", Decision)
@pytest.mark.parametrize("wanted", Decision)
def test_overruling_towards_caution_is_free_and_towards_more_needs_a_reason(
    given_: Decision, wanted: Decision
) -> None:
    is_bolder = wanted.caution < given_.caution
    assert progress.may_decide(given_, wanted, "") is not is_bolder
    assert progress.may_decide(given_, wanted, "She sleeps through again.") is not (
        is_bolder and given_ is Decision.STOP_NOW
    )


@pytest.mark.parametrize(
    ("done", "expected"), [(0, False), (1, False), (2, False), (3, True), (4, False), (6, True), (7, True)]
)
def test_when_a_review_is_due(done: int, expected: bool) -> None:
    assert progress.is_review_due(done, review_after=3, sessions_planned=7) is expected
