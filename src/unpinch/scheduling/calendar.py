"""Free time as one whole number: bit i stands for step i of a horizon, and is set when that step is free.

Intersection, union and subtraction of times are then ``&``, ``|`` and ``& ~``; where a session of k steps can
start is k intersections, done by doubling. All times are half-open: an end is the first moment no longer in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``start`` up to, not including, ``end``; both aware. An interval that ends before it starts is empty."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Horizon:
    """``length`` steps of ``step`` minutes from ``origin`` (aware, a whole minute in UTC)."""

    origin: datetime
    step: int
    length: int

    @classmethod
    def covering(cls, interval: Interval, step: int) -> Horizon:
        """The smallest horizon around ``interval`` whose steps lie on multiples of ``step`` minutes of UTC."""
        first = _minutes(interval.start) // step
        last = -(-_minutes_up(interval.end) // step)
        return cls(_EPOCH + first * step * _MINUTE, step, max(0, last - first))

    @property
    def all(self) -> int:
        """Every step."""
        return (1 << self.length) - 1

    def inside(self, interval: Interval) -> int:
        """The steps that lie wholly in the interval: for time that is offered."""
        return self._between(self._up(interval.start), self._down(interval.end))

    def touched(self, interval: Interval) -> int:
        """The steps that the interval touches at all: for time that is taken."""
        if interval.end <= interval.start:
            return 0
        return self._between(self._down(interval.start), self._up(interval.end))

    def within(self, intervals: Iterable[Interval]) -> int:
        """The union of :meth:`inside` over all intervals; those that touch each other are joined first."""
        found = 0
        for interval in joined(intervals):
            found |= self.inside(interval)
        return found

    def taken(self, intervals: Iterable[Interval]) -> int:
        """The union of :meth:`touched` over all intervals."""
        found = 0
        for interval in intervals:
            found |= self.touched(interval)
        return found

    def instant(self, index: int) -> datetime:
        """The moment at which step ``index`` begins, in UTC."""
        return self.origin + timedelta(minutes=index * self.step)

    def index(self, instant: datetime) -> int | None:
        """The step that begins exactly at ``instant``, None when there is none."""
        steps, rest = divmod(instant - self.origin, timedelta(minutes=self.step))
        return steps if not rest and 0 <= steps < self.length else None

    def first_from(self, instant: datetime) -> int:
        """The first step that begins at ``instant`` or later; it may lie outside the horizon."""
        return self._up(instant)

    def _down(self, instant: datetime) -> int:
        return (instant - self.origin) // timedelta(minutes=self.step)

    def _up(self, instant: datetime) -> int:
        return -((self.origin - instant) // timedelta(minutes=self.step))

    def _between(self, low: int, high: int) -> int:
        low, high = max(0, low), min(self.length, high)
        return ((1 << (high - low)) - 1) << low if low < high else 0


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as the fewest intervals, in order. Empty ones vanish."""
    found: list[Interval] = []
    for interval in sorted((i for i in intervals if i.start < i.end), key=lambda i: i.start):
        if found and interval.start <= found[-1].end:
            found[-1] = Interval(found[-1].start, max(found[-1].end, interval.end))
        else:
            found.append(interval)
    return found


def runs(free: int, length: int) -> int:
    """Where ``length`` free steps in a row begin. ``length`` is at least 1."""
    have = 1
    while have < length:
        more = min(have, length - have)
        free &= free >> more
        have += more
    return free


def bits(mask: int) -> Iterator[int]:
    """The positions of the set bits, in rising order."""
    # Reading bytes is linear; taking the lowest bit off a long number again and again is quadratic.
    for position, byte in enumerate(mask.to_bytes((mask.bit_length() + 7) // 8, "little")):
        if byte:
            for offset in _OF_BYTE[byte]:
                yield position * 8 + offset


_OF_BYTE = tuple(tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256))


@lru_cache(maxsize=16384)
def moment(day: date, clock: time, zone: tzinfo) -> datetime:
    """The first moment, in UTC, at which a local clock shows this time of this day or later.

    So a time that the spring change skips is the moment of the change, and a time that comes twice in autumn
    is its first coming.
    """
    wall = datetime.combine(day, clock)
    before = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if before.astimezone(zone).replace(tzinfo=None) == wall:
        return before
    # Skipped: the change lies between the two readings of the clock; find its minute.
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    low, high = sorted((early, before))
    offset = high.astimezone(zone).utcoffset()
    while high - low > _MINUTE:
        middle = low + (high - low) // (2 * _MINUTE) * _MINUTE
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high


def day_span(first: date, last: date, zone: tzinfo) -> Interval:
    """From the first moment of ``first`` to the end of ``last`` by the local clock."""
    return Interval(moment(first, time.min, zone), moment(last + timedelta(days=1), time.min, zone))


def clock_grid(horizon: Horizon, grid: int, zone: tzinfo) -> int:
    """The steps that begin when the local clock shows a multiple of ``grid`` minutes since midnight."""
    found = 0
    for start, end, offset in _offsets(horizon, zone):
        low, high = horizon._up(start), min(horizon.length, horizon._up(end))  # noqa: SLF001 - same module
        first = next(
            (
                i
                for i in range(low, min(high, low + grid))
                if (_minutes(horizon.instant(i)) + offset) % grid == 0
            ),
            None,
        )
        if first is not None:
            every = _stride(horizon.step, grid)
            count = (high - first - 1) // every + 1
            found |= _comb(every, count) << first
    return found


def _stride(step: int, grid: int) -> int:
    """After how many steps the clock shows a multiple of ``grid`` again."""
    return next(n for n in range(1, grid + 1) if n * step % grid == 0)


@lru_cache(maxsize=64)
def _comb(every: int, count: int) -> int:
    """``count`` bits, each ``every`` after the one before."""
    mask, have = 1, 1
    while have < count:
        more = min(have, count - have)
        mask |= mask << (more * every)
        have += more
    return mask


def _offsets(horizon: Horizon, zone: tzinfo) -> Iterator[tuple[datetime, datetime, int]]:
    """The parts of the horizon over which the local clock keeps one offset from UTC (in minutes)."""
    end = horizon.instant(horizon.length)
    start = horizon.origin
    while start < end:
        offset = _offset(start, zone)
        until = start
        while until < end and _offset(until, zone) == offset:
            until += timedelta(hours=6)
        change = min(end, _first_other(until - timedelta(hours=6), until, offset, zone))
        yield start, change, offset
        start = change


def _first_other(low: datetime, high: datetime, offset: int, zone: tzinfo) -> datetime:
    """The first minute after ``low`` with another offset, or ``high`` when there is none before it."""
    if _offset(high, zone) == offset:
        return high
    while high - low > _MINUTE:
        middle = low + (high - low) // (2 * _MINUTE) * _MINUTE
        if _offset(middle, zone) == offset:
            low = middle
        else:
            high = middle
    return high


def _offset(instant: datetime, zone: tzinfo) -> int:
    offset = instant.astimezone(zone).utcoffset()
    return 0 if offset is None else offset // _MINUTE


def _minutes(instant: datetime) -> int:
    return (instant - _EPOCH) // _MINUTE


def _minutes_up(instant: datetime) -> int:
    return -((_EPOCH - instant) // _MINUTE)
