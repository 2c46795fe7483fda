"""``unpinch admin rotate-key`` as an administrator types it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from clinic import make_practice, stored_answers
from unpinch.cli import installed
from unpinch.config import environment
from unpinch.records.keyring import keyring

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Unpinch = Callable[..., Any]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_keys(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HEALTH_KEYS, settings.HEALTH_KEY_FILE = environment.health_keys(tmp_path)
    monkeypatch.setattr(installed, "open_installation", lambda: None)


def test_it_says_which_key_is_in_use_and_how_much_it_encrypted(unpinch: Unpinch) -> None:
    stored_answers(make_practice())
    outcome = unpinch("admin", "rotate-key")
    assert outcome.status == 0
    assert f"The key {keyring.ids()[0]} is in use; 3 values were encrypted anew." in outcome.out


def test_old_keys_go_only_when_asked(unpinch: Unpinch) -> None:
    old = keyring.ids()[0]
    unpinch("admin", "rotate-key")
    assert old in keyring.ids()
    assert f"Forgotten: {old}." in unpinch("admin", "rotate-key", "--forget-old").out
    assert old not in keyring.ids()
    assert "No key was forgotten" in unpinch("admin", "rotate-key", "--forget-old").out


def test_the_keys_of_the_setting_are_not_touched(unpinch: Unpinch, settings: Any) -> None:
    settings.HEALTH_KEYS = ("A" * 43 + "=",)
    outcome = unpinch("admin", "rotate-key")
    assert outcome.status != 0
    assert "UNPINCH_HEALTH_KEYS" in outcome.err
    assert unpinch("admin", "rotate-key", "--again").status == 0
