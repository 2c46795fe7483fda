"""The form of the check on the day: one page of lines to tick, and a second one only for what was ticked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from unpinch.clinical import day_check
from unpinch.clinical.day_check import Said
from unpinch.clinical.values import UNSURE, Screen, Value
from unpinch.services.session_check import SayCommand
from unpinch.web.public import fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from unpinch.clinical.knowledge import Knowledge
    from unpinch.clinical.knowledge.rows import DayRow
    from unpinch.clinical.values import Answers, Question
    from unpinch.services.session_check import Sheet
    from unpinch.web.public.fields import Field, Sent

SCORES = tuple(str(number) for number in range(11))
_UNSURE_FIRST = {"unsure": UNSURE, "yes": True}


@dataclass(frozen=True, slots=True)
class Line:
    """One line to tick."""

    name: str
    text: str
    ticked: bool
    unsure: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One list of lines with its "none of these"."""

    code: Literal["sign", "change"]
    lines: tuple[Line, ...]
    none: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows: its two lists and the pain, or the questions behind what was ticked."""

    key: UUID
    parts: tuple[Part, ...]
    pain: str = ""
    pain_error: str = ""
    ticks: tuple[Line, ...] = ()
    choices: tuple[Field, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    error: str = ""
    scores: tuple[str, ...] = SCORES

    @property
    def is_second(self) -> bool:
        """Whether it asks for what is behind the ticks."""
        return bool(self.kept)

    @property
    def has_errors(self) -> bool:
        """Whether something is missing."""
        return bool(self.error or self.pain_error or any(part.error for part in self.parts))


@dataclass(frozen=True, slots=True)
class Read:
    """A form that was sent. ``command`` is what to keep; ``page`` is what to show next, if anything is left to ask."""

    command: SayCommand | None
    page: Page | None = None


@dataclass(slots=True)
class _Rows:
    values: dict[str, bool | Literal["unsure"]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def empty(sheet: Sheet) -> Page:
    """The first page, with nothing on it yet."""
    return _first(sheet, {}, uuid4(), _Rows())


def read(post: QueryDict, sheet: Sheet, kb: Knowledge) -> Read:
    """What a sent form says. The first page is kept even when a second one follows: leaving there loses nothing."""
    sent = fields.sent_from(post)
    key = _key(sent)
    rows = _rows(sheet.lines, sent)
    pain = next((text for text in sent.get("pain", []) if text in SCORES), None)
    if rows.errors or pain is None:
        page = _first(sheet, sent, key, rows)
        missing = "" if pain is not None else _("Choose a number from 0 to 10.")
        return Read(None, replace(page, pain_error=missing))
    said = Said(rows.values)
    behind = day_check.questions_behind(said, sheet.before, kb)
    if not behind:
        return Read(SayCommand(key, said, int(pain)))
    if "second" not in sent:
        page = _second(sheet, sent, behind, kb, "")
        return Read(SayCommand(key, said, int(pain)), replace(page, key=uuid4()))
    details, error = _details(behind, sent, sheet.before, kb)
    if error:
        return Read(None, replace(_second(sheet, sent, behind, kb, error), key=key))
    return Read(SayCommand(key, Said(rows.values, details), int(pain)))


def _key(sent: Sent) -> UUID:
    try:
        return UUID(sent.get("key", [""])[0])
    except ValueError:
        return uuid4()


def _rows(lines: Sequence[DayRow], sent: Sent) -> _Rows:
    rows = _Rows()
    for part in ("sign", "change"):
        own = [line for line in lines if line.part == part]
        touched = [line for line in own if set(sent.get(line.code, [])) & {"yes", "unsure"}]
        none = f"none-{part}" in sent
        if none and touched:
            rows.errors[part] = _(
                "You ticked “None of these” and something else too. Take one of the two away."
            )
        elif not none and not touched:
            rows.errors[part] = _("Tick everything that is new. If nothing is, tick “None of these”.")
        for line in own:
            given = sent.get(line.code, [])
            rows.values[line.code] = True if "yes" in given else UNSURE if "unsure" in given else False
    return rows


def _first(sheet: Sheet, sent: Sent, key: UUID, rows: _Rows) -> Page:
    parts = tuple(
        Part(
            code=part,
            lines=tuple(
                Line(row.code, row.text, "yes" in sent.get(row.code, []), "unsure" in sent.get(row.code, []))
                for row in sheet.lines
                if row.part == part
            ),
            none=f"none-{part}" in sent,
            error=rows.errors.get(part, ""),
        )
        for part in (_SIGN, _CHANGE)
    )
    return Page(key, parts, pain=sent.get("pain", [""])[0])


_SIGN: Literal["sign"] = "sign"
_CHANGE: Literal["change"] = "change"


def _second(sheet: Sheet, sent: Sent, behind: Sequence[Question], kb: Knowledge, error: str) -> Page:
    known = _("Worse than before")
    ticks = tuple(
        Line(
            question.code,
            f"{known}: {question.text}" if sheet.before.get(question.code) is True else question.text,
            "yes" in sent.get(question.code, []),
            "unsure" in sent.get(question.code, []),
        )
        for question in behind
        if question.answer_type == "yes-no"
    )
    form = _choice_screen(behind)
    given = sent if "second" in sent else fields.sent_from_answers(form, sheet.before)
    names = {*(row.code for row in sheet.lines), "none-sign", "none-change", "pain"}
    kept = tuple((name, value) for name, values in sent.items() if name in names for value in values)
    return Page(
        key=uuid4(),
        parts=(),
        ticks=ticks,
        choices=fields.fields_of(form, given, {}, kb),
        kept=kept,
        error=error,
    )


def _choice_screen(behind: Sequence[Question]) -> Screen:
    asked = tuple(question for question in behind if question.answer_type != "yes-no")
    return Screen("day", "", "form", asked, must_answer=True)


def _details(
    behind: Sequence[Question], sent: Sent, before: Answers, kb: Knowledge
) -> tuple[dict[str, Value], str]:
    values: dict[str, Value] = {}
    touched = "none-behind" in sent
    for question in behind:
        if question.answer_type != "yes-no":
            continue
        given = sent.get(question.code, [])
        values[question.code] = True if "yes" in given else UNSURE if "unsure" in given else False
        touched = touched or bool(given)
    parsed = fields.parse(_choice_screen(behind), sent, kb)
    changed = {code: value for code, value in parsed.values.items() if value != before.get(code)}
    if parsed.errors:
        return values, _("Please answer every question below. “Not sure” is an answer too.")
    if not touched and not changed:
        return values, _("Tick everything that is new. If nothing is, tick “None of these”.")
    return values | changed, ""
