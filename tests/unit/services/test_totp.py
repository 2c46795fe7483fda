"""Authenticator apps show what RFC 6238 says, and a code is taken once."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from unpinch.services import totp

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 11, 24, 8, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        pytest.param(59, "94287082", id="1970"),
        pytest.param(1111111109, "07081804", id="2005-leading-nought"),
        pytest.param(1234567890, "89005924", id="2009"),
        pytest.param(2000000000, "69279037", id="2033"),
        pytest.param(20000000000, "65353130", id="2603"),
    ],
)
def test_codes_are_those_of_the_standards_own_table(seconds: int, shown: str) -> None:
    assert totp.code(RFC_SECRET, seconds // totp.STEP_SECONDS) == shown[-totp.DIGITS :]


@pytest.mark.parametrize(
    ("steps", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)], ids=str
)
def test_a_phone_may_be_half_a_minute_off(steps: int, *, is_taken: bool) -> None:
    step = totp.step_at(NOW) + steps
    found = totp.matching_step(RFC_SECRET, totp.code(RFC_SECRET, step), NOW, after=0)
    assert found == (step if is_taken else None)


def test_a_code_is_taken_once_and_so_is_every_older_one() -> None:
    step = totp.step_at(NOW)
    assert totp.matching_step(RFC_SECRET, totp.code(RFC_SECRET, step), NOW, after=step) is None
    assert totp.matching_step(RFC_SECRET, totp.code(RFC_SECRET, step - 1), NOW, after=step) is None
    later = NOW + timedelta(seconds=30)
    assert totp.matching_step(RFC_SECRET, totp.code(RFC_SECRET, step + 1), later, after=step) == step + 1


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567", "０００００"])
def test_what_is_no_code_is_wrong(typed: str) -> None:
    assert totp.matching_step(RFC_SECRET, typed, NOW, after=0) is None


def test_blanks_in_a_code_do_not_matter() -> None:
    shown = totp.code(RFC_SECRET, totp.step_at(NOW))
    assert totp.matching_step(RFC_SECRET, f" {shown[:3]} {shown[3:]} ", NOW, after=0)


def test_every_secret_is_new_and_long_enough() -> None:
    assert totp.new_secret() != totp.new_secret()
    assert len(base64.b32decode(totp.new_secret())) == 20


def test_the_address_for_the_app_survives_odd_names() -> None:
    made = totp.address("ABC", account="ann+1@harbour.example", issuer="Kneads & Co: Bath")
    assert made == (
        "otpauth://totp/Kneads%20%26%20Co%3A%20Bath%3Aann%2B1%40harbour.example?secret=ABC&issuer=Kneads%20%26%20Co%3A%20Bath"
    )
