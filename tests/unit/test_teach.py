"""The public pages say what the tables say, for every condition, in words that promise nothing."""

from __future__ import annotations

import re

import pytest

from unpinch.clinical import knowledge, teach
from unpinch.clinical.values import Disposition, SourceClass

KB = knowledge.load()
FORBIDDEN = re.compile(r"\byou have (?!a |had|any|been)|\bcure|\bguarantee", re.IGNORECASE)


@pytest.mark.parametrize("code", KB.conditions)
def test_every_condition_has_a_whole_page(code: str) -> None:
    page = teach.condition_page(code, KB)
    assert page.what_it_is
    assert page.see_doctor
    assert page.sources
    assert page.watch_for
    assert page.massage.sentence
    assert len(page.feels) >= 1
    if page.source_class is SourceClass.DANGER:
        assert page.massage.verdict == "not-now"
        assert page.course is None
        assert page.danger_signs


def test_carpal_tunnel_is_felt_in_the_fingers_of_its_nerve() -> None:
    page = teach.condition_page("carpal-tunnel-syndrome", KB)
    assert {"region-thumb", "region-index-finger", "region-middle-finger"} <= set(page.regions)
    assert "region-little-finger" not in page.regions
    assert any("splint" in other.code for other in page.others)


def test_common_claims_are_answered_honestly() -> None:
    elbow = teach.condition_page("lateral-epicondylalgia", KB)
    assert any(claim.verdict == "contradicts" and "tendon" in claim.nuance for claim in elbow.claims)
    back = teach.condition_page("nonspecific-low-back-pain", KB)
    assert any("deep tissue" in claim.text and claim.verdict == "contradicts" for claim in back.claims)


def test_general_page_answers_the_question_and_names_every_kind_of_source() -> None:
    page = teach.general_page(KB)
    assert page.title.endswith("?")
    assert page.answer.startswith("Sometimes")
    assert [kind for kind, _, _ in page.classes] == [
        kind for kind in SourceClass if kind is not SourceClass.UNKNOWN
    ]
    assert page.claims


def test_natural_history_is_told_in_shares_of_a_hundred() -> None:
    lines = teach.condition_page("lumbar-radiculopathy", KB).how_long
    assert lines[0] == "About 50 in 100 people are better after 6 weeks without massage."


@pytest.mark.parametrize("code", KB.conditions)
def test_no_page_promises_or_diagnoses(code: str) -> None:
    page = teach.condition_page(code, KB)
    for text in (page.what_it_is, page.see_doctor, page.massage.sentence, *page.watch_for):
        assert not FORBIDDEN.search(text), text


def test_danger_signs_stand_under_the_step_they_call_for() -> None:
    groups = {
        group.disposition: group.signs
        for group in teach.condition_page("cauda-equina-syndrome", KB).danger_groups
    }
    assert next(iter(groups)) is Disposition.EMERGENCY
    assert any("between your legs" in sign for sign in groups[Disposition.EMERGENCY])
    said = [sign for signs in groups.values() for sign in signs]
    assert len(said) == len(set(said))


@pytest.mark.parametrize("code", KB.conditions)
def test_what_was_measured_stands_apart_from_what_anybody_can_read(code: str) -> None:
    page = teach.condition_page(code, KB)
    assert set(page.shares) | set(page.measured) == set(page.how_long)
    assert all(line.startswith("About ") for line in page.shares)


@pytest.mark.parametrize("code", KB.topics)
def test_a_general_question_gathers_its_conditions(code: str) -> None:
    page = teach.topic_page(code, KB)
    assert [one.code for one in page.conditions] == list(KB.topics[code].conditions)
    assert len(page.sources) == len(set(page.sources))
