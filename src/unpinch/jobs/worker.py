"""The worker: sends what waits in the outbox, and once a minute does what falls due by the clock."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from django.db import close_old_connections

from unpinch.services import outbox

if TYPE_CHECKING:
    from threading import Event

_LOG = logging.getLogger(__name__)
PAUSE_SECONDS = 1.0
PAUSE_AFTER_FAULT_SECONDS = 15.0
TICK_SECONDS = 60.0
FIRST_TICK_SECONDS = 10.0


def work(stopping: Event) -> None:
    """Deliver messages as they come due, and tick every minute.

    Returns soon after ``stopping`` is set, between two messages or pieces of work at the latest.
    """
    next_tick = time.monotonic() + FIRST_TICK_SECONDS
    while not stopping.is_set():
        close_old_connections()
        pause = PAUSE_SECONDS
        try:
            if time.monotonic() >= next_tick:
                next_tick = time.monotonic() + TICK_SECONDS
                _tick(stopping)
            if outbox.deliver_due().any:
                continue
        except Exception:  # noqa: BLE001 - whatever it was, the next round may go well, and nobody else sends the messages
            _LOG.exception("The outbox could not be worked through; trying again shortly.")
            pause = PAUSE_AFTER_FAULT_SECONDS
        stopping.wait(pause)


def _tick(stopping: Event) -> None:
    # Late: it brings the clinical core with it, and neither the first message nor a quick stop need wait for that.
    from unpinch.jobs import periodic  # noqa: PLC0415

    periodic.tick(stopping=stopping)


def work_once() -> outbox.Delivery:
    """Deliver what is due now."""
    total = outbox.Delivery()
    while (delivery := outbox.deliver_due()).any:
        total = outbox.Delivery(
            total.sent + delivery.sent,
            total.put_off + delivery.put_off,
            total.given_up + delivery.given_up,
            total.uncertain + delivery.uncertain,
            total.dropped + delivery.dropped,
        )
    return total
