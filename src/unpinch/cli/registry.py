"""Which commands there are, and how one is found without loading the others.

A command is a module with ``add(parser)``, which declares its arguments, and ``run(args) -> int``. To add
one, write the module and give it a line in ``COMMANDS``. A line without a module is a command that this
build leaves out.
"""

from __future__ import annotations

import argparse
import difflib
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NoReturn

from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Command:
    """A command: the word typed, the module that does it, and one line on what it is for."""

    name: str
    module: str
    summary: str


COMMANDS = (
    Command("ask", "unpinch.cli.ask", "answer the questions here and get an answer in plain words"),
    Command("questions", "unpinch.cli.questions", "list every question that can be asked"),
    Command("read", "unpinch.cli.read", "show what a few sentences of a person seem to say"),
    Command("assess", "unpinch.cli.assess", "judge the answers in a file, all of them at once"),
    Command("interview", "unpinch.cli.interview", "run the interview, answering what it asks from a file"),
    Command("plan", "unpinch.cli.plan", "plan a course of massage from the answers in a file"),
    Command("evaluate", "unpinch.cli.evaluate", "measure the answers on cases with a known truth"),
    Command("knowledge", "unpinch.cli.knowledge", "check the knowledge tables, or show what they say"),
    Command("serve", "unpinch.cli.serve", "start the web site of the practice"),
    Command("demo", "unpinch.cli.demo", "load a demonstration practice"),
    Command("admin", "unpinch.cli.admin", "set up and look after an installation"),
    Command("audit", "unpinch.cli.audit", "find out whether anybody tampered with the record book"),
    Command("backup", "unpinch.cli.backup", "write a backup of everything to one file"),
    Command("restore", "unpinch.cli.restore", "put a backup in the place of what is here"),
    Command("worker", "unpinch.cli.worker", "send the messages that wait in the outbox"),
    Command("tick", "unpinch.cli.tick", "do the work that falls due by the clock"),
)

_DESCRIPTION = "Can massage help my pinched nerve? An honest answer, and the whole course of massage booked."
_EPILOG = "`unpinch COMMAND --help` tells more about one command. In danger, call an ambulance: do not wait for a program."


class _Help(argparse.HelpFormatter):
    """Help pages whose second column starts beside the longest command, not below it."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)
        # argparse forgets the indent of commands when it measures them, and would break the line.
        self._action_max_length = 16


class _Parser(argparse.ArgumentParser):
    """A parser whose faults are ours: one line, exit status 2."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"formatter_class": _Help, "allow_abbrev": False, **more})

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message[:1].upper()}{message[1:]}. `{self.prog} --help` shows what it takes.")


class _CommandParser(_Parser):
    """The parser of one command, which loads the command's module when it is used and not before."""

    command: Command | None = None

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self.command is not None:
            module = import_module(self.command.module)
            self.command = None
            module.add(self)
            self.set_defaults(run=module.run)
        return super().parse_known_args(args, namespace)


@cache
def available() -> tuple[Command, ...]:
    """The commands of this build, in the order of the help page."""
    return tuple(command for command in COMMANDS if find_spec(command.module) is not None)


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    top = _Parser(prog="unpinch", description=_DESCRIPTION, epilog=_EPILOG)
    top.add_argument("--version", action="version", version=f"unpinch {metadata.version('unpinch')}")
    commands = top.add_subparsers(
        title="commands", dest="command", metavar="COMMAND", parser_class=_CommandParser
    )
    for command in available():
        under = commands.add_parser(command.name, help=command.summary)
        under.command = command
    return top


def run(argv: Sequence[str]) -> int:
    """Run the command that ``argv`` names; without one, show the help page."""
    whole = parser()
    _refuse_unknown_command(argv)
    args = whole.parse_args(argv)
    if args.command is None:
        whole.print_help()
        return 0
    status: int = args.run(args)
    return status


def _refuse_unknown_command(argv: Sequence[str]) -> None:
    """Name the nearest command instead of printing the list of all."""
    word = argv[0] if argv else "-"
    names = [command.name for command in available()]
    if word.startswith("-") or word in names:
        return
    near = difflib.get_close_matches(word, names, n=1)
    hint = f"Did you mean `unpinch {near[0]}`?" if near else "`unpinch --help` lists the commands."
    raise InputError(f"There is no command {word!r}. {hint}")
