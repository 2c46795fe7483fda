"""Runs every check and every test of unpinch: what `make test` does. ``--quick`` leaves the tests out.

The checks run side by side and speak only when they fail; the tests show their own progress. Everything is
run even when something failed, and the exit status is 1 if anything did.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable

CHECKS = {
    "types (mypy)": [PYTHON, "-m", "mypy"],
    "style (ruff check)": [PYTHON, "-m", "ruff", "check", "--quiet", "."],
    "format (ruff format)": [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."],
    "layers (import-linter)": [str(Path(PYTHON).with_name("lint-imports"))],
    "knowledge tables": [PYTHON, "-m", "unpinch", "knowledge", "check"],
    "migrations": [PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run"],
}


def environment() -> dict[str, str]:
    """The environment of every step: this project, and no settings of a real installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("UNPINCH_")}
    mine = {name: os.environ[name] for name in ("UNPINCH_TEST_PG", "UNPINCH_CHROMIUM") if name in os.environ}
    # Not the data folder of this clone: a demonstration may be running on it.
    mine["UNPINCH_DATA"] = str(ROOT / "build" / "test-data")
    return {**kept, **mine, "DJANGO_SETTINGS_MODULE": "unpinch.config.settings", "PYTHONUNBUFFERED": "1"}


def check(step: tuple[str, list[str]]) -> bool:
    """Run one quiet check and print a line about it, with its output if it failed."""
    name, command = step
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    word = "ok" if done.returncode == 0 else "FAILED"
    lines = [f"{word:>6}  {name}  {time.monotonic() - started:.1f} s"]
    if done.returncode != 0:
        lines += [done.stdout.rstrip(), done.stderr.rstrip()]
    print("\n".join(line for line in lines if line), flush=True)
    return done.returncode == 0


def test(name: str, command: list[str], extra: dict[str, str]) -> bool:
    """Run one set of tests with its output shown."""
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env={**environment(), **extra}, stdin=subprocess.DEVNULL, check=False
    )
    print(
        f"== {name}: {'ok' if done.returncode == 0 else 'FAILED'}, {time.monotonic() - started:.0f} s",
        flush=True,
    )
    return done.returncode == 0


def chromium() -> str | None:
    """The browser for the tests, installed if that is possible; None after saying what to do."""
    done = subprocess.run(
        ["/bin/sh", "tools/chromium.sh"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.stdout.strip().splitlines()[-1] if done.returncode == 0 else None


def poppler() -> bool:
    """The readers of PDF files for the tests of letters, installed if that is possible; says what is missing."""
    done = subprocess.run(["/bin/sh", "tools/poppler.sh"], cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def main() -> int:
    """Run it all; 0 when everything is well."""
    started = time.monotonic()
    quick = "--quick" in sys.argv[1:]
    browser = None if quick else chromium()
    if not quick and browser is None:
        return 1
    if not quick and not poppler() and os.environ.get("CI") == "true":
        return 1
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(check, CHECKS.items()))
    if not quick:
        pytest = [PYTHON, "-m", "pytest", "-q", "--durations=5"]
        results.append(
            test("tests on SQLite, with a browser", [*pytest, "-n", "2"], {"UNPINCH_CHROMIUM": browser or ""})
        )
        on_postgres = [PYTHON, "tests/database/postgres.py", *pytest, "--database-only"]
        results.append(test("database tests on PostgreSQL", on_postgres, {}))
    failed = results.count(False)
    verdict = f"{failed} of {len(results)} steps failed" if failed else "All well"
    print(f"\n{verdict}, {time.monotonic() - started:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
