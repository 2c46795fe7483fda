"""The reference pages and the commands say the same: nothing undocumented, nothing that is not there."""

from __future__ import annotations

import argparse
import json
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from unpinch.cli import registry, shape
from unpinch.clinical import assess, findings, knowledge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
COMMAND_LINE = (REFERENCE / "command-line.md").read_text(encoding="utf-8")
ANSWER_FILES = (REFERENCE / "answer-files.md").read_text(encoding="utf-8")
KB = knowledge.load()


def leaves(parser: argparse.ArgumentParser, name: str) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """The commands that can be run, with their parsers; those made of parts are replaced by their parts."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield name, parser
    for group in groups:
        for word, under in group.choices.items():
            yield from leaves(under, f"{name} {word}".strip())


@cache
def commands() -> dict[str, argparse.ArgumentParser]:
    found: dict[str, argparse.ArgumentParser] = {}
    for command in registry.available():
        parser = argparse.ArgumentParser(prog=command.name, add_help=False)
        import_module(command.module).add(parser)
        found.update(leaves(parser, command.name))
    return found


def options(parser: argparse.ArgumentParser) -> set[str]:
    shown = (action for action in parser._actions if action.help is not argparse.SUPPRESS)
    return {option for action in shown for option in action.option_strings} - {"-h", "--help"}


def sections() -> dict[str, str]:
    found = re.split(r"^## unpinch (.+)$", COMMAND_LINE, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def test_every_command_has_a_section_and_every_section_a_command() -> None:
    assert set(sections()) == set(commands())


def test_the_table_lists_them_all() -> None:
    assert set(re.findall(r"^\| \[`unpinch ([a-z -]+)`\]", COMMAND_LINE, flags=re.MULTILINE)) == set(
        commands()
    )


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_option_stands_in_its_section_and_no_other(command: str) -> None:
    told = set(re.findall(r"^\| `(--[a-z-]+)", sections()[command], flags=re.MULTILINE))
    assert told == options(commands()[command])


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_argument_stands_in_its_section(command: str) -> None:
    for action in commands()[command]._get_positional_actions():
        assert action.metavar is not None
        shown = rf"unpinch {re.escape(command)} ([A-Z]+ )*{re.escape(str(action.metavar))}\b"
        assert re.search(shown, sections()[command])


@pytest.mark.parametrize("command", [command.name for command in registry.available()])
def test_help_pages_open(unpinch: Callable[..., Any], command: str) -> None:
    shown = unpinch(command, "--help")
    assert (shown.status, shown.err) == (0, "")
    assert shown.out.startswith(f"usage: unpinch {command}")


def test_every_json_key_is_told() -> None:
    answers = findings.parse_answers({"answers": {"region-thumb": True, "rf-bowel": True}}, KB)
    step, screens = assess.interview(answers, KB)
    found = shape.interview(step.assessment, screens)
    keys = set(found) | {key for value in found.values() for key in _inner(value)}
    told = set(re.findall(r"[`\"]([a-z_0-9]+)[`\"]", sections()["assess"] + sections()["interview"]))
    assert keys <= told


def _inner(value: Any) -> set[str]:
    first = value[0] if isinstance(value, list) and value else value
    return set(first) if isinstance(first, dict) else set()


def examples(marker: str) -> list[str]:
    return re.findall(rf"^```{marker}\n(.*?)^```", ANSWER_FILES, flags=re.MULTILINE | re.DOTALL)


def test_the_example_of_an_answer_file_works(unpinch: Callable[..., Any]) -> None:
    assert unpinch("assess", "--answers", "-", "--json", stdin=examples("json")[0].encode()).status == 0


def test_the_example_of_a_clearance_file_works(
    unpinch: Callable[..., Any], write: Callable[[str, object], str]
) -> None:
    clearance = write("clearance.json", examples("json")[1])
    answers = write("answers.json", examples("json")[0])
    assert unpinch("plan", "--answers", answers, "--clearance", clearance, "--json").status == 0


def test_the_example_of_a_case_works(unpinch: Callable[..., Any]) -> None:
    one_line = json.dumps(json.loads(examples("text")[0]))
    assert unpinch("evaluate", "-", "--json", stdin=one_line.encode()).status == 0
