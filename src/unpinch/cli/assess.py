"""``unpinch assess``: judge the answers of one person, all at once, without asking anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.cli import answer_file, answer_page, output, shape
from unpinch.clinical import assess, explanation, knowledge

if TYPE_CHECKING:
    import argparse


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = (
        "Judge the answers in a file, all of them at once. A danger question without an answer counts as "
        "`see a doctor first`, except in a plain picture of a limb: there it only closes the booking."
    )
    answer_file.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print the judgement; 0 whatever it says."""
    kb = knowledge.load()
    answers = answer_file.read(args.answers, kb)
    found = assess.assess(answers, kb)
    if args.json:
        told = explanation.explanation(answers, found, kb)
        output.write_json({**shape.assessment(found), "explanation": shape.explanation(told)})
    else:
        answer_page.show(found, kb)
    return 0
