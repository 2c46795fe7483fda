"""``unpinch evaluate``: how good the answers are, on cases with a known truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.cli import output
from unpinch.cli.evaluation import cases, report, running
from unpinch.clinical import knowledge

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from unpinch.cli.evaluation.cases import Case
    from unpinch.cli.evaluation.judge import Result

_WORTH_A_BAR = 40
"""Fewer cases are done before a bar can be read."""


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = (
        "Run every case of a file and compare with its truth. Exit status 1 when a dangerous case was sent "
        "to massage."
    )
    parser.add_argument(
        "cases", metavar="CASES", help="the case file, one JSON object a line; - is standard input"
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.add_argument(
        "--mode",
        choices=("interview", "assess"),
        default="interview",
        help="interview: answer only what it asks (the default); assess: all answers at once",
    )
    parser.add_argument("--jobs", metavar="N", type=int, help="number of processes (default: as many as pay)")


def run(args: argparse.Namespace) -> int:
    """Print the report; 1 when a dangerous case was sent to massage, else 0."""
    kb = knowledge.load()
    found = cases.read(args.cases, kb)
    results = running.run_all(found, args.mode, running.jobs_for(args.jobs, len(found)))
    whole = report.Report(args.mode, kb.version, tuple(_with_progress(found, results)))
    if args.json:
        output.write_json(report.as_json(whole))
    else:
        page = output.console()
        for line, style in report.as_lines(whole):
            page.print(line, style=style, soft_wrap=True)
    return int(whole.has_danger_at_massage)


def _with_progress(found: Sequence[Case], results: Iterator[Result]) -> Iterator[Result]:
    """The results, with a bar on stderr when there are many and somebody is looking."""
    screen = output.console(stderr=True)
    if len(found) < _WORTH_A_BAR or not screen.is_terminal:
        return results
    # Late: a run without a bar need not load it.
    from rich.progress import track  # noqa: PLC0415

    return iter(track(results, "Running cases", total=len(found), console=screen, transient=True))
