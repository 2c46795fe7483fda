"""Counting: each measure on results made by hand, so that every figure can be worked out on paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unpinch.cli.evaluation import measures, misses, report
from unpinch.cli.evaluation.cases import Truth
from unpinch.cli.evaluation.judge import Result, place_of_root
from unpinch.clinical.values import Disposition, SourceClass

EMERGENCY, URGENT, DOCTOR, MASSAGE = Disposition

WRIST = Truth(
    "carpal-tunnel-syndrome", None, SourceClass.SOFT_TISSUE, MASSAGE, frozenset(), frozenset(), frozenset()
)
STROKE = Truth("stroke-tia", None, SourceClass.DANGER, EMERGENCY, frozenset(), frozenset(), frozenset())


def result(truth: Truth, said: Disposition, **more: object) -> Result:
    right = Result(
        case_id="case",
        truth=truth,
        disposition=said,
        ranking=((truth.condition or "", 0.8),),
        rank=1,
        source_class=str(truth.source_class),
        source_class_probability=0.9,
        holds_flag=False,
        flags=(),
        open_dangers=0,
        levels_off=None,
        has_root=False,
        questions=10,
    )
    return replace(right, **more)  # type: ignore[arg-type]


def figure(code: str, *results: Result) -> tuple[int, int]:
    found = {measure.code: measure for measure in measures.measure(results)}[code]
    return found.count, found.of


@pytest.mark.parametrize(
    ("code", "found", "expected"),
    [
        pytest.param("danger-at-massage", result(STROKE, MASSAGE), (1, 1), id="danger-at-massage"),
        pytest.param("danger-at-massage", result(STROKE, DOCTOR), (0, 1), id="delayed-is-not-massage"),
        pytest.param("danger-at-massage", result(WRIST, MASSAGE), (0, 0), id="no-danger-no-count"),
        pytest.param(
            "danger-delayed", result(STROKE, DOCTOR, holds_flag=True), (1, 1), id="delayed-with-flag"
        ),
        pytest.param("danger-delayed", result(STROKE, DOCTOR), (0, 1), id="delayed-without-flag"),
        pytest.param(
            "danger-delayed",
            result(replace(STROKE, dispositions_accepted=frozenset({DOCTOR})), DOCTOR, holds_flag=True),
            (0, 1),
            id="delayed-but-accepted",
        ),
        pytest.param("emergencies-found", result(STROKE, EMERGENCY), (1, 1), id="found"),
        pytest.param("emergencies-found", result(STROKE, URGENT), (0, 1), id="urgent-is-not-found"),
        pytest.param("emergencies-hurried", result(STROKE, URGENT), (1, 1), id="urgent-is-hurried"),
        pytest.param("emergencies-found", result(WRIST, EMERGENCY), (0, 0), id="no-emergency"),
        pytest.param("disposition-exact", result(WRIST, MASSAGE), (1, 1), id="exact"),
        pytest.param("disposition-exact", result(WRIST, DOCTOR), (0, 1), id="not-exact"),
        pytest.param(
            "disposition-exact",
            result(replace(WRIST, dispositions_accepted=frozenset({DOCTOR})), DOCTOR),
            (1, 1),
            id="accepted",
        ),
        pytest.param("disposition-safe", result(WRIST, EMERGENCY), (1, 1), id="more-urgent-is-safe"),
        pytest.param("disposition-safe", result(STROKE, URGENT), (0, 1), id="less-urgent-is-not"),
        pytest.param("over-triage", result(WRIST, URGENT), (1, 1), id="over-triage"),
        pytest.param("over-triage", result(WRIST, DOCTOR), (0, 1), id="a-doctor-is-no-over-triage"),
        pytest.param("over-triage", result(STROKE, EMERGENCY), (0, 0), id="danger-is-never-over-triage"),
        pytest.param("top-1", result(WRIST, MASSAGE, rank=2), (0, 1), id="second-is-not-first"),
        pytest.param("top-3", result(WRIST, MASSAGE, rank=3), (1, 1), id="third"),
        pytest.param("top-3", result(WRIST, MASSAGE, rank=4), (0, 1), id="fourth"),
        pytest.param("top-3", result(WRIST, MASSAGE, rank=None), (0, 1), id="not-listed"),
        pytest.param("top-1", result(STROKE, EMERGENCY), (0, 0), id="dangers-do-not-count"),
        pytest.param("source-class", result(WRIST, MASSAGE, source_class="spinal"), (0, 1), id="class-wrong"),
        pytest.param(
            "source-class",
            result(
                replace(WRIST, classes_accepted=frozenset({SourceClass.SPINAL})),
                MASSAGE,
                source_class="spinal",
            ),
            (1, 1),
            id="class-accepted",
        ),
        pytest.param(
            "root-level", result(WRIST, MASSAGE, has_root=True, levels_off=1), (1, 1), id="next-root"
        ),
        pytest.param("root-level", result(WRIST, MASSAGE, has_root=True, levels_off=2), (0, 1), id="two-off"),
        pytest.param("root-level", result(WRIST, MASSAGE, has_root=True), (0, 1), id="no-root-stated"),
        pytest.param("root-level", result(WRIST, MASSAGE), (0, 0), id="no-true-root"),
    ],
)
def test_one_result(code: str, found: Result, expected: tuple[int, int]) -> None:
    assert figure(code, found) == expected


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        pytest.param(0, 10, 0.0, 0.2775, id="none-of-ten"),
        pytest.param(10, 10, 0.7225, 1.0, id="all-of-ten"),
        pytest.param(81, 100, 0.7222, 0.8749, id="the-textbook"),
    ],
)
def test_the_interval_is_wilsons(count: int, of: int, low: float, high: float) -> None:
    assert measures.wilson(count, of) == pytest.approx((low, high), abs=1e-4)


def test_median_and_90th_percentile() -> None:
    results = [result(WRIST, MASSAGE, questions=count) for count in (1, 2, 3, 4, 5, 6, 7, 8, 9, 30)]
    assert measures.questions_asked(results) == (5.5, 9)


def test_nothing_asked() -> None:
    assert measures.questions_asked([result(WRIST, MASSAGE, questions=None)]) is None


def test_calibration() -> None:
    sure = result(WRIST, MASSAGE, ranking=(("carpal-tunnel-syndrome", 0.9),))
    wrong = result(WRIST, MASSAGE, ranking=(("other", 1.0),), rank=None)
    first, _ = measures.calibrations([sure, wrong])
    assert first.brier == pytest.approx((0.01 + 1.0) / 2)
    (band,) = first.bands
    assert (band.cases, band.right) == (2, 0.5)
    assert band.stated == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("level", "place"),
    [
        pytest.param("C1", 1, id="top"),
        pytest.param("C8", 8, id="last-of-the-neck"),
        pytest.param("T1", 9, id="next-to-C8"),
        pytest.param("L5", 25, id="L5"),
        pytest.param("S1", 26, id="next-to-L5"),
        pytest.param("C9", None, id="no-such-root"),
        pytest.param("L4-L5", None, id="two-roots"),
        pytest.param("left", None, id="no-root"),
        pytest.param("", None, id="empty"),
    ],
)
def test_a_root_is_a_place_down_the_spine(level: str, place: int | None) -> None:
    assert place_of_root(level) == place


@pytest.mark.parametrize(
    ("found", "kinds", "words"),
    [
        pytest.param(result(WRIST, MASSAGE), (), "", id="no-miss"),
        pytest.param(
            result(STROKE, MASSAGE),
            ("danger-at-massage",),
            "said massage-ok, truth emergency; no danger rule holds",
            id="danger",
        ),
        pytest.param(
            result(WRIST, URGENT, flags=("weak-lasting",)),
            ("over-triage",),
            "said urgent, truth massage-ok; raised by weak-lasting",
            id="over-triage",
        ),
        pytest.param(
            result(WRIST, DOCTOR, open_dangers=3),
            ("too-urgent",),
            "said doctor-first, truth massage-ok; no danger rule holds, 3 danger questions open",
            id="open-questions",
        ),
        pytest.param(
            result(WRIST, MASSAGE, ranking=(("other", 0.5),), rank=2),
            ("not-first",),
            "first other (0.50), truth carpal-tunnel-syndrome at place 2",
            id="second",
        ),
        pytest.param(
            result(STROKE, URGENT, source_class="spinal"),
            ("not-urgent-enough", "source-class"),
            "said urgent, truth emergency; no danger rule holds; class spinal, truth danger",
            id="two-misses-one-line",
        ),
    ],
)
def test_a_miss_says_why(found: Result, kinds: tuple[str, ...], words: str) -> None:
    assert misses.kinds(found) == kinds
    assert misses.reason(found) == words


@pytest.mark.parametrize(
    ("results", "words"),
    [
        pytest.param([result(STROKE, EMERGENCY)] * 30, "fewer than 10 in 100 are (3/n)", id="rule-of-three"),
        pytest.param([result(STROKE, EMERGENCY)], "fewer than 100 in 100", id="one-case-shows-nothing"),
        pytest.param([result(WRIST, MASSAGE)], "says nothing about danger", id="no-danger"),
        pytest.param([result(STROKE, MASSAGE)], "1 dangerous cases were sent to massage", id="danger"),
    ],
)
def test_the_report_warns_of_small_numbers(results: list[Result], words: str) -> None:
    whole = report.Report("interview", "v", results)
    assert words in list(report.as_lines(whole))[-1][0]
