"""Running many cases, on one core or on several, with the same results in the same order."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from unpinch.cli.evaluation import judge
from unpinch.cli.evaluation.cases import Case
from unpinch.clinical import findings, knowledge
from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from unpinch.cli.evaluation.cases import Truth
    from unpinch.cli.evaluation.judge import Mode, Result

_WORTH_A_CORE = 100
"""A process takes about as long to start as this many cases take to run."""

_MOST_JOBS = 64


def run_all(cases: Sequence[Case], mode: Mode, jobs: int) -> Iterator[Result]:
    """The result of each case in the order of the cases. ``jobs`` is the number of processes."""
    if jobs == 1:
        kb = knowledge.load()
        yield from (judge.run(case, mode, kb) for case in cases)
        return
    # Started afresh, not forked: NumPy may hold threads, and a fork of those can hang.
    context = multiprocessing.get_context("spawn")
    parcels = [(case.id, findings.dump_answers(case.answers), case.truth) for case in cases]
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        yield from pool.map(partial(_run_one, mode=mode), parcels, chunksize=max(1, len(cases) // (jobs * 8)))


def _run_one(parcel: tuple[str, dict[str, Any], Truth], mode: Mode) -> Result:
    """Judge a case that came as plain values: answers hold a read-only mapping, which cannot be sent."""
    kb = knowledge.load()
    name, answers, truth = parcel
    return judge.run(Case(name, findings.parse_answers(answers, kb), truth), mode, kb)


def jobs_for(wanted: int | None, cases: int) -> int:
    """How many processes to use: what was asked for, or as many as pay."""
    if wanted is None:
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return max(1, min(cores, cases // _WORTH_A_CORE))
    if not 1 <= wanted <= _MOST_JOBS:
        raise InputError(
            f"--jobs {wanted} makes no sense: give a number of processes from 1 to {_MOST_JOBS}."
        )
    return min(wanted, cases)
