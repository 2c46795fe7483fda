"""``unpinch backup`` and ``unpinch restore``: a round trip with real files, on both databases, while others write."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
import zipfile
from contextlib import closing, contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from database.postgres import running_postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_WRITE = """
    INSERT INTO records_trycount (key, count, resets_at) VALUES ('{key}-left', {n}, '2026-11-24 08:00:00+00:00');
    INSERT INTO records_trycount (key, count, resets_at) VALUES ('{key}-right', {n}, '2026-11-24 08:00:00+00:00');
"""


class Installation:
    """One data folder, with its database."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.url = url

    def run(self, *words: str) -> tuple[int, str]:
        """The exit status of a command and what it said, on both ways out."""
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("UNPINCH_", "DJANGO_"))
        }
        given = {"UNPINCH_DATA": str(self.folder), "UNPINCH_DATABASE_URL": self.url}
        done = subprocess.run(
            [sys.executable, "-m", "unpinch", *words],
            env={**kept, **given},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    @contextmanager
    def opened(self) -> Iterator[Any]:
        """A connection past unpinch."""
        if self.url:
            with psycopg.connect(self.url) as opened:
                yield opened
        else:
            with closing(sqlite3.connect(self.folder / "unpinch.sqlite3", timeout=30)) as opened:
                yield opened

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with self.opened() as opened:
            return list(opened.execute(query).fetchall())

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, but for what a restore itself adds to the record book."""
        listed = (
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
            if self.url
            else "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%\\_%' ESCAPE '\\' ORDER BY 1"
        )
        found = {name: self.ask(f"SELECT * FROM {name}") for (name,) in self.ask(listed)}
        added = {
            key for (key,) in self.ask("SELECT id FROM records_auditevent WHERE action = 'backup.restore'")
        }
        found["records_auditevent"] = [row for row in found["records_auditevent"] if row[0] not in added]
        found.pop("sqlite_sequence", None)
        return {name: sorted(rows, key=repr) for name, rows in found.items()}

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Somebody writes all the time meanwhile, always two rows in one transaction."""
        enough, begun = Event(), Event()

        def write() -> None:
            with self.opened() as opened:
                for n in range(100_000):
                    if enough.is_set():
                        return
                    for part in _WRITE.format(key=n, n=n).split(";")[:2]:
                        opened.execute(part)
                    opened.commit()
                    begun.set()

        writer = Thread(target=write)
        writer.start()
        assert begun.wait(60)
        try:
            yield
        finally:
            enough.set()
            writer.join()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def two_folders(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Installation, Installation]]:
    """A practice with made-up people, and an installation with nothing in it."""
    folder = tmp_path_factory.mktemp("installations")
    if request.param == "sqlite":
        yield Installation(folder / "old"), Installation(folder / "new")
        return
    with running_postgres() as url:
        with psycopg.connect(url, autocommit=True) as opened:
            opened.execute("CREATE DATABASE elsewhere")
        elsewhere = url.replace("/postgres?", "/elsewhere?")
        yield Installation(folder / "old", url), Installation(folder / "new", elsewhere)


def test_a_backup_under_writes_comes_back_as_one_moment(
    two_folders: tuple[Installation, Installation], tmp_path: Path
) -> None:
    old, new = two_folders
    assert old.run("demo")[0] == 0
    before = old.everything()
    file = tmp_path / "backup.zip"
    with old.busy():
        status, said = old.run("backup", str(file))
    assert (status, "whoever has this file can read everything" in said) == (0, True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    status, said = new.run("restore", str(file))
    assert (status, "Restored: everything is as it was at" in said) == (0, True), said
    left = {
        key.split("-")[0]: n
        for key, n in new.ask("SELECT key, count FROM records_trycount WHERE key LIKE '%-left'")
    }
    right = {
        key.split("-")[0]: n
        for key, n in new.ask("SELECT key, count FROM records_trycount WHERE key LIKE '%-right'")
    }
    assert left == right  # no transaction came through in halves
    assert left
    after = new.everything()
    assert {name: rows for name, rows in after.items() if name != "records_trycount"} == {
        name: rows for name, rows in before.items() if name != "records_trycount"
    }
    assert new.run("audit", "verify")[0] == 0
    assert set((old.folder / "health-keys").read_text().split()) <= set(
        (new.folder / "health-keys").read_text().split()
    )
    assert (new.folder / "secret-key").read_text() == (old.folder / "secret-key").read_text()

    # A second time it is somebody's: nothing is given up without being asked for.
    new_before = new.everything()
    status, said = new.run("restore", str(file))
    assert (status, "There is a practice in this installation already" in said) == (2, True)
    assert new.everything() == new_before
    assert new.run("restore", str(file), "--force")[0] == 0
    assert new.run("audit", "verify")[0] == 0
    if new.url:  # numbers go on where they were: none is given twice
        asked = "SELECT last_value FROM records_client_id_seq"
        assert new.ask(asked) == old.ask(asked)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, Path, Path]:
    """An installation with its backup, and one without keys."""
    folder = tmp_path_factory.mktemp("made")
    here = Installation(folder / "here")
    assert here.run("demo")[0] == 0
    assert here.run("backup", str(folder / "whole.zip"))[0] == 0
    assert here.run("backup", str(folder / "bare.zip"), "--without-keys")[0] == 0
    return here, folder / "whole.zip", folder / "bare.zip"


def test_a_file_that_is_there_is_not_written_over(made: tuple[Installation, Path, Path]) -> None:
    here, whole, _ = made
    before = whole.read_bytes()
    status, said = here.run("backup", str(whole))
    assert (status, "exists. Choose another name" in said) == (2, True)
    assert whole.read_bytes() == before


def test_without_its_keys_a_backup_is_refused_where_they_are_missing(
    made: tuple[Installation, Path, Path], tmp_path: Path
) -> None:
    here, _, bare = made
    assert set(zipfile.ZipFile(bare).namelist()) == {"database.sqlite3", "backup.json"}
    other = Installation(tmp_path / "other")
    status, said = other.run("restore", str(bare))
    assert (status, "The backup needs the key" in said) == (2, True)
    assert not (other.folder / "unpinch.sqlite3").exists()
    (other.folder / "health-keys").write_bytes((here.folder / "health-keys").read_bytes())
    assert other.run("restore", str(bare))[0] == 0
    assert other.everything() == here.everything()


def test_a_newer_or_damaged_backup_changes_nothing(
    made: tuple[Installation, Path, Path], tmp_path: Path
) -> None:
    here, whole, _ = made
    before = here.everything()
    newer = _again(
        whole, tmp_path / "newer.zip", lambda said: said["migrations"].append(["records", "9999_later"])
    )
    assert _refusal(here, newer) == (2, True, "made by a newer unpinch")
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert _refusal(here, cut, "was cut off") == (2, True, "was cut off")
    swapped = _again(
        whole, tmp_path / "swapped.zip", lambda said: said["parts"].update({"secret-key": "0" * 64})
    )
    assert _refusal(here, swapped, "is damaged") == (2, True, "is damaged")
    assert here.everything() == before


def _refusal(here: Installation, file: Path, words: str = "made by a newer unpinch") -> tuple[int, bool, str]:
    status, said = here.run("restore", str(file), "--force")
    return status, words in said and "Traceback" not in said, words


def _again(file: Path, to: Path, change: Callable[[Any], object]) -> Path:
    """The same backup, saying something else about itself."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "backup.json":
                said = json.loads(content)
                change(said)
                content = json.dumps(said).encode()
            new.writestr(name, content)
    return to


def test_a_broken_database_is_replaced(made: tuple[Installation, Path, Path], tmp_path: Path) -> None:
    here, whole, _ = made
    broken = Installation(tmp_path / "broken")
    broken.folder.mkdir()
    (broken.folder / "unpinch.sqlite3").write_bytes(b"no database at all" * 400)
    status, said = broken.run("restore", str(whole))
    assert (status, "--force" in said) == (2, True)
    assert broken.run("restore", str(whole), "--force")[0] == 0
    assert broken.everything() == here.everything()
