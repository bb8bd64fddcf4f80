"""The end of the process: what waits is delivered within a bound, whatever the receiver does.

SIGTERM is seen by Python code, and so by us, only when the main thread runs Python code again. Sleeping, waiting
for a lock, a socket or a child are interrupted for that; a C library that waits by its own loop ends when its
wait does, as with any Python handler of that signal.
"""

from __future__ import annotations

import _thread
import atexit
import contextlib
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

from opentelemetry.instrumentation.utils import suppress_instrumentation

from otel_trading.orders.contain import contained
from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry import drops, metering

if TYPE_CHECKING:
    from types import FrameType

    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.trace import TracerProvider

    from otel_trading.telemetry.pipeline import Pipeline

_METRICS_SHARE = 0.25
_LAST = -100  # after multiprocessing's own finalizers, which may wait for children and queues


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
        self._begin()
        for provider in (tracers, loggers, meters):
            if provider is not None:
                atexit.unregister(provider.shutdown)

    def _begin(self) -> None:
        self._once = threading.Lock()
        self._running = False
        self._signal: int | None = None

    def install(self) -> None:
        """Run at the end of the process and of its forked children; on SIGTERM too, where that has its default."""
        atexit.register(self.run)
        os.register_at_fork(after_in_child=self._after_fork)
        if threading.current_thread() is threading.main_thread():
            with contained():
                if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
                    signal.signal(signal.SIGTERM, self._on_sigterm)

    def run(self) -> None:
        """Deliver spans and logs, then the last metrics, which count the others' losses."""
        if not self._once.acquire(blocking=False):
            return
        self._running = True
        deadline = time.monotonic() + self._seconds
        with contained():
            self._pipeline.close(self._seconds * (1 - _METRICS_SHARE))
        if self._meters is not None:
            with contained():
                if not metering.end(self._meters, deadline - time.monotonic()):
                    drops.count(Signal.METRICS, Reason.SHUTDOWN, 1, "the last values were not delivered in time")
        with suppress_instrumentation(), contained():
            drops.tell(at_end=True)
        _stay_interrupted()
        self._running = False
        if self._signal is not None and threading.get_ident() == threading.main_thread().ident:
            _die(self._signal)

    def _after_fork(self) -> None:
        self._begin()
        with contained():
            if self._meters is not None:
                metering.renew(self._meters)
            # multiprocessing ends its children without atexit, and forgets finalizers made before this hook.
            util = sys.modules.get("multiprocessing.util")
            if util is not None:
                util.register_after_fork(self, lambda _: util.Finalize(None, self.run, exitpriority=_LAST))

    def _on_sigterm(self, number: int, _: FrameType | None) -> None:
        if self._running:
            self._signal = number  # the end is under way below this frame: it goes on, then this
            return
        # In a thread: the frame that was interrupted may hold a lock that the end needs. Not by the threading
        # module, whose own locks it may hold too.
        done = _thread.allocate_lock()
        done.acquire()

        def run() -> None:
            try:
                self.run()
            finally:
                done.release()

        with contained():
            _thread.start_new_thread(run, ())
            done.acquire(timeout=self._seconds)
        _die(number)


def _stay_interrupted() -> None:
    """Have a process that Ctrl-C ended still die of that signal, and not with exit code 1.

    CPython keeps it in a flag that is cleared whenever source text is run, and that is what the import of a
    module with a named tuple does; raised from source text, it is set again (pythonrun.c, run_eval_code_obj).
    """
    if getattr(sys, "last_type", None) is KeyboardInterrupt:
        with contextlib.suppress(KeyboardInterrupt):
            exec("raise KeyboardInterrupt")  # noqa: S102 - no other way to the flag


def _die(number: int) -> None:
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
