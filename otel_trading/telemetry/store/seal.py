"""Sealing: a file whose owner is gone is compressed, indexed, then removed. A crash in between loses nothing.

The order of the steps makes it so: both new files are complete on the disk before the compressed one gets its
name, and only then the uncompressed one goes. Where both are found, the compressed one counts.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

from otel_trading.telemetry.store import locks
from otel_trading.telemetry.store.blocks import cut, members, pack
from otel_trading.telemetry.store.index import Index, IndexBuilder
from otel_trading.telemetry.store.layout import INDEX, PACKED, RAW, TEMPORARY
from otel_trading.telemetry.store.scan import scan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from otel_trading.telemetry.store.layout import Signal


def signal_of(stem: str) -> Signal:
    """Return what a file holds, as its name says."""
    return "traces" if stem.startswith("traces-") else "logs" if stem.startswith("logs-") else "metrics"


def seal(folder: Path, stem: str, pause: Callable[[], None]) -> bool:
    """Compress and index a file, unless it has an owner; tell whether it was done. Raises OSError.

    ``pause`` is called after each piece of work, a millisecond or so, to let other threads run.
    """
    raw = folder / (stem + RAW)
    descriptor = locks.take(raw)
    if descriptor is None:
        return False
    try:
        if not (folder / (stem + PACKED)).exists():
            _write(folder, stem, descriptor, pause)
        raw.unlink()
    finally:
        locks.release(descriptor)
    return True


def _write(folder: Path, stem: str, source: int, pause: Callable[[], None]) -> None:
    status = os.fstat(source)
    packed, index = folder / (stem + PACKED), folder / (stem + INDEX)
    new_packed, new_index = (path.with_name(path.name + TEMPORARY) for path in (packed, index))
    try:
        with _created(new_packed) as target:
            builder = IndexBuilder()
            offset = torn = 0
            for _, data in cut(source, 0, status.st_size):
                whole = _whole_lines(data)
                torn = len(data) if not whole else 0
                if whole:
                    offset += _add(target, builder, offset, whole, signal_of(stem))
                    pause()
            os.fsync(target)
        if offset:
            with _created(new_index) as target:
                _write_all(target, builder.finish(offset, torn, pause))
                os.fsync(target)
            # Retention goes by the time of the last record.
            os.utime(new_packed, ns=(status.st_atime_ns, status.st_mtime_ns))
            new_index.replace(index)
            new_packed.replace(packed)
            _sync_folder(folder)
    finally:
        for path in (new_packed, new_index):
            path.unlink(missing_ok=True)


def _add(target: int, builder: IndexBuilder, offset: int, data: bytes, signal: Signal) -> int:
    packed = pack(data)
    _write_all(target, packed)
    builder.add(offset, len(packed), len(data), scan(data, signal))
    return len(packed)


def _whole_lines(data: bytes) -> bytes:
    """Return a block without what is left of a torn line; one that lacks nothing but its newline is kept."""
    if data.endswith(b"\n"):
        return data
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return b""
    return data + b"\n"


def rebuilt(folder: Path, stem: str) -> Index:
    """Build the index of a compressed file anew, and store it if that is possible. Raises OSError.

    What cannot be read of the file is left out.
    """
    packed = (folder / (stem + PACKED)).read_bytes()
    builder = IndexBuilder()
    for member in members(packed):
        data = member.data[: member.data.rfind(b"\n") + 1]
        # A block with a fault is listed too: a reader will meet the fault there, and tell of it.
        builder.add(member.offset, member.packed_bytes, len(member.data), scan(data, signal_of(stem)))
    data = builder.finish(len(packed), 0, lambda: None)
    index = folder / (stem + INDEX)
    with contextlib.suppress(OSError):  # a reader may lack the right to write, or the disk the space
        new = index.with_name(f"{index.name}.{os.getpid()}{TEMPORARY}")
        try:
            with _created(new) as target:
                _write_all(target, data)
            new.replace(index)
        finally:
            new.unlink(missing_ok=True)
    return Index(index, data)


@contextlib.contextmanager
def _created(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
