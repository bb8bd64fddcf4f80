"""A lane: one bounded queue and one thread that take the records of one signal to one exporter.

The order's thread only appends to the queue. Everything else (plain records, joining, masking, encoding,
sending) happens on the lane's thread, so an exporter that hangs holds up its own lane and nothing else.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

from opentelemetry.instrumentation.utils import suppress_instrumentation

from otel_trading.orders.contain import contained, report
from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.telemetry import drops
from otel_trading.telemetry.threads import start

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal

T = TypeVar("T")

BATCH = 512
_lanes: weakref.WeakSet[Lane[object]] = weakref.WeakSet()


class Undelivered(Exception):  # noqa: N818 - says what became of the batch, not that code is wrong
    """A batch that did not arrive: the reason it is counted under, and in words what to do about it."""

    def __init__(self, reason: Reason, why: str = "") -> None:
        super().__init__(why)
        self.reason = reason


class Lane(Generic[T]):
    """Takes items from any thread and gives them in batches to ``deliver``, in order, on its own thread.

    ``deliver`` raises :class:`Undelivered` where a batch did not arrive, which is then counted as dropped.
    ``size`` bounds the items that may wait, ``most_bytes`` what they weigh together by ``weigh``, which is called on
    the order's thread; ``flush_seconds`` bounds how long one waits, ``batch`` how many are given at once.
    """

    def __init__(
        self,
        signal: Signal,
        deliver: Callable[[Sequence[T]], object],
        close: Callable[[], object],
        *,
        weigh: Callable[[T], int],
        size: int,
        most_bytes: int,
        flush_seconds: float,
        batch: int = BATCH,
    ) -> None:
        self._signal = signal
        self._deliver = deliver
        self._close = close
        self._weigh = weigh
        self._size = size
        self._most_bytes = most_bytes
        self._flush_seconds = flush_seconds
        self._batch = batch
        self._closing = False
        self._begin()
        _lanes.add(self)  # type: ignore[arg-type] # a set of lanes of any item

    def put(self, item: T) -> None:
        """Queue ``item``; called on the order's thread, never waits."""
        if self._closing or len(self._queue) >= self._size or self._bytes >= self._most_bytes:
            self._drop(1, Reason.SHUTDOWN if self._closing else Reason.QUEUE_FULL)
            return
        weight = self._weigh(item)
        # Without a lock, which a signal handler could find held. CPython switches threads at calls and jumps, of
        # which there is none in an addition; what is lost elsewhere is made good when the queue is next empty.
        self._bytes += weight
        self._queue.append((item, weight))
        if len(self._queue) >= self._batch and not self._wake.is_set():
            self._wake.set()

    def flush(self, seconds: float) -> bool:
        """Wait until what was queued before the call is delivered; tell whether it was within ``seconds``."""
        done = threading.Event()
        self._waiting.append(done)
        self._wake.set()
        return done.wait(seconds)

    def begin_close(self) -> None:
        """Take nothing more; the thread delivers what waits, closes the exporter, and ends."""
        self._closing = True
        self._wake.set()

    def finish_close(self, seconds: float) -> None:
        """Wait at most ``seconds`` for the end; what is left then is counted as dropped."""
        self._thread.join(max(seconds, 0))
        self._drop(len(self._queue) + self._in_hand, Reason.SHUTDOWN)

    def _begin(self) -> None:
        self._queue: deque[tuple[T, int]] = deque()
        self._bytes = 0
        self._waiting: deque[threading.Event] = deque()
        self._wake = threading.Event()
        self._in_hand = 0
        self._thread = start(self._run, f"otel-trading-{self._signal.value}")

    def after_fork(self) -> None:
        """Begin anew in a forked child: what waits is the parent's to deliver, and its thread is not here."""
        if not self._closing:
            self._begin()

    def _run(self) -> None:
        while not self._closing:
            self._wake.wait(self._flush_seconds)
            self._wake.clear()
            self._turn()
        self._turn()
        with suppress_instrumentation(), contained():
            self._close()

    def _turn(self) -> None:
        with suppress_instrumentation():
            self._drain()
        # Told to the bot's log and recorded like any line of it, which the work of exporters is not.
        with contained():
            drops.tell()

    def _drain(self) -> None:
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        left = len(self._queue)  # what comes meanwhile has its turn next, so that flush ends under load
        while left > 0:
            taken = [self._queue.popleft() for _ in range(min(self._batch, left))]
            left -= len(taken)
            self._in_hand = len(taken)
            self._bytes -= sum(weight for _, weight in taken)
            if not self._queue:
                self._bytes = 0
            self._take([item for item, _ in taken])
            self._in_hand = 0
        for done in waiting:
            done.set()

    def _take(self, batch: Sequence[T]) -> None:
        try:
            self._deliver(batch)
        except Undelivered as error:
            self._drop(len(batch), error.reason, str(error))
        except Exception as error:  # noqa: BLE001 - an exporter's fault ends no lane
            report(error)
            self._drop(len(batch), Reason.EXPORT_FAILED)

    def _drop(self, records: int, reason: Reason, why: str = "") -> None:
        if records:
            drops.count(self._signal, reason, records, why)


def close_all(lanes: Sequence[Lane[object]], seconds: float) -> None:
    """Close ``lanes`` side by side within ``seconds``."""
    deadline = time.monotonic() + seconds
    for lane in lanes:
        lane.begin_close()
    for lane in lanes:
        lane.finish_close(deadline - time.monotonic())


def _after_fork_in_child() -> None:
    for lane in list(_lanes):
        lane.after_fork()


os.register_at_fork(after_in_child=_after_fork_in_child)
