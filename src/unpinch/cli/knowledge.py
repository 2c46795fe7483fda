"""``unpinch knowledge``: check the tables, or show what they say about one code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpinch.cli import output
from unpinch.clinical import knowledge
from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    import argparse

    from rich.console import Console

    from unpinch.clinical.knowledge import Entry, Section


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command and its two parts."""
    parser.description = "Check the knowledge tables, or show what they say about one code."
    parts = parser.add_subparsers(title="parts", dest="part", metavar="PART", required=True)
    check = parts.add_parser("check", help="check tables and list every fault", allow_abbrev=False)
    check.add_argument(
        "folder", metavar="FOLDER", nargs="?", help="the folder of tables (default: those of unpinch)"
    )
    show = parts.add_parser("show", help="show all that is known about one code", allow_abbrev=False)
    show.add_argument("code", metavar="CODE", help="a condition, finding, danger rule, technique or source")
    show.add_argument("--json", action="store_true", help="print JSON for programs")


def run(args: argparse.Namespace) -> int:
    """Run the part that was named."""
    if args.part == "check":
        return _check(args.folder)
    entry = knowledge.show(args.code, knowledge.load())
    if args.json:
        output.write_json(_described(entry))
    else:
        _print(entry)
    return 0


def _check(folder: str | None) -> int:
    path = None if folder is None else Path(folder)
    if path is not None and not path.is_dir():
        raise InputError(f"{folder!r} is not a folder. Name the folder that holds the tables (*.csv).")
    kb = knowledge.check(path)
    output.console().print(
        f"The knowledge tables hold: {len(kb.conditions)} conditions, {len(kb.findings)} findings, "
        f"{len(kb.red_flags)} danger rules, {len(kb.likelihoods)} likelihoods, {len(kb.sources)} sources. "
        f"No fault. Version {kb.version}."
    )
    return 0


def _described(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.code,
        "kind": entry.kind,
        "fields": dict(entry.fields),
        "sections": [
            {
                "title": section.title,
                "rows": [dict(zip(section.columns, row, strict=True)) for row in section.rows],
            }
            for section in entry.sections
        ],
        "sources": [
            {"id": source.id, "citation": source.citation, "url": source.url, "seen": source.seen}
            for source in entry.sources
        ],
    }


def _print(entry: Entry) -> None:
    page = output.console()
    page.print(f"{entry.code} ({entry.kind})", style="bold")
    for name, value in entry.fields:
        page.print(f"  {name}: {value}", soft_wrap=True)
    for section in entry.sections:
        page.print()
        _print_section(page, section)
    if entry.sources:
        page.print()
        page.print("Sources", style="bold")
    for source in entry.sources:
        seen = "" if source.seen else " (not checked by us)"
        page.print(f"  {source.id}: {source.citation} {source.url}{seen}", soft_wrap=True)


def _print_section(page: Console, section: Section) -> None:
    """A table for eyes: a column is as wide as its longest cell, the last one as long as it likes."""
    page.print(f"{section.title} ({len(section.rows)})", style="bold")
    cells = [section.columns, *section.rows]
    widths = [max(len(row[at]) for row in cells) for at in range(len(section.columns))]
    for number, row in enumerate(cells):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        page.print(f"  {line}".rstrip(), style="dim" if number == 0 else "", soft_wrap=True)
