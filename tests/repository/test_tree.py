"""The repository holds nothing that belongs to one machine, one mirror or one moment."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# Written in pieces, so that this file does not find itself.
HOSTS = ("python" + "hosted.org", "pypi.org/" + "simple", "registry.npm" + "js.org", "deb.deb" + "ian.org")
FOLDERS = ("/" + "work/", "/" + "farm/", "/" + "tmp/bash_jobs", "/" + "root/")
FORBIDDEN = re.compile("|".join([*map(re.escape, HOSTS), *(rf"(?<![\w./-]){re.escape(f)}" for f in FOLDERS)]))
# name, version, and for which Pythons and systems the line holds
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==([^\s;]+)([^\\\n]*)", re.MULTILINE)


@cache
def tracked() -> tuple[str, ...]:
    """Every file that git keeps."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git clone: the list of files is unknown")
    return tuple(name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file())


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        ("--index-url https://pypi.org/" + "simple", True),
        ("see /" + "work/shared/design", True),
        ("`cd /" + "farm/x`", True),
        ("docs/" + "work/plan.md", False),
        ("https://example.org/" + "work/shared", False),
        ("https://pypi.org/project/unpinch", False),
    ],
)
def test_the_search_finds_what_it_should(line: str, is_found: bool) -> None:
    assert bool(FORBIDDEN.search(line)) is is_found


def test_no_file_names_a_registry_or_a_folder_of_some_machine() -> None:
    found = []
    for name in tracked():
        content = (ROOT / name).read_bytes()
        if b"\0" in content[:4096]:
            continue
        for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
            if FORBIDDEN.search(line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert found == []


def test_no_lock_that_holds_addresses_is_kept() -> None:
    assert not {"uv.lock", "pylock.toml", "poetry.lock"} & {Path(name).name for name in tracked()}


def test_no_built_or_private_file_is_kept() -> None:
    suffixes = (".sqlite3", ".sqlite3-wal", ".pyc", ".pem", ".key", ".env")
    assert [name for name in tracked() if name.endswith(suffixes)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_holds_hashes_and_no_addresses(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "http" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_one_package_has_one_version_in_all_locks() -> None:
    versions: dict[tuple[str, str], set[str]] = {}
    for lock in LOCKS:
        for name, version, where in PINNED.findall(lock.read_text(encoding="utf-8")):
            versions.setdefault((name, where.strip()), set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_tests_install_all_that_running_needs() -> None:
    pinned = {
        lock.stem: {(name, version) for name, version, _ in PINNED.findall(lock.read_text(encoding="utf-8"))}
        for lock in LOCKS
    }
    assert pinned["run"] <= pinned["dev"]
    assert pinned["build"] <= pinned["dev"]


def test_ci_runs_what_the_readme_says() -> None:
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == ["exec make test"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme


def test_no_two_test_files_share_a_name() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names)), "pytest cannot tell them apart: give one another name"
