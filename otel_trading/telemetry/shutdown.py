"""The end of the process: what waits is delivered within a bound, whatever the receiver does."""

from __future__ import annotations

import atexit
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

from otel_trading.orders.contain import contained

if TYPE_CHECKING:
    from types import FrameType

    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.trace import TracerProvider

    from otel_trading.telemetry.pipeline import Pipeline

_METRICS_SHARE = 0.25


class Ending:
    """Ends all signals once, within ``seconds``.

    The SDK's own hooks block for as long as its exporters retry (15 to 20 s were measured with a receiver that
    refuses or hangs) and run in the order last made, first ended, which loses the last metrics; they are
    unregistered.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        tracers: TracerProvider | None,
        loggers: LoggerProvider | None,
        meters: MeterProvider | None,
        seconds: float,
    ) -> None:
        self._pipeline = pipeline
        self._meters = meters
        self._seconds = seconds
        self._pid = os.getpid()
        self._once = threading.Lock()
        for provider in (tracers, loggers, meters):
            if provider is not None:
                atexit.unregister(provider.shutdown)

    def install(self) -> None:
        """Run at the end of the process; on SIGTERM too, where the bot left that signal to its default."""
        atexit.register(self.run)
        if threading.current_thread() is threading.main_thread():
            with contained():
                if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
                    signal.signal(signal.SIGTERM, self._on_sigterm)

    def run(self) -> None:
        """Deliver spans and logs, then the last metrics, which count the others' losses."""
        if not self._once.acquire(blocking=False):
            return
        deadline = time.monotonic() + self._seconds
        with contained():
            self._pipeline.close(self._seconds * (1 - _METRICS_SHARE))
        if self._meters is not None:
            with contained():
                self._meters.shutdown(timeout_millis=max(deadline - time.monotonic(), 0) * 1000)

    def _on_sigterm(self, number: int, _: FrameType | None) -> None:
        if os.getpid() == self._pid:
            self.run()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
