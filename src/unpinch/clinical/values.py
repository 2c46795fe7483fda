"""The values that the clinical core takes in and hands out. Frozen, plain, without behaviour that decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

UNSURE: Literal["unsure"] = "unsure"
"""The answer of a person who was asked and does not know. Treated like no answer: unknown, never a no."""

Value = bool | int | str | tuple[str, ...]
"""One answer: yes/no, a whole number, a choice (or ``"unsure"``), or the regions marked on the body chart."""


class Disposition(StrEnum):
    """What to do, from most to least urgent. ``rank`` grows with urgency."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    DOCTOR_FIRST = "doctor-first"
    MASSAGE_OK = "massage-ok"

    @property
    def rank(self) -> int:
        """3 for emergency down to 0 for massage-ok: compare dispositions by this."""
        return _RANKS[self]


_RANKS = {disposition: 3 - place for place, disposition in enumerate(Disposition)}


class SourceClass(StrEnum):
    """Where the trouble most likely comes from. ``UNKNOWN`` is "something else" that fits no condition."""

    SOFT_TISSUE = "soft-tissue"
    SPINAL = "spinal"
    SYSTEMIC = "systemic"
    NOT_NERVE = "not-nerve"
    DANGER = "danger"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person has said so far: finding code to value. Age and sex are the findings ``age`` and ``sex``.

    A code that is absent was not answered. Build it with ``findings.parse_answers``: it checks every value.
    """

    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, code: str) -> Value | None:
        """The answer to one question, or None when it was not answered."""
        return self.values.get(code)

    def __contains__(self, code: str) -> bool:
        return code in self.values

    def merged(self, more: Mapping[str, Value]) -> Answers:
        """These answers with ``more`` laid over them."""
        return Answers(MappingProxyType({**self.values, **more}))

    def without(self, codes: frozenset[str]) -> Answers:
        """These answers less those of ``codes``."""
        return Answers(MappingProxyType({c: v for c, v in self.values.items() if c not in codes}))


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a question: the stable code and the words shown."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question as a person is asked it."""

    code: str
    text: str
    answer_type: Literal["yes-no", "choice", "number", "body-regions"]
    choices: tuple[Choice, ...]
    group: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """A few related questions asked together.

    ``layout`` says how to show it: ``ticks`` is one list of things to tick with "none of these" (every
    question is yes-no), ``chart`` holds the body chart, ``form`` is a short form.
    ``must_answer`` means that leaving a question out counts as "ask a doctor".
    """

    code: str
    title: str
    layout: Literal["ticks", "chart", "form"]
    questions: tuple[Question, ...]
    must_answer: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A source as shown to a reader. ``url`` may be empty; ``seen``: the figure was checked in it."""

    id: str
    citation: str
    url: str
    seen: bool


@dataclass(frozen=True, slots=True)
class RankedCondition:
    """A condition with its probability given the answers, and the likeliest root level if it has any."""

    code: str
    name: str
    plain_name: str
    source_class: SourceClass
    probability: float
    level: str | None = None
    level_probability: float | None = None


@dataclass(frozen=True, slots=True)
class RaisedFlag:
    """A danger rule that holds. ``because`` lists the findings (codes) of this person that raised it."""

    code: str
    disposition: Disposition
    action: str
    why: str
    points_to: tuple[str, ...]
    because: tuple[str, ...]
    source_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One of the person's own answers and how it moved a condition, in words."""

    finding: str
    text: str
    direction: Literal["for", "against"]
    weight: Literal["strongly", "clearly", "a little"]
    measured: bool
    source_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One finding of research on massage for a condition."""

    text: str
    direction: Literal["helps", "no-difference", "harms", "unknown"]
    certainty: Literal["very-low", "low", "moderate", "high"]
    source_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MassageAnswer:
    """Can massage help? ``verdict`` in a word, ``sentence`` in plain words, and how sure the evidence is."""

    verdict: Literal["may-help", "comfort-only", "not-shown", "not-known", "not-now"]
    sentence: str
    certainty: Literal["very-low", "low", "moderate", "high", "none"]
    evidence: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that the core says about one set of answers. The same answers and tables give the same assessment.

    ``open_dangers`` are danger questions without an answer. They alone make the advice ``doctor-first``, except in
    a plain picture of a limb, where the advice stands as it is and nothing can be booked until they are answered.
    ``settled`` means that no further question could change the advice enough to be worth asking.
    ``reasons`` speak about the first condition of ``ranking``.
    """

    disposition: Disposition
    action: str
    headline: str
    source_classes: tuple[tuple[SourceClass, float], ...]
    ranking: tuple[RankedCondition, ...]
    red_flags: tuple[RaisedFlag, ...]
    open_dangers: tuple[str, ...]
    reasons: tuple[Reason, ...]
    massage: MassageAnswer
    watch_for: tuple[str, ...]
    sources: tuple[SourceRef, ...]
    knowledge_version: str
    settled: bool


@dataclass(frozen=True, slots=True)
class Step:
    """Where an interview stands: the judgement so far, and the next screen (None when nothing is left)."""

    assessment: Assessment
    screen: Screen | None
    asked: int
    expected_total: int
