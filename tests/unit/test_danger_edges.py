"""The edges of the danger rules: sets of answers that are just enough for a rule, and one thing short of it.

Found with `tools/mutate_rules.py`: each row notices some break of its rule that no worked example of the tables notices.
A row that fails after a rule was changed on purpose is to be read, and changed with the rule.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

from people import KB
from unpinch.clinical.knowledge import examples
from unpinch.clinical.knowledge.faults import Faults
from unpinch.clinical.knowledge.rows import RuleExample
from unpinch.clinical.values import Disposition

EDGES = Path(__file__).parent / "danger_edges.csv"


def edges() -> dict[str, RuleExample]:
    with EDGES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for number, row in enumerate(rows, 2):
        fires = (row["rule"],) if row["fires"] == "yes" else ()
        code = f"{row['rule']}-{number}"
        found[code] = RuleExample(number, code, row["answers"], Disposition(row["disposition"]), fires, "")
    return found


def test_each_rule_holds_just_where_it_should() -> None:
    faults = Faults()
    examples.check(replace(KB, rule_examples=edges()), faults)
    assert faults.lines[:5] == []


def test_the_edges_are_about_rules_that_exist() -> None:
    with EDGES.open(encoding="utf-8", newline="") as file:
        assert {row["rule"] for row in csv.DictReader(file)} <= set(KB.red_flags)
