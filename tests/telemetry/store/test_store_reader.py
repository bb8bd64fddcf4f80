from __future__ import annotations

import gzip
import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.telemetry.store.blocks import Member, unpack
from otel_trading.telemetry.store.encode import LineEncoder, metrics_line
from otel_trading.telemetry.store.housekeeper import housekeeper
from otel_trading.telemetry.store.keys import keys_of
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.reader import StoreReader
from otel_trading.telemetry.store.writer import SignalWriter
from tests.telemetry.store.samples import (
    NOON,
    RESOURCE,
    SECOND,
    SERVICE,
    SMALL_FILES,
    compress,
    folder_of,
    log,
    packed_files,
    raw_files,
    span,
    trace,
    write_logs,
    write_spans,
)

if TYPE_CHECKING:
    from pathlib import Path

    from otel_trading.telemetry.records import LogRecord, SpanRecord


def times(reader: StoreReader, **limits: Any) -> list[int]:
    return [(stored.record.time_ns - NOON) // SECOND for stored in reader.logs(**limits)]


def some_orders(count: int) -> tuple[list[SpanRecord], list[LogRecord]]:
    """Return the records of orders, several each, mixed as they are when orders overlap."""
    chance = random.Random(3)  # noqa: S311  # data for a test
    spans, logs = [], []
    for number in range(1, count + 1):
        start = NOON + chance.randrange(1000) * SECOND
        names = {"client_id": f"cl-{number}", "id": str(28_000_000 + number)}
        spans += [span(number, start_ns=start + step, **names) for step in range(2)]
        logs += [log(number, time_ns=start + step, body="x" * chance.randrange(300), **names) for step in range(3)]
        logs.append(log(number, time_ns=start + 9, related_ids=[f"cl-{number}", f"cl-{number + 1}"]))
    chance.shuffle(spans)
    chance.shuffle(logs)
    return spans, logs


def test_a_search_finds_what_reading_everything_finds(tmp_path: Path) -> None:
    spans, logs = some_orders(200)
    write_spans(tmp_path, spans)
    write_logs(tmp_path, logs)
    assert len(packed_files(tmp_path)) > 10
    assert len(raw_files(tmp_path)) == 1
    reader = StoreReader(tmp_path)
    for key in ("cl-7", "28000150", trace(33), trace(33).upper(), "cl-200", "cl-201", "absent"):
        found = reader.find([key])
        wanted = {key, key.lower()}
        assert [stored.record for stored in found.spans] == sorted(
            (record for record in spans if keys_of(record) & wanted), key=lambda record: record.start_ns
        )
        assert sorted(stored.record.time_ns for stored in found.logs) == sorted(
            record.time_ns for record in logs if keys_of(record) & wanted
        )
        assert all(stored.resource == RESOURCE for stored in found.logs)
    assert reader.warnings == []


def test_a_search_for_several_keys_of_one_record_finds_it_once(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1, client_id="cl-1", id="42"), log(2, client_id="cl-2")])
    for _ in range(2):
        found = StoreReader(tmp_path).find(["cl-1", "42", trace(1), "cl-1"])
        assert [stored.record.trace_id for stored in found.logs] == [trace(1)]
        compress(tmp_path)


@pytest.mark.parametrize("key", ['a"b', "a\\b", "a/b", "ordre-é", "\U0001f680", "a b", "123", "A" * 32, "\ud800"])
def test_a_key_of_any_characters_is_found_open_and_compressed(tmp_path: Path, key: str) -> None:
    write_logs(tmp_path, [log(1, client_id=key), log(2, client_id="other")])
    assert [stored.record.trace_id for stored in StoreReader(tmp_path).find([key]).logs] == [trace(1)]
    compress(tmp_path)
    assert [stored.record.trace_id for stored in StoreReader(tmp_path).find([key]).logs] == [trace(1)]


def test_a_part_of_a_key_is_not_the_key(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1, client_id="cl-12", id="28173645", body="cl-1")])
    assert StoreReader(tmp_path).find(["cl-1", "281", "", "sending"]) == ([], [])


def test_an_empty_search_finds_nothing(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1)])
    assert StoreReader(tmp_path).find([]) == ([], [])
    assert StoreReader(tmp_path).find([""]) == ([], [])


@pytest.mark.parametrize("newest_first", [False, True])
def test_records_of_many_files_come_in_the_order_of_time(tmp_path: Path, newest_first: bool) -> None:
    spans, logs = some_orders(150)
    write_logs(tmp_path, logs)
    write_spans(tmp_path, spans)
    reader = StoreReader(tmp_path)
    read = [stored.record.time_ns for stored in reader.logs(newest_first=newest_first)]
    assert read == sorted((record.time_ns for record in logs), reverse=newest_first)
    begun = [stored.record.start_ns for stored in reader.spans(newest_first=newest_first)]
    assert begun == sorted((record.start_ns for record in spans), reverse=newest_first)


def test_a_period_includes_its_beginning_and_not_its_end(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1, time_ns=NOON + number * SECOND, body="x" * 3000) for number in range(30)])
    reader = StoreReader(tmp_path)
    assert times(reader, since_ns=NOON + 5 * SECOND, until_ns=NOON + 8 * SECOND) == [5, 6, 7]
    assert times(reader, since_ns=NOON + 28 * SECOND, newest_first=True) == [29, 28]
    assert times(reader, until_ns=NOON + 2 * SECOND) == [0, 1]


def test_the_newest_records_are_read_without_the_rest_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_logs(
        tmp_path, [log(1, time_ns=NOON + number * SECOND, body="x" * 3000) for number in range(500)], StoreLimits()
    )
    compress(tmp_path)
    unpacked = []

    def counted(packed: bytes) -> Member:
        unpacked.append(len(packed))
        return unpack(packed)

    monkeypatch.setattr("otel_trading.telemetry.store.segments.unpack", counted)
    assert next(StoreReader(tmp_path).logs(newest_first=True)).record.time_ns == NOON + 499 * SECOND
    assert len(unpacked) == 1


def test_a_log_without_a_time_is_placed_by_when_it_was_observed(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1, time_ns=NOON)._replace(time_ns=0), log(2, time_ns=NOON + 1)])
    assert [stored.record.time_ns for stored in StoreReader(tmp_path).logs()] == [NOON + 1, 0]


def test_metrics_come_back_as_they_were_encoded(tmp_path: Path) -> None:
    exports = [{"resourceMetrics": [{"timeUnixNano": str(NOON + number * SECOND)}]} for number in range(5)]
    writer = SignalWriter(tmp_path, SERVICE, "metrics", SMALL_FILES)
    for export in exports:
        writer.write(metrics_line(export))
    writer.close()
    assert housekeeper.wait(20)
    reader = StoreReader(tmp_path)
    assert list(reader.metrics()) == exports
    assert list(reader.metrics(since_ns=NOON + 3 * SECOND, newest_first=True)) == [exports[4], exports[3]]


def test_services_are_kept_apart_and_named_as_they_are(tmp_path: Path) -> None:
    for service in ("grid/btc", "grid-btc", ".hidden"):
        writer = SignalWriter(tmp_path, service, "logs", SMALL_FILES)
        writer.write(LineEncoder({"service.name": service}).logs([log(1)]))
        writer.close()
    assert housekeeper.wait(20)
    assert StoreReader(tmp_path).services() == [".hidden", "grid-btc", "grid/btc"]
    only = StoreReader(tmp_path, services=["grid/btc"])
    assert only.services() == ["grid/btc"]
    assert [stored.resource["service.name"] for stored in only.logs()] == ["grid/btc"]


def test_a_store_that_is_not_there_is_empty(tmp_path: Path) -> None:
    reader = StoreReader(tmp_path / "none")
    assert (reader.services(), reader.find(["a"]), list(reader.logs())) == ([], ([], []), [])


def test_a_file_of_another_exporter_in_the_folder_is_read(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1)])
    line = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"traceId": "AB" * 16, "timeUnixNano": 5}]}]}]}
    foreign = folder_of(tmp_path) / "logs-collector.jsonl.gz"
    foreign.write_bytes(gzip.compress(json.dumps(line).encode() + b"\n", mtime=12345))
    assert [stored.file for stored in StoreReader(tmp_path).find(["ab" * 16]).logs] == [foreign]
