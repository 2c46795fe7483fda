"""Writes the measured part of `docs/reference/accuracy.md` from the cases in `tests/cases`. ``--check`` only compares.

The log below the measured part is written by hand and stays as it is.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from unpinch.cli.evaluation import cases, judge, measures
from unpinch.clinical import knowledge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "accuracy.md"
CASES = ROOT / "tests" / "cases"
START, END = "<!-- measured: tools/accuracy.py -->", "<!-- end of the measured part -->"


def is_kept_apart(case_id: str) -> bool:
    """Whether a published case is for measuring only: nobody who mends the tables looks at it."""
    digest = hashlib.sha256(case_id.encode()).hexdigest()
    return digest[0] >= "8" and digest[1] >= "8"


def sets() -> Iterator[tuple[str, Sequence[cases.Case]]]:
    """The sets of cases that are in the repository, each with its title."""
    kb = knowledge.load()
    yield "Development cases, looked at while mending", cases.read(str(CASES / "dev.jsonl"), kb)
    published = CASES / "published.jsonl"
    if published.exists():
        found = cases.read(str(published), kb)
        yield "Published cases, looked at while mending", [c for c in found if not is_kept_apart(c.id)]
        yield "Published cases, kept apart for measuring", [c for c in found if is_kept_apart(c.id)]


def measured() -> str:
    """The measured part of the page."""
    parts = [table(title, found) for title, found in sets()]
    return "\n\n".join([START, *parts, END])


def table(title: str, found: Sequence[cases.Case]) -> str:
    """The figures of one set, asked by the interview and with all answers at once."""
    kb = knowledge.load()
    pairs = [judge.both(case, kb) for case in found]
    asked, whole = [one for one, _ in pairs], [other for _, other in pairs]
    rows = [
        f"| {one.text} | {shown(one)} | {span(one)} | {shown(other)} |"
        for one, other in zip(measures.measure(asked), measures.measure(whole), strict=True)
    ]
    median, most = measures.questions_asked(asked) or (0, 0)
    lines = [
        f"### {title}: {len(found)}",
        "",
        "| measure | interview | 95 % range | all answers at once |",
        "| --- | --- | --- | --- |",
        *rows,
        f"| Questions asked: median, 90th percentile | {median:g}, {most} | | |",
        "",
        *calibration(asked),
        "",
        warning(asked),
    ]
    return "\n".join(lines)


def shown(measure: measures.Measure) -> str:
    """A share with its counts."""
    return (
        f"{measure.count} of {measure.of}, {(measure.share or 0) * 100:.1f} %" if measure.of else "no cases"
    )


def span(measure: measures.Measure) -> str:
    """Wilson's interval."""
    low, high = measure.interval or (0.0, 1.0)
    return f"{low * 100:.0f}-{high * 100:.0f} %" if measure.of else ""


def calibration(results: Sequence[judge.Result]) -> Iterator[str]:
    """What was said and how often it was right."""
    for found in measures.calibrations(results):
        bands = "; ".join(f"said {b.stated:.2f}, right {b.right:.2f} ({b.cases})" for b in found.bands)
        yield f"- Probability of the {found.about}: Brier score {found.brier:.3f}. {bands}."


def warning(results: Sequence[judge.Result]) -> str:
    """What so few cases cannot show."""
    danger = sum(result.truth.is_danger for result in results)
    at_massage = sum(result.is_danger_at_massage for result in results)
    if at_massage:
        return f"**{at_massage} of {danger} dangerous cases were sent to massage.**"
    most = min(100.0, 300 / danger) if danger else 100.0
    shows = f"That shows only that fewer than {most:.0f} in 100 are (3/n)."
    return f"None of {danger} dangerous cases was sent to massage. {shows}"


def main() -> int:
    """Write the page, or say whether it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit status 1 when the page is old"
    )
    only_check = parser.parse_args().check
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    new = before + measured() + after
    if only_check:
        return int(new != text)
    PAGE.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
