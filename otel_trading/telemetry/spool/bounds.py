"""The bounds of the spool: what is too old or too much goes, the oldest first, and is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from otel_trading.telemetry.spool.folder import age, files, size_of
from otel_trading.telemetry.spool.lines import waiting
from otel_trading.telemetry.store import locks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from otel_trading.telemetry.spool.folder import SpoolLimits


class Removed(NamedTuple):
    """A file that had to go: how many records in it still waited, and which setting it was beyond."""

    records: int
    setting: str


def trim(folder: Path, limits: SpoolLimits) -> Iterator[Removed]:
    """Remove closed files beyond the limits, leaving room for one to be begun. Raises OSError.

    A file that a process writes or sends stays. Any number of processes may do this at once.
    """
    sizes = {path: size_of(path) for path in files(folder)}
    total = sum(sizes.values())
    for path, size in sizes.items():
        if age(path) > limits.max_seconds:
            setting = "OTEL_TRADING_SPOOL_MAX_SECONDS"
        elif total > limits.max_bytes - limits.file_bytes:
            setting = "OTEL_TRADING_SPOOL_MAX_BYTES"
        else:
            return
        descriptor = locks.take(path)
        if descriptor is not None:
            try:
                records = sum(line.records for line in waiting(path.read_bytes()))
                path.unlink()
            finally:
                locks.release(descriptor)
            yield Removed(records, setting)
        total -= size
