"""A file of the store as a reader sees it: blocks that can be read one by one, open or compressed alike."""

from __future__ import annotations

import contextlib
import os
from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple, Protocol

from otel_trading.telemetry.store import locks
from otel_trading.telemetry.store.blocks import cut, lines_with, unpack
from otel_trading.telemetry.store.index import CorruptIndexError, Index
from otel_trading.telemetry.store.keys import needles
from otel_trading.telemetry.store.layout import INDEX, PACKED, RAW
from otel_trading.telemetry.store.scan import times
from otel_trading.telemetry.store.seal import rebuilt

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from otel_trading.telemetry.store.index import Block

_KEPT_BLOCKS = 128
_TAIL_STEP = 64 * 1024


class Part(NamedTuple):
    """A block of a file: its times (nanoseconds, 0 where not known), and how to get its lines."""

    first_ns: int
    last_ns: int
    segment: Segment
    number: int

    def read(self) -> bytes:
        """Return the lines; what cannot be read is left out, and told."""
        return self.segment.block(self.number)


class Segment(Protocol):
    """One file."""

    path: Path

    def parts(self) -> list[Part]:
        """Return the blocks, in the order of the file."""

    def block(self, number: int) -> bytes:
        """Return the lines of one block."""

    def lines(self, keys: Collection[str]) -> Iterator[bytes]:
        """Yield, once and in their order, the lines that may name one of the keys."""


class BlockCache:
    """The blocks last read, of all files together."""

    def __init__(self) -> None:
        self._blocks: OrderedDict[tuple[Path, int], bytes] = OrderedDict()

    def get(self, path: Path, block: Block, read: Callable[[Block], bytes]) -> bytes:
        """Return a block, read now if it is not here."""
        key = (path, block.offset)
        data = self._blocks.pop(key, None)
        if data is None:
            data = read(block)
        self._blocks[key] = data
        if len(self._blocks) > _KEPT_BLOCKS:
            self._blocks.popitem(last=False)
        return data


class SealedSegment:
    """A compressed file and its index. Keeps no file open, so that there may be any number of them."""

    def __init__(self, folder: Path, stem: str, warn: Callable[[str], None], cache: BlockCache) -> None:
        self.path = folder / (stem + PACKED)
        self._folder = folder
        self._stem = stem
        self._warn = warn
        self._cache = cache
        size = self.path.stat().st_size
        try:
            self._index = Index(folder / (stem + INDEX))
        except (CorruptIndexError, OSError) as error:
            self._rebuild(error)
        if self._index.torn_bytes:
            warn(_torn(self.path, self._index.torn_bytes))
        if size < self._index.packed_bytes:
            warn(f"{self.path} is {self._index.packed_bytes - size} bytes too short: its end is missing")

    def parts(self) -> list[Part]:
        """Return the blocks, in the order of the file."""
        return [Part(block.first_ns, block.last_ns, self, number) for number, block in enumerate(self._index.blocks)]

    def block(self, number: int) -> bytes:
        """Return the lines of one block."""
        return self._cache.get(self.path, self._index.blocks[number], self._read)

    def _read(self, block: Block) -> bytes:
        try:
            packed = _read(self.path, block.offset, block.packed_bytes)
        except FileNotFoundError:  # retention removed it meanwhile
            return b""
        except OSError as error:
            self._warn(_unreadable(self.path, error))
            return b""
        member = unpack(packed)
        data = member.data
        if member.fault or len(data) != block.raw_bytes:
            data = data[: data.rfind(b"\n") + 1]
            self._warn(
                f"corrupt block in {self.path} at byte {block.offset} ({member.fault or 'wrong size'}): "
                f"{data.count(10)} of {block.lines} lines read"
            )
        return data

    def lines(self, keys: Collection[str]) -> Iterator[bytes]:
        """Yield, once and in their order, the lines that may name one of the keys."""
        try:
            hits = self._index.lookup(keys)
        except FileNotFoundError:
            if not self.path.exists():
                return
            hits = self._lookup_anew(keys, FileNotFoundError("missing"))
        except (CorruptIndexError, OSError) as error:
            hits = self._lookup_anew(keys, error)
        for number in sorted(hits):
            yield from lines_with(self.block(number), needles(hits[number]))

    def _lookup_anew(self, keys: Collection[str], error: Exception) -> dict[int, list[str]]:
        self._rebuild(error)
        return self._index.lookup(keys)

    def _rebuild(self, error: Exception) -> None:
        reason = "missing" if isinstance(error, FileNotFoundError) else str(error)
        self._warn(f"the index of {self.path} was rebuilt: {reason}")
        self._index = rebuilt(self._folder, self._stem)


class RawSegment:
    """A file that is not compressed yet, as far as its whole lines reached when it was opened for reading."""

    def __init__(self, folder: Path, stem: str, warn: Callable[[str], None]) -> None:
        self.descriptor = -1
        self.path = folder / (stem + RAW)
        self.descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        self._blocks: list[tuple[int, int]] = []
        # Asked before the size is: a file without an owner does not grow any more.
        owned = locks.is_owned(self.descriptor)
        size = os.fstat(self.descriptor).st_size
        self.end = _last_newline(self.descriptor, size)
        if size > self.end and not owned:
            warn(_torn(self.path, size - self.end))

    def __del__(self) -> None:
        self.close()  # a follower that was never asked for its first record

    def close(self) -> None:
        """Close the file. What was not read is not readable any more."""
        if self.descriptor >= 0:
            descriptor, self.descriptor = self.descriptor, -1
            os.close(descriptor)

    def parts(self) -> list[Part]:
        """Return the blocks, in the order of the file."""
        found = []
        self._blocks = []
        for number, (offset, data) in enumerate(cut(self.descriptor, 0, self.end)):
            self._blocks.append((offset, len(data)))
            found.append(Part(*times(data), self, number))
        return found

    def block(self, number: int) -> bytes:
        """Return the lines of one block."""
        offset, size = self._blocks[number]
        return os.pread(self.descriptor, size, offset)

    def lines(self, keys: Collection[str]) -> Iterator[bytes]:
        """Yield, once and in their order, the lines that may name one of the keys."""
        wanted = needles(keys)
        for _, data in cut(self.descriptor, 0, self.end):
            yield from lines_with(data, wanted)


def open_segment(
    folder: Path, stem: str, warn: Callable[[str], None], cache: BlockCache
) -> SealedSegment | RawSegment | None:
    """Return a file in the form in which it is now; None where retention removed it."""
    # Compressed, or not yet, or compressed since the first question.
    for form in (SealedSegment, RawSegment, SealedSegment):
        with contextlib.suppress(FileNotFoundError):
            return _opened(form, folder, stem, warn, cache)
    return None


def _opened(
    form: type[SealedSegment | RawSegment], folder: Path, stem: str, warn: Callable[[str], None], cache: BlockCache
) -> SealedSegment | RawSegment | None:
    try:
        return SealedSegment(folder, stem, warn, cache) if form is SealedSegment else RawSegment(folder, stem, warn)
    except FileNotFoundError:
        raise
    except OSError as error:
        warn(_unreadable(folder / stem, error))
        return None


def _unreadable(path: Path, error: OSError) -> str:
    return f"{path} cannot be read: {error.strerror}"


def _torn(path: Path, count: int) -> str:
    return f"torn line at the end of {path} ({count} bytes ignored): its writer was stopped while it wrote"


def _read(path: Path, offset: int, size: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.pread(descriptor, size, offset)
    finally:
        os.close(descriptor)


def _last_newline(descriptor: int, size: int) -> int:
    """Return the position after the last newline before ``size``."""
    end = size
    while end > 0:
        start = max(0, end - _TAIL_STEP)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
