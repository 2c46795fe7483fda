"""Sixteen real processes at once, on whichever database the tests run: one winner, and no word broken by a kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

CROWD = Path(__file__).parents[2] / "crowd.py"

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@contextmanager
def database(folder: Path) -> Iterator[dict[str, str]]:
    """The environment for an empty database of the kind that these tests run on."""
    folder.mkdir(exist_ok=True)
    env = {**os.environ, "UNPINCH_DATA": str(folder), "PYTHONPATH": str(CROWD.parent)}
    env["DJANGO_SETTINGS_MODULE"] = "unpinch.config.settings"
    if connection.vendor == "sqlite":
        env.pop("UNPINCH_DATABASE_URL", None)
        yield env
        return
    name = f"crowd_{uuid4().hex[:12]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        url = urlsplit(os.environ["UNPINCH_DATABASE_URL"])
        yield {**env, "UNPINCH_DATABASE_URL": urlunsplit(url._replace(path=f"/{name}"))}
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def crowd(folder: Path, *words: str) -> dict[str, Any]:
    with database(folder) as env:
        done = subprocess.run(
            [sys.executable, str(CROWD), *words],
            env=env,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


def test_one_place_has_one_winner_in_every_round(tmp_path: Path) -> None:
    seen = crowd(tmp_path / "race", "race", "--rounds", "4")
    assert seen["winners"] == [1, 1, 1, 1]
    assert seen["appointments"] == seen["messages"] == 4


def test_what_a_client_was_told_outlives_a_kill(tmp_path: Path) -> None:
    seen = crowd(tmp_path / "kill", "kill", "--seconds", "8", "--every", "1.5")
    assert seen["kills"] >= 3
    assert seen["told_booked"] > 0
    wrong = (
        "lost",
        "risen",
        "overlaps",
        "stuck_holds",
        "booked_without_message",
        "booked_without_audit",
        "failed_work",
    )
    assert {name: seen[name] for name in wrong if seen[name]} == {}
