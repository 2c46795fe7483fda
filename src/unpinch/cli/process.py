"""The processes of one installation: the address they listen on, the server, and the children beside it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import uvicorn

from unpinch.kernel.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_log = logging.getLogger("unpinch.server")

APPLICATION = "unpinch.config.asgi:app"
_REQUESTS_MAY_FINISH_SECONDS = 2
_STUCK_AFTER_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_STABLE_AFTER_SECONDS = 60.0


def listen(host: str, port: int) -> socket.socket:
    """A socket that already listens there, so that nobody else can take the address any more."""
    if not 0 <= port <= 65535:
        raise SetupError(f"{port} is not a port. Choose one from 1024 to 65535 with UNPINCH_PORT or --port.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        raise SetupError(
            f"{host!r} is not an address of this machine. Use 127.0.0.1 (this machine alone) "
            "or 0.0.0.0 (every network it is in)."
        ) from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise SetupError(_why_not(host, port, error)) from error
    return listener


def _why_not(host: str, port: int, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"Port {port} is kept for the system. Choose one from 1024 up, for example UNPINCH_PORT=8000."
    if error.errno in {98, 48, 10048}:  # EADDRINUSE of Linux, BSD and Windows
        return (
            f"Port {port} on {host} is taken by another program (another unpinch, perhaps). "
            f"Stop that one, or choose another port: UNPINCH_PORT={port % 65535 + 1} make run"
        )
    return (
        f"Cannot listen on {host} port {port}: {error.strerror}. "
        "Choose others with UNPINCH_HOST and UNPINCH_PORT."
    )


def own_command(*words: str) -> list[str]:
    """The command line that starts a subcommand of unpinch in this very environment."""
    return [sys.executable, "-m", "unpinch", *words]


class Server(uvicorn.Server):
    """The web server; ``when_ready`` is called once it answers, ``when_stopping`` once it has been told to stop."""

    def __init__(
        self, config: uvicorn.Config, when_ready: Callable[[], None], when_stopping: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._when_ready = when_ready
        self._when_stopping = when_stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell that it has started."""
        await super().startup(sockets)
        self._when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell that it stops, then stop."""
        self._when_stopping()
        await super().shutdown(sockets)


def serve(
    listener: socket.socket,
    *,
    trusted_proxies: str,
    when_ready: Callable[[], None] = lambda: None,
    when_stopping: Callable[[], None] = lambda: None,
) -> None:
    """Answer requests until SIGINT or SIGTERM; then finish open requests for a moment."""
    config = uvicorn.Config(
        APPLICATION,
        access_log=False,
        log_config=None,
        log_level="warning",
        ws="none",
        lifespan="on",
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies or None,
        timeout_graceful_shutdown=_REQUESTS_MAY_FINISH_SECONDS,
    )
    # uvicorn raises the signal again after it has stopped: that must not cut off what comes after.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    Server(config, when_ready, when_stopping).run(sockets=[listener])


class Children:
    """Processes that run beside the server. One that dies is started again; all stop with the server.

    ``first_pause`` is waited before the first restart and doubles with each; ``patience`` is
    what a child has to stop in.
    """

    def __init__(self, *, first_pause: float = 1.0, patience: float = 1.5) -> None:
        self._first_pause = first_pause
        self._patience = patience
        self._stopping = threading.Event()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def keep(self, name: str, command: Sequence[str], pass_fds: Sequence[int] = ()) -> None:
        """Start ``command``, and start it again whenever it ends."""
        thread = threading.Thread(target=self._keep, args=(name, command, pass_fds), name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def ask_to_stop(self) -> None:
        """Tell every child to stop, without waiting."""
        with self._lock:
            self._stopping.set()
            for child in self._running.values():
                child.terminate()

    def stop(self) -> None:
        """Tell every child to stop, and kill those that do not."""
        self.ask_to_stop()
        children = list(self._running.values())
        deadline = time.monotonic() + self._patience
        for child in children:
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()

    def _keep(self, name: str, command: Sequence[str], pass_fds: Sequence[int]) -> None:
        pause = self._first_pause
        while True:
            started = time.monotonic()
            with self._lock:
                if self._stopping.is_set():
                    return
                child = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=pass_fds)  # noqa: S603 - our own program
                self._running[name] = child
            status = child.wait()
            if self._stopping.is_set():
                return
            if time.monotonic() - started > _STABLE_AFTER_SECONDS:
                pause = self._first_pause
            _log.warning("%s ended with status %s; starting it again", name, status)
            if self._stopping.wait(pause):
                return
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


def leave() -> None:
    """Let the process end even if a thread is still busy with a request that nobody waits for any more.

    Python would wait for it. Nothing is lost: what a request has not committed was never promised.
    """
    timer = threading.Timer(_STUCK_AFTER_SECONDS, os._exit, args=(0,))
    timer.daemon = True
    timer.start()


def stop_with_parent(stop: Callable[[], None], parent: int) -> None:
    """Call ``stop`` when the process ``parent`` is gone: a killed server must leave nobody behind."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        stop()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
