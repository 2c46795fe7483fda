"""How much each further question is expected to tell about condition, source class and advice."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from unpinch.clinical import localise
from unpinch.clinical.values import Disposition, SourceClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from unpinch.clinical.findings import Facts
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.localise import Floats, Model

_TINY = 1e-12


@lru_cache(maxsize=8)
def candidates(kb: Knowledge) -> tuple[str, ...]:
    """The yes-no questions whose answer the probabilities use, danger signs apart, in asking order."""
    asked = (code for code in localise.model(kb).codes if kb.findings[code].self_report)
    return tuple(
        code
        for code in asked
        if kb.findings[code].ask_when is not None
        and kb.findings[code].group != "red-flag"
        and kb.screens[kb.findings[code].screen].must_answer_before in ("", "answer")
    )


@lru_cache(maxsize=8)
def _targets(kb: Knowledge) -> tuple[Floats, tuple[int, ...]]:
    """Which hypotheses make up each condition, source class and advice; and where each kind starts."""
    arrays = localise.model(kb)
    classes = list(SourceClass)
    rows = []
    for hypothesis in arrays.hypotheses:
        condition = kb.conditions.get(hypothesis.condition)
        fine = condition is not None and condition.disposition_default is Disposition.MASSAGE_OK
        row = np.zeros(len(arrays.conditions) + len(classes) + 2)
        row[arrays.conditions.index(hypothesis.condition)] = 1
        row[len(arrays.conditions) + classes.index(hypothesis.source_class)] = 1
        row[len(arrays.conditions) + len(classes) + fine] = 1
        rows.append(row)
    return np.array(rows).T, (0, len(arrays.conditions), len(arrays.conditions) + len(classes))


def _doubt(mass: Floats) -> Floats:
    """Entropy (nats) of every column, added up over the three kinds of target."""
    return np.asarray(-(mass * np.log(mass + _TINY)).sum(axis=0))


def gains(kb: Knowledge, known: Floats, chances: Floats, columns: Sequence[int]) -> Floats:
    """The expected fall in doubt from each question. ``known`` counts the answers per group so far."""
    arrays = localise.model(kb)
    targets, _ = _targets(kb)
    pick = np.asarray(columns, dtype=np.intp)
    damping = kb.number("group-damping")
    repeats = known[arrays.group[pick]]
    weight = (1 + damping * repeats) / (1 + repeats)
    chance_yes = chances @ arrays.present[:, pick]
    expected = np.zeros(len(pick))
    for log_chance, share in ((arrays.log_yes, chance_yes), (arrays.log_no, 1 - chance_yes)):
        after = chances[:, None] * np.exp(weight * log_chance[:, pick])
        after /= after.sum(axis=0)
        expected += share * _doubt(targets @ after)
    return np.asarray(_doubt(targets @ chances[:, None]) - expected)


def pick(
    kb: Knowledge, facts: Facts, chances: Floats, open_codes: Sequence[str], room: int
) -> tuple[str, ...]:
    """The question that tells most for its effort, with related ones from its screen; empty when settled."""
    arrays = localise.model(kb)
    if not open_codes or localise.by_condition(arrays, chances).max() >= kb.number("settled-probability"):
        return ()
    found = localise.evidence(facts.answers, kb)
    known = np.bincount(arrays.group, weights=found.state >= 0, minlength=arrays.groups).astype(np.float64)
    columns = [arrays.column[code] for code in open_codes]
    value = gains(kb, known, chances, columns) / _cost(kb, open_codes)
    best = int(np.argmax(value))
    if value[best] < kb.number("gain-floor"):
        return ()
    return _companions(kb, arrays, open_codes, value, best)[:room]


def _cost(kb: Knowledge, codes: Sequence[str]) -> Floats:
    tick, test = kb.number("cost-tick"), kb.number("cost-self-test")
    return np.array([test if code.startswith("st-") else tick for code in codes])


def _companions(
    kb: Knowledge, arrays: Model, codes: Sequence[str], value: Floats, best: int
) -> tuple[str, ...]:
    """The best question and those of its screen that tell nearly as much about something else."""
    least = kb.number("companion-share") * value[best]
    screen = kb.findings[codes[best]].screen
    groups = {int(arrays.group[arrays.column[codes[best]]])}
    picked = [codes[best]]
    for index in np.argsort(-value, kind="stable"):
        code = codes[int(index)]
        group = int(arrays.group[arrays.column[code]])
        if value[index] >= least and kb.findings[code].screen == screen and group not in groups:
            picked.append(code)
            groups.add(group)
    return tuple(picked)
