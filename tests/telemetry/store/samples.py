"""Records for the tests of the store, and what several of them need."""

from __future__ import annotations

import contextlib
import gzip
import subprocess
import sys
from typing import TYPE_CHECKING

from otel_trading.telemetry.records import Attributes, LogRecord, SpanRecord, Value
from otel_trading.telemetry.store.encode import LineEncoder
from otel_trading.telemetry.store.housekeeper import housekeeper, sweep
from otel_trading.telemetry.store.layout import PACKED, RAW, folder_name
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.writer import SignalWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from otel_trading.telemetry.store.layout import Signal

SECOND = 1_000_000_000
NOON = 1_795_435_200 * SECOND
SERVICE = "grid-btc"
RESOURCE: Attributes = {"service.name": SERVICE, "process.pid": 7}
ENCODER = LineEncoder(RESOURCE)
SMALL_FILES = StoreLimits(max_bytes=0, max_days=0, file_bytes=20_000)


def trace(number: int) -> str:
    return f"{number:032x}"


def span(number: int = 1, *, start_ns: int = NOON, **attributes: Value) -> SpanRecord:
    """Return a span of the order with that number; attributes are those of ``trading.order``."""
    return SpanRecord(
        trace_id=trace(number),
        span_id=f"{number:016x}",
        parent_span_id="",
        name="submit_order binance",
        kind=3,
        start_ns=start_ns,
        end_ns=start_ns + SECOND,
        attributes={"trading.venue": "binance", **_order(attributes)},
        events=(),
        links=(),
        status_code=0,
        status_message="",
        flags=257,
        scope="otel_trading",
    )


def log(number: int = 1, *, time_ns: int = NOON, body: Value = "sending", **attributes: Value) -> LogRecord:
    """Return a log of the order with that number; attributes are those of ``trading.order``."""
    return LogRecord(
        time_ns=time_ns,
        observed_ns=time_ns + 5,
        severity_number=9,
        severity_text="INFO",
        body=body,
        event_name="",
        attributes=_order(attributes),
        trace_id=trace(number),
        span_id=f"{number:016x}",
        flags=1,
        scope="bot.orders",
    )


def _order(attributes: dict[str, Value]) -> Attributes:
    return {f"trading.order.{name}": value for name, value in attributes.items()}


def write_logs(root: Path, records: list[LogRecord], limits: StoreLimits = SMALL_FILES) -> None:
    """Store logs, a line each, and give the file back."""
    writer = SignalWriter(root, SERVICE, "logs", limits)
    for record in records:
        writer.write(ENCODER.logs([record]))
    # In this order the last file, and no other, is left uncompressed.
    assert housekeeper.wait(20)
    writer.close()


def write_spans(root: Path, records: list[SpanRecord], limits: StoreLimits = SMALL_FILES) -> None:
    """Store spans, a line each, and give the file back."""
    writer = SignalWriter(root, SERVICE, "traces", limits)
    for record in records:
        writer.write(ENCODER.spans([record]))
    # In this order the last file, and no other, is left uncompressed.
    assert housekeeper.wait(20)
    writer.close()


def compress(root: Path) -> None:
    """Compress every file that has no owner."""
    assert sweep(folder_of(root), SMALL_FILES) == []


def folder_of(root: Path, service: str = SERVICE) -> Path:
    return root / folder_name(service)


def raw_files(root: Path, signal: Signal = "logs") -> list[Path]:
    return sorted(folder_of(root).glob(f"{signal}-*{RAW}"))


def packed_files(root: Path, signal: Signal = "logs") -> list[Path]:
    return sorted(folder_of(root).glob(f"{signal}-*{PACKED}"))


def stored_lines(root: Path, signal: Signal = "logs") -> list[bytes]:
    """Return every line on disk, whatever file it is in, read with the standard library alone."""
    texts = [gzip.decompress(path.read_bytes()) for path in packed_files(root, signal)]
    texts += [path.read_bytes() for path in raw_files(root, signal)]
    return b"".join(texts).splitlines()


@contextlib.contextmanager
def started(script: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Run a Python script in a process of its own, its output piped; it is ended with the block.

    Without that, a test that fails would leave it running, and its open pipes would be blamed on a later test.
    """
    command = [sys.executable, "-c", script, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:  # our own
        try:
            yield process
        finally:
            process.kill()
