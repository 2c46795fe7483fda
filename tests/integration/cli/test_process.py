"""The address is taken before any work is done; children come back after a crash and go with the server."""

from __future__ import annotations

import os
import socket
import sys
import time
from typing import TYPE_CHECKING

import pytest

from unpinch.cli.process import Children, listen
from unpinch.kernel.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def until(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether ``holds()`` came true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_listening_takes_the_address_at_once() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), timeout=1).close()


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(SetupError, match=rf"Port {port} .* is taken .*UNPINCH_PORT=\d+ make run"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "port", "message"),
    [
        ("127.0.0.1", 70000, "70000 is not a port"),
        ("127.0.0.1", -1, "-1 is not a port"),
        ("no-such-host.invalid", 0, "'no-such-host.invalid' is not an address"),
        ("192.0.2.7", 0, "Cannot listen on 192.0.2.7"),
    ],
)
def test_an_address_that_cannot_be_had_is_refused_in_words(host: str, port: int, message: str) -> None:
    with pytest.raises(SetupError, match=message):
        listen(host, port)


def test_a_child_that_dies_is_started_again_and_stops_with_the_others(tmp_path: Path) -> None:
    starts = tmp_path / "starts"
    program = f"import os,time; open({str(starts)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    children = Children(first_pause=0.05)
    children.keep("sleeper", [sys.executable, "-c", program])

    def pids() -> list[int]:
        return [int(line) for line in starts.read_text().split()] if starts.exists() else []

    assert until(lambda: len(pids()) == 1)
    os.kill(pids()[0], 9)
    assert until(lambda: len(pids()) == 2)
    children.stop()
    assert until(lambda: not is_alive(pids()[1]))
    time.sleep(0.2)
    assert len(pids()) == 2


def test_a_child_that_will_not_stop_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "pid"
    program = (
        "import os,signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"open({str(ready)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    )
    children = Children(patience=0.1)
    children.keep("stubborn", [sys.executable, "-c", program])
    assert until(lambda: ready.exists() and ready.read_text() != "")
    children.stop()
    assert until(lambda: not is_alive(int(ready.read_text())))
