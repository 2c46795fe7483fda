"""Streams of a session: nothing is lost through dropped connections, and only who belongs there listens."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import AsyncRequestFactory, Client
from django.utils import timezone

from clinic import CLOCK, TEN, Place, command, make_practice
from unpinch.clinical import room
from unpinch.clinical.pressure import Event
from unpinch.gateways.clock import FixedClock
from unpinch.records.models import Appointment, RoomSession
from unpinch.services import booking, session_live, session_room
from unpinch.web.live import hub as hubs
from unpinch.web.live import room as live
from unpinch.web.live.hub import Hub

pytestmark = pytest.mark.django_db
NOW = FixedClock(TEN)
TOP = "region-shoulder-top"
PLACE = room.Place(TOP, "Top of the shoulder", (), 3)
PLAN = room.RoomPlan("a stiff neck", (PLACE,), (), (), (), (), 2, "")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "POLL_SECONDS", 0.001)


@pytest.fixture
def place() -> Place:
    return make_practice()


@pytest.fixture
def room_id(place: Place) -> int:
    assert isinstance(booking.book(command(place), clock=CLOCK), booking.Booked)
    code = "BCDFGH"
    made = RoomSession.objects.create(
        practice=place.practice,
        appointment=Appointment.objects.get(),
        phase="running",
        code=code,
        code_hash=session_room.hash_of(code),
        plan={"room": room.dump(PLAN), "usual": {}},
        started_at=timezone.now(),
    )
    return made.pk


def press(room_id: int, kind: Any) -> None:
    session_room.press(room_id, Event(kind, TOP), "client", clock=NOW)


def test_two_hundred_dropped_connections_lose_nothing(room_id: int) -> None:
    reconnects, most = 200, 260

    async def write() -> None:
        for number in range(most):
            await sync_to_async(press)(room_id, ("more", "same", "less")[number % 3])
            await asyncio.sleep(0)
        await sync_to_async(press)(room_id, "finish")

    async def read() -> tuple[list[int], int]:
        hub, got, connections = Hub(), [0], 0
        while True:
            connections += 1
            stream = hub.listen(room_id, got[-1])
            async for news in stream:
                assert news is not None
                got.append(news.number)
                if news.is_end:
                    return got[1:], connections
                if connections <= reconnects:
                    break  # the line drops after this event
            await stream.aclose()

    async def both() -> tuple[list[int], int]:
        async with asyncio.timeout(120):
            (got, connections), _ = await asyncio.gather(read(), write())
        return got, connections

    got, connections = async_to_sync(both)()
    assert connections > reconnects
    assert got == list(range(1, most + 2))


def test_every_listener_gets_every_event_and_the_poller_rests_when_nobody_listens(room_id: int) -> None:
    async def scenario() -> tuple[list[list[int]], int]:
        hub = Hub()

        async def read(after: int) -> list[int]:
            return [news.number async for news in hub.listen(room_id, after) if news is not None]

        async def write() -> None:
            for kind in ("more", "more", "less", "finish"):
                await sync_to_async(press)(room_id, kind)

        async with asyncio.timeout(30):
            *got, _ = await asyncio.gather(read(0), read(0), read(2), write())
        return got, hub.count

    got, left = async_to_sync(scenario)()
    assert got == [[1, 2, 3, 4], [1, 2, 3, 4], [3, 4]]
    assert left == 0


def test_a_fault_of_the_database_is_survived(room_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    real, faults = session_live.newer, [OSError()]

    def newer(lasts: dict[int, int]) -> Any:
        if faults:
            raise faults.pop()
        return real(lasts)

    async def scenario() -> int:
        stream = Hub().listen(room_id, 0)
        waiting: asyncio.Task[Any] = asyncio.create_task(anext(stream))
        await asyncio.sleep(0.01)
        monkeypatch.setattr(session_live, "newer", newer)
        await asyncio.sleep(0.01)
        await sync_to_async(press)(room_id, "less")
        async with asyncio.timeout(30):
            news = await waiting
        await stream.aclose()
        assert news is not None
        return int(news.number)

    monkeypatch.setattr(hubs, "PAUSE_AFTER_FAULT_SECONDS", 0.001)
    assert async_to_sync(scenario)() == 1


def test_a_sign_of_life_when_nothing_happens(room_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "PING_SECONDS", 0.001)

    async def scenario() -> object:
        stream = Hub().listen(room_id, 0)
        found = await anext(stream)
        await stream.aclose()
        return found

    assert async_to_sync(scenario)() is None


def _stream(browser: Client, **headers: str) -> Any:
    request = AsyncRequestFactory(headers=headers).get("/live/control")
    request.COOKIES.update({name: morsel.value for name, morsel in browser.cookies.items()})
    return async_to_sync(live.control)(request)


def test_the_phone_that_joined_by_code_may_listen_and_nobody_else(
    room_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = Client()
    assert _stream(phone).status_code == 404
    assert phone.post("/control", {"code": "bcd fgh"}).status_code == 302
    answer = _stream(phone, **{"Last-Event-ID": "7"})
    assert (answer.status_code, answer["Content-Type"], answer["X-Accel-Buffering"]) == (
        200,
        "text/event-stream",
        "no",
    )
    phone.cookies["unpinch_room"] = "forged"
    assert _stream(phone).status_code == 404
    monkeypatch.setattr(live, "MOST_LISTENERS", 0)
    joined = Client()
    joined.post("/control", {"code": "BCDFGH"})
    assert (_stream(joined).status_code, _stream(joined)["Retry-After"]) == (503, "30")


def test_the_stream_says_what_happened_and_where_to_go_on(room_id: int) -> None:
    for kind in ("less", "halt", "stop"):
        press(room_id, kind)

    async def scenario() -> str:
        return "".join([line async for line in live._lines(room_id, 1)])

    assert async_to_sync(scenario)() == (
        "retry: 1000\n\n"
        'id: 2\ndata: {"kind": "halt", "by": "client", "end": false}\n\n'
        'id: 3\ndata: {"kind": "stop", "by": "client", "end": true}\n\n'
    )


@pytest.mark.parametrize(
    ("given", "last"), [("", 0), ("12", 12), ("-1", 0), ("x", 0), ("9" * 12, 0), ("²", 0)]
)
def test_a_number_that_is_none_begins_at_the_start(given: str, last: int) -> None:
    request = AsyncRequestFactory().get("/live/control", query_params={"after": given})
    assert live._last(request) == last


def test_the_phone_presses_halts_and_is_asked(room_id: int) -> None:
    phone = Client()
    assert phone.get("/control/buttons").status_code == 302
    wrong = phone.post("/control", {"code": "XXXXXX"})
    assert (wrong.status_code, "No session with this code" in wrong.content.decode()) == (422, True)
    phone.post("/control", {"code": "BCDFGH"})
    assert "Top of the shoulder" in phone.get("/control/buttons").content.decode()
    for _ in range(3):
        phone.post("/control/press", {"kind": "more", "region": TOP})
    assert "That is the most that is safe here." in phone.get("/control/now").content.decode()
    halted = phone.post("/control/press", {"kind": "halt", "region": TOP}, follow=True)
    assert "Is any of this there now?" in halted.content.decode()
    assert phone.post("/control/recheck", {}).status_code == 422
    over = phone.post("/control/recheck", {"weak": "yes"}, follow=True).content.decode()
    assert "Please see a doctor today" in over
    assert RoomSession.objects.get().phase == "stopped"


@pytest.mark.parametrize("kind", ["set", "finish", "step", "nonsense"])
def test_the_phone_cannot_do_what_is_the_therapists(room_id: int, kind: str) -> None:
    phone = Client()
    phone.post("/control", {"code": "BCDFGH"})
    phone.post("/control/press", {"kind": kind, "region": TOP, "level": "3"})
    assert session_room.by_id(room_id).last == 0
