"""Cases with a known truth, read from a file with one JSON object a line."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unpinch.cli import files
from unpinch.clinical import findings
from unpinch.clinical.values import Answers, Disposition, SourceClass
from unpinch.kernel.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpinch.clinical.knowledge import Knowledge

_CASE_KEYS = ("id", "age", "sex", "answers", "truth")
_LISTS = ("also_acceptable", "source_class_also_acceptable", "disposition_also_acceptable")
_DISPOSITIONS = frozenset(value.value for value in Disposition)
_CLASSES = frozenset(value.value for value in SourceClass)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a case really was, and what a fair expert would accept as well. ``level`` is as the file says it."""

    condition: str | None
    level: str | None
    source_class: SourceClass | None
    disposition: Disposition
    conditions_accepted: frozenset[str]
    classes_accepted: frozenset[SourceClass]
    dispositions_accepted: frozenset[Disposition]

    @property
    def is_danger(self) -> bool:
        """Whether the case needs help at once: an urgent or emergency disposition, or a dangerous cause."""
        return self.disposition.rank >= Disposition.URGENT.rank or self.source_class is SourceClass.DANGER

    @property
    def is_nerve_or_mimic(self) -> bool:
        """Whether the cause is a nerve compression or something like it, not a danger."""
        return self.condition is not None and self.source_class is not SourceClass.DANGER


@dataclass(frozen=True, slots=True)
class Case:
    """One person of the file."""

    id: str
    answers: Answers
    truth: Truth


def read(name: str, kb: Knowledge) -> tuple[Case, ...]:
    """The cases in the file ``name``; :class:`InputError` names line, case and value of the first fault."""
    text = files.read_text(name, files.MOST_CASES_BYTES)
    first_seen: dict[str, int] = {}
    found: list[Case] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"{files.label(name)}, line {number}"
        case = _case(files.parse_json(line, where), where, kb)
        if case.id in first_seen:
            raise InputError(
                f"{where}: the id {case.id!r} is that of line {first_seen[case.id]} too. Ids must differ."
            )
        first_seen[case.id] = number
        found.append(case)
    if not found:
        raise InputError(f"{files.label(name)} holds no case. Write one JSON object a line.")
    return tuple(found)


def _case(raw: object, where: str, kb: Knowledge) -> Case:
    if not isinstance(raw, Mapping):
        raise InputError(f"{where}: a case is an object with the keys {', '.join(_CASE_KEYS)}.")
    name = raw.get("id")
    if not isinstance(name, str) or not name:
        raise InputError(f'{where}: "id" is {name!r}, but it must be a text that names the case.')
    given = {key: raw[key] for key in ("age", "sex", "answers") if key in raw}
    try:
        return Case(name, findings.parse_answers(given, kb), _truth(raw.get("truth"), kb))
    except InputError as error:
        raise InputError(f"{where} ({name}): {error.message}") from None


def _truth(raw: object, kb: Knowledge) -> Truth:
    if not isinstance(raw, Mapping):
        raise InputError('"truth" must be an object that holds at least "disposition".')
    also = [word for key in _LISTS for word in _words(raw, key)]
    disposition = _one(raw, "disposition", _DISPOSITIONS)
    if disposition is None:
        raise InputError('the truth has no "disposition"; without it the case measures nothing.')
    source_class = _one(raw, "source_class", _CLASSES)
    _refuse_unknown(also, kb)
    return Truth(
        condition=_one(raw, "condition", kb.conditions),
        level=_text(raw, "level"),
        source_class=None if source_class is None else SourceClass(source_class),
        disposition=Disposition(disposition),
        conditions_accepted=frozenset(word for word in also if word in kb.conditions),
        classes_accepted=frozenset(SourceClass(word) for word in also if word in _CLASSES)
        | {kb.conditions[word].source_class for word in also if word in kb.conditions},
        dispositions_accepted=frozenset(Disposition(word) for word in also if word in _DISPOSITIONS),
    )


def _words(raw: Mapping[str, Any], key: str) -> list[str]:
    words = raw.get(key)
    if words is None:
        return []
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise InputError(f"{key!r} is {words!r}, but it must be a list of codes.")
    return words


def _text(raw: Mapping[str, Any], key: str) -> str | None:
    value = raw.get(key)
    if value is not None and not isinstance(value, str):
        raise InputError(f"{key!r} is {value!r}, but it must be a text or null.")
    return value


def _one(raw: Mapping[str, Any], key: str, known: Iterable[str]) -> str | None:
    value = _text(raw, key)
    if value is not None and value not in known:
        raise InputError(f"{key!r} is {value!r}, which is not known.{_near(value, known)}")
    return value


def _refuse_unknown(words: Iterable[str], kb: Knowledge) -> None:
    known = [*kb.conditions, *_CLASSES, *_DISPOSITIONS]
    for word in words:
        if word not in known:
            raise InputError(
                f"{word!r} among the acceptable is no condition, source class or disposition.{_near(word, known)}"
            )


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, sorted(known), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
