"""``unpinch plan``: the course of massage that the answers, and a doctor's say, allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from unpinch.cli import answer_file, files, output
from unpinch.clinical import course, knowledge
from unpinch.clinical.clearance import Clearance, parse_clearance
from unpinch.clinical.course import CoursePlan, NoPlan
from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    import argparse

    from rich.console import Console

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.limits import Limit


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = (
        "Plan a course of massage from the answers in a file: which muscles, how hard, how long, how often, when to "
        "look back and when to stop. A doctor's clearance binds every line of it."
    )
    answer_file.add_arguments(parser)
    parser.add_argument(
        "--clearance", metavar="FILE", help="what the doctor said (JSON); see answer-files.md"
    )
    parser.add_argument(
        "--prefers",
        choices=["swedish", "deep-tissue", "other"],
        help="the kind of massage the person likes best",
    )


def run(args: argparse.Namespace) -> int:
    """Print the plan, or why there is none; 0 either way."""
    kb = knowledge.load()
    answers = answer_file.read(args.answers, kb)
    if args.clearance == "-" == args.answers:
        raise InputError(
            "Answers and clearance cannot both come from standard input. Put one of them in a file."
        )
    clearance = _clearance(args.clearance, kb) if args.clearance else None
    found = course.plan(answers, kb, clearance, prefers=args.prefers)
    if args.json:
        output.write_json(shape(found))
    else:
        _show(found, kb, output.console())
    return 0


def _clearance(name: str, kb: Knowledge) -> Clearance:
    raw = files.parse_json(files.read_text(name, files.MOST_ANSWER_BYTES), files.label(name))
    try:
        return parse_clearance(raw, kb)
    except InputError as error:
        raise InputError(f"{files.label(name)}: {error.message}") from None


def shape(found: CoursePlan | NoPlan) -> dict[str, Any]:
    """What ``unpinch plan --json`` prints. ``plan`` is null when there is none, and ``no_plan`` says why."""
    if isinstance(found, NoPlan):
        no_plan = {"code": found.code, "reason": found.reason}
        return {
            "state": "no-plan",
            "plan": None,
            "no_plan": no_plan,
            "knowledge_version": found.knowledge_version,
        }
    return {
        "state": found.state,
        "plan": _plan(found),
        "no_plan": None,
        "knowledge_version": found.knowledge_version,
    }


def _plan(found: CoursePlan) -> dict[str, Any]:
    return {
        "condition": found.condition,
        "stage": found.stage,
        "severity": found.severity,
        "massage_type": found.massage_type,
        "targets": [
            {"code": t.code, "name": t.name, "regions": list(t.regions), "pressure_max": t.pressure_max}
            for t in found.targets
        ],
        "avoid": {
            "regions": list(found.avoid_regions),
            "sites": list(found.avoid_sites),
            "note": found.avoid_note,
        },
        "techniques": [
            {
                "code": s.code,
                "minutes": s.minutes,
                "pressure_from": s.pressure_from,
                "pressure_to": s.pressure_to,
            }
            for s in found.techniques
        ],
        "pressure": {"start": found.pressure_start, "ceiling": found.pressure_ceiling},
        "sessions": {
            "number": found.sessions,
            "fewest": found.sessions_min,
            "minutes_each": found.minutes_each,
            "per_week": found.per_week,
            "gap_days": {"min": found.gap_min_days, "ideal": found.gap_ideal_days, "max": found.gap_max_days},
            "not_before_days": found.not_before_days,
        },
        "review": {
            "after_session": found.review_after,
            "rules": [
                {"code": rule.code, "outcome": rule.outcome, "text": rule.text} for rule in found.review_rules
            ],
            "stop_rule": found.stop_rule,
        },
        "home_care": found.home_care,
        "limits": [_limit(limit) for limit in found.limits],
        "open_questions": list(found.open_questions),
        "needs_approval_because": list(found.needs_approval_because),
        "sources": list(found.source_ids),
        "kind": found.kind,
        "verified": found.verified,
    }


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "code": limit.code,
        "kind": limit.kind,
        "certain": limit.certain,
        "why": limit.why,
        "where": limit.where,
        "note": limit.note,
        "regions": list(limit.regions),
        "sites": list(limit.sites),
        "pressure_max": limit.pressure_max,
        "wait_days": limit.wait_days,
        "sources": list(limit.source_ids),
    }


_STATE = {
    "ready": "This course can be booked.",
    "needs-approval": "A doctor must agree before this course can be booked:",
    "needs-answers": "These questions must be answered before this course can be booked:",
}


def _show(found: CoursePlan | NoPlan, kb: Knowledge, page: Console) -> None:
    if isinstance(found, NoPlan):
        page.print("No course of massage", style="bold")
        page.print(found.reason)
        return
    page.print(f"A course of massage for {found.condition_name}", style="bold")
    page.print(_STATE[found.state])
    waiting = {"needs-approval": found.needs_approval_because, "needs-answers": found.open_questions}
    for line in waiting.get(found.state, ()):
        page.print(f"  - {kb.findings[line].question if line in kb.findings else line}")
    rows = [
        ("Kind", found.massage_type.replace("-", " ")),
        ("Sessions", f"{found.sessions} of {found.minutes_each} minutes, {found.per_week} a week"),
        ("Pressure", f"start at {found.pressure_start}, never above {found.pressure_ceiling} of 5"),
        ("Work on", "; ".join(target.plain_name for target in found.targets)),
        ("Leave alone", "; ".join([*(kb.sites[site].name for site in found.avoid_sites), found.avoid_note])),
        ("Do", "; ".join(f"{step.name.lower()} {step.minutes} min" for step in found.techniques)),
        ("Look back", f"after session {found.review_after}"),
        ("Stop if", found.stop_rule),
        ("At home", found.home_care),
        ("Not before", f"{found.not_before_days} days from today" if found.not_before_days else "any day"),
        ("Based on", f"{found.kind} ({', '.join(found.source_ids)}); tables {found.knowledge_version}"),
    ]
    page.print()
    for name, text in rows:
        page.print(f"{name:12} {text}")
