"""Free times and whole bookings with a long history, on SQLite (synchronous=FULL) and PostgreSQL.

``python benchmarks/booking.py`` asks, at 1,000 and 100,000 stored appointments (``--sizes 1000,100000,1000000``):
how long do the free times of one therapist on one day take, and of 20 therapists over 30 days; and how many whole
bookings (gate, client, appointment, record book, message) do 16 processes make in a second. It calls the services,
without HTTP: what the web adds is the same for every size. Medians, with the fastest and slowest.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "database"), str(ROOT / "src")]
THERAPISTS = 20
REPEATS = 7
SECONDS = 8.0


def add_staff(place: Any) -> list[Any]:
    """Twenty therapists, a room for each."""
    from clinic import make_therapist  # noqa: PLC0415
    from unpinch.records.models import Practice, Room, Service  # noqa: PLC0415

    Practice.objects.update(grid_minutes=15)
    Service.objects.update(minutes=60, turnover_after_minutes=0)
    for number in range(THERAPISTS):
        Room.objects.create(
            practice=place.practice, location=place.harbour, code=f"more-{number}", name=f"More {number}"
        )
    return [make_therapist(place.harbour, f"t{number}") for number in range(THERAPISTS)]


def add_history(
    place: Any,
    therapists: list[Any],
    first: int,
    last: int,
    day: datetime = datetime(2026, 11, 25, 9, tzinfo=UTC),
) -> None:
    """Appointments number ``first`` to ``last``: a thousand in the month from ``day`` on, the others in years gone by."""
    from clinic import NOW  # noqa: PLC0415
    from unpinch.records.models import Appointment, Client, Room  # noqa: PLC0415

    client, _ = Client.objects.get_or_create(
        practice=place.practice,
        name="Old Client",
        name_key="old client",
        email="old@clients.example",
        email_key="old@clients.example",
        phone="+441174960123",
        created_at=NOW,
    )
    rooms = list(Room.objects.filter(code__startswith="more").order_by("pk"))
    rows = []
    for number in range(first, last):
        turn, who = divmod(number, THERAPISTS)
        ahead = turn < 50
        days, hour = divmod(turn if ahead else turn - 50, 2 if ahead else 8)
        starts = day + timedelta(days=days if ahead else -2 - days, hours=hour * (3 if ahead else 1))
        rows.append(
            Appointment(
                practice=place.practice,
                key=uuid4(),
                therapist=therapists[who],
                room=rooms[who],
                client=client,
                service=place.swedish,
                location=place.harbour,
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
                busy_from=starts,
                busy_until=starts + timedelta(hours=1),
                local_start=starts.strftime("%Y-%m-%dT%H:%M"),
                time_zone="Europe/London",
                status="booked" if ahead else "completed",
                may_overlap=True,  # one made-up client for all of them
                override_reason="history of a benchmark",
                cancel_token_hash=uuid4().hex,
                calendar_uid=uuid4(),
                booked_at=starts,
            )
        )
        if len(rows) == 5000 or number == last - 1:
            Appointment.objects.bulk_create(rows, batch_size=500)
            rows.clear()


def measure_free(place: Any) -> dict[str, list[float]]:
    """Milliseconds for one therapist-day and for all therapists over thirty days."""
    from clinic import CLOCK, TEN  # noqa: PLC0415
    from unpinch.services.availability import FreeTimesQuery, free_times  # noqa: PLC0415

    one = FreeTimesQuery(place.practice.pk, "swedish-60", TEN.date(), 1, therapist_code="t3")
    whole = FreeTimesQuery(place.practice.pk, "swedish-60", TEN.date(), 30)
    found: dict[str, list[float]] = {"one": [], "whole": []}
    for _ in range(REPEATS):
        for name, query in (("one", one), ("whole", whole)):
            began = time.perf_counter()
            assert free_times(query, clock=CLOCK)
            found[name].append((time.perf_counter() - began) * 1000)
    return found


def measure_bookings(place: Any, round_number: int) -> dict[str, Any]:
    """Whole bookings a second by sixteen processes, and the slowest answers in milliseconds."""
    from django.db import connections  # noqa: PLC0415

    import crowd  # noqa: PLC0415
    from clinic import stored_answers  # noqa: PLC0415

    answers = [stored_answers(place) for _ in range(crowd.WORKERS)]
    connections.close_all()

    def work(number: int, orders: int, told: int) -> None:
        del orders
        from clinic import CLOCK, TEN  # noqa: PLC0415
        from unpinch.services.booking import Booked, book  # noqa: PLC0415

        ends, count = time.monotonic() + SECONDS, 0
        while time.monotonic() < ends:
            starts = TEN + timedelta(days=30 + 12 * round_number + count // 8 % 12, hours=count % 8 - 1)
            name = f"Client {chr(65 + number)}{'x' * round_number}"
            asked = crowd.asked(place, answers[number], number, starts, f"t{number}")
            began = time.perf_counter()
            outcome = book(
                replace(asked, name=name.replace(str(round_number), "x" * round_number)), clock=CLOCK
            )
            took = time.perf_counter() - began
            count += 1
            if isinstance(outcome, Booked):
                os.write(told, f"booked {outcome.token} {took:.4f}\n".encode())

    workers = [crowd.fork(work, number) for number in range(crowd.WORKERS)]
    took: list[float] = []
    began = time.monotonic()
    while time.monotonic() < began + SECONDS + 1:
        time.sleep(0.2)
        for worker in workers:
            took += [float(line.split()[2]) * 1000 for line in worker.lines()]
    crowd._stop(workers)  # noqa: SLF001 - the same harness
    took.sort()
    return {"a_second": len(took) / SECONDS, "p50": took[len(took) // 2], "p99": took[int(len(took) * 0.99)]}


def inside(sizes: list[int]) -> None:
    import crowd  # noqa: PLC0415

    place, _ = crowd.set_up()
    therapists, stored = add_staff(place), 0
    for number, size in enumerate(sizes):
        add_history(place, therapists, stored, size)
        stored = size
        free = measure_free(place)
        print(json.dumps({"size": size, "free": free, "book": measure_bookings(place, number)}), flush=True)


def run(name: str, sizes: str, url: str | None) -> None:
    with tempfile.TemporaryDirectory(prefix="unpinch-bench-") as folder:
        env = {**os.environ, "UNPINCH_DATA": folder, "DJANGO_SETTINGS_MODULE": "unpinch.config.settings"}
        env.pop("UNPINCH_DATABASE_URL", None)
        if url is not None:
            env["UNPINCH_DATABASE_URL"] = url
        command = [sys.executable, __file__, "--inside", "--sizes", sizes]
        done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    for line in done.stdout.splitlines():
        seen = json.loads(line)
        one, whole = (shown(seen["free"][key]) for key in ("one", "whole"))
        book = seen["book"]
        print(
            f"{name:10} {seen['size']:>9,} stored: 1 x 1 day {one} ms; 20 x 30 days {whole} ms; "
            f"{book['a_second']:.0f} bookings/s, p50 {book['p50']:.0f} ms, p99 {book['p99']:.0f} ms",
            flush=True,
        )


def shown(values: list[float]) -> str:
    return f"{statistics.median(values):.1f} [{min(values):.1f}..{max(values):.1f}]"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1000,100000")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inside:
        inside([int(size) for size in args.sizes.split(",")])
        return 0
    run("SQLite", args.sizes, None)
    import postgres  # noqa: PLC0415

    # As an installation runs it, and not as the tests do: every confirmed booking is on the disk.
    postgres._FAST = "-c max_connections=100"  # noqa: SLF001
    with postgres.running_postgres() as url:
        run("PostgreSQL", args.sizes, url)
    return 0


if __name__ == "__main__":
    sys.exit(main())
