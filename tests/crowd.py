"""Many real processes that book at once, some of them killed: what a client was told must be in the database.

Run in a process of its own with the settings of the database to use (``UNPINCH_DATA`` or ``UNPINCH_DATABASE_URL``):
``python tests/crowd.py race --rounds 5`` or ``python tests/crowd.py kill --seconds 60``. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from collections.abc import Callable

WORKERS = 16
DAY = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass
class Worker:
    """A child process: its id, the pipe it reads orders from and the one it answers on."""

    pid: int
    orders: int
    answers: int
    rest: bytes = b""

    def lines(self) -> list[str]:
        """The whole lines that have come in; waits for nothing."""
        while select.select([self.answers], [], [], 0)[0]:
            piece = os.read(self.answers, 65536)
            if not piece:
                break
            self.rest += piece
        *whole, self.rest = self.rest.split(b"\n")
        return [line.decode() for line in whole]


@dataclass
class Told:
    """What clients were told: tokens booked, and tokens whose cancelling was asked for or confirmed."""

    booked: set[str] = field(default_factory=set)
    cancelling: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    slowest: float = 0.0

    def note(self, line: str) -> None:
        """Take one line of a worker in."""
        word, token, *more = line.split()
        getattr(self, word).add(token)
        if more:
            self.slowest = max(self.slowest, float(more[0]))


def fork(work: Callable[[int, int, int], None], seed: int) -> Worker:
    """Start a child that does ``work(seed, orders, answers)`` with connections of its own."""
    order_end, orders = os.pipe()
    answers, answer_end = os.pipe()
    pid = os.fork()
    if pid:
        os.close(order_end)
        os.close(answer_end)
        return Worker(pid, orders, answers)
    try:
        os.close(orders)
        os.close(answers)
        work(seed, order_end, answer_end)
    except BaseException:  # noqa: BLE001 - a child must never run on as its parent
        import traceback  # noqa: PLC0415

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def set_up() -> Any:
    """An empty database with the practice of the tests, and one set of answers for each worker."""
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    for database in settings.DATABASES.values():
        database.get("OPTIONS", {}).pop("pool", None)  # a pool's threads do not live through a fork
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    from clinic import make_practice, stored_answers  # noqa: PLC0415
    from unpinch.records.models import Practice, Service  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    place = make_practice()
    Practice.objects.update(grid_minutes=30, hold_minutes=1)
    Service.objects.update(turnover_after_minutes=0, minutes=30)
    answers = [stored_answers(place) for _ in range(WORKERS)]
    connections.close_all()
    return place, answers


def asked(place: Any, answers: UUID, number: int, starts: datetime, therapist: str, **more: Any) -> Any:
    """What worker ``number`` asks for."""
    from clinic import command  # noqa: PLC0415

    return command(
        place,
        name=f"Client {chr(65 + number)}",
        email=f"client{number}@clients.example",
        assessment_key=answers,
        starts=starts,
        therapist_code=therapist,
        key=uuid4(),
        **more,
    )


def race(rounds: int) -> dict[str, Any]:
    """All workers want one place at one moment, again and again."""
    place, answers = set_up()

    def work(number: int, orders: int, told: int) -> None:
        from clinic import CLOCK  # noqa: PLC0415
        from unpinch.services.booking import book  # noqa: PLC0415

        book(asked(place, answers[number], number, DAY, "ann"), clock=CLOCK)  # too soon: warms everything up
        os.write(told, b"ready\n")
        for line in os.fdopen(orders):
            starts = datetime.fromisoformat(line.strip())
            began = time.perf_counter()
            outcome = book(asked(place, answers[number], number, starts, "ann"), clock=CLOCK)
            took = time.perf_counter() - began
            os.write(told, f"{type(outcome).__name__} {took:.4f}\n".encode())

    workers = [fork(work, number) for number in range(WORKERS)]
    try:
        _gather(workers)
        winners, slowest = [], []
        for number in range(rounds):
            starts = DAY + timedelta(days=number // 16, hours=9, minutes=30 * (number % 16))
            for worker in workers:
                os.write(worker.orders, f"{starts.isoformat()}\n".encode())
            said = [line.split() for line in _gather(workers)]
            winners.append(sum(word == "Booked" for word, _ in said))
            slowest.append(max(float(took) for _, took in said))
    finally:
        _stop(workers)
    from unpinch.records.models import Appointment, Message  # noqa: PLC0415

    return {
        "rounds": rounds,
        "winners": winners,
        "slowest_ms": round(max(slowest) * 1000),
        "appointments": Appointment.objects.count(),
        "messages": Message.objects.count(),
    }


def kill(seconds: float, every: float) -> dict[str, Any]:
    """Workers hold, book and cancel scarce places; one is killed every so often, and another takes its seat."""
    place, answers = set_up()

    def work(seed: int, orders: int, told: int) -> None:
        del orders
        _book_and_cancel(place, answers, seed, told)

    told, seed, kills = Told(), 0, 0
    workers = [fork(work, number) for number in range(WORKERS)]
    chance = random.Random(7)
    ends, next_kill = time.monotonic() + seconds, time.monotonic() + every
    try:
        while time.monotonic() < ends:
            time.sleep(0.05)
            if time.monotonic() >= next_kill:
                next_kill += every
                victim = chance.randrange(WORKERS)
                os.kill(workers[victim].pid, signal.SIGKILL)
                os.waitpid(workers[victim].pid, 0)
                _note_all([workers[victim]], told)
                seed, kills = seed + 1, kills + 1
                workers[victim] = fork(work, victim + WORKERS * seed)
            _note_all(workers, told)
    finally:
        _stop(workers)
    _note_all(workers, told)
    return {"kills": kills, **_check(told)}


def _book_and_cancel(place: Any, answers: list[UUID], seed: int, told: int) -> None:
    from clinic import NOW  # noqa: PLC0415
    from unpinch.gateways.clock import FixedClock  # noqa: PLC0415
    from unpinch.services.booking import Booked, book, cancel  # noqa: PLC0415
    from unpinch.services.holds import Held, HoldCommand, hold  # noqa: PLC0415

    chance, number, began = random.Random(seed), seed % WORKERS, time.monotonic()
    mine: list[str] = []
    while True:
        clock = FixedClock(NOW + timedelta(seconds=time.monotonic() - began))
        starts = DAY + timedelta(days=chance.randrange(3), hours=9, minutes=30 * chance.randrange(16))
        therapist = chance.choice(["ann", "ben"])
        kept = None
        if chance.random() < 0.5:
            wish = HoldCommand(place.practice.pk, answers[number], "swedish-60", "harbour", therapist, starts)
            held = hold(wish, clock=clock)
            kept = held.key if isinstance(held, Held) else None
        if kept is not None and chance.random() < 0.3:
            continue  # walks away with the place held
        asks_at = time.perf_counter()
        outcome = book(asked(place, answers[number], number, starts, therapist, hold=kept), clock=clock)
        if isinstance(outcome, Booked):
            os.write(told, f"booked {outcome.token} {time.perf_counter() - asks_at:.4f}\n".encode())
            mine.append(outcome.token)
        elif mine and chance.random() < 0.5:
            token = mine.pop(chance.randrange(len(mine)))
            os.write(told, f"cancelling {token}\n".encode())
            cancel(token, clock=clock)
            os.write(told, f"cancelled {token}\n".encode())


def _check(told: Told) -> dict[str, Any]:
    """What the database holds, against what the clients were told."""
    from clinic import NOW  # noqa: PLC0415
    from unpinch.gateways.clock import FixedClock  # noqa: PLC0415
    from unpinch.jobs import periodic  # noqa: PLC0415
    from unpinch.records.models import Appointment, AuditEvent, Message, Status  # noqa: PLC0415
    from unpinch.services.booking import hash_of  # noqa: PLC0415

    failed = periodic.tick(clock=FixedClock(NOW + timedelta(hours=1))).failed
    rows = dict(Appointment.objects.values_list("cancel_token_hash", "status"))
    lost = [token for token in told.booked - told.cancelling if rows.get(hash_of(token)) != Status.BOOKED]
    risen = [token for token in told.cancelled if rows.get(hash_of(token)) != Status.CANCELLED]
    held = Appointment.objects.filter(status=Status.HELD).count()
    booked = Appointment.objects.exclude(status__in=[Status.HELD, Status.EXPIRED]).count()
    return {
        "told_booked": len(told.booked),
        "lost": len(lost),
        "risen": len(risen),
        "overlaps": _overlaps(),
        "stuck_holds": held,
        "booked_without_message": booked - Message.objects.filter(kind="confirmation").count(),
        "booked_without_audit": booked - AuditEvent.objects.filter(action="appointment.book").count(),
        "failed_work": list(failed),
        "slowest_ms": round(told.slowest * 1000),
    }


def _overlaps() -> int:
    from unpinch.records.models import Appointment  # noqa: PLC0415

    rows = list(Appointment.objects.filter(released_at=None).order_by("busy_from"))
    found = 0
    for resource in ("therapist_id", "room_id", "client_id"):
        ends: dict[int, datetime] = {}
        for row in rows:
            key = getattr(row, resource)
            if key is not None:
                found += key in ends and row.busy_from < ends[key]
                ends[key] = row.busy_until
    return found


def _note_all(workers: list[Worker], told: Told) -> None:
    for worker in workers:
        for line in worker.lines():
            told.note(line)


def _gather(workers: list[Worker]) -> list[str]:
    """One line from each, waited for."""
    found: list[str] = []
    for worker in workers:
        lines: list[str] = []
        while not lines:
            select.select([worker.answers], [], [], 60)
            lines = worker.lines()
        found += lines
    return found


def _stop(workers: list[Worker]) -> None:
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(worker.pid, 0)


def main() -> int:
    """Run what is asked for and print what was seen."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["race", "kill"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--every", type=float, default=2)
    args = parser.parse_args()
    seen = race(args.rounds) if args.what == "race" else kill(args.seconds, args.every)
    sys.stdout.write(json.dumps(seen) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
