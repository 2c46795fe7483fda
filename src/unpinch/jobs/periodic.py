"""What falls due by the clock, in order. To add some, write a service that does it for a moment and give it a line."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpinch.gateways.clock import SYSTEM_CLOCK, Clock
from unpinch.services import holds, offers, private_calendars, reminders

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from threading import Event

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of periodic work. ``run`` does all that is due at a moment, in transactions of its own, and counts it.

    It must be cheap when nothing is due, and harmless when several workers run it at once.
    """

    name: str
    run: Callable[[datetime], int]


WORK: tuple[Work, ...] = (
    Work("holds given back", holds.expire_due),
    Work("offers passed on", offers.pass_on),
    Work("offers made", offers.make),
    Work("reminders written", reminders.remind),
    Work("private calendars read", private_calendars.refresh_due),
    Work("questions asked weeks later", reminders.ask_after_weeks),
)


@dataclass(frozen=True, slots=True)
class Done:
    """What one round did: how much of each work, and which failed (the log says why)."""

    counts: dict[str, int]
    failed: tuple[str, ...]


def tick(*, stopping: Event | None = None, clock: Clock = SYSTEM_CLOCK) -> Done:
    """Do everything that is due now. A piece that fails is logged and does not keep the others from being done."""
    now = clock.now()
    counts: dict[str, int] = {}
    failed = []
    for work in WORK:
        if stopping is not None and stopping.is_set():
            break
        try:
            counts[work.name] = work.run(now)
        except Exception:  # noqa: BLE001 - whatever it was, the other work is due all the same
            _LOG.exception("Periodic work failed: %s. The next round tries again.", work.name)
            failed.append(work.name)
    return Done(counts, tuple(failed))
