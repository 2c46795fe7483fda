"""``unpinch questions``: every question that can be asked of a person."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from unpinch.cli import output, regions, rule_text
from unpinch.clinical import knowledge, questions

if TYPE_CHECKING:
    import argparse

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Question


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = "List every question that can be asked of a person, in asking order."
    parser.add_argument("--json", action="store_true", help="print JSON for programs")


def run(args: argparse.Namespace) -> int:
    """Print the questions."""
    kb = knowledge.load()
    found = questions.catalogue(kb)
    if args.json:
        output.write_json([_described(question, kb) for question in found])
    else:
        _show(found, kb)
    return 0


def _described(question: Question, kb: Knowledge) -> dict[str, Any]:
    finding = kb.findings[question.code]
    limits = kb.number_ranges.get(question.code)
    return {
        "code": question.code,
        "text": question.text,
        "answer_type": question.answer_type,
        "choices": [{"code": code, "text": text} for code, text in regions.choices(question, kb)],
        "range": [limits.low, limits.high] if limits else None,
        "group": question.group,
        "help": question.help,
        "screen": finding.screen,
        "needed_before": kb.screens[finding.screen].must_answer_before or None,
        "asked_when": rule_text.write(finding.ask_when) if finding.ask_when else "NEVER",
    }


def _show(found: tuple[Question, ...], kb: Knowledge) -> None:
    page = output.console()
    for screen, group in groupby(found, key=lambda question: kb.findings[question.code].screen):
        page.print(kb.screens[screen].title, style="bold")
        for question in group:
            page.print(f"  {question.code}", style="cyan", end="")
            page.print(f"  {question.text} {question.help}".rstrip(), soft_wrap=True)
            if question.answer_type == "choice":
                page.print(
                    f"    one of: {', '.join(choice.code for choice in question.choices)}", soft_wrap=True
                )
        page.print()
    page.print(f"{len(found)} questions. Knowledge: {kb.version}.")
