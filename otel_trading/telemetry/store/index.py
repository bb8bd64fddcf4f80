"""The side file of a compressed file: in which blocks a key is, and where and when the blocks are.

::

    header  magic, sizes, checksum of everything up to the pages
    blocks  offset, sizes, times and counts of each block
    pages   the first hash and the checksum of each page
    page    512 hashes of keys in ascending order, then the number of the block that holds each

A search reads the table of pages once and then one page a key, so that its cost hardly grows with the size of
the store, cold or warm. Neither ``mmap`` nor an open file is kept: a store may have thousands of files, and
Python's ``mmap`` holds a descriptor each.
"""

from __future__ import annotations

import contextlib
import heapq
import os
import struct
import zlib
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.telemetry.store.keys import key_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from otel_trading.telemetry.store.scan import Contents

# The last byte is the version: it changes with this format, and with what counts as a key.
_MAGIC = b"otstidx\x01"
_HEADER = struct.Struct("<8sIIIQII")  # magic, blocks, entries, pages, packed bytes, torn bytes, checksum
_BLOCK = struct.Struct("<QIIQQII")
_PAGE = struct.Struct("<QI")
_PAGE_ENTRIES = 512
_ENTRY_BYTES = 12
_BLOCK_BITS = 32
_BLOCK_MASK = (1 << _BLOCK_BITS) - 1


class CorruptIndexError(Exception):
    """The side file cannot be trusted; the message says why. It can be rebuilt from the file beside it."""


class Block(NamedTuple):
    """Where a block is in the compressed file, and what it holds. Times in nanoseconds, 0 where not known."""

    offset: int
    packed_bytes: int
    raw_bytes: int
    first_ns: int
    last_ns: int
    lines: int
    records: int


class IndexBuilder:
    """Collects what each block holds, then gives the bytes of the side file."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._entries: list[list[int]] = []

    def add(self, offset: int, packed_bytes: int, raw_bytes: int, contents: Contents) -> None:
        """Add the next block."""
        number = len(self._blocks)
        self._blocks.append(Block(offset, packed_bytes, raw_bytes, *contents[1:]))
        self._entries.append(sorted(key_hash(key) << _BLOCK_BITS | number for key in contents.keys))

    def finish(self, packed_bytes: int, torn_bytes: int, pause: Callable[[], None]) -> bytes:
        """Return the side file. ``pause`` is called now and then, to let other threads run."""
        pages: list[bytes] = []
        table: list[bytes] = []
        for page in _chunks(heapq.merge(*self._entries)):
            body = struct.pack(f"<{len(page)}Q", *(entry >> _BLOCK_BITS for entry in page))
            body += struct.pack(f"<{len(page)}I", *(entry & _BLOCK_MASK for entry in page))
            pages.append(body)
            table.append(_PAGE.pack(page[0] >> _BLOCK_BITS, zlib.crc32(body)))
            pause()
        tables = b"".join([_BLOCK.pack(*block) for block in self._blocks] + table)
        entries = sum(map(len, self._entries))
        fields = (_MAGIC, len(self._blocks), entries, len(pages), packed_bytes, torn_bytes)
        return _HEADER.pack(*fields, _checksum(fields, tables)) + tables + b"".join(pages)


class Index:
    """A side file that is being searched.

    Raises CorruptIndexError where it cannot be trusted, OSError where it cannot be read. ``data`` holds the
    bytes of one that could not be stored.
    """

    def __init__(self, path: Path, data: bytes | None = None) -> None:
        self._path = path
        self._data = data
        with self._opened() as read:
            header = read(0, _HEADER.size)
            if len(header) < _HEADER.size or not header.startswith(_MAGIC):
                raise CorruptIndexError("not an index of this version")
            *fields, checksum = _HEADER.unpack(header)
            _, blocks, self._entries, pages, self.packed_bytes, self.torn_bytes = fields
            tables = read(_HEADER.size, blocks * _BLOCK.size + pages * _PAGE.size)
        if _checksum(tuple(fields), tables) != checksum:
            raise CorruptIndexError("its tables do not match their checksum")
        split = blocks * _BLOCK.size
        self.blocks = tuple(map(Block._make, _BLOCK.iter_unpack(tables[:split])))
        self._pages = tuple(_PAGE.iter_unpack(tables[split:]))
        self._firsts = [first for first, _ in self._pages]
        self._start = _HEADER.size + len(tables)

    def lookup(self, keys: Iterable[str]) -> dict[int, list[str]]:
        """Return the numbers of the blocks that hold a key, each with its keys.

        Two keys in 2**64 share a hash: a block may lack the key it is said to hold.
        """
        found: dict[int, list[str]] = {}
        with self._opened() as read:
            for key in keys:
                for block in self._blocks_of(key_hash(key), read):
                    found.setdefault(block, []).append(key)
        return found

    def _blocks_of(self, wanted: int, read: Callable[[int, int], bytes]) -> Iterator[int]:
        # A key of many blocks may begin at the end of the page before the first one that begins with it.
        number = max(bisect_left(self._firsts, wanted) - 1, 0)
        while number < len(self._pages) and self._firsts[number] <= wanted:
            hashes, blocks = self._page(number, read)
            at = bisect_left(hashes, wanted)
            while at < len(hashes) and hashes[at] == wanted:
                if blocks[at] >= len(self.blocks):
                    raise CorruptIndexError("it names a block that is not there")
                yield blocks[at]
                at += 1
            number += 1

    def _page(self, number: int, read: Callable[[int, int], bytes]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        count = min(_PAGE_ENTRIES, self._entries - number * _PAGE_ENTRIES)
        body = read(self._start + number * _PAGE_ENTRIES * _ENTRY_BYTES, count * _ENTRY_BYTES)
        if zlib.crc32(body) != self._pages[number][1] or len(body) != count * _ENTRY_BYTES:
            raise CorruptIndexError("a page of it does not match its checksum")
        return struct.unpack_from(f"<{count}Q", body), struct.unpack_from(f"<{count}I", body, 8 * count)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Callable[[int, int], bytes]]:
        if (data := self._data) is not None:
            yield lambda offset, size: data[offset : offset + size]
            return
        descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            most = os.fstat(descriptor).st_size  # a harmed header may ask for more than there is memory
            yield lambda offset, size: os.pread(descriptor, min(size, most), offset)
        finally:
            os.close(descriptor)


def _checksum(fields: tuple[object, ...], tables: bytes) -> int:
    return zlib.crc32(tables, zlib.crc32(repr(fields).encode()))


def _chunks(entries: Iterable[int]) -> Iterator[list[int]]:
    page: list[int] = []
    for entry in entries:
        page.append(entry)
        if len(page) == _PAGE_ENTRIES:
            yield page
            page = []
    if page:
        yield page
