"""How long the event loops of a bot are held up.

A probe asks each running loop to be called in a tenth of a second; how much later it is called is the delay. What is
overdue counts while it is: the value is read by the thread that collects metrics, so a loop that hangs shows, and does
so the more the longer it hangs. A loop that was stopped meanwhile was not held up.
"""

from __future__ import annotations

import asyncio
import functools
import os
import sys
import threading
import time
from collections import deque
from contextvars import Context
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakKeyDictionary, ref

import wrapt
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped upstream
from opentelemetry.metrics import Observation

from otel_trading.orders import instruments
from otel_trading.orders.contain import contained
from otel_trading.semconv import metrics

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable, Collection, Iterable
    from types import ModuleType

    from opentelemetry.metrics import CallbackOptions

EVERY = 0.1
"""Seconds between two probes: what holds a loop up for less may be missed, and costs 10 callbacks a second."""

_SLACK = 1.0
_STANDARD_INTERVAL = "60000"


def _window() -> float:
    """Return how many seconds a reading looks back: those since the one before it, and some more."""
    try:
        interval = float(os.environ.get("OTEL_METRIC_EXPORT_INTERVAL", "") or _STANDARD_INTERVAL) / 1000
    except ValueError:
        interval = float(_STANDARD_INTERVAL) / 1000
    return min(max(interval, _SLACK), 600.0) + _SLACK


class Longest:
    """The longest delay of late, of all loops: it outlives the loop, whose bot may end before the next reading."""

    def __init__(self, window: float) -> None:
        self._window = window
        self._lock = threading.Lock()
        # Those delays that nothing longer came after: the first that is not too old is the longest.
        self._kept: deque[tuple[float, float]] = deque()

    def keep(self, now: float, delay: float) -> None:
        """Take note of a delay that is over."""
        with self._lock:
            while self._kept and self._kept[-1][1] <= delay:
                self._kept.pop()
            self._kept.append((now, delay))
            self._forget(now)

    def at(self, now: float) -> list[float]:
        """Return the longest delay, if there was any of late."""
        with self._lock:
            self._forget(now)
            return [delay for _, delay in self._kept][:1]

    def _forget(self, now: float) -> None:
        while self._kept and self._kept[0][0] < now - self._window:
            self._kept.popleft()


class Probe:
    """The probe of one loop. It holds the loop by a weak reference, and the loop holds the probe's next call."""

    def __init__(self, loop: AbstractEventLoop, longest: Longest) -> None:
        self._loop = ref(loop)
        self._longest = longest
        self._since = 0.0
        self._due: float | None = None
        self.on = True

    def resume(self, loop: AbstractEventLoop) -> None:
        """Begin, or go on, as ``loop`` is about to run; until then it was stopped and not held up."""
        self._since = time.monotonic()
        if self._due is None:
            self._due = self._since
            # In a context of its own: an order that is at work here has nothing to do with it.
            loop.call_soon(self._call, context=Context())

    def overdue(self, now: float) -> float:
        """Return for how long the loop is held up so far; 0 where it does not run."""
        loop = self._loop()
        return self._late(now) if loop is not None and loop.is_running() else 0.0

    def _call(self) -> None:
        with contained():
            now = time.monotonic()
            delay, self._due = self._late(now), None
            self._longest.keep(now, delay)
            loop = self._loop()
            if self.on and loop is not None:
                loop.call_later(EVERY, self._call, context=Context())
                self._due = now + EVERY

    def _late(self, now: float) -> float:
        due = self._due
        return 0.0 if due is None else max(now - max(due, self._since), 0.0)


class _Probes:
    """The probes of all loops that ran since the instrumentor was put to work, and are still there."""

    def __init__(self) -> None:
        self.reset()
        os.register_at_fork(after_in_child=self.reset)  # of the parent's loops a child runs none

    def reset(self) -> None:
        """Know of no loop."""
        self._lock = threading.Lock()
        self._longest = Longest(_window())
        self._of: WeakKeyDictionary[AbstractEventLoop, Probe] = WeakKeyDictionary()

    def of(self, loop: AbstractEventLoop) -> Probe:
        """Return the probe of ``loop``."""
        with self._lock:
            found = self._of.get(loop)
            if found is None:
                found = self._of[loop] = Probe(loop, self._longest)
        return found

    def observe(self, _: CallbackOptions) -> Iterable[Observation]:
        """Return the longest delay of late, that which lasts included; nothing where no loop has run of late."""
        now = time.monotonic()
        with self._lock:
            probes = list(self._of.values())
        found = [*self._longest.at(now), *filter(None, (probe.overdue(now) for probe in probes))]
        return [Observation(max(found))] if found else []

    def end(self) -> None:
        """Let every probe end with its next call."""
        for probe in list(self._of.values()):
            probe.on = False
        self.reset()


_probes = _Probes()


def _about_to_run(loop: AbstractEventLoop) -> None:
    instruments.observe(metrics.TRADING_BOT_EVENT_LOOP_DELAY, _probes.observe)
    _probes.of(loop).resume(loop)


class _RunForever:
    """``run_forever`` of one class of loops, which every way to run a loop comes to, until :meth:`undo`."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner
        self._original = vars(owner).get("run_forever")
        self._ours = _watched(owner.run_forever, self)
        self.on = True
        owner.run_forever = self._ours

    def undo(self) -> None:
        """Put back what was there; where another tool has wrapped ours since, it stays as a mere passage."""
        self.on = False
        if vars(self._owner).get("run_forever") is not self._ours:
            return
        if self._original is not None:
            self._owner.run_forever = self._original
        else:  # uvloop's class inherits it from one that is not Python's
            del self._owner.run_forever


def _watched(original: Callable[[Any], Any], hook: _RunForever) -> Callable[[Any], Any]:
    @functools.wraps(original)
    def run_forever(self: Any) -> Any:
        if hook.on:
            with contained():
                if not self.is_running():  # else it raises
                    _about_to_run(self)
        return original(self)

    return run_forever


class EventLoopInstrumentor(BaseInstrumentor):  # type: ignore[misc] # untyped upstream
    """Measures how long event loops are held up: asyncio's own, and uvloop's once the bot imports it."""

    _hooks: ClassVar[list[_RunForever]] = []
    _awaits_uvloop = False

    def instrumentation_dependencies(self) -> Collection[str]:
        """Return none: asyncio comes with Python."""
        return ()

    def _instrument(self, **_: Any) -> None:
        _probes.reset()  # the interval between two readings is known by now
        self._hooks.append(_RunForever(asyncio.BaseEventLoop))
        if not self._awaits_uvloop:
            EventLoopInstrumentor._awaits_uvloop = True
            wrapt.register_post_import_hook(self._uvloop, "uvloop")  # at once, where it is imported already
        elif "uvloop" in sys.modules:
            self._uvloop(sys.modules["uvloop"])
        running = asyncio._get_running_loop()  # noqa: SLF001 - documented, and raises nothing where there is none
        if running is not None:
            _about_to_run(running)

    def _uvloop(self, module: ModuleType) -> None:
        if self._hooks:
            with contained():
                self._hooks.append(_RunForever(module.Loop))

    def _uninstrument(self, **_: Any) -> None:
        while self._hooks:
            self._hooks.pop().undo()
        _probes.end()
