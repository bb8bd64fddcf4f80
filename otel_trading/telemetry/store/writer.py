"""Writing: a signal of a service and process, line by line, each with the kernel when ``write`` returns."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING

from otel_trading.telemetry.store import locks
from otel_trading.telemetry.store.errors import StoreError, explain
from otel_trading.telemetry.store.housekeeper import housekeeper
from otel_trading.telemetry.store.layout import RAW, Signal, folder_name, new_stem, private_folder
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.whole import append

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_ATTEMPTS = 5
_NO_LIMITS_SET = StoreLimits()


class SignalWriter:
    """Appends lines of OTLP/JSON to a file of its own, and turns to a new one by size and age.

    Thread-safe. After a fork the child writes to another file than its parent. Nothing is opened before the
    first line. What fails in the background is given to ``on_error``, on the background's thread.
    """

    def __init__(
        self,
        root: Path,
        service: str,
        signal: Signal,
        limits: StoreLimits = _NO_LIMITS_SET,
        *,
        on_error: Callable[[StoreError], None] | None = None,
    ) -> None:
        self.folder = root / folder_name(service)
        self._root = root
        self._service = service
        self._signal: Signal = signal
        self._limits = limits
        self._on_error = on_error
        self._swept = False
        self._closed = False
        self._reset()
        _writers.add(self)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._path: Path | None = None
        self._opened_at = 0.0

    @property
    def path(self) -> Path | None:
        """The file that is being written, if any."""
        return self._path

    def write(self, line: bytes) -> None:
        """Store one line of OTLP/JSON. When this returns, a kill of the process no longer loses it.

        Raises StoreError where it could not be stored; the file is then as it was before, and a later call
        succeeds as soon as the cause is gone. Raises ValueError for more than one line, or after ``close``.
        """
        if not line.endswith(b"\n"):
            line += b"\n"
        if line.find(b"\n") != len(line) - 1:
            raise ValueError("more than one line")
        with self._lock:
            if self._closed:
                raise ValueError("the writer is closed")
            try:
                self._append(line)
            except OSError as error:
                raise explain(error, self.folder, self._limits) from error

    def close(self) -> None:
        """Give the file back. It is compressed by the next start of a writer for this service."""
        with self._lock:
            self._closed = True
            self._release()

    def _append(self, line: bytes) -> None:
        descriptor, size = self._ready(len(line))
        try:
            append(descriptor, line, size)
        except OSError as error:
            self._drop_if_damaged(descriptor, size)
            if error.errno != errno.EFBIG or size == 0:
                raise
            # The file has reached the process's limit for files (ulimit -f): a new one begins at zero.
            self._turn()
            descriptor, size = self._ready(len(line))
            append(descriptor, line, size)

    def _ready(self, length: int) -> tuple[int, int]:
        """Return an open file with room for a line, and its size."""
        if self._descriptor is not None:
            status = os.fstat(self._descriptor)
            if status.st_nlink == 0:
                self._release()  # removed by somebody
            elif status.st_size and (
                status.st_size + length > self._limits.turn_bytes
                or time.monotonic() - self._opened_at >= self._limits.file_seconds
            ):
                self._turn()
            else:
                return self._descriptor, status.st_size
        return self._open(), 0

    def _open(self) -> int:
        folder = private_folder(self._root, self._service)
        self._path, self._descriptor = _created(folder, self._signal)
        self._opened_at = time.monotonic()
        if not self._swept:
            self._swept = True
            housekeeper.request(self.folder, self._limits, self._on_error)
        return self._descriptor

    def _turn(self) -> None:
        self._release()
        housekeeper.request(self.folder, self._limits, self._on_error)

    def _release(self) -> None:
        descriptor, self._descriptor, self._path = self._descriptor, None, None
        if descriptor is not None:
            locks.release(descriptor)

    def _drop_if_damaged(self, descriptor: int, size: int) -> None:
        """Begin a new file where half a line could not be taken back: a torn end is known, a torn middle not."""
        with contextlib.suppress(OSError):
            if os.fstat(descriptor).st_size == size:
                return
        self._release()


def _created(folder: Path, signal: Signal) -> tuple[Path, int]:
    """Create a file of a new name that this process owns."""
    for _ in range(_ATTEMPTS - 1):
        path = folder / (new_stem(signal, time.time()) + RAW)
        # Another process may take it for an abandoned one before it is locked, and sweep it.
        with contextlib.suppress(FileExistsError, BlockingIOError):
            return path, locks.create(path)
    path = folder / (new_stem(signal, time.time()) + RAW)
    return path, locks.create(path)


_writers: weakref.WeakSet[SignalWriter] = weakref.WeakSet()


def _reset_in_child() -> None:
    # ``locks`` has closed what the child inherited.
    for writer in tuple(_writers):
        writer._reset()  # noqa: SLF001  # this module's own class


os.register_at_fork(after_in_child=_reset_in_child)
