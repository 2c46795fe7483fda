"""The course plan: never past a limit, never without a review, never for someone who must see a doctor now."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unpinch.clinical import clearance, course, findings, knowledge
from unpinch.clinical.assess import assess
from unpinch.clinical.course import CoursePlan, NoPlan
from unpinch.clinical.values import Answers, Disposition
from unpinch.kernel.errors import InputError

KB = knowledge.load()
REGIONS = [code for code, finding in KB.findings.items() if finding.is_region]
ASKED = [
    finding
    for finding in KB.findings.values()
    if finding.self_report and not finding.is_worked_out and not finding.is_region
]


def harmless(**answers: Any) -> Answers:
    """A person who answered every question with no, but for ``answers``; underscores stand for hyphens."""
    raw: dict[str, Any] = {}
    for finding in ASKED:
        if finding.answer_type == "yes-no":
            raw[finding.code] = False
        elif finding.answer_type == "choice" and finding.code not in ("sex", "side", "t-duration", "onset"):
            raw[finding.code] = finding.choices[0]
    raw |= {"q-pain-score": 4, "t-duration": "more-than-1-year", "onset": "slowly-over-weeks"}
    raw |= {code.replace("_", "-"): value for code, value in answers.items()}
    return findings.parse_answers({"age": 40, "sex": "M", "answers": raw}, KB)


WRIST = {
    "body_map": ["region-thumb", "region-index-finger", "region-middle-finger"],
    "q_tingling": True,
    "t_comes_and_goes": True,
    "t_night_wakes": True,
    "r_shake_hand": True,
    "p_wrist_bend": True,
}
LEG = {
    "body_map": ["region-low-back", "region-thigh-back", "region-calf", "region-foot-outer-edge"],
    "q_shooting": True,
    "pain_below_knee": True,
    "limb_pain_worse_than_spine": True,
    "p_cough_sneeze": True,
    "p_sitting": True,
    "back_and_leg_together": True,
}


def planned(answers: Answers, say: clearance.Clearance | None = None) -> CoursePlan:
    found = course.plan(answers, KB, say)
    assert isinstance(found, CoursePlan), found
    return found


def test_wrist_course_is_ready_and_follows_its_protocol() -> None:
    found = planned(harmless(**WRIST))
    assert found.state == "ready"
    assert (found.condition, found.massage_type) == ("carpal-tunnel-syndrome", "swedish")
    assert (found.minutes_each, found.sessions, found.per_week, found.review_after) == (30, 12, 2, 4)
    assert sum(step.minutes for step in found.techniques) == found.minutes_each
    assert "carpal-tunnel" in found.avoid_sites


def test_spinal_course_waits_for_the_doctor_and_then_is_ready() -> None:
    answers = harmless(**LEG)
    assert planned(answers).state == "needs-approval"
    assert planned(answers, clearance.Clearance("yes")).state == "ready"


def test_doctors_limits_bind_one_by_one() -> None:
    answers = harmless(**LEG)
    free = planned(answers, clearance.Clearance("yes"))
    limited = planned(
        answers,
        clearance.Clearance(
            "yes-with-limits",
            avoid_regions=("region-buttock-deep", "region-low-back"),
            pressure_ceiling=2,
            excluded_techniques=("petrissage",),
            sessions_max=3,
            wait_days=9,
        ),
    )
    assert free.pressure_ceiling > limited.pressure_ceiling == 2
    assert {"region-buttock-deep", "region-low-back"} <= set(limited.avoid_regions)
    assert not {"region-buttock-deep", "region-low-back"} & {r for t in limited.targets for r in t.regions}
    assert "petrissage" in {step.code for step in free.techniques}
    assert "petrissage" not in {step.code for step in limited.techniques}
    assert (limited.sessions, limited.not_before_days) == (3, 9)


def test_doctors_treatment_sets_waiting_times() -> None:
    needle = clearance.Treatment("cortisone-epidural", days_ago=1)
    found = planned(harmless(**LEG), clearance.Clearance("yes", treatments=(needle,)))
    assert found.not_before_days == KB.other_care["cortisone-epidural"].elsewhere_wait_days - 1
    assert "region-low-back" in found.avoid_regions


@pytest.mark.parametrize(
    ("answers", "say", "code"),
    [
        (harmless(**LEG, rf_saddle_numb=True), None, "danger"),
        (harmless(**LEG, rf_saddle_numb=True), clearance.Clearance("yes"), "danger"),
        (harmless(**LEG), clearance.Clearance("no"), "doctor-said-no"),
        (
            harmless(**LEG),
            clearance.Clearance("yes-with-limits", avoid_regions=tuple(REGIONS)),
            "nowhere-left",
        ),
    ],
    ids=["danger", "danger-despite-doctor", "doctor-no", "everywhere-avoided"],
)
def test_no_plan_says_why(answers: Answers, say: clearance.Clearance | None, code: str) -> None:
    found = course.plan(answers, KB, say)
    assert isinstance(found, NoPlan)
    assert found.code == code
    assert found.reason


def test_open_question_keeps_the_plan_from_being_ready() -> None:
    answers = harmless(**WRIST).without(frozenset({"h-port-line"}))
    found = planned(answers)
    assert (found.state, found.open_questions) == ("needs-answers", ("h-port-line",))


def test_blood_thinner_lowers_the_ceiling() -> None:
    found = planned(harmless(**WRIST, h_anticoagulant=True))
    assert found.pressure_ceiling == KB.contraindications["anticoagulant"].pressure_max


def test_unknown_length_gets_the_gentlest_course() -> None:
    answers = harmless(**LEG).without(frozenset({"t-duration", "t-flare-2-weeks"}))
    gentlest = min(p.pressure_max for p in KB.protocols if p.condition == "lumbar-radiculopathy")
    assert planned(answers, clearance.Clearance("yes")).pressure_ceiling == gentlest


@st.composite
def people(draw: st.DrawFn) -> Answers:
    base = draw(st.sampled_from([WRIST, LEG]))
    yes = draw(st.lists(st.sampled_from([f.code for f in ASKED if f.answer_type == "yes-no"]), max_size=6))
    marked = draw(st.lists(st.sampled_from(REGIONS), max_size=5, unique=True))
    answers = harmless(**{**base, "body_map": [*base["body_map"], *marked]})  # type: ignore[misc]
    return answers.merged(dict.fromkeys(yes, True))


doctors = st.builds(
    clearance.Clearance,
    say=st.sampled_from(["yes", "yes-with-limits", "no"]),
    avoid_regions=st.lists(st.sampled_from(REGIONS), max_size=8, unique=True).map(tuple),
    pressure_ceiling=st.none() | st.integers(1, 5),
    excluded_techniques=st.lists(st.sampled_from(sorted(KB.techniques)), max_size=4, unique=True).map(tuple),
    sessions_max=st.none() | st.integers(1, 12),
    wait_days=st.integers(0, 90),
)


@settings(max_examples=120, deadline=None)
@given(answers=people(), say=st.none() | doctors)
def test_plan_never_goes_past_a_limit(answers: Answers, say: clearance.Clearance | None) -> None:
    found = course.plan(answers, KB, say)
    urgent = assess(answers, KB).disposition.rank >= Disposition.URGENT.rank
    if isinstance(found, NoPlan):
        assert found.reason
        return
    assert not urgent
    assert say is None or say.agrees
    worked = {region for target in found.targets for region in target.regions}
    assert not worked & set(found.avoid_regions)
    assert 1 <= found.pressure_start <= found.pressure_ceiling
    for step in found.techniques:
        assert step.pressure_from <= step.pressure_to <= found.pressure_ceiling
    for limit in found.limits:
        if limit.certain and limit.pressure_max and not (limit.regions or limit.sites or limit.where):
            assert found.pressure_ceiling <= limit.pressure_max
        if limit.certain and limit.kind == "avoid":
            assert not worked & set(limit.regions)
    assert 1 <= found.review_after <= found.sessions
    assert found.stop_rule
    assert found.review_rules
    if say is not None:
        assert found.pressure_ceiling <= (say.pressure_ceiling or 5)
        assert not worked & set(say.avoid_regions)
        assert not {step.code for step in found.techniques} & set(say.excluded_techniques)
        assert found.sessions <= (say.sessions_max or found.sessions)
        assert found.not_before_days >= say.wait_days


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ([], "object"),
        ({}, "say"),
        ({"say": "maybe"}, "maybe"),
        ({"say": "yes", "pressure": 2}, "pressure"),
        ({"say": "yes", "pressure_ceiling": 9}, "9"),
        ({"say": "yes", "pressure_ceiling": True}, "True"),
        ({"say": "yes", "avoid_regions": ["region-nowhere"]}, "region-nowhere"),
        ({"say": "yes", "avoid_regions": "region-calf"}, "region-calf"),
        ({"say": "yes", "excluded_techniques": ["hammering"]}, "hammering"),
        ({"say": "yes", "treatments": [{"code": "magic", "days_ago": 1}]}, "magic"),
        ({"say": "yes", "treatments": [{"code": "chiropractic"}]}, "days_ago"),
    ],
)
def test_clearance_refusals_name_the_value(raw: object, named: str) -> None:
    with pytest.raises(InputError, match=named):
        clearance.parse_clearance(raw, KB)


def test_clearance_is_read_whole() -> None:
    raw = {
        "say": "yes-with-limits",
        "avoid_regions": ["region-calf"],
        "pressure_ceiling": 2,
        "excluded_techniques": ["cross-friction"],
        "sessions_max": 4,
        "wait_days": 3,
        "treatments": [{"code": "surgery-disc", "days_ago": 50, "regions": ["region-low-back"]}],
    }
    assert clearance.parse_clearance(raw, KB) == clearance.Clearance(
        "yes-with-limits",
        ("region-calf",),
        2,
        ("cross-friction",),
        4,
        3,
        (clearance.Treatment("surgery-disc", 50, ("region-low-back",)),),
    )
