"""Blocks: whole lines together, some 256 KiB of them, compressed so that each can be read alone.

A compressed file is a row of gzip members (RFC 1952, 2.2), one a block: ``zcat`` reads it as one text.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

BLOCK_BYTES = 256 * 1024

_LEVEL = 6
_GZIP = 31  # zlib's number for a gzip member with a window of 32 KiB
# The first eight bytes of each member: magic, deflate, no flags, no time.
_MEMBER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00"
_STEP = 16 * 1024


class Member(NamedTuple):
    """A gzip member as found: where it is, what it holds, and what is wrong with it (empty: nothing)."""

    offset: int
    packed_bytes: int
    data: bytes
    fault: str


def cut(descriptor: int, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield the blocks between two positions of a text file, each with its position.

    Each holds whole lines; an unfinished line before ``end`` comes last, by itself, and lacks its newline.
    """
    rest = b""
    while start + len(rest) < end:
        wanted = min(max(BLOCK_BYTES, len(rest)), end - start - len(rest))
        chunk = os.pread(descriptor, wanted, start + len(rest))
        if not chunk:
            break
        # A line longer than a block is read in ever larger pieces.
        rest += chunk
        whole = rest.rfind(b"\n") + 1
        if whole and (whole >= BLOCK_BYTES // 2 or start + len(rest) >= end):
            yield start, rest[:whole]
            start, rest = start + whole, rest[whole:]
    if rest:
        yield start, rest


def pack(data: bytes) -> bytes:
    """Return a block as a gzip member. The interpreter is free for others while it is compressed."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(data) + packer.flush()


def unpack(packed: bytes, offset: int = 0) -> Member:
    """Return what the first member of some bytes holds, as far as it can be read. Raises nothing."""
    try:
        reader = zlib.decompressobj(_GZIP)
        data = reader.decompress(packed)
    except zlib.error as error:
        return Member(offset, len(packed), _salvaged(packed), str(error))
    if not reader.eof:
        return Member(offset, len(packed), data, "truncated")
    return Member(offset, len(packed) - len(reader.unused_data), data, "")


def _salvaged(packed: bytes) -> bytes:
    """Return what comes before the fault: of a text so short that a step would hold both, nothing."""
    reader = zlib.decompressobj(_GZIP)
    found: list[bytes] = []
    steps = (packed[at : at + _STEP] for at in range(0, len(packed), _STEP))
    with contextlib.suppress(zlib.error):
        found.extend(map(reader.decompress, steps))  # what came before the fault stays in the list
    return b"".join(found)


def members(packed: bytes) -> Iterator[Member]:
    """Yield the members of a compressed file, past what is corrupt to the next one that can be read."""
    at = 0
    while at < len(packed):
        following = packed.find(_MEMBER, at + 1)
        # A member ends before the next beginning, unless that only looks like one: then it is read on.
        member = unpack(packed[at : following if following > 0 else len(packed)], at)
        while member.fault == "truncated" and following > 0:
            following = packed.find(_MEMBER, following + 1)
            longer = unpack(packed[at : following if following > 0 else len(packed)], at)
            if longer.fault not in {"", "truncated"}:
                break
            member = longer
        yield member
        at += max(member.packed_bytes, 1)


def lines_with(data: bytes, needles: Collection[bytes] | None) -> Iterator[bytes]:
    """Yield, once and in their order, the lines that hold one of some byte strings; all of them for None."""
    if needles is None:
        yield from filter(None, data.split(b"\n"))
        return
    found = set()
    for needle in needles:
        at = data.find(needle)
        while at >= 0:
            end = data.find(b"\n", at)
            end = len(data) if end < 0 else end
            found.add((data.rfind(b"\n", 0, at) + 1, end))
            at = data.find(needle, end)
    for start, end in sorted(found):
        yield data[start:end]
