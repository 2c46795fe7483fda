"""Can massage help? The studies of the tables, with their certainty, for the likeliest condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from unpinch.clinical.values import Disposition, EvidenceLine, MassageAnswer, RankedCondition, SourceClass

if TYPE_CHECKING:
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import MassageResult

MassageVerdict = Literal["may-help", "comfort-only", "not-shown", "not-known", "not-now"]
Certainty = Literal["very-low", "low", "moderate", "high", "none"]
_CERTAINTY: tuple[Certainty, ...] = ("very-low", "low", "moderate", "high")


def massage_answer(kb: Knowledge, decided: Disposition, first: RankedCondition) -> MassageAnswer:
    """What is known on massage for the first condition; nothing is offered while a danger sign stands."""
    results = tuple(row for row in kb.massage_evidence if row.condition == first.code)
    lines = tuple(_line(row) for row in results)
    if decided.rank >= Disposition.URGENT.rank or first.source_class is SourceClass.DANGER:
        return MassageAnswer("not-now", kb.say("massage-not-now"), "none", ())
    verdict, certainty = _verdict(results, first)
    how_sure = kb.say(f"sure-{certainty}")
    sentence = kb.say(f"massage-{verdict}", name=kb.conditions[first.code].in_a_sentence, how_sure=how_sure)
    return MassageAnswer(verdict, sentence, certainty, lines)


def _verdict(results: tuple[MassageResult, ...], first: RankedCondition) -> tuple[MassageVerdict, Certainty]:
    """The verdict on hands-on massage, and the middle certainty of the results that bear it out."""
    counted = [row for row in results if row.counts_for_verdict]
    helps = sorted((row.certainty for row in counted if row.direction == "helps"), key=_CERTAINTY.index)
    no_better = sorted(
        (row.certainty for row in counted if row.direction == "no-difference"), key=_CERTAINTY.index
    )
    systemic = first.source_class is SourceClass.SYSTEMIC
    if helps:
        return ("comfort-only" if systemic else "may-help"), helps[(len(helps) - 1) // 2]
    if no_better:
        return "not-shown", no_better[(len(no_better) - 1) // 2]
    return ("comfort-only" if systemic else "not-known"), "none"


def _line(row: MassageResult) -> EvidenceLine:
    against = f" against {row.comparator}" if row.comparator and row.comparator != "none" else ""
    text = f"{row.intervention}{against}: {row.outcome}: {row.effect}"
    text += f" ({row.n_or_trials})" if row.n_or_trials not in ("", "-") else ""
    return EvidenceLine(text[:1].upper() + text[1:], row.direction, row.certainty, row.source_id)
