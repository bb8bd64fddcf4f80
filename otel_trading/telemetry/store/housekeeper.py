"""The thread that seals and removes files, one a process, off the caller's and at the lowest priority.

It lives only while there is work. What it leaves undone, because the process ends, the next start does.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.telemetry.store.errors import StoreError, explain
from otel_trading.telemetry.store.layout import RAW, is_ours, names, opened_at
from otel_trading.telemetry.store.retention import retain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from otel_trading.telemetry.store.limits import StoreLimits

_PAUSE_SECONDS = 0.002
_LOWEST_PRIORITY = 19


class _Task(NamedTuple):
    limits: StoreLimits
    on_error: Callable[[StoreError], None] | None


def sweep(folder: Path, limits: StoreLimits, pause: Callable[[], None] = lambda: None) -> list[StoreError]:
    """Remove what is beyond the limits, then seal every file whose owner is gone; return what went wrong.

    Safe in any number of processes at once, beside writers and readers.
    """
    problems = []
    raws: list[str] = []
    try:
        retain(folder, limits)  # first: compressing wants space
        raws = [name.removesuffix(RAW) for name in names(folder) if name.endswith(RAW)]
    except OSError as error:
        problems.append(explain(error, folder, limits))
    for stem in sorted(filter(is_ours, raws), key=opened_at):
        problem = _sealed(folder, stem, limits, pause)
        if problem is not None:
            problems.append(problem)
    return problems


def _sealed(folder: Path, stem: str, limits: StoreLimits, pause: Callable[[], None]) -> StoreError | None:
    # Half of the store's modules, which a mere writer need not load; in a bot the exporter has loaded them already.
    from otel_trading.telemetry.store.seal import seal  # noqa: PLC0415

    try:
        seal(folder, stem, pause)
    except OSError as error:
        return explain(error, folder, limits)
    return None


class Housekeeper:
    """Runs sweeps in the background, one at a time."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._tasks: dict[Path, _Task] = {}
        self._thread: threading.Thread | None = None

    def request(self, folder: Path, limits: StoreLimits, on_error: Callable[[StoreError], None] | None = None) -> None:
        """Ask for a sweep of a folder, soon. Returns at once; what goes wrong is given to ``on_error``.

        Does nothing once the process is ending: the next start will sweep, and the code that is loaded for it
        would make CPython forget that Ctrl-C ended the process (see ``telemetry.shutdown``).
        """
        if not threading.main_thread().is_alive():
            return
        with self._lock:
            self._tasks[folder] = _Task(limits, on_error)
            if self._thread is None or not self._thread.is_alive():
                thread = threading.Thread(target=self._run, name="otel-trading-store", daemon=True)
                # As the interpreter ends, no thread can be started.
                with contextlib.suppress(RuntimeError):
                    thread.start()
                    self._thread = thread

    def wait(self, seconds: float) -> bool:
        """Wait until there is nothing left to do, at most so long; tell whether that came true."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return thread is None or not thread.is_alive()

    def _run(self) -> None:
        _lower_priority()
        while True:
            with self._lock:
                if not self._tasks:
                    self._thread = None
                    return
                folder, task = self._tasks.popitem()
            for problem in sweep(folder, task.limits, _pause):
                if task.on_error is not None:
                    task.on_error(problem)


def _pause() -> None:
    time.sleep(_PAUSE_SECONDS)


def _lower_priority() -> None:
    # On Linux this is a matter of the thread alone; elsewhere it would slow the whole bot.
    if os.uname().sysname == "Linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST_PRIORITY)


housekeeper = Housekeeper()
os.register_at_fork(after_in_child=housekeeper._reset)  # noqa: SLF001  # a child has no such thread
