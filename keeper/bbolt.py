"""Tells whether a file of the Collector's queue (a bbolt database) can be opened without bringing the Collector down.

The Collector puts a damaged file aside itself only where bbolt's reading of it fails in one of several ways. In the
others it ends, is started again by Docker, and ends again. This reads what bbolt reads at a start: both meta pages, and
the tree of pages below the newer one. Format: bbolt's ``internal/common``, version 2.
"""

from __future__ import annotations

import mmap
import struct
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAGE = struct.Struct("<QHHI")  # id, kind, number of elements, number of pages that follow as part of this one
_META = struct.Struct(
    "<IIII QQ QQQ Q"
)  # magic, version, page size, flags, root, sequence, freelist, end, txid, checksum
_BRANCH = struct.Struct("<IIQ")  # where its key lies, the key's length, the page below
_LEAF = struct.Struct("<IIII")  # flags, where its key and value lie, their lengths
_BUCKET = struct.Struct("<QQ")  # its root page (0: the page follows here), sequence

_MAGIC, _VERSION = 0xED0CDAED, 2
_IS_BRANCH, _IS_LEAF = 1, 2
_HOLDS_BUCKET = 1
_SIZES = [1024 << power for power in range(15)]


class Damaged(Exception):  # noqa: N818 - a finding
    """The file is no sound database; the message says where."""


class _Meta(NamedTuple):
    page_size: int
    root: int
    end: int
    transaction: int


def check(file: BinaryIO) -> None:
    """Return where ``file`` (opened for reading, by its descriptor) is sound or empty; raises Damaged and OSError."""
    file.seek(0, 2)
    if not file.tell():
        return  # bbolt makes a new database of it
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        meta = max(_metas(data), key=lambda found: found.transaction, default=None)
        if meta is None:
            raise Damaged("neither meta page is valid")
        _Tree(data, meta).walk(meta.root)


def _metas(data: mmap.mmap) -> Iterator[_Meta]:
    first = _meta(data, 0)
    if first:
        yield first
    for size in [first.page_size] if first else _SIZES:
        second = _meta(data, size)
        if second and second.page_size == size:
            yield second
            return


def _meta(data: mmap.mmap, offset: int) -> _Meta | None:
    at = offset + _PAGE.size
    if at + _META.size > len(data):
        return None
    magic, version, page_size, _, root, _, _, end, transaction, checksum = _META.unpack_from(data, at)
    sound = (magic, version, checksum) == (_MAGIC, _VERSION, _fnv64a(data[at : at + _META.size - 8]))
    return _Meta(page_size, root, end, transaction) if sound else None


def _fnv64a(data: bytes) -> int:
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


class _Tree:
    def __init__(self, data: mmap.mmap, meta: _Meta) -> None:
        self._data = data
        self._size = meta.page_size
        self._end = meta.end
        self._seen: set[int] = set()

    def walk(self, root: int) -> None:
        """Look at each page below ``root``, those of the buckets there too."""
        waiting = [root]
        while waiting:
            waiting.extend(self._page(waiting.pop()))

    def _page(self, number: int) -> list[int]:
        start = number * self._size
        if not 1 < number < self._end or start + self._size > len(self._data):
            raise Damaged(f"page {number} is outside of the file")
        own, kind, count, more = _PAGE.unpack_from(self._data, start)
        stop = start + (more + 1) * self._size
        if own != number or kind not in {_IS_BRANCH, _IS_LEAF} or number + more >= self._end or stop > len(self._data):
            raise Damaged(f"page {number} is not what it should be")
        pages = set(range(number, number + more + 1))
        if self._seen & pages:
            raise Damaged(f"page {number} stands in two places")
        self._seen |= pages
        element = _BRANCH if kind == _IS_BRANCH else _LEAF
        if start + _PAGE.size + count * element.size > stop:
            raise Damaged(f"page {number} counts more than it holds")
        places = range(start + _PAGE.size, start + _PAGE.size + count * element.size, element.size)
        if kind == _IS_BRANCH:
            return self._branch(number, places, stop)
        return self._leaf(number, places, stop)

    def _branch(self, number: int, places: range, stop: int) -> list[int]:
        if not places:
            raise Damaged(f"page {number} leads nowhere")
        below = []
        keys = []
        for place in places:
            at, length, page = _BRANCH.unpack_from(self._data, place)
            keys.append(self._bytes(number, place + at, length, stop))
            below.append(page)
        self._sorted(number, keys)
        return below

    def _leaf(self, number: int, places: range, stop: int) -> list[int]:
        below = []
        keys = []
        for place in places:
            flags, at, key, value = _LEAF.unpack_from(self._data, place)
            if place + at + key + value > stop:
                raise Damaged(f"page {number} ends within a value")
            keys.append(self._bytes(number, place + at, key, stop))
            if flags & _HOLDS_BUCKET:
                if value < _BUCKET.size:
                    raise Damaged(f"page {number} holds no bucket where it says so")
                root, _ = _BUCKET.unpack_from(self._data, place + at + key)
                below += [root] if root else []
        self._sorted(number, keys)
        return below

    def _bytes(self, number: int, start: int, length: int, stop: int) -> bytes:
        if start + length > stop:
            raise Damaged(f"page {number} ends within a key")
        return self._data[start : start + length]

    @staticmethod
    def _sorted(number: int, keys: list[bytes]) -> None:
        if any(one >= other for one, other in pairwise(keys)):
            raise Damaged(f"page {number} is not in order")
