"""The front door of the clinical core: answers and knowledge in, one whole judgement out.

Pure: the same answers and the same knowledge give the same assessment, whatever the order of the answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.clinical import dangers, disposition, evidence, explain, findings, localise, questions
from unpinch.clinical.values import Answers, Assessment, Disposition, Screen, SourceClass, Step, Value

if TYPE_CHECKING:
    from unpinch.clinical.findings import Facts
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.localise import Floats

__all__ = ["assess", "interview", "next_screen", "step"]


@dataclass(frozen=True, slots=True)
class _Judged:
    """What every step needs: the facts, the dangers and the probabilities."""

    facts: Facts
    dangers: dangers.Dangers
    chances: Floats


def assess(answers: Answers, kb: Knowledge) -> Assessment:
    """The whole judgement on a set of answers.

    Danger questions without an answer count as doctor-first, except in a plain picture (``disposition.decide``).
    """
    judged = _judge(answers, kb)
    floor = dangers.floor_of(judged.facts)
    following = questions.next_screen(judged.facts, frozenset(), floor, judged.chances)
    return _assessment(judged, kb, settled=following is None)


def step(answers: Answers, shown: frozenset[str], kb: Knowledge) -> Step:
    """The judgement so far and the next screen. ``shown`` holds the codes already put to the person."""
    judged = _judge(answers, kb)
    floor = dangers.floor_of(judged.facts)
    screen = questions.next_screen(judged.facts, shown, floor, judged.chances)
    asked = questions.asked(kb, shown)
    more = questions.expected_more(judged.facts, shown, floor, screen)
    return Step(_assessment(judged, kb, settled=screen is None), screen, asked, asked + more)


def interview(source: Answers, kb: Knowledge) -> tuple[Step, tuple[Screen, ...]]:
    """Run the interview, answering what it asks from ``source`` alone; the last step, and the screens."""
    answers, shown = Answers(), frozenset[str]()
    screens: list[Screen] = []
    while (screen := next_screen(answers, shown, kb)) is not None:
        screens.append(screen)
        codes = frozenset(question.code for question in screen.questions)
        shown |= codes
        answers = answers.merged(_given(source, codes))
    return step(answers, shown, kb), tuple(screens)


def _given(source: Answers, codes: frozenset[str]) -> dict[str, Value]:
    """The answers to the asked questions; the body chart brings along regions answered no."""
    with_map = "body-map" in codes
    return {
        code: value
        for code, value in source.values.items()
        if code in codes or (with_map and code.startswith("region-"))
    }


def next_screen(answers: Answers, shown: frozenset[str], kb: Knowledge) -> Screen | None:
    """The screen of :func:`step`, without the cost of a whole judgement."""
    facts = findings.facts_of(answers, kb)
    floor = dangers.floor_of(facts)
    screen = questions.danger_screen(facts, shown, floor)
    if screen is not None or floor.rank >= Disposition.URGENT.rank:
        return screen
    return questions.further_screen(facts, shown, floor, localise.posterior(answers, kb))


def _judge(answers: Answers, kb: Knowledge) -> _Judged:
    facts = findings.facts_of(answers, kb)
    return _Judged(facts, dangers.judge(facts), localise.posterior(answers, kb))


def _assessment(judged: _Judged, kb: Knowledge, *, settled: bool) -> Assessment:
    answers = judged.facts.answers
    decided = disposition.decide(judged.dangers, disposition.by_likelihood(answers, kb))
    chances = localise.heeding(kb, judged.chances, judged.dangers.raised)
    ranked = localise.ranking(kb, chances)
    classes = localise.source_classes(kb, chances)
    why = explain.reasons(answers, kb, ranked[0].code)
    massage = evidence.massage_answer(kb, decided, ranked[0])
    return Assessment(
        disposition=decided,
        action=disposition.action(kb, decided, judged.dangers),
        headline=disposition.headline(kb, decided, ranked, dict(classes)[SourceClass.UNKNOWN]),
        source_classes=classes,
        ranking=ranked,
        red_flags=judged.dangers.raised,
        open_dangers=judged.dangers.open_questions,
        reasons=why,
        massage=massage,
        watch_for=explain.watch_for(kb),
        sources=explain.sources(kb, judged.dangers.raised, why, massage, ranked[0].code),
        knowledge_version=kb.version,
        settled=settled,
    )
