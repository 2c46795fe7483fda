"""``unpinch ask``: the interview in the terminal."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from unpinch.cli import answer_page, files, output
from unpinch.cli.asking import making, telling, terminals
from unpinch.cli.asking.drawing import Header
from unpinch.cli.asking.flow import Interview
from unpinch.cli.asking.pages import Move
from unpinch.clinical import findings, knowledge

if TYPE_CHECKING:
    import argparse

    from unpinch.cli.asking.terminals import Terminal
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.values import Screen, Value

_STOPPED = 1


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = (
        "Answer the questions and get an answer in plain words. Nothing is saved or sent unless you ask for "
        "it. Keys: arrows and space, or numbers; enter goes on, b goes back, ? is not sure, q stops."
    )
    parser.add_argument(
        "--save", metavar="FILE", help="write your answers to a new file that only you can read"
    )
    parser.add_argument(
        "--own-words", action="store_true", help="offer one's own words first in a pipe too, as on a terminal"
    )
    parser.add_argument(
        "--plain", action="store_true", help="ask line by line: for screen readers and simple terminals"
    )


def run(args: argparse.Namespace) -> int:
    """Ask until the advice is settled; 0 when it is, 1 when the person stopped before."""
    if args.save is not None:
        files.refuse_taken(args.save)
    kb = knowledge.load()
    interview = Interview(kb)
    with terminals.choose(plain=args.plain) as terminal:
        is_told = _tell(terminal, interview, kb) if args.own_words or sys.stdin.isatty() else True
        is_done = is_told and _ask_all(terminal, interview, kb)
    page = output.console()
    page.print()
    if not is_done:
        page.print("Stopped. Nothing was saved.")
        return _STOPPED
    answer_page.show(interview.step.assessment, kb)
    if args.save is not None:
        files.write_private(args.save, json.dumps(findings.dump_answers(interview.answers), indent=2) + "\n")
        page.print(f"Your answers are in {args.save}. Only you can read that file.")
    return 0


def _tell(terminal: Terminal, interview: Interview, kb: Knowledge) -> bool:
    """Offer to tell it in one's own words first; whether the person goes on."""
    told = telling.tell(terminal, kb, interview.step.expected_total)
    if told is None:
        return False
    interview.begin(told, telling.ON_CHART)
    return True


def _ask_all(terminal: Terminal, interview: Interview, kb: Knowledge) -> bool:
    """Put screen after screen to the person; whether the interview came to its end."""
    while (screen := interview.step.screen) is not None:
        move, given = _ask_screen(terminal, interview, screen, kb)
        if move is Move.QUIT:
            return False
        if move is Move.NEXT:
            interview.take(screen, given)
        else:
            interview.back()
    return True


def _ask_screen(
    terminal: Terminal, interview: Interview, screen: Screen, kb: Knowledge
) -> tuple[Move, dict[str, Value]]:
    """Put the pages of one screen to the person, back and forth."""
    step = interview.step
    header = Header(screen.title, screen.why, step.asked + 1, step.expected_total)
    pages = making.pages_of(screen, kb, interview.earlier)
    at = 0
    while 0 <= at < len(pages):
        move = terminal.ask(pages[at], header)
        if move is Move.QUIT:
            return move, {}
        at += 1 if move is Move.NEXT else -1
    if at < 0:
        return Move.BACK, {}
    return Move.NEXT, {code: value for page in pages for code, value in page.given().items()}
