"""Reading the spool: the oldest line that waits, of any process that is gone or has closed its file."""

from __future__ import annotations

import contextlib
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.telemetry import drops
from otel_trading.telemetry.spool.folder import files
from otel_trading.telemetry.spool.lines import Place, mark_sent, waiting
from otel_trading.telemetry.store import locks

if TYPE_CHECKING:
    from pathlib import Path

    from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
    from otel_trading.telemetry.spool.lines import Line

_DAMAGED = "a file of the spool is damaged, the rest of it is sent: check the disk; it was {}"


class _Taken(NamedTuple):
    path: Path
    descriptor: int
    lines: deque[Line]


class Backlog:
    """Goes through the files of a folder, each taken by a lock while it is at work on it. For one thread."""

    def __init__(self, signal: Signal) -> None:
        self._signal = signal
        self._taken: _Taken | None = None
        self._left: set[Path] = set()  # what cannot be read, or not be removed

    def oldest(self, folder: Path) -> Line | None:
        """Return the oldest line that waits in a file nobody owns; the same one until it is done."""
        while True:
            if self._taken is None and not self._take(folder):
                return None
            assert self._taken is not None  # noqa: S101 - taken just now
            lines = self._taken.lines
            if lines and lines[0].payload is not None:
                return lines[0]
            if lines:
                self.damaged()
            else:
                self._finish()

    def done(self) -> None:
        """Have the line that was returned last wait no longer."""
        assert self._taken is not None  # noqa: S101 - it was returned
        line = self._taken.lines.popleft()
        # What cannot be marked is sent again after a crash: at least once.
        with contextlib.suppress(OSError):
            mark_sent(Place(self._taken.path, line.offset))
        if not self._taken.lines:
            self._finish()

    def damaged(self) -> None:
        """Count the line that was to be next as lost, tell of it, and go on behind it."""
        assert self._taken is not None  # noqa: S101 - it has that line
        why = _DAMAGED.format(self._taken.path)
        drops.count(self._signal, Reason.SPOOL_DAMAGED, self._taken.lines[0].records, why)
        self.done()

    def give_back(self) -> None:
        """Leave the file at hand to whoever is next."""
        if self._taken is not None:
            locks.release(self._taken.descriptor)
            self._taken = None

    def _take(self, folder: Path) -> bool:
        for path in files(folder):
            if path in self._left:
                continue
            try:
                descriptor = locks.take(path)
                if descriptor is None:
                    continue  # of a process that writes or sends it
                try:
                    lines = deque(waiting(path.read_bytes()))
                except OSError:
                    locks.release(descriptor)
                    raise
            except OSError as error:
                self._left.add(path)
                drops.count(self._signal, Reason.SPOOL_DAMAGED, 1, f"{path} cannot be read: {error.strerror}")
                continue
            self._taken = _Taken(path, descriptor, lines)
            return True
        return False

    def _finish(self) -> None:
        if self._taken is not None:
            try:
                self._taken.path.unlink()
            except OSError:
                self._left.add(self._taken.path)
            self.give_back()
