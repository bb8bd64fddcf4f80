"""How many records each process made, kept where ``kill -9`` cannot lose it: in a file that is mapped into memory."""

from __future__ import annotations

import mmap
import os
import struct
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from opentelemetry import trace
from opentelemetry._logs import get_logger_provider
from opentelemetry.sdk._logs import LogRecordProcessor
from opentelemetry.sdk.trace import SpanProcessor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAIR = struct.Struct("<QQ")


class Made(NamedTuple):
    """How many spans and log records were made."""

    spans: int
    logs: int


class Tally:
    """Counts what the SDK hands to its processors, in a file for each process, forked ones included."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begin()
        os.register_at_fork(after_in_child=self._begin)
        provider: Any = trace.get_tracer_provider()
        provider.add_span_processor(_Spans(self))
        logs: Any = get_logger_provider()
        logs.add_log_record_processor(_Logs(self))

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._counts = [0, 0]
        path = self._folder / f"{os.getpid()}.made"
        path.write_bytes(bytes(_PAIR.size))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _PAIR.size)

    def add(self, place: int) -> None:
        """Count one record: 0 for a span, 1 for a log record."""
        with self._lock:
            self._counts[place] += 1
            _PAIR.pack_into(self._map, 0, *self._counts)


def made(folder: Path) -> Made:
    """Return what all processes made together."""
    pairs = list(_pairs(folder))
    return Made(sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs))


def _pairs(folder: Path) -> Iterator[tuple[int, int]]:
    for path in folder.glob("*.made"):
        spans, logs = _PAIR.unpack(path.read_bytes())
        yield spans, logs


class _Spans(SpanProcessor):
    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def on_end(self, span: Any) -> None:
        if span.context.trace_flags.sampled:
            self._tally.add(0)


class _Logs(LogRecordProcessor):
    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def on_emit(self, log_record: Any) -> None:  # noqa: ARG002 - counted, not read
        self._tally.add(1)

    def shutdown(self) -> None:
        """Nothing is held."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002 - nothing is held
        """Nothing is held."""
        return True
