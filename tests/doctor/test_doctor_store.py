"""The store's folder and what is in it."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from otel_trading.doctor.stored import SILENCE_SECONDS
from otel_trading.semconv import events
from otel_trading.telemetry.store.encode import LineEncoder
from otel_trading.telemetry.store.housekeeper import housekeeper
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.writer import SignalWriter
from tests.doctor.ward import ERROR, NOTE, OK, WARNING, check, situation
from tests.telemetry.store.samples import log

if TYPE_CHECKING:
    from pathlib import Path

    from otel_trading.telemetry.store.layout import Signal

ENCODER = LineEncoder({"service.name": "bot"})
METRICS = b'{"resourceMetrics":[{"scopeMetrics":[{"metrics":[]}]}]}\n'


def writer(store: Path, signal: Signal = "logs") -> SignalWriter:
    """Return a writer that has written one record, and holds its file open."""
    found = SignalWriter(store, "bot", signal, StoreLimits(max_bytes=0, max_days=0))
    found.write(METRICS if signal == "metrics" else ENCODER.logs([log(time_ns=time.time_ns())]))
    assert housekeeper.wait(20)  # its first sweep is over: it must not find the file closed and compress it
    return found


def age(store: Path, seconds: float) -> None:
    """Make what was written look as old as that."""
    for path in store.glob("bot/*.jsonl"):
        os.utime(path, (time.time() - seconds,) * 2)


def test_a_store_that_can_be_written_is_fine_and_left_as_it_was(tmp_path: Path) -> None:
    assert set(check("store", situation(tmp_path))) == {"store"}
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_is_not_there_yet_is_fine_and_not_made(tmp_path: Path) -> None:
    assert set(check("store", situation(tmp_path / "a" / "b"))) == {"store"}
    assert list(tmp_path.iterdir()) == []


def test_a_store_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = check("store", situation(tmp_path / "file" / "store"))["store.unwritable"]
    assert found.severity is ERROR
    assert "OTEL_TRADING_STORE" in found.remedy


def test_limits_beyond_the_disk_are_a_warning(tmp_path: Path) -> None:
    here = situation(tmp_path, OTEL_TRADING_STORE_MAX_BYTES=str(1 << 60))
    assert check("store", here)["store.space"].severity is WARNING


def test_a_disk_without_room_for_one_file_is_an_error(tmp_path: Path) -> None:
    here = situation(tmp_path, OTEL_TRADING_STORE_FILE_BYTES=str(1 << 60))
    assert check("store", here)["store.no_space"].severity is ERROR


def test_a_service_near_its_limit_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "logs.jsonl").write_bytes(b"x" * 1_000_000)
    here = situation(tmp_path, OTEL_TRADING_STORE_MAX_BYTES=str(1 << 20))
    assert check("store", here)["store.full"].severity is NOTE


def test_a_store_nobody_uses_is_not_looked_for(tmp_path: Path) -> None:
    here = situation(tmp_path / "no", OTEL_EXPORTER_OTLP_ENDPOINT="http://localhost:4318")
    assert {found.severity for found in check("store", here).values()} == {OK}
    assert check("records", here) == {}


def test_an_empty_store_says_how_to_start_a_bot(tmp_path: Path) -> None:
    found = check("records", situation(tmp_path))["records.none"]
    assert found.severity is WARNING
    assert "opentelemetry-instrument python bot.py" in found.remedy


def test_a_service_that_never_wrote_is_named(tmp_path: Path) -> None:
    writer(tmp_path).close()
    found = check("records", replace(situation(tmp_path), services=("other",)))["records.none"]
    assert "of other" in found.title


def test_a_record_of_this_moment_is_fine(tmp_path: Path) -> None:
    writer(tmp_path).close()
    assert set(check("records", situation(tmp_path))) == {"records"}


def test_a_bot_that_stopped_exporting_its_metrics_is_a_warning(tmp_path: Path) -> None:
    held = writer(tmp_path, "metrics")
    age(tmp_path, SILENCE_SECONDS + 60)
    found = check("records", situation(tmp_path))["records.silent"]
    assert (found.severity, found.title) == (WARNING, "bot: no record for 6 min, and its process is there")
    held.close()


def test_a_bot_that_has_nothing_to_log_is_a_note(tmp_path: Path) -> None:
    held = writer(tmp_path)
    age(tmp_path, SILENCE_SECONDS + 60)
    assert check("records", situation(tmp_path))["records.quiet"].severity is NOTE
    held.close()


def test_a_bot_that_is_not_there_any_more_is_a_note(tmp_path: Path) -> None:
    writer(tmp_path).close()
    age(tmp_path, 3 * 86400)
    found = check("records", situation(tmp_path))["records.ended"]
    assert (found.severity, found.title) == (NOTE, "bot: no record for 3 d, and no process that writes")


def test_half_a_line_of_a_killed_bot_is_a_note(tmp_path: Path) -> None:
    writer(tmp_path).close()
    path = next(tmp_path.glob("bot/*.jsonl"))
    path.write_bytes(path.read_bytes() + b'{"resourceLogs":[')
    found = check("records", situation(tmp_path))["records.torn"]
    assert found.severity is NOTE
    assert str(path) in found.evidence[0]


def test_a_file_that_cannot_be_read_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    stem = "logs-20260101T000000.000000Z-7-00000000"
    (tmp_path / "bot" / f"{stem}.jsonl.gz").write_bytes(b"no gzip")
    found = check("records", situation(tmp_path))["records.damaged"]
    assert found.severity is WARNING
    assert stem in found.evidence[0]


def test_records_without_an_order_are_a_warning_that_leads_into_the_bot(tmp_path: Path) -> None:
    writer(tmp_path).close()
    found = check("orders", situation(tmp_path))["orders.none"]
    assert found.severity is WARNING
    assert "doctor --run 60 -- python bot.py" in found.remedy


def test_an_order_in_the_log_is_fine(tmp_path: Path) -> None:
    held = writer(tmp_path)
    held.write(ENCODER.logs([log(time_ns=time.time_ns())._replace(event_name=events.TRADING_ORDER_SUBMITTED)]))
    held.close()
    assert check("orders", situation(tmp_path))["orders"].severity is OK
