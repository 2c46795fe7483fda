"""How fast the other side of a session hears of a press, with many listeners, and what forced reconnects lose.

``python benchmarks/live.py`` starts the real server on a free port of this machine, with a made-up practice in a
folder of its own. 60 listeners (``--listeners``) watch one session by server-sent events; presses are made through
the client's own buttons, and each listener notes when it heard of each. Then one listener drops its connection 200
times (``--reconnects``) while presses go on, and counts what it missed. It ends by itself within two minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]
CODE = "BCDFGH"
PRESSES = 60
PAUSE = 0.25
REGION = "region-neck"


def prepare(folder: Path) -> None:
    """A running session of the demonstration, put straight into the tables."""
    script = f"""
import django; django.setup()
from django.utils import timezone
from unpinch.clinical import room
from unpinch.records.models import Appointment, RoomSession
from unpinch.services import session_room
plan = room.RoomPlan("a stiff neck", (room.Place({REGION!r}, "Neck", (), 5),), (), (), (), (), 2, "")
row = Appointment.objects.filter(status="booked").first()
RoomSession.objects.create(practice_id=row.practice_id, appointment=row, phase="running", code={CODE!r},
    code_hash=session_room.hash_of({CODE!r}), plan={{"room": room.dump(plan), "usual": {{}}}}, started_at=timezone.now())
"""
    environment = {
        **os.environ,
        "UNPINCH_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "unpinch.config.settings",
    }
    subprocess.run([sys.executable, "-c", script], env=environment, check=True, cwd=ROOT)


class Phone:
    """The client's phone: joins by the code, presses, listens. Plain HTTP/1.1 over a socket."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies, self.token = port, "", ""

    async def join(self) -> None:
        """Get in by the code."""
        head, body = await self._ask("GET", "/control")
        self._keep(head)
        self.token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', body)[1]  # type: ignore[index]
        head, _ = await self._ask("POST", "/control", f"csrfmiddlewaretoken={self.token}&code={CODE}")
        assert " 302 " in head.splitlines()[0], head
        self._keep(head)

    async def press(self, kind: str) -> None:
        """Press one button."""
        form = f"csrfmiddlewaretoken={self.token}&kind={kind}&region={REGION}"
        head, _ = await self._ask("POST", "/control/press", form)
        assert " 302 " in head.splitlines()[0], head

    async def listen(self, after: int, heard: dict[int, float], until: int, most: int | None = None) -> int:
        """Listen from a number on; the last one heard. Leaves after ``most`` events, or when ``until`` is heard."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [
            "GET /live/control HTTP/1.1",
            "Host: 127.0.0.1",
            f"Cookie: {self.cookies}",
            f"Last-Event-ID: {after}",
        ]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        count = 0
        try:
            while True:
                line = await reader.readline()
                if not line:
                    return after
                if found := re.match(rb"id: (\d+)", line):
                    number = int(found[1])
                    assert number == after + 1, f"{number} came after {after}"
                    after, count = number, count + 1
                    heard[number] = time.perf_counter()
                    if after >= until or count == most:
                        return after
        finally:
            writer.close()

    def _keep(self, head: str) -> None:
        found = dict(re.findall(r"(?im)^set-cookie: ([^=]+)=([^;\r]+)", head))
        mine = dict(pair.split("=", 1) for pair in self.cookies.split("; ") if pair)
        self.cookies = "; ".join(f"{name}={value}" for name, value in {**mine, **found}.items())

    async def _ask(self, method: str, path: str, form: str = "") -> tuple[str, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Connection: close",
            f"Cookie: {self.cookies}",
        ]
        if method == "POST":
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"]
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + form).encode())
        answer = (await reader.read()).decode("utf-8", "replace")
        writer.close()
        head, _, body = answer.partition("\r\n\r\n")
        return head, body


async def latency(port: int, listeners: int) -> list[float]:
    """Seconds from the press of a button to each listener's hearing of it."""
    phone = Phone(port)
    await phone.join()
    heard: list[dict[int, float]] = [{} for _ in range(listeners)]
    tasks = [asyncio.create_task(phone.listen(0, one, PRESSES)) for one in heard]
    await asyncio.sleep(3)
    pressed: dict[int, float] = {}
    for number in range(1, PRESSES + 1):
        pressed[number] = time.perf_counter()
        await phone.press(("more", "less")[number % 2])
        await asyncio.sleep(PAUSE)
    await asyncio.gather(*tasks)
    return [moment - pressed[number] for one in heard for number, moment in one.items()]


async def reconnects(port: int, times: int) -> tuple[int, int]:
    """How many events were lost in so many forced reconnects, and how many were pressed."""
    phone = Phone(port)
    await phone.join()
    heard: dict[int, float] = {}
    until = PRESSES + times

    async def press() -> None:
        for number in range(times):
            await phone.press(("more", "less")[number % 2])

    async def listen() -> None:
        last = PRESSES
        while last < until:
            last = await phone.listen(last, heard, until, most=1)

    await asyncio.gather(press(), listen())
    return times - len(heard), times


def main() -> None:
    """Start the server, measure, print JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=60)
    parser.add_argument("--reconnects", type=int, default=200)
    given = parser.parse_args()
    from product import running_product  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name, running_product(Path(name) / "data") as product:
        port = int(product.address.rpartition(":")[2])
        prepare(product.folder)
        found = asyncio.run(asyncio.wait_for(measure(port, given), 180))
    print(json.dumps(found, indent=2))
    sys.exit(1 if found["lost"] else 0)


async def measure(port: int, given: argparse.Namespace) -> dict[str, Any]:
    """Both measurements, one after the other."""
    took = sorted(await latency(port, given.listeners))
    lost, pressed = await reconnects(port, given.reconnects)
    return {
        "listeners": given.listeners,
        "presses": PRESSES,
        "heard": len(took),
        "p50_ms": round(statistics.median(took) * 1000),
        "p95_ms": round(took[int(len(took) * 0.95)] * 1000),
        "slowest_ms": round(took[-1] * 1000),
        "reconnects": pressed,
        "lost": lost,
    }


if __name__ == "__main__":
    main()
