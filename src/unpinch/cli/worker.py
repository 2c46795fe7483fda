"""``unpinch worker``: deliver what waits in the outbox. `unpinch serve` keeps one running by itself."""

from __future__ import annotations

import argparse
import signal
import threading

from unpinch.cli import installed, process


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = "Send the messages that wait in the outbox, now and as they come. Ctrl-C stops it."
    parser.add_argument("--once", action="store_true", help="send what is due now, and end")
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Deliver until told to stop; 0 after a clean stop."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    if args.parent is not None:
        process.stop_with_parent(stopping.set, args.parent)
    installed.open_installation(bring_up_to_date=args.parent is None)
    from unpinch.jobs import worker  # noqa: PLC0415 - it needs the installation to be open

    if args.once:
        done = worker.work_once()
        print(
            f"{done.sent} sent, {done.put_off} put off, {done.given_up} given up, {done.uncertain} perhaps sent."
        )
        return 0
    worker.work(stopping)
    process.leave()
    return 0
