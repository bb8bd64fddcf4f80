"""The one thread that sends: what is live first, else the oldest that waits on disk.

A stock exporter blocks for as long as it retries, ten seconds or more. So the lane hands a batch over, waits a moment
for the answer, and keeps the batch on disk where none came; the next ones go to disk at once until there is one.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from opentelemetry.instrumentation.utils import suppress_instrumentation

from otel_trading.orders.contain import contained
from otel_trading.telemetry.spool.answer import Verdict
from otel_trading.telemetry.threads import start

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.telemetry.spool.answer import Answer

B = TypeVar("B")

PATIENCE = 2.0
"""Seconds that a lane waits for an answer before it goes on. Its queue holds what comes meanwhile."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between tries of a receiver that is away: doubled each time."""

LOOK_SECONDS = 30.0
"""How often the folder is looked at though nothing of this process waits there: another one may have died."""


class Store(Protocol):
    """What waits on disk."""

    def try_oldest(self) -> Answer | None:
        """Send the oldest batch that waits, and forget it where it is not to be sent again; None if there is none."""


class Attempt(Generic[B]):
    """One live batch on its way. ``taken_late`` is called where it was taken after the lane gave up waiting."""

    def __init__(self, batch: B) -> None:
        self.batch = batch
        self.begun = False
        self.answer: Answer | None = None
        self.taken_late: Callable[[], None] | None = None


class Sender(Generic[B]):
    """Sends for one lane, in one process; a forked child makes its own."""

    def __init__(self, name: str, send: Callable[[B], Answer], store: Store) -> None:
        self._send = send
        self._store = store
        self._turn = threading.Condition()
        self._attempt: Attempt[B] | None = None
        self._away = False
        self._slow = False
        self._pause = FIRST_PAUSE
        self._look_at = -math.inf
        self._deadline = math.inf
        self._closed = False
        try:
            start(self._run, f"otel-trading-send-{name}")
        except RuntimeError:  # the interpreter ends, and takes no more threads: all goes to disk
            self._closed = True

    def offer(self, batch: B) -> Attempt[B] | None:
        """Have ``batch`` sent, and wait a moment; None where the receiver is known not to answer now."""
        with self._turn:
            if self._away or self._slow or self._closed or self._patience(math.inf) <= 0:
                return None
            attempt = self._attempt = Attempt(batch)
            self._turn.notify_all()
            until = time.monotonic() + PATIENCE
            while attempt.answer is None and (left := self._patience(until)) > 0:
                self._turn.wait(left)
            if attempt.answer is None:
                self._slow = True
                if not attempt.begun:  # withdrawn: what waits on disk is being tried, and has no answer either
                    self._attempt = None
                    return None
            return attempt

    def kept(self, attempt: Attempt[B] | None, taken_late: Callable[[], None]) -> None:
        """Know that a batch is on disk; ``taken_late`` takes it back where its attempt succeeds after all."""
        with self._turn:
            if attempt is not None and attempt.answer is None:
                attempt.taken_late = taken_late
                return
            if not self._away:
                self._look_at = -math.inf
                self._turn.notify_all()
        if attempt is not None and attempt.answer is not None and attempt.answer.verdict is Verdict.TAKEN:
            taken_late()

    def look(self) -> None:
        """Look at once for what waits on disk."""
        with self._turn:
            self._look_at = -math.inf
            self._turn.notify_all()

    def hurry(self, seconds: float) -> None:
        """Expect no answer later than that: the process ends. What waits on disk stays there."""
        with self._turn:
            self._deadline = time.monotonic() + seconds
            self._turn.notify_all()

    def close(self) -> None:
        """End the thread when it has its answer, without waiting for that."""
        with self._turn:
            self._closed = True
            self._turn.notify_all()

    def _patience(self, until: float) -> float:
        return min(until, self._deadline) - time.monotonic()

    def _run(self) -> None:
        with suppress_instrumentation():
            while self._wait():
                with contained():
                    self._act()

    def _wait(self) -> bool:
        """Wait for something to do; False where nothing comes any more."""
        with self._turn:
            while not self._closed and self._attempt is None:
                left = self._look_at - time.monotonic() if self._deadline == math.inf else math.inf
                if left <= 0:
                    break
                self._turn.wait(min(left, LOOK_SECONDS))
            if self._attempt is not None:
                self._attempt.begun = True
            return not self._closed or self._attempt is not None

    def _act(self) -> None:
        attempt = self._attempt
        if attempt is None or not attempt.begun:
            self._try_store()
            return
        answer = self._send(attempt.batch)
        with self._turn:
            attempt.answer = answer
            self._attempt = None
            self._learn(answer)
            taken_late = attempt.taken_late
            if taken_late is not None and answer.verdict is not Verdict.AWAY:
                self._look_at = -math.inf
        if taken_late is not None and answer.verdict is Verdict.TAKEN:
            taken_late()

    def _try_store(self) -> None:
        self._look_at = time.monotonic() + LOOK_SECONDS  # where the store itself fails, not at once again
        answer = self._store.try_oldest()
        with self._turn:
            if answer is not None:
                self._look_at = -math.inf
                self._learn(answer)
            elif self._away:
                self._away = False  # nothing to try with: the next live batch is tried

    def _learn(self, answer: Answer) -> None:
        self._slow = False
        shut = answer.verdict is Verdict.REFUSED and answer.is_of_all
        self._away = answer.verdict is Verdict.AWAY
        if self._away or shut:
            self._look_at = time.monotonic() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        else:
            self._pause = FIRST_PAUSE
        self._turn.notify_all()
