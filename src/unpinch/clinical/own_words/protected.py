"""Which answers free text may never give as a no."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from unpinch.clinical import dangers
from unpinch.clinical.knowledge import logic

if TYPE_CHECKING:
    from unpinch.clinical.knowledge import Knowledge


@lru_cache(maxsize=8)
def protected(kb: Knowledge) -> frozenset[str]:
    """The yes-no findings that a danger rule or a limit on massage rests on, or that everyone must answer."""
    rests: set[str] = set()
    for flag in kb.red_flags.values():
        rests |= dangers.rests_on(kb, flag)
    for row in kb.contraindications.values():
        rests |= logic.leaves(kb, row.rule)
    return frozenset(
        code
        for code, finding in kb.findings.items()
        if finding.answer_type == "yes-no" and (code in rests or kb.must_answer(code))
    )
