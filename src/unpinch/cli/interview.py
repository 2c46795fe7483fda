"""``unpinch interview``: the adaptive interview, with a file in the place of the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.cli import answer_file, answer_page, output, shape
from unpinch.clinical import assess, knowledge

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from unpinch.clinical.values import Screen


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = (
        "Run the interview as a person would meet it, answering what it asks, and nothing else, from a file. "
        "A question that the file does not answer is left open."
    )
    answer_file.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print what was asked and the judgement; 0 whatever it says."""
    kb = knowledge.load()
    step, screens = assess.interview(answer_file.read(args.answers, kb), kb)
    if args.json:
        output.write_json(shape.interview(step.assessment, screens))
    else:
        _show_screens(screens)
        answer_page.show(step.assessment, kb)
    return 0


def _show_screens(screens: Sequence[Screen]) -> None:
    page = output.console()
    page.print(f"Asked: {sum(shape.questions_on(screen) for screen in screens)} questions", style="bold")
    for number, screen in enumerate(screens, 1):
        codes = " ".join(question.code for question in screen.questions)
        page.print(f"{number:3}. {screen.title}: {codes}")
    page.print()
