"""The real command as a process: it says where it is, refuses in one line, and stops when told."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UNPINCH_", "DJANGO_"))}
    return {**kept, "UNPINCH_DATA": str(data), "PYTHONUNBUFFERED": "1", **more}


def refused(data: Path, *words: str, **more: str) -> str:
    """What `unpinch serve` says on stderr when it will not start; its exit status must be 2."""
    done = subprocess.run(
        [sys.executable, "-m", "unpinch", "serve", *words],
        env=environment(data, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    return done.stderr


@contextmanager
def serving(data: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running server and its address."""
    with subprocess.Popen(
        [sys.executable, "-m", "unpinch", "serve", "--port", "0", *words],
        env=environment(data),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            for line in server.stdout:
                if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
                    yield server, found.group()
                    break
            else:
                pytest.fail("the server ended before it said where it is")
        finally:
            server.kill()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all tests here: the first start fills it, the others find it ready."""
    return tmp_path_factory.mktemp("an installation") / "data"


def children_of(pid: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return [int(word) for word in found.split()]


def status_of(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as page:
            return int(page.status)
    except urllib.error.HTTPError as error:
        return error.code


def is_gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["terminate", "ctrl-c"])
def test_it_answers_and_stops_cleanly_though_a_client_stays_connected(data: Path, number: int) -> None:
    with serving(data) as (server, address):
        assert status_of(address) < 500
        (worker,) = children_of(server.pid)
        port = int(address.rstrip("/").rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as idle:
            idle.sendall(b"GET / HTTP/1.1\r\n")
            server.send_signal(number)
            # It takes a second; a busy machine may take many times that and still be right.
            assert server.wait(timeout=60) == 0
        assert is_gone(worker, 30)


def test_nobody_stays_behind_when_the_server_is_killed(data: Path) -> None:
    with serving(data, "--workers", "2") as (server, _):
        deadline = time.monotonic() + 5
        while len(children := children_of(server.pid)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        server.kill()
        assert [pid for pid in children if not is_gone(pid, 8)] == []


def test_a_taken_port_is_one_clear_line(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused(data, UNPINCH_PORT=str(taken.getsockname()[1]))
    assert re.fullmatch(r"unpinch: Port \d+ on 127\.0\.0\.1 is taken [^\n]*UNPINCH_PORT=\d+ make run\n", said)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--port", "eighty"], "'eighty' is not a number"),
        (["--port", "99999"], "99999 is not a port"),
        (["--port", "0", "--workers", "0"], "0 server processes"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(data: Path, words: list[str], message: str) -> None:
    said = refused(data, *words)
    assert said.startswith("unpinch: ")
    assert message in said
    assert said.count("\n") == 1


def test_a_data_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    said = refused(tmp_path / "data", "--port", "0")
    assert said.startswith("unpinch: ")
    assert str(tmp_path / "data") in said
    assert said.count("\n") == 1


def test_a_damaged_database_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "unpinch.sqlite3").write_bytes(b"this was a database once" * 100)
    said = refused(tmp_path, "--port", "0")
    assert re.fullmatch(r"unpinch: [^\n]*unpinch\.sqlite3 is not a database[^\n]*\n", said)
