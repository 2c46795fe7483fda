"""The JSON that programs read. Keys are stable: they are only ever added, and the reference page names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from unpinch.clinical.explanation import Explanation
    from unpinch.clinical.values import (
        Assessment,
        MassageAnswer,
        RaisedFlag,
        RankedCondition,
        Reason,
        Screen,
        SourceClass,
    )


def assessment(found: Assessment) -> dict[str, Any]:
    """What ``unpinch assess --json`` prints."""
    classes = [_source_class(code, chance) for code, chance in found.source_classes]
    return {
        "disposition": found.disposition.value,
        "action": found.action,
        "headline": found.headline,
        "source_class": classes[0],
        "source_classes": classes,
        "conditions": [_condition(ranked) for ranked in found.ranking],
        "red_flags": [_flag(flag) for flag in found.red_flags],
        "open_dangers": list(found.open_dangers),
        "reasons": [_reason(reason) for reason in found.reasons],
        "massage": _massage(found.massage),
        "watch_for": list(found.watch_for),
        "sources": [
            {"id": source.id, "citation": source.citation, "url": source.url, "seen": source.seen}
            for source in found.sources
        ],
        "knowledge_version": found.knowledge_version,
        "settled": found.settled,
    }


def explanation(told: Explanation) -> dict[str, Any]:
    """The account of an answer, under ``explanation`` of ``assess --json``."""
    return {
        "conditions": [
            {
                "code": one.code,
                "probability": _rounded(one.probability),
                "for": [_reason(reason) for reason in one.reasons_for],
                "against": [_reason(reason) for reason in one.reasons_against],
            }
            for one in told.conditions
        ],
        "unknown": [{"code": one.code, "is_danger": one.is_danger} for one in told.unknown],
        "changes": [
            {
                "findings": list(change.findings),
                "text": change.text,
                "disposition": change.disposition.value,
                "condition": change.condition,
            }
            for change in told.changes
        ],
        "sources": [
            {"id": one.source.id, "use": one.use, "certainty": one.certainty} for one in told.sources
        ],
        "not_this": list(told.not_this),
    }


def interview(found: Assessment, screens: Sequence[Screen]) -> dict[str, Any]:
    """What ``unpinch interview --json`` prints: the assessment, and what was asked."""
    return {
        **assessment(found),
        "questions_asked": sum(questions_on(screen) for screen in screens),
        "asked": [question.code for screen in screens for question in screen.questions],
        "screens": [
            {
                "code": screen.code,
                "title": screen.title,
                "layout": screen.layout,
                "must_answer": screen.must_answer,
                "counts_as": questions_on(screen),
                "questions": [question.code for question in screen.questions],
            }
            for screen in screens
        ],
    }


def questions_on(screen: Screen) -> int:
    """How many questions a screen counts as: a list of danger ticks is one, the body chart is one."""
    if screen.layout == "chart" or (screen.layout == "ticks" and screen.must_answer):
        return 1
    return len(screen.questions)


def _source_class(code: SourceClass, chance: float) -> dict[str, Any]:
    return {"code": code.value, "probability": _rounded(chance)}


def _condition(ranked: RankedCondition) -> dict[str, Any]:
    return {
        "code": ranked.code,
        "name": ranked.name,
        "plain_name": ranked.plain_name,
        "level": ranked.level,
        "probability": _rounded(ranked.probability),
        "source_class": ranked.source_class.value,
    }


def _flag(flag: RaisedFlag) -> dict[str, Any]:
    return {
        "code": flag.code,
        "disposition": flag.disposition.value,
        "action": flag.action,
        "why": flag.why,
        "points_to": list(flag.points_to),
        "because": list(flag.because),
        "sources": list(flag.source_ids),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "finding": reason.finding,
        "text": reason.text,
        "direction": reason.direction,
        "weight": reason.weight,
        "measured": reason.measured,
        "sources": list(reason.source_ids),
    }


def _massage(answer: MassageAnswer) -> dict[str, Any]:
    return {
        "verdict": answer.verdict,
        "sentence": answer.sentence,
        "certainty": answer.certainty,
        "evidence": [
            {
                "text": line.text,
                "direction": line.direction,
                "certainty": line.certainty,
                "sources": list(line.source_ids),
            }
            for line in answer.evidence
        ],
    }


def _rounded(chance: float) -> float:
    """Six decimals: enough to rank by, and the same on every machine."""
    return round(float(chance), 6)
