"""The running product for browser tests: the real command, in a folder of its own, with the demonstration practice."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

_PEOPLE = {
    "client": "maya@example.org",
    "therapist": "amara@harbour-and-hill.example",
    "owner": "owner@harbour-and-hill.example",
}


@dataclass(frozen=True, slots=True)
class Login:
    """How one person of the demonstration logs in."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Product:
    """A server that is running. ``address`` has no slash at its end; ``folder`` is its data folder."""

    address: str
    folder: Path

    def login(self, role: str) -> Login:
        """The ``client``, ``therapist`` or ``owner`` of the demonstration."""
        passwords = json.loads((self.folder / "demo-logins.json").read_text(encoding="utf-8"))
        return Login(_PEOPLE[role], passwords[_PEOPLE[role]])

    def log(self) -> str:
        """Everything that the server and its worker have written so far."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def mails(self, to: str) -> list[EmailMessage]:
        """The messages sent to an address so far, the oldest first."""
        found = []
        for file in sorted((self.folder / "mails").glob("*.log"), key=lambda path: path.stat().st_mtime_ns):
            for part in re.split(rb"-{79}\n", file.read_bytes()):
                letter = email.message_from_bytes(part.strip(), policy=email.policy.default)
                if letter["To"] == to:
                    found.append(letter)
        return found

    def wait_for_mails(self, to: str, count: int) -> list[EmailMessage]:
        """The messages to an address once there are ``count`` of them: the worker sends them a moment later."""
        deadline = time.monotonic() + 30
        while len(found := self.mails(to)) < count and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(found) >= count, f"{len(found)} of {count} messages to {to} came"
        return found


@contextmanager
def running_product(folder: Path, *, host: str = "127.0.0.1", demo: bool = True) -> Iterator[Product]:
    """``unpinch serve --demo`` on a free port; an empty installation without ``demo``.

    Messages go to files; the server ends with the block.
    ``host`` may be ``localhost``, for what browsers do for a name alone.
    """
    (folder / "mails").mkdir(parents=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UNPINCH_", "DJANGO_"))}
    environment = {
        **kept,
        "UNPINCH_DATA": str(folder),
        "UNPINCH_EMAIL_URL": f"file://{folder / 'mails'}",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "unpinch", "serve", "--port", "0", "--host", host]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [*command, "--demo"] if demo else command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as server,
    ):
        try:
            yield Product(_address(server, folder / "log"), folder)
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    """Where the server is, once it says so."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        said = log.read_text(encoding="utf-8")
        if found := re.search(r"unpinch is running on (http://\S+?)/\n[\s\S]*Ctrl-C", said):
            return found.group(1)
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text(encoding='utf-8')}")
