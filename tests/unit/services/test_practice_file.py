"""A practice file is read whole, or refused with the entry that is wrong."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING

import pytest

from unpinch.kernel.errors import InputError
from unpinch.services.demo.clients import FOLDER
from unpinch.services.practice_file import DaysOff, HoursPlan, read_practice

if TYPE_CHECKING:
    from pathlib import Path

DEMO = FOLDER / "practice.toml"
TODAY = date(2026, 11, 24)


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = DEMO.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "practice.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_the_demonstration_is_read() -> None:
    plan = read_practice(DEMO, TODAY)
    assert plan.name == "Harbour & Hill Massage"
    amara = plan.therapists[0]
    assert amara.hours[0] == HoursPlan("harbourside", 0, time(9), time(13))
    assert plan.services[0].price_minor == 5800
    assert DaysOff("", date(2026, 12, 25), date(2026, 12, 25), "Christmas Day") in plan.closures
    assert DaysOff("callum", date(2026, 12, 3), date(2026, 12, 7), "Holiday") in plan.absences


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'time_zone = "Europe/London"',
            'time_zone = "Europe/Bristol"',
            "practice: The time zone 'Europe/Bristol'",
        ),
        ("minutes = 60", "minutes = '60'", "services 1: 'minutes' is '60', which is not a whole number"),
        ("minutes = 60", "", "services 1: 'minutes' is missing"),
        ("minutes = 60", "minutes = 60\nminuets = 3", "services 1: 'minuets' means nothing here"),
        ('price = "58.00"', 'price = "58.005"', "services 1: the price '58.005'"),
        ('price = "58.00"', 'price = "NaN"', "services 1: the price 'NaN'"),
        ('skill = "swedish"', 'skill = "hot-stone"', "no therapist has the skill 'hot-stone'"),
        ('from = "09:00"', 'from = "9 am"', "hours 1: 'from' is '9 am'"),
        ('days = ["mon"', 'days = ["monday"', "the day 'monday'"),
        ('location = "harbourside"', 'location = "harbour"', "therapist amara names 'harbour'"),
        ('therapist = "callum"', 'therapist = "calum"', "an absence names 'calum'"),
        ("days = 5", "days = 0", "'days' must be 1 or more"),
        ('phone = "+441174960100"', 'phone = "12"', "practice: This phone number"),
        ("turnover_after_minutes = 15", "turnover_after_minutes = 900", "services 1: 900 does not work here"),
        ('to = "13:00"', 'to = "19:00"', "lies over"),
        ("[practice]", "[practise]", "'practice' is missing"),
        ("[[locations]]", "[[locations]", "not a TOML file"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_practice(changed(tmp_path, old, new), TODAY)
    assert message in caught.value.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_practice(tmp_path / "nowhere.toml", TODAY)
