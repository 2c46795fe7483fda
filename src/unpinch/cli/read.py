"""``unpinch read``: what a person's own words seem to say, before anybody confirmed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from unpinch.cli import files, output
from unpinch.clinical import findings, knowledge, own_words
from unpinch.clinical.values import Answers, Value

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.own_words import Heard

_MOST_BYTES = 4 * own_words.MOST_CHARACTERS
_WHY = {
    "over": "you say that it is over",
    "not-sure": "you are not sure",
    "somebody-else": "it is about somebody else",
    "only-a-thought": "it is a worry or a question",
    "two-meanings": "you say it in two ways",
}


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = (
        "Read a few sentences and show which answers they seem to give. This decides nothing: a person must "
        "confirm each answer, and no danger is ever read as a no."
    )
    parser.add_argument("--text", metavar="FILE", required=True, help="the text (UTF-8); - is standard input")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")


def run(args: argparse.Namespace) -> int:
    """Print what was understood; 0 whatever it is."""
    kb = knowledge.load()
    heard = own_words.read(files.read_text(args.text, _MOST_BYTES), kb)
    if args.json:
        output.write_json(shape(heard, kb))
    else:
        _show(heard, kb)
    return 0


def shape(heard: Heard, kb: Knowledge) -> dict[str, Any]:
    """What ``unpinch read --json`` prints. ``answers`` is an answer file of all findings, as if confirmed."""
    return {
        "findings": [
            {
                "code": found.code,
                "value": list(found.value) if isinstance(found.value, tuple) else found.value,
                "words": found.words,
                "start": found.start,
                "end": found.end,
            }
            for found in heard.findings
        ],
        "doubts": [
            {
                "code": doubt.code,
                "why": doubt.why,
                "words": doubt.words,
                "start": doubt.start,
                "end": doubt.end,
            }
            for doubt in heard.doubts
        ],
        "dangers": [
            {
                "code": danger.code,
                "words": danger.words,
                "action": danger.action,
                "disposition": danger.disposition.value,
            }
            for danger in heard.dangers
        ],
        "answers": findings.dump_answers(Answers({found.code: found.value for found in heard.findings})),
        "knowledge_version": kb.version,
    }


def in_words(code: str, value: Value, kb: Knowledge) -> str:
    """A question and its answer on one line."""
    if isinstance(value, bool):
        said = "yes" if value else "no"
    else:
        values: Iterable[str] = value if isinstance(value, tuple) else (str(value),)
        said = ", ".join(kb.choice_texts.get((code, one), one) for one in values)
    return f"{kb.findings[code].question} {said}"


def _show(heard: Heard, kb: Knowledge) -> None:
    page = output.console()
    if heard.is_empty:
        page.print("Nothing was understood. The questions will ask for everything.")
    for danger in heard.dangers[:1]:
        page.print(f"You wrote “{danger.words}”. If that is so: {danger.action}", style="bold red")
        page.print()
    if heard.findings:
        page.print("This was understood. Only you can say if it is right.", style="bold")
        for found in heard.findings:
            page.print(f" - {in_words(found.code, found.value, kb)}  (“{found.words}”)", soft_wrap=True)
    if heard.doubts:
        page.print("This will be asked", style="bold")
        for doubt in heard.doubts:
            page.print(
                f" - {kb.findings[doubt.code].question}  (“{doubt.words}”: {_WHY[doubt.why]})", soft_wrap=True
            )
