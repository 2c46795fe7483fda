"""The report of an evaluation: as JSON, and as a table for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unpinch.cli.evaluation import measures, misses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from unpinch.cli.evaluation.judge import Mode, Result
    from unpinch.cli.evaluation.measures import Calibration, Measure


@dataclass(frozen=True, slots=True)
class Report:
    """The results of one run and what they were made with."""

    mode: Mode
    knowledge_version: str
    results: Sequence[Result]

    @property
    def has_danger_at_massage(self) -> bool:
        """Whether the one thing happened that never may."""
        return any(result.is_danger_at_massage for result in self.results)


def as_json(report: Report) -> dict[str, Any]:
    """What ``unpinch evaluate --json`` prints."""
    asked = measures.questions_asked(report.results)
    return {
        "cases": len(report.results),
        "mode": report.mode,
        "knowledge_version": report.knowledge_version,
        "measures": {m.code: _measure(m) for m in measures.measure(report.results)},
        "questions": None if asked is None else {"median": asked[0], "p90": asked[1]},
        "calibration": [_calibration(found) for found in measures.calibrations(report.results)],
        "misses": [
            {"id": result.case_id, "kinds": list(kinds), "reason": misses.reason(result)}
            for result, kinds in _missed(report)
        ],
        "results": [_result(result) for result in report.results],
    }


def _missed(report: Report) -> Iterator[tuple[Result, tuple[str, ...]]]:
    for result in report.results:
        kinds = misses.kinds(result)
        if kinds:
            yield result, kinds


def _measure(found: Measure) -> dict[str, Any]:
    low, high = found.interval or (None, None)
    share = found.share
    return {
        "text": found.text,
        "count": found.count,
        "of": found.of,
        "share": share if share is None else round(share, 6),
        "low": low if low is None else round(low, 6),
        "high": high if high is None else round(high, 6),
    }


def _calibration(found: Calibration) -> dict[str, Any]:
    return {
        "about": found.about,
        "cases": found.cases,
        "brier": round(found.brier, 6) if found.cases else None,
        "bands": [
            {
                "low": band.low,
                "high": band.high,
                "cases": band.cases,
                "stated": round(band.stated, 6),
                "right": round(band.right, 6),
            }
            for band in found.bands
        ],
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "id": result.case_id,
        "disposition": result.disposition.value,
        "truth": result.truth.disposition.value,
        "first": result.ranking[0][0],
        "probability": round(result.ranking[0][1], 6),
        "rank_of_truth": result.rank,
        "source_class": str(result.source_class),
        "red_flags": list(result.flags),
        "open_dangers": result.open_dangers,
        "levels_off": result.levels_off,
        "questions_asked": result.questions,
    }


def as_lines(report: Report) -> Iterator[tuple[str, str]]:
    """The report as lines of text, each with its style."""
    how = "asked only what the interview asks" if report.mode == "interview" else "all answers at once"
    yield f"{len(report.results)} cases, {how}. Knowledge: {report.knowledge_version}.", ""
    yield "", ""
    found = measures.measure(report.results)
    yield f"{'measure':<44} {'cases':>9} {'share':>8}   95 % range", "bold"
    for measure in found:
        yield _measure_line(measure), _style(measure)
    asked = measures.questions_asked(report.results)
    if asked is not None:
        yield f"{'Questions asked: median, 90th percentile':<44} {asked[0]:>9g} {asked[1]:>8}", ""
    yield "", ""
    for calibration in measures.calibrations(report.results):
        yield from _calibration_lines(calibration)
    yield from _miss_lines(report)
    yield _size_warning(found[0], len(report.results)), "yellow"


def _measure_line(found: Measure) -> str:
    if not found.of:
        return f"{found.text:<44} {'no cases':>9}"
    low, high = found.interval or (0.0, 1.0)
    share = f"{(found.share or 0) * 100:.1f} %"
    return (
        f"{found.text:<44} {found.count:>4} of {found.of:<3}{share:>8}   {low * 100:.0f}-{high * 100:.0f} %"
    )


def _style(found: Measure) -> str:
    if found.wish != "none":
        return ""
    return "bold red" if found.count else "green"


def _calibration_lines(found: Calibration) -> Iterator[tuple[str, str]]:
    if not found.cases:
        return
    yield f"Probability of the {found.about}: Brier score {found.brier:.3f} in {found.cases} cases", "bold"
    yield f"  {'said':<12} {'cases':>6} {'said, mean':>11} {'was right':>10}", "dim"
    for band in found.bands:
        span = f"{band.low:.1f} to {band.high:.1f}"
        yield f"  {span:<12} {band.cases:>6} {band.stated:>11.2f} {band.right:>10.2f}", ""
    yield "", ""


def _miss_lines(report: Report) -> Iterator[tuple[str, str]]:
    missed = list(_missed(report))
    if not missed:
        yield "No case missed anything.", "green"
    else:
        yield f"{len(missed)} cases missed something:", "bold"
    for result, kinds in missed:
        style = "bold red" if "danger-at-massage" in kinds else ""
        yield f"  {result.case_id}: {misses.reason(result)}", style
    yield "", ""


def _size_warning(danger: Measure, cases: int) -> str:
    """What so few cases cannot show (the rule of three)."""
    if not danger.of:
        return f"{cases} cases, none of them dangerous: this says nothing about danger."
    if danger.count:
        return (
            f"{danger.count} dangerous cases were sent to massage. Nothing else matters until that is mended."
        )
    most = min(1.0, 3 / danger.of) * 100
    return (
        f"No dangerous case of {danger.of} was sent to massage. So few cases only show that fewer than "
        f"{most:.0f} in 100 are (3/n), not that none is."
    )
