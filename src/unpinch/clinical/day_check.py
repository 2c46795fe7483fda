"""The check on the day of a session: is anything new or worse, and what changed?

A short list of lines in plain words stands for every danger question (``day_check.csv``). A yes to a line brings up
the exact questions behind it, and those go through the same danger rules and limits as at the start. What a person
told us before stays: a check can only add signs, never take one away. Unknown is never clear.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from unpinch.clinical import findings, questions
from unpinch.clinical.assess import assess
from unpinch.clinical.limits import limits_for
from unpinch.clinical.values import UNSURE, Answers, Disposition, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from unpinch.clinical.clearance import Clearance
    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import DayRow
    from unpinch.clinical.limits import Limit
    from unpinch.clinical.values import Assessment, Question

State = Literal["clear", "open", "stop"]
_TODAY = "today"
"""The screen whose answers hold for one day only."""
_CLOSING = ("no-massage", "approval", "wait")


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said on the day: line code, and behind a yes question code, to the answer.

    A line that is absent was not answered. ``details`` hold what is new or worse.
    """

    rows: Mapping[str, bool | Literal["unsure"]] = field(default_factory=dict)
    details: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayVerdict:
    """Whether the session may begin. ``action`` says what to do now, ``news`` what is new (texts of questions).

    ``answers`` and ``assessment`` are the whole picture as of now. ``open_rows`` are lines without a clear answer.
    """

    state: State
    disposition: Disposition
    action: str
    news: tuple[str, ...]
    answers: Answers
    assessment: Assessment
    open_rows: tuple[str, ...] = ()


def lines(before: Answers, kb: Knowledge) -> tuple[DayRow, ...]:
    """The lines to put to a person: those behind which at least one question can apply."""
    facts = findings.facts_of(_of_before(before, kb), kb)
    return tuple(
        row for row in kb.day_check.values() if any(_may_apply(facts, code, kb) for code in row.covers)
    )


def questions_behind(said: Said, before: Answers, kb: Knowledge) -> tuple[Question, ...]:
    """The exact questions behind every line that was met with yes, in asking order."""
    wanted = {code for row in _ticked(said, kb) if len(row.covers) > 1 for code in row.covers}
    facts = findings.facts_of(_of_before(before, kb), kb)
    return tuple(
        question
        for question in questions.catalogue(kb)
        if question.code in wanted and _may_apply(facts, question.code, kb)
    )


def judge(before: Answers, said: Said, kb: Knowledge, doctor: Clearance | None = None) -> DayVerdict:
    """What follows from the check. ``before`` is what was known, with which the person was let in.

    ``stop`` when help is needed now, when a danger sign is new or worse, when the advice became "doctor first", or
    when a limit that forbids massage today is new. ``open`` while a line has no clear answer. Else ``clear``.
    """
    base = _of_before(before, kb)
    asked = lines(before, kb)
    after = base.merged(_values(base, said, asked, kb)).without(_unknown(base, said, asked))
    was, now = assess(base, kb), assess(after, kb)
    worse = [code for code in _true_details(said, kb) if base.get(code) is True and _is_danger(kb, code)]
    known = {flag.code for flag in was.red_flags}
    flags = [flag for flag in now.red_flags if flag.code not in known]
    closed = _new_limits(base, after, kb, doctor)
    open_rows = _open_rows(said, asked, kb)
    news = _news(base, said, kb)
    if now.disposition.rank >= Disposition.URGENT.rank:
        return DayVerdict("stop", now.disposition, now.action, news, after, now, open_rows)
    if flags:
        return DayVerdict("stop", now.disposition, flags[0].action, news, after, now, open_rows)
    if worse:
        return DayVerdict(
            "stop", Disposition.DOCTOR_FIRST, kb.say("day-stop-worse"), news, after, now, open_rows
        )
    if closed:
        why = closed[0].why[:1].lower() + closed[0].why[1:].rstrip(".")
        action = kb.say("day-stop-limit", why=why)
        return DayVerdict("stop", now.disposition, action, news, after, now, open_rows)
    if open_rows:
        return DayVerdict("open", now.disposition, kb.say("day-open"), news, after, now, open_rows)
    if now.disposition.rank > was.disposition.rank:
        return DayVerdict("stop", now.disposition, now.action, news, after, now)
    return DayVerdict("clear", now.disposition, kb.say("day-clear"), news, after, now)


def is_same_picture(before: Answers, after: Answers) -> bool:
    """Whether nothing but denials tells the two apart."""
    told = [
        {code: value for code, value in one.values.items() if value is not False} for one in (before, after)
    ]
    return told[0] == told[1]


def _of_before(before: Answers, kb: Knowledge) -> Answers:
    """What still counts on another day."""
    return before.without(frozenset(c for c in before.values if kb.findings[c].screen == _TODAY))


def _may_apply(facts: findings.Facts, code: str, kb: Knowledge) -> bool:
    return kb.findings[code].self_report and facts.may_apply(code)


def _ticked(said: Said, kb: Knowledge) -> Iterable[DayRow]:
    return (row for row in kb.day_check.values() if said.rows.get(row.code) is True)


def _is_danger(kb: Knowledge, code: str) -> bool:
    return kb.findings[code].screen.startswith("danger-")


def _true_details(said: Said, kb: Knowledge) -> Iterable[str]:
    """The questions met with yes; a line with one question behind it needs no second asking."""
    single = [row.covers[0] for row in _ticked(said, kb) if len(row.covers) == 1]
    return (*single, *(code for code, value in said.details.items() if value is True))


def _values(base: Answers, said: Said, asked: Iterable[DayRow], kb: Knowledge) -> dict[str, Value]:
    """New answers: a no to a line is a no to what was never answered behind it; a known sign stays."""
    denied = (code for row in asked if said.rows.get(row.code) is False for code in row.covers)
    noes = {code: False for code in denied if code not in base and kb.findings[code].answer_type == "yes-no"}
    told = {
        code: value for code, value in said.details.items() if value is True or base.get(code) is not True
    }
    return {**noes, **told, **dict.fromkeys(_true_details(said, kb), True)}


def _unknown(base: Answers, said: Said, asked: Iterable[DayRow]) -> frozenset[str]:
    """The questions behind unclear lines: no longer known, unless a sign was reported before."""
    unclear: set[str] = set()
    for row in asked:
        answer = said.rows.get(row.code)
        if answer is False or (answer is True and len(row.covers) == 1):
            continue
        for code in row.covers:
            is_said = code in said.details and said.details[code] != UNSURE
            if not is_said and base.get(code) is not True:
                unclear.add(code)
    return frozenset(unclear)


def _open_rows(said: Said, asked: Iterable[DayRow], kb: Knowledge) -> tuple[str, ...]:
    """Lines without a clear answer: none given, not sure, or a yes with nothing clear behind it."""
    return tuple(row.code for row in asked if not _is_clear(row, said, kb))


def _is_clear(row: DayRow, said: Said, kb: Knowledge) -> bool:
    answer = said.rows.get(row.code)
    if not isinstance(answer, bool):
        return False
    if answer is False or len(row.covers) == 1:
        return True
    given = [said.details[code] for code in row.covers if code in said.details]
    if UNSURE in given or not given:
        return False
    # A yes to the line and a no to all behind it is no clear answer; a choice always says something.
    choices = any(kb.findings[code].answer_type != "yes-no" for code in row.covers if code in said.details)
    return choices or any(value is True for value in given)


def _new_limits(base: Answers, after: Answers, kb: Knowledge, doctor: Clearance | None) -> tuple[Limit, ...]:
    before = {limit.code for limit in limits_for(base, kb, doctor).certain if limit.kind in _CLOSING}
    return tuple(
        limit
        for limit in limits_for(after, kb, doctor).certain
        if limit.kind in _CLOSING
        and limit.code not in before
        and limit.code != "doctor"
        and not (limit.kind == "wait" and (limit.regions or limit.where))
    )


def _news(base: Answers, said: Said, kb: Knowledge) -> tuple[str, ...]:
    """What is new, as the questions are worded; a line without its questions stands for itself."""
    true = tuple(dict.fromkeys(_true_details(said, kb)))
    changed = tuple(
        code
        for code, value in said.details.items()
        if not isinstance(value, bool) and value != UNSURE and value != base.get(code)
    )
    told = {*true, *changed}
    texts = [kb.findings[code].question for code in (*true, *changed)]
    bare = [row.text for row in _ticked(said, kb) if not told & set(row.covers)]
    unsure = [row.text for row in kb.day_check.values() if said.rows.get(row.code) == UNSURE]
    return tuple(dict.fromkeys((*texts, *bare, *unsure)))
