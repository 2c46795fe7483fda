"""The tables: they hold together, and a broken one says where and what to do."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from people import KB
from unpinch.clinical import knowledge
from unpinch.clinical.knowledge.reading_age import grade, syllables
from unpinch.kernel.errors import KnowledgeError, NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, str]
Edit = Callable[[list[Row]], object]


def test_the_tables_hold_together() -> None:
    assert knowledge.check().version == KB.version


def test_the_version_is_a_date_and_a_hash_of_the_content(tmp_path: Path) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d\+[0-9a-f]{12}", KB.version)
    changed = edited(tmp_path, "techniques", lambda rows: rows[0].update(note="changed"))
    assert knowledge.load(changed).version[:11] == KB.version[:11]
    assert knowledge.load(changed).version != KB.version


def edited(tmp_path: Path, table: str, edit: Edit) -> Path:
    """A copy of the tables with one of them changed."""
    folder = tmp_path / "tables"
    shutil.copytree(knowledge.TABLES_FOLDER, folder)
    path = folder / f"{table}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    edit(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def at(which: str, **changes: str) -> Edit:
    """Change the row with this code."""

    def edit(rows: list[Row]) -> None:
        next(row for row in rows if row["code"] == which).update(changes)

    return edit


def first(**changes: str) -> Edit:
    return lambda rows: rows[0].update(changes)


LOAD_FAULTS: list[tuple[str, Edit, str]] = [
    (
        "likelihoods",
        first(sensitivity="1.2"),
        "likelihoods.csv, row 2, column sensitivity: 1.2 is out of range",
    ),
    ("likelihoods", first(sensitivity="x"), "'x' is not a number"),
    ("likelihoods", first(sensitivity=""), "is empty in a model row"),
    ("likelihoods", first(finding="region-elbo"), "'region-elbo' is not a yes-no finding"),
    ("likelihoods", first(condition="cold"), "likelihoods.csv, row 2, column condition: 'cold' is not known"),
    ("likelihoods", first(source_id="nobody"), "'nobody' is not in sources.csv"),
    ("likelihoods", first(source_id=""), "column source_id: is empty"),
    ("likelihoods", first(kind="guess"), "'guess' is not allowed. Remedy: use one of measured, expert"),
    ("likelihoods", lambda rows: rows.append(dict(rows[0])), "a second model row"),
    ("red_flags", at("fever-back", rule="rf-fever AND"), "the rule 'rf-fever AND' cannot be read"),
    ("red_flags", at("fever-back", rule="rf-feverr"), "'rf-feverr' is not a code of findings.csv"),
    ("red_flags", at("fever-back", rule="age"), "'age' is not a yes-no finding"),
    ("red_flags", at("fever-back", rule="side = top"), "side = top does not fit"),
    ("red_flags", at("fever-back", disposition="massage-ok"), "'massage-ok' is not allowed"),
    ("findings", at("area-neck", derive="sc-gca-head OR area-neck"), "goes round in a circle"),
    ("findings", at("q-burning", code="q-tingling"), "keys must be unique"),
    ("findings", at("q-burning", code="Q Burning"), "is not kebab-case"),
    ("findings", at("q-burning", question=""), "column question: is empty"),
    ("conditions", first(prior_in_people_with_limb_or_spine_tingling="0.5"), "the priors add up to"),
    ("levels", first(share="0.5"), "add up to"),
    (
        "model",
        lambda rows: rows.remove(next(r for r in rows if r["code"] == "gain-floor")),
        "no row 'gain-floor'",
    ),
]


@pytest.mark.parametrize(("table", "edit", "told"), LOAD_FAULTS, ids=[row[2] for row in LOAD_FAULTS])
def test_a_broken_table_is_refused_with_file_row_and_remedy(
    tmp_path: Path, table: str, edit: Edit, told: str
) -> None:
    with pytest.raises(KnowledgeError) as caught:
        knowledge.load(edited(tmp_path, table, edit))
    message = caught.value.message
    assert told in message
    assert all(line.startswith(f"{table}.csv") and "Remedy: " in line for line in message.splitlines()[1:])


CHECK_FAULTS: list[tuple[str, Edit, str]] = [
    (
        "findings",
        at("q-burning", question="Do you experience any burning sensations?"),
        "reads at school grade",
    ),
    ("findings", at("q-burning", question="It burns"), "does not end like a question"),
    (
        "findings",
        at("q-burning", question="Does it " + "burn and " * 30 + "?"),
        "say it in 200 characters or fewer",
    ),
    ("findings", at("q-burning", question="Is it a dull ache?"), "the same question is asked by q-dull-ache"),
    ("findings", at("q-burning", choices="a|b"), "does not fit answer type yes-no"),
    ("red_flags", at("bowel-loss", rule="NOT rf-bowel"), "NOT in an urgent or emergency rule"),
    (
        "red_flags",
        at("bowel-loss", rule="p-sitting"),
        "cannot come true from the screens that must be answered",
    ),
    ("red_flags", at("bowel-loss", kind="combination"), "does not fit the rule"),
    ("red_flags", at("bowel-loss", action="Go. Now."), "is not one plain sentence"),
    ("conditions", at("pancoast-tumour", disposition_default="emergency"), "is as urgent as emergency"),
    ("rule_examples", at("foot-drop", disposition="massage-ok"), "the rules give urgent (foot-drop"),
    ("rule_examples", at("foot-drop", answers="q-tinglin=yes"), "is not an answer that can be given"),
    ("protocols", first(pressure_start="5", pressure_max="3"), "3 is under the start pressure 5"),
    ("protocols", first(condition="stroke-tia"), "no massage plan for a danger"),
    ("contraindications", at("open-skin", region=""), "is empty although a region is to be avoided"),
    ("sources", first(url="example"), "is not a web address"),
    (
        "finding_phrases",
        lambda rows: rows.remove(next(row for row in rows if row["finding"] == "q-burning")),
        "has no row in finding_phrases.csv",
    ),
    ("baselines", lambda rows: rows.pop(), "has no row in baselines.csv"),
    ("techniques", first(note="stray "), "spaces at an end"),
]


@pytest.mark.parametrize(("table", "edit", "told"), CHECK_FAULTS, ids=[row[2] for row in CHECK_FAULTS])
def test_the_thorough_check_finds_what_a_load_does_not(
    tmp_path: Path, table: str, edit: Edit, told: str
) -> None:
    with pytest.raises(KnowledgeError) as caught:
        knowledge.check(edited(tmp_path, table, edit))
    assert told in caught.value.message
    assert all("Remedy: " in line for line in caught.value.message.splitlines()[1:])


def test_a_missing_file_and_a_wrong_header_are_told_together(tmp_path: Path) -> None:
    folder = edited(tmp_path, "levels", lambda rows: None)
    (folder / "techniques.csv").unlink()
    (folder / "levels.csv").write_text("condition,level\n", encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        knowledge.load(folder)
    assert "techniques.csv: the file cannot be read" in caught.value.message
    assert "levels.csv, row 1: the header is condition,level" in caught.value.message


def test_show_tells_all_about_a_code() -> None:
    condition = knowledge.show("carpal-tunnel-syndrome", KB)
    assert condition.kind == "condition"
    assert {"Findings", "Massage", "Danger rules that point to it"} <= {s.title for s in condition.sections}
    assert condition.sources[0].url.startswith("http")
    rule_titles = {section.title for section in knowledge.show("rf-fever", KB).sections}
    assert "Danger rules that name it" in rule_titles
    assert knowledge.show("downie2013", KB).sections[0].title == "Used by"


def test_show_suggests_a_near_code() -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'carpal-tunnel-syndrome'"):
        knowledge.show("carpal-tunel-syndrome", KB)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("weak", 1),
        ("tingling", 2),
        ("walked", 1),
        ("needed", 2),
        ("muscle", 2),
        ("places", 2),
        ("ambulance", 3),
    ],
)
def test_syllables_are_counted_about_right(word: str, count: int) -> None:
    assert abs(syllables(word) - count) <= (word == "needed")


def test_long_words_and_sentences_read_harder() -> None:
    easy, hard = "Is it numb?", "Do you experience intermittent paraesthesia in the affected extremity?"
    assert grade(easy) < 3
    assert grade(hard) > 10
