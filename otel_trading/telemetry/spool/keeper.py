"""Writing to the spool: a file of this process's own, which nobody else sends while it is open."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
from typing import TYPE_CHECKING

from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.telemetry import drops
from otel_trading.telemetry.spool.bounds import trim
from otel_trading.telemetry.spool.folder import SUFFIX, private_spool_folder
from otel_trading.telemetry.spool.lines import Place, framed
from otel_trading.telemetry.store import locks
from otel_trading.telemetry.store.layout import new_stem
from otel_trading.telemetry.store.whole import append

if TYPE_CHECKING:
    from pathlib import Path

    from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
    from otel_trading.telemetry.spool.folder import SpoolLimits

_ATTEMPTS = 5


class Keeper:
    """Appends batches; thread-safe. Not for a forked child, which makes its own."""

    def __init__(self, root: Path, name: str, signal: Signal, limits: SpoolLimits) -> None:
        self._root = root
        self._name = name
        self._signal = signal
        self._limits = limits
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._path: Path | None = None
        self._opened_at = 0.0

    def keep(self, service: str, records: int, payload: bytes) -> Place:
        """Write one line of OTLP/JSON with that many records; with the kernel when this returns. Raises OSError."""
        line = framed(records, payload)
        with self._lock:
            try:
                return self._append(service, line)
            except OSError as error:
                if error.errno != errno.EFBIG or self._size() == 0:
                    raise
                self._release()  # the process's limit for files (ulimit -f) is reached: a new one begins at zero
                return self._append(service, line)

    def turn(self) -> bool:
        """Close the file so that it can be sent; tell whether there was one."""
        with self._lock:
            was_open = self._descriptor is not None
            self._release()
            return was_open

    def trim(self, folder: Path) -> None:
        """Remove what is beyond the limits, and count it. Raises OSError."""
        for removed in trim(folder, self._limits):
            why = f"the receiver was away for too long; {removed.setting} bounds what waits for it in {folder}"
            drops.count(self._signal, Reason.SPOOL_FULL, removed.records, why)

    def _append(self, service: str, line: bytes) -> Place:
        if self._descriptor is not None and self._is_full(len(line)):
            self._release()
        descriptor = self._descriptor if self._descriptor is not None else self._open(service)
        size = os.fstat(descriptor).st_size
        append(descriptor, line, size)
        assert self._path is not None  # noqa: S101 - set with the descriptor
        return Place(self._path, size)

    def _is_full(self, length: int) -> bool:
        assert self._descriptor is not None  # noqa: S101 - asked by the caller
        status = os.fstat(self._descriptor)
        if status.st_nlink == 0:
            return True  # removed by somebody
        return status.st_size > 0 and (
            status.st_size + length > self._limits.file_bytes
            or time.monotonic() - self._opened_at >= self._limits.file_seconds
        )

    def _open(self, service: str) -> int:
        folder = private_spool_folder(self._root, service, self._name)
        self.trim(folder)
        for attempt in range(_ATTEMPTS):
            path = folder / (new_stem(self._signal.value, time.time()) + SUFFIX)
            try:
                self._descriptor, self._path = locks.create(path), path
                break
            except BlockingIOError:  # another process took it for an abandoned one before it was locked
                if attempt == _ATTEMPTS - 1:
                    raise
        assert self._descriptor is not None  # noqa: S101 - else that was raised
        self._opened_at = time.monotonic()
        return self._descriptor

    def _size(self) -> int:
        return os.fstat(self._descriptor).st_size if self._descriptor is not None else 0

    def _release(self) -> None:
        descriptor, path = self._descriptor, self._path
        self._descriptor = self._path = None
        if descriptor is None or path is None:
            return
        if os.fstat(descriptor).st_size == 0:  # a full disk took nothing of the first line
            with contextlib.suppress(OSError):
                path.unlink()
        locks.release(descriptor)
