"""A stored judgement in words and pictures, as it was given, with the answers as far as today's tables know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpinch.clinical import findings
from unpinch.clinical.values import Answers
from unpinch.kernel.body_chart import Mark, all_marks
from unpinch.kernel.errors import InputError
from unpinch.web.public import check
from unpinch.web.public.answer import Report, report
from unpinch.web.public.path import Path, walk

if TYPE_CHECKING:
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.services.intake import Stored


def report_of(stored: Stored, kb: Knowledge) -> Report:
    """Everything that pages tell about stored answers."""
    answers = answers_of(stored, kb)
    path = walk(answers, kb)
    said = check.Check(answers, marks_of(stored, answers))
    return report(Path(path.answers, path.steps, path.now, stored.assessment), said, kb)


def answers_of(stored: Stored, kb: Knowledge) -> Answers:
    """The stored answers; none when a table no longer knows one of them."""
    try:
        return findings.parse_answers(stored.raw_answers, kb)
    except InputError:
        return Answers()


def marks_of(stored: Stored, answers: Answers) -> tuple[Mark, ...]:
    """What was tapped; for answers that came without a picture, the regions on the side that was named."""
    if stored.marks:
        return check.marks_from(list(stored.marks))
    regions, side = answers.get("body-map"), answers.get("side")
    if not isinstance(regions, tuple):
        return ()
    return tuple(
        mark
        for mark in all_marks()
        if mark.region in regions and (side not in ("left", "right") or mark.side in (side, "middle"))
    )
