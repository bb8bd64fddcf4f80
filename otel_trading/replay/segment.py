"""A file of the store as text with positions that stay the same while it grows and when it is compressed."""

from __future__ import annotations

import contextlib
import functools
import os
import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple, Protocol

from otel_trading.telemetry.store.blocks import cut, unpack
from otel_trading.telemetry.store.index import CorruptIndexError, Index
from otel_trading.telemetry.store.layout import INDEX, PACKED, opened_at
from otel_trading.telemetry.store.seal import rebuilt
from otel_trading.telemetry.store.segments import RawSegment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from otel_trading.replay.tally import Troubles
    from otel_trading.telemetry.store.index import Block

_OPENED = re.compile(r"(\d{8}T\d{6})\.(\d{6})Z-")


class Chunk(NamedTuple):
    """Some lines: their position in the text, their times (nanoseconds, 0 where only reading tells)."""

    start: int
    end: int
    first_ns: int
    last_ns: int
    read: Callable[[], bytes]


class Segment(Protocol):
    """A file that is open for reading; it can be read to its end even if retention removes it meanwhile."""

    path: Path
    end: int

    def chunks(self) -> Iterator[Chunk]:
        """Yield all lines, in their order."""

    def close(self) -> None:
        """Close the file."""


class Growing:
    """A file that is not compressed yet, as far as its whole lines reached when it was opened here."""

    def __init__(self, folder: Path, stem: str, troubles: Troubles) -> None:
        self._raw = RawSegment(folder, stem, troubles.warn)
        self.path = self._raw.path
        self.end = self._raw.end

    def chunks(self) -> Iterator[Chunk]:
        """Yield all lines, in their order."""
        for start, data in cut(self._raw.descriptor, 0, self.end):
            yield Chunk(start, start + len(data), 0, 0, functools.partial(bytes, data))

    def close(self) -> None:
        """Close the file."""
        self._raw.close()


class Compressed:
    """A compressed file and its index."""

    def __init__(self, folder: Path, stem: str, troubles: Troubles) -> None:
        self.path = folder / (stem + PACKED)
        self._troubles = troubles
        self._descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._blocks = self._index(folder, stem).blocks
        except BaseException:
            self.close()
            raise
        self.end = sum(block.raw_bytes for block in self._blocks)

    def _index(self, folder: Path, stem: str) -> Index:
        try:
            index = Index(folder / (stem + INDEX))
        except (CorruptIndexError, OSError) as error:
            self._troubles.warn(f"the index of {self.path} was rebuilt: {error}")
            index = rebuilt(folder, stem)
        if index.torn_bytes:
            self._troubles.warn(
                f"torn line at the end of {self.path} ({index.torn_bytes} bytes left out): its writer was stopped"
                " while it wrote"
            )
        return index

    def chunks(self) -> Iterator[Chunk]:
        """Yield all lines, in their order."""
        start = 0
        for block in self._blocks:
            end = start + block.raw_bytes
            yield Chunk(start, end, block.first_ns, block.last_ns, functools.partial(self._read, block))
            start = end

    def _read(self, block: Block) -> bytes:
        try:
            member = unpack(os.pread(self._descriptor, block.packed_bytes, block.offset))
        except OSError as error:
            self._troubles.damage(f"{self.path} cannot be read: {error.strerror}")
            return b""
        if not member.fault and len(member.data) == block.raw_bytes:
            return member.data
        # Changed bytes decompress to lines that look right but are not what was stored, before the fault is noticed:
        # false records are worse than missing ones. What was only cut short is true as far as it goes.
        data = member.data[: block.raw_bytes] if member.fault == "truncated" else b""
        data = data[: data.rfind(b"\n") + 1]
        self._troubles.damage(
            f"corrupt block in {self.path} at byte {block.offset} ({member.fault or 'wrong size'}): "
            f"{data.count(10)} of {block.lines} lines can be trusted, the others were left out"
        )
        return data

    def close(self) -> None:
        """Close the file."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def open_segment(folder: Path, stem: str, troubles: Troubles) -> Segment | None:
    """Return a file in the form in which it is now; None where it cannot be read, which is told."""
    try:
        # Compressed, or not yet, or compressed since the first question.
        for form in (Compressed, Growing, Compressed):
            with contextlib.suppress(FileNotFoundError):
                return form(folder, stem, troubles)
    except OSError as error:
        troubles.damage(f"{folder / stem} cannot be read: {error.strerror}")
    else:
        troubles.damage(f"{folder / stem} was removed, as too old or too much, before it could be sent")
    return None


def opened_ns(stem: str) -> int:
    """Return when a file was begun, in nanoseconds since the epoch; 0 where its name does not tell."""
    found = _OPENED.match(opened_at(stem))
    if found is None:
        return 0
    try:
        moment = datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=timezone.utc)
    except ValueError:
        return 0
    return int(moment.timestamp()) * 10**9 + int(found[2]) * 1000
