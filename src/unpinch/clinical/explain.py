"""Why: the person's own answers that spoke for and against a condition, in words, and the sources used."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from unpinch.clinical import localise
from unpinch.clinical.values import Answers, MassageAnswer, RaisedFlag, Reason, SourceRef

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import Likelihood
    from unpinch.clinical.localise import Evidence, Floats, Model

_MOST = 8


def reasons(answers: Answers, kb: Knowledge, condition: str) -> tuple[Reason, ...]:
    """The answers that moved the condition most against all others, strongest first, at most eight."""
    arrays = localise.model(kb)
    found = localise.evidence(answers, kb)
    moved = _moved(arrays, found, condition)
    order = np.argsort(-np.abs(moved), kind="stable")
    told = [_reason(kb, arrays, found, int(i), float(moved[i]), condition) for i in order[: 2 * _MOST]]
    return tuple(reason for reason in told if reason is not None)[:_MOST]


@lru_cache(maxsize=8)
def _model_rows(kb: Knowledge) -> dict[tuple[str, str], tuple[Likelihood, ...]]:
    """The rows that the model uses, by condition and finding."""
    found: dict[tuple[str, str], tuple[Likelihood, ...]] = {}
    for row in kb.likelihoods:
        if row.use == "model":
            key = (row.condition, row.finding)
            found[key] = (*found.get(key, ()), row)
    return found


def _moved(arrays: Model, found: Evidence, condition: str) -> Floats:
    """Log likelihood ratio of each finding for the condition against the rest, as the model weighs it."""
    if_yes, if_no = _ratios(arrays.kb, condition)
    said = np.where(found.state == 1, if_yes, if_no)
    return np.asarray(np.where(found.state >= 0, said * found.weight, 0.0))


@lru_cache(maxsize=512)
def _ratios(kb: Knowledge, condition: str) -> tuple[Floats, Floats]:
    """The log likelihood ratio of each finding for the condition against the rest: when present, when absent."""
    arrays = localise.model(kb)
    prior = np.exp(arrays.log_prior)
    own = np.array([h.condition == condition for h in arrays.hypotheses])

    def ratio(chance: Floats) -> Floats:
        return np.asarray(
            np.log(np.average(chance[own], axis=0, weights=prior[own]))
            - np.log(np.average(chance[~own], axis=0, weights=prior[~own]))
        )

    return ratio(np.exp(arrays.log_yes)), ratio(np.exp(arrays.log_no))


def _reason(
    kb: Knowledge, arrays: Model, found: Evidence, index: int, moved: float, condition: str
) -> Reason | None:
    weight = _weight(kb, abs(moved))
    code = arrays.codes[index]
    if weight is None or (kb.findings[code].is_region and found.state[index] == 0 and moved > 0):
        return None
    rows = _model_rows(kb).get((condition, code), ())
    return Reason(
        finding=code,
        text=phrase(kb, code, present=found.state[index] == 1),
        direction="for" if moved > 0 else "against",
        weight=weight,
        measured=any(row.kind == "measured" for row in rows),
        source_ids=tuple(dict.fromkeys(source for row in rows for source in row.source_id)),
    )


def _weight(kb: Knowledge, size: float) -> Literal["strongly", "clearly", "a little"] | None:
    if size >= kb.number("reason-strongly"):
        return "strongly"
    if size >= kb.number("reason-clearly"):
        return "clearly"
    return "a little" if size >= kb.number("reason-a-little") else None


def phrase(kb: Knowledge, code: str, *, present: bool) -> str:
    """A finding as a short statement about the reader."""
    row = kb.phrases.get(code)
    if row is None:
        return f"{kb.findings[code].question} {'Yes' if present else 'No'}."
    return row.if_yes if present else row.if_no


def watch_for(kb: Knowledge) -> tuple[str, ...]:
    """What to watch for, whatever the answer was: questions never prove safety."""
    return tuple(row.text for code, row in kb.wording.items() if code.startswith("watch-"))


def sources(
    kb: Knowledge, raised: Iterable[RaisedFlag], why: Iterable[Reason], massage: MassageAnswer, first: str
) -> tuple[SourceRef, ...]:
    """The sources behind the answer, each once, in the order of use."""
    ids = [source for flag in raised for source in flag.source_ids]
    ids += [source for reason in why for source in reason.source_ids]
    ids += [source for line in massage.evidence for source in line.source_ids]
    ids += kb.conditions[first].source_id
    return tuple(kb.source(source) for source in dict.fromkeys(ids))
