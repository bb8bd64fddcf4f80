"""Lanes for tests, and something at their end that keeps what arrives."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry.lane import Lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

SECONDS = 10.0
"""How long a test waits for what should happen at once."""


class Arrivals:
    """The end of a lane: keeps what arrives, and can be made to hang."""

    def __init__(self) -> None:
        self.batches: list[list[Any]] = []
        self.threads: set[int] = set()
        self.closed = 0
        self.go_on = threading.Event()
        self.go_on.set()
        self.reached = threading.Event()

    def __call__(self, batch: Sequence[Any]) -> None:
        self.reached.set()
        self.threads.add(threading.get_ident())
        assert self.go_on.wait(SECONDS)
        self.batches.append(list(batch))

    def close(self) -> None:
        self.closed += 1

    @property
    def items(self) -> list[Any]:
        return [item for batch in self.batches for item in batch]


def fill(lane: Lane[Any], items: Iterable[Any]) -> None:
    for item in items:
        lane.put(item)


class Lanes:
    """Makes lanes, and closes them."""

    def __init__(self) -> None:
        self._lanes: list[Lane[Any]] = []
        self._ends: list[Arrivals] = []

    def __call__(
        self,
        deliver: Callable[[Sequence[Any]], object],
        *,
        close: Callable[[], object] = lambda: None,
        signal: Signal = Signal.LOGS,
        weigh: Callable[[Any], int] = lambda _: 1,
        size: int = 100_000,
        most_bytes: int = 1 << 30,
        flush_seconds: float = 60.0,
    ) -> Lane[Any]:
        if isinstance(deliver, Arrivals):
            self._ends.append(deliver)
            close = deliver.close
        lane: Lane[Any] = Lane(
            signal, deliver, close, weigh=weigh, size=size, most_bytes=most_bytes, flush_seconds=flush_seconds
        )
        self._lanes.append(lane)
        return lane

    def close(self) -> None:
        for end in self._ends:
            end.go_on.set()
        for lane in self._lanes:
            lane.begin_close()
        for lane in self._lanes:
            lane._thread.join(SECONDS)
            assert not lane._thread.is_alive()
