"""``unpinch serve``: the whole product in one command, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import socket

from unpinch.cli import demo, installed, process
from unpinch.kernel.errors import SetupError

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = "Start the server and the worker that sends messages. Ctrl-C stops both."
    parser.add_argument(
        "--host", help="address to listen on (UNPINCH_HOST, else this machine alone: 127.0.0.1)"
    )
    parser.add_argument(
        "--port", metavar="PORT", help="port to listen on (UNPINCH_PORT, else 8000; 0 picks a free one)"
    )
    parser.add_argument("--workers", metavar="N", help="server processes (UNPINCH_WORKERS, else 1)")
    parser.add_argument("--demo", action="store_true", help="load the demonstration practice first, once")
    # For the further server processes: the socket they share, and the process that they must not outlive.
    parser.add_argument("--socket", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop; 0 after a clean stop."""
    trusted = os.environ.get("UNPINCH_TRUSTED_PROXIES", "").strip()
    if args.socket is not None:
        return _serve_beside(args.socket, args.parent, trusted)
    host = args.host or os.environ.get("UNPINCH_HOST", "").strip() or DEFAULT_HOST
    port = _number(args.port, "UNPINCH_PORT", DEFAULT_PORT, "a port from 1024 to 65535")
    workers = _number(args.workers, "UNPINCH_WORKERS", 1, "a number of processes from 1 to 64")
    if not 1 <= workers <= 64:
        raise SetupError(f"{workers} server processes make no sense. Set UNPINCH_WORKERS from 1 to 64.")
    # The address first: the most likely thing to be wrong should be said before any work is done.
    listener = process.listen(host, port)
    address = _address(host, listener)
    # Links in messages start with the address of this very server, unless the practice has said otherwise.
    os.environ.setdefault("UNPINCH_URL", address)
    announce = _prepare(address, with_demo=args.demo)
    children = process.Children()

    def when_ready() -> None:
        print(f"\nunpinch is running on {address}\n{announce}\nCtrl-C stops it.", flush=True)

    try:
        children.keep("worker", process.own_command("worker", "--parent", str(os.getpid())))
        _keep_more_servers(children, listener, workers - 1)
        process.serve(
            listener, trusted_proxies=trusted, when_ready=when_ready, when_stopping=children.ask_to_stop
        )
    finally:
        children.stop()
    process.leave()
    return 0


def _prepare(address: str, *, with_demo: bool) -> str:
    """Make the installation fit to serve, and say what there is to know about it."""
    installed.open_installation()
    if with_demo:
        return demo.load_and_describe()
    from unpinch.services import first_run  # noqa: PLC0415 - reads the settings, which only now are there

    if not first_run.is_empty():
        return ""
    code = first_run.code()
    return f"There is no practice yet. Set it up at {address}first?code={code} (the set-up code is {code})."


def _keep_more_servers(children: process.Children, listener: socket.socket, count: int) -> None:
    number = listener.fileno()
    os.set_inheritable(number, True)  # noqa: FBT003 - the standard library's signature
    for index in range(count):
        command = process.own_command("serve", "--socket", str(number), "--parent", str(os.getpid()))
        children.keep(f"server {index + 2}", command, pass_fds=[number])


def _serve_beside(number: int, parent: int, trusted: str) -> int:
    """Be one more server on the socket of the process that started this one."""
    listener = socket.socket(fileno=number)
    process.stop_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM), parent)
    process.serve(listener, trusted_proxies=trusted)
    process.leave()
    return 0


def _number(given: str | None, name: str, otherwise: int, wanted: str) -> int:
    text = given or os.environ.get(name, "").strip() or str(otherwise)
    try:
        return int(text)
    except ValueError as error:
        raise SetupError(
            f"{text!r} is not a number. Set {name} to {wanted}, for example {otherwise}."
        ) from error


def _address(host: str, listener: socket.socket) -> str:
    own = {"0.0.0.0": DEFAULT_HOST, "::": "::1"}.get(host, host)  # noqa: S104 - how to reach it from here
    shown = f"[{own}]" if ":" in own else own
    return f"http://{shown}:{listener.getsockname()[1]}/"
