"""A doctor's answer: what can be read, what contradicts itself, and what of it binds on which day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from people import person
from unpinch.clinical import knowledge
from unpinch.clinical.assess import assess
from unpinch.clinical.clearance import Clearance, Treatment
from unpinch.clinical.doctors_word import Care, DoctorsWord, Pause, covers, dump_word, parse_word
from unpinch.kernel.errors import InputError

KB = knowledge.load()
TODAY = date(2026, 11, 24)
FULL = {
    "say": "yes-with-limits",
    "avoid_regions": ["region-low-back"],
    "pressure_ceiling": 2,
    "excluded_techniques": ["cross-friction"],
    "sessions_max": 4,
    "wait_until": "2026-12-01",
    "last_day": "2027-01-31",
    "care": [{"code": "cortisone-epidural", "day": "2026-11-20", "regions": ["region-low-back"]}],
    "diagnosis": "Disc bulge L5",
    "medicines": "Ibuprofen",
    "note": "Call me in January",
}


def test_all_of_it_is_read_and_written_back() -> None:
    word = parse_word(FULL, KB)
    assert dump_word(word) == FULL
    assert word.agrees
    assert word.is_limited
    assert parse_word(dump_word(word), KB) == word


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"say": "maybe"}, "say"),
        ({"say": "yes"}, "say"),
        ({"pressure_ceiling": 9}, "input"),
        ({"avoid_regions": ["region-moon"]}, "input"),
        ({"excluded_techniques": ["magic"]}, "input"),
        ({"sessions_max": 0}, "input"),
        ({"wait_until": "soon"}, "wait_until"),
        ({"last_day": "2026-11-25"}, "last_day"),
        ({"care": [{"code": "leeches"}]}, "care"),
        ({"care": [{"code": "surgery-disc"}]}, "care"),
        ({"care": ["surgery-disc"]}, "care"),
        ({"note": "x" * 601}, "note"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_used_is_named(change: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_word({**FULL, **change}, KB)
    assert caught.value.code == code


def test_limits_without_a_limit_are_asked_about() -> None:
    with pytest.raises(InputError, match="no limit is set"):
        parse_word({"say": "yes-with-limits"}, KB)


def test_something_that_is_no_answer_is_refused() -> None:
    with pytest.raises(InputError):
        parse_word(["yes"], KB)


def test_what_binds_a_plan_counts_from_its_day() -> None:
    word = parse_word(FULL, KB)
    assert word.on(TODAY) == Clearance(
        "yes-with-limits",
        ("region-low-back",),
        2,
        ("cross-friction",),
        4,
        7,
        (Treatment("cortisone-epidural", 4, ("region-low-back",)),),
    )
    assert word.on(date(2026, 12, 5)).wait_days == 0


@pytest.mark.parametrize("say", ["no", "call"])
def test_no_and_please_call_open_nothing(say: Any) -> None:
    assert DoctorsWord(say).on(TODAY) == Clearance("no")
    assert not DoctorsWord(say).agrees


@pytest.mark.parametrize(
    ("care", "pauses"),
    [
        # Three days everywhere after an injection that was given; two weeks around one that is to come.
        (Care("cortisone-epidural", date(2026, 11, 23)), (Pause(date(2026, 11, 23), date(2026, 11, 25)),)),
        (Care("cortisone-epidural", date(2026, 12, 1)), (Pause(date(2026, 12, 1), date(2026, 12, 14)),)),
        (Care("surgery-fusion", date(2026, 12, 1)), (Pause(date(2026, 12, 1), date(2027, 2, 22)),)),
        (Care("physiotherapy-exercise"), ()),
    ],
    ids=lambda value: getattr(value, "code", None),
)
def test_treatments_pause_sessions(care: Care, pauses: tuple[Pause, ...]) -> None:
    word = DoctorsWord("yes", care=(care,))
    assert word.pauses(TODAY, KB) == pauses


def test_a_yes_speaks_about_new_answers_only_without_new_danger() -> None:
    wrist = assess(person(50, "F", ["thumb", "index-finger"], t_night_wakes=True), KB)
    worse = assess(person(50, "F", ["thumb", "index-finger"], t_night_wakes=True, rf_saddle_numb=True), KB)
    back = assess(person(50, "F", ["low-back", "calf"]), KB)
    assert covers(wrist, wrist)
    assert not covers(wrist, worse)
    assert back.source_classes[0][0] is not wrist.source_classes[0][0]
    assert not covers(back, wrist)
