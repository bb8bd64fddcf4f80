from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_trading.telemetry.store import index as index_module
from otel_trading.telemetry.store.index import CorruptIndexError, Index, IndexBuilder
from otel_trading.telemetry.store.scan import Contents


def built(blocks: list[set[str]]) -> bytes:
    builder = IndexBuilder()
    for number, keys in enumerate(blocks):
        builder.add(number * 10, 10, 100, Contents(keys, number + 1, number + 2, 3, 4))
    return builder.finish(10 * len(blocks), 7, lambda: None)


def stored(path: Path, data: bytes) -> Index:
    path.write_bytes(data)
    return Index(path)


@given(st.lists(st.sets(st.integers(0, 60).map(str), max_size=40), max_size=30))
def test_a_lookup_finds_what_a_search_of_all_blocks_finds(blocks: list[set[str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_module, "_PAGE_ENTRIES", 4)  # so that keys cross pages
        index = Index(Path("unused"), built(blocks))
        for key in map(str, range(62)):
            expected = [number for number, keys in enumerate(blocks) if key in keys]
            assert sorted(index.lookup([key])) == expected


def test_a_lookup_of_several_keys_says_which_are_in_a_block(tmp_path: Path) -> None:
    index = stored(tmp_path / "a.idx", built([{"a", "b"}, {"b"}, set()]))
    assert index.lookup(["a", "b", "c"]) == {0: ["a", "b"], 1: ["b"]}


def test_blocks_and_counts_come_back(tmp_path: Path) -> None:
    index = stored(tmp_path / "a.idx", built([{"a"}, set()]))
    assert index.blocks[1] == (10, 10, 100, 2, 3, 3, 4)
    assert (index.packed_bytes, index.torn_bytes) == (20, 7)


def test_any_changed_or_missing_byte_is_noticed_by_the_time_it_matters(tmp_path: Path) -> None:
    keys = {f"cl-{number}" for number in range(40)}
    data = built([keys, keys])
    for at in range(len(data)):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        for broken in (changed, data[:at]):
            with pytest.raises(CorruptIndexError):
                stored(tmp_path / "a.idx", broken).lookup(keys)


def test_a_header_that_asks_for_more_than_there_is_memory_is_noticed(tmp_path: Path) -> None:
    data = built([{"a"}])
    for at in (8, 16):  # how many blocks, how many pages
        with pytest.raises(CorruptIndexError):
            stored(tmp_path / "a.idx", data[:at] + b"\xff" * 4 + data[at + 4 :])


def test_an_index_of_an_empty_file_finds_nothing(tmp_path: Path) -> None:
    assert stored(tmp_path / "a.idx", built([])).lookup(["a"]) == {}
