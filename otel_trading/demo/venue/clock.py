"""The venue's time, in milliseconds since the epoch: of the machine, or moved by hand in a test."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """What the venue asks for the time."""

    def now_ms(self) -> int:
        """Return milliseconds since the epoch."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Return milliseconds since the epoch."""
        return time.time_ns() // 1_000_000


class ManualClock:
    """A clock that stands still until it is told to go on.

    A client signs with its own clock, so start near the present (the default) unless requests carry
    timestamps of their own.
    """

    def __init__(self, start_ms: int | None = None) -> None:
        self._now_ms = SystemClock().now_ms() if start_ms is None else start_ms

    def now_ms(self) -> int:
        """Return milliseconds since the epoch."""
        return self._now_ms

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` pass."""
        self._now_ms += round(seconds * 1000)
