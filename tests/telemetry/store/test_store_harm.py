from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING

import pytest

from otel_trading.telemetry.store.blocks import members
from otel_trading.telemetry.store.layout import INDEX, PACKED
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.reader import StoreReader
from tests.telemetry.store.samples import (
    NOON,
    compress,
    folder_of,
    log,
    packed_files,
    raw_files,
    trace,
    write_logs,
)

if TYPE_CHECKING:
    from pathlib import Path

    from otel_trading.telemetry.records import LogRecord


@pytest.mark.parametrize("garbage", [b"", b"garbage", b"[1]", b"\xff\xfe", b"[" * 100_000, b'{"resourceLogs":'])
def test_a_line_of_garbage_is_skipped_and_told(tmp_path: Path, garbage: bytes) -> None:
    write_logs(tmp_path, [log(1), log(2)])
    [raw] = raw_files(tmp_path)
    first, second = raw.read_bytes().splitlines(keepends=True)
    raw.write_bytes(first + garbage + b"\n" + second)
    for _ in range(2):
        reader = StoreReader(tmp_path)
        assert [stored.record.trace_id for stored in reader.logs()] == [trace(1), trace(2)]
        assert len(reader.warnings) == (1 if garbage else 0)
        assert all("was skipped" in warning for warning in reader.warnings)
        compress(tmp_path)


def packed_store(root: Path) -> tuple[Path, list[LogRecord]]:
    """Make a compressed file of several blocks."""
    chance = random.Random(5)  # noqa: S311  # data for a test
    records = [
        log(number, time_ns=NOON + number, body=chance.randbytes(400).hex(), client_id=f"cl-{number}")
        for number in range(1, 1500)
    ]
    write_logs(root, records, StoreLimits())
    compress(root)
    [path] = packed_files(root)
    return path, records


def test_a_compressed_file_is_one_for_zcat_and_holds_several_blocks(tmp_path: Path) -> None:
    path, records = packed_store(tmp_path)
    assert gzip.decompress(path.read_bytes()).count(b"\n") == len(records)
    assert len(list(members(path.read_bytes()))) > 4


@pytest.mark.parametrize("harm", ["missing", "cut", "changed", "empty"])
def test_a_harmed_index_is_rebuilt_and_told_once(tmp_path: Path, harm: str) -> None:
    path, _ = packed_store(tmp_path)
    index = path.with_name(path.name.removesuffix(PACKED) + INDEX)
    data = index.read_bytes()
    if harm == "missing":
        index.unlink()
    else:
        index.write_bytes({"cut": data[:-5], "changed": data[:-5] + b"harm!", "empty": b""}[harm])
    reader = StoreReader(tmp_path)
    for number in range(1, 1500, 100):
        assert [stored.record.trace_id for stored in reader.find([f"cl-{number}"]).logs] == [trace(number)]
    assert len(reader.warnings) == 1
    assert str(path) in reader.warnings[0]
    assert "was rebuilt" in reader.warnings[0]
    assert index.read_bytes() == data
    later = StoreReader(tmp_path)
    assert len(later.find(["cl-1"]).logs) == 1
    assert later.warnings == []


def test_an_index_that_vanishes_between_two_searches_is_rebuilt_and_told(tmp_path: Path) -> None:
    path, _ = packed_store(tmp_path)
    reader = StoreReader(tmp_path)
    assert len(reader.find(["cl-1"]).logs) == 1
    path.with_name(path.name.removesuffix(PACKED) + INDEX).unlink()
    assert len(reader.find(["cl-2"]).logs) == 1
    assert reader.warnings == [f"the index of {path} was rebuilt: missing"]


def test_an_index_that_cannot_be_stored_is_used_all_the_same(tmp_path: Path) -> None:
    path, _ = packed_store(tmp_path)
    index = path.with_name(path.name.removesuffix(PACKED) + INDEX)
    index.unlink()
    index.mkdir()  # permissions would not stop root
    assert len(StoreReader(tmp_path).find(["cl-77"]).logs) == 1


@pytest.mark.parametrize("with_index", [True, False])
def test_of_a_truncated_file_what_is_there_is_read_and_the_rest_told(tmp_path: Path, with_index: bool) -> None:
    path, records = packed_store(tmp_path)
    if not with_index:
        path.with_name(path.name.removesuffix(PACKED) + INDEX).unlink()
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 3 // 4])
    reader = StoreReader(tmp_path)
    read = [stored.record for stored in reader.logs()]
    assert len(records) * 2 // 3 < len(read) < len(records)
    assert read == records[: len(read)]
    assert any("truncated" in warning and str(path) in warning for warning in reader.warnings)


@pytest.mark.parametrize("with_index", [True, False])
def test_a_corrupt_block_costs_only_itself_and_is_told(tmp_path: Path, with_index: bool) -> None:
    path, records = packed_store(tmp_path)
    if not with_index:
        path.with_name(path.name.removesuffix(PACKED) + INDEX).unlink()
    data = bytearray(path.read_bytes())
    second = list(members(bytes(data)))[1]
    middle = second.offset + second.packed_bytes // 2
    data[middle : middle + 200] = bytes(200)
    path.write_bytes(data)
    reader = StoreReader(tmp_path)
    read = {stored.record.time_ns for stored in reader.logs()}
    assert len(records) - second.data.count(b"\n") <= len(read) < len(records)
    assert any(f"corrupt block in {path}" in warning for warning in reader.warnings)
    assert len(reader.find([f"cl-{len(records)}"]).logs) == 1


def test_a_repeated_search_reads_no_block_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed_store(tmp_path)
    reader = StoreReader(tmp_path)
    assert len(reader.find(["cl-9"]).logs) == 1
    monkeypatch.setattr("otel_trading.telemetry.store.segments.unpack", None)
    assert len(reader.find(["cl-9", trace(9)]).logs) == 1


def test_a_file_removed_by_retention_is_no_error(tmp_path: Path) -> None:
    path, _ = packed_store(tmp_path)
    reader = StoreReader(tmp_path)
    assert len(reader.find(["cl-9"]).logs) == 1
    reading = reader.logs()
    next(reading)
    path.unlink()
    path.with_name(path.name.removesuffix(PACKED) + INDEX).unlink()
    assert len(list(reading)) < 1500
    assert reader.find(["cl-9"]).logs == []


def test_a_file_that_cannot_be_read_is_told_and_costs_only_itself(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1)])
    broken = folder_of(tmp_path) / "logs-20200101T000000.000000Z-1-00000000"
    broken.with_name(broken.name + PACKED).mkdir()  # permissions would not stop root
    reader = StoreReader(tmp_path)
    assert len(list(reader.logs())) == 1
    assert f"{broken} cannot be read: Is a directory" in reader.warnings


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_logs(tmp_path, [log(1)])

    def refuse(*_: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("otel_trading.telemetry.store.reader.stems", refuse)
    reader = StoreReader(tmp_path)
    assert reader.find([trace(1)]) == ([], [])
    assert reader.warnings == [f"{folder_of(tmp_path)} cannot be read: Permission denied"]
