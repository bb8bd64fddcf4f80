from __future__ import annotations

import os
import random
import zlib
from typing import TYPE_CHECKING

import pytest

from otel_trading.telemetry.store.blocks import BLOCK_BYTES, cut, lines_with, members, pack, unpack

if TYPE_CHECKING:
    from pathlib import Path

NOISE = random.Random(7)  # noqa: S311  # data for a test


def cut_file(path: Path, data: bytes) -> list[tuple[int, bytes]]:
    path.write_bytes(data)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return list(cut(descriptor, 0, len(data)))
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("length", [10, 1000, BLOCK_BYTES - 1, BLOCK_BYTES, 3 * BLOCK_BYTES])
@pytest.mark.parametrize("torn", [b"", b"torn"])
def test_blocks_are_whole_lines_in_their_order_and_a_torn_end_comes_alone(
    tmp_path: Path, length: int, torn: bytes
) -> None:
    line = bytes(NOISE.choices(b"abcdef", k=length)) + b"\n"
    data = line * (1 + 4 * BLOCK_BYTES // length) + torn
    blocks = cut_file(tmp_path / "file", data)
    assert b"".join(block for _, block in blocks) == data
    assert [offset for offset, _ in blocks] == [
        sum(len(block) for _, block in blocks[:number]) for number in range(len(blocks))
    ]
    whole = blocks[:-1] if torn else blocks
    assert all(block.endswith(b"\n") for _, block in whole)
    assert all(len(block) <= BLOCK_BYTES + 2 * len(line) for _, block in whole)
    assert not torn or blocks[-1][1] == torn


def noise_lines(count: int) -> bytes:
    return b"".join(NOISE.randbytes(60).hex().encode() + b"\n" for _ in range(count))


def test_packed_blocks_in_a_row_are_one_gzip_file() -> None:
    blocks = [noise_lines(100) for _ in range(5)]
    packed = b"".join(map(pack, blocks))
    assert [member.data for member in members(packed)] == blocks
    assert zlib.decompress(packed, 31) == blocks[0]


def test_past_a_corrupt_member_the_next_one_is_found() -> None:
    blocks = [noise_lines(2000) for _ in range(3)]
    packed = [pack(block) for block in blocks]
    packed[1] = packed[1][:50_000] + b"\x00" * 500 + packed[1][50_500:]
    first, second, third = members(b"".join(packed))
    assert (first.data, third.data, third.fault) == (blocks[0], blocks[2], "")
    assert second.fault
    assert blocks[1].startswith(second.data[:16_000])


def test_bytes_within_a_member_that_look_like_the_beginning_of_one_do_not_end_it() -> None:
    beginning = pack(b"")[:8]
    blocks = [NOISE.randbytes(500) + beginning + NOISE.randbytes(500) + beginning for _ in range(2)]
    packed = [pack(block) for block in blocks]  # noise is stored as it is
    assert all(beginning in each[8:] for each in packed)
    assert [member.data for member in members(b"".join(packed))] == blocks


def test_of_a_truncated_member_what_is_there_is_read() -> None:
    block = noise_lines(2000)
    member = unpack(pack(block)[:60_000])
    assert member.fault == "truncated"
    assert block.startswith(member.data)
    assert len(member.data) > 50_000


def test_lines_are_found_once_each_and_in_their_order() -> None:
    data = b"a needle\nother\nb needle and pin\nthe pin\nlast needle"
    found = [b"a needle", b"b needle and pin", b"the pin", b"last needle"]
    assert list(lines_with(data, [b"pin", b"needle"])) == found
    assert list(lines_with(data, None)) == data.split(b"\n")
