"""No more than so many records a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading


class Pace:
    """Keeps to a rate, in records a second; None is as fast as it goes."""

    def __init__(self, rate: float | None, stop: threading.Event) -> None:
        self._rate = rate
        self._stop = stop
        self._due = time.monotonic()

    def take(self, records: int) -> None:
        """Wait until so many records more are within the rate; ``stop`` ends the waiting."""
        if not self._rate:
            return
        now = time.monotonic()
        self._due = max(self._due, now - 1) + records / self._rate
        if self._due > now:
            self._stop.wait(self._due - now)
