"""One poller per process for all who listen: it asks the table what is new, and hands it to each listener's queue.

The table is the truth: each event has a number within its session, without a gap, visible in order. A listener says
the last number it has; whatever is newer is read from the table, so nothing is lost through a dropped connection or
a restart. The poller rests while nobody listens.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async

from unpinch.services import session_live

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from unpinch.services.session_live import News

_LOG = logging.getLogger(__name__)
POLL_SECONDS = 0.2
PAUSE_AFTER_FAULT_SECONDS = 2.0
PING_SECONDS = 15.0
MOST_LISTENERS = 200
"""Per process. Two people watch a session, so this is a hundred sessions at once."""


@dataclass(eq=False)
class Listener:
    """Somebody who watches one session from event number ``last`` on."""

    room_id: int
    last: int
    waiting: asyncio.Event = field(default_factory=asyncio.Event)


class FullError(Exception):
    """Too many listen already; the page still works without."""


class Hub:
    """The listeners of one event loop."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._known: dict[int, list[News]] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        """How many listen."""
        return len(self._listeners)

    async def listen(self, room_id: int, last: int) -> AsyncGenerator[News | None, None]:
        """Every event after ``last``, in order and each once; None as a sign of life when nothing happens."""
        if len(self._listeners) >= MOST_LISTENERS:
            raise FullError
        listener = Listener(room_id, last)
        self._listeners.add(listener)
        self._start()
        try:
            while True:
                for news in await self._newer(listener):
                    listener.last = news.number
                    yield news
                    if news.is_end:
                        return
                try:
                    await asyncio.wait_for(listener.waiting.wait(), PING_SECONDS)
                except TimeoutError:
                    yield None
        finally:
            self._listeners.discard(listener)
            if not self._listeners:
                self._stop()

    async def _newer(self, listener: Listener) -> list[News]:
        """What the listener has not seen: from what the poller just read, or, for one who comes late, the table."""
        listener.waiting.clear()
        known = self._known.get(listener.room_id, [])
        if known and known[0].number <= listener.last + 1:
            return [news for news in known if news.number > listener.last]
        return await sync_to_async(session_live.newer)({listener.room_id: listener.last})

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._poll())

    def _stop(self) -> None:
        self._known.clear()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self._look()
            except Exception:  # noqa: BLE001 - the next look may go well, and all who listen depend on it
                _LOG.exception("Could not look for what is new in the sessions; trying again shortly.")
                await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)

    async def _look(self) -> None:
        lasts: dict[int, int] = {}
        for listener in self._listeners:
            lasts[listener.room_id] = min(listener.last, lasts.get(listener.room_id, listener.last))
        fresh: dict[int, list[News]] = defaultdict(list)
        for news in await sync_to_async(session_live.newer)(lasts):
            fresh[news.room_id].append(news)
        self._known = dict(fresh)
        for listener in self._listeners:
            if listener.room_id in fresh:
                listener.waiting.set()


_hubs: dict[int, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(id(asyncio.get_running_loop()), Hub())
