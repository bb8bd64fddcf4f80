"""Things that happen at a time to come, in the order of their time."""

from __future__ import annotations

import heapq
import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Schedule:
    """Actions waiting for their time, in milliseconds of the venue's clock.

    ``changed`` is called when one more begins to wait.
    """

    def __init__(self) -> None:
        self.changed: Callable[[], None] = _ignore
        self._waiting: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()

    @property
    def next_ms(self) -> int | None:
        """When the next action is due, if there is one."""
        return self._waiting[0][0] if self._waiting else None

    def at(self, due_ms: int, action: Callable[[], None]) -> None:
        """Run ``action`` as soon as the clock has reached ``due_ms``; of two at once, the first asked runs first."""
        heapq.heappush(self._waiting, (due_ms, next(self._order), action))
        self.changed()

    def run(self, now_ms: int) -> None:
        """Run what is due."""
        while self._waiting and self._waiting[0][0] <= now_ms:
            heapq.heappop(self._waiting)[2]()


def _ignore() -> None:
    """Do nothing: whoever drives the schedule asks it by himself."""
