"""What waits on disk for a receiver is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry.spool.folder import SpoolLimits
from otel_trading.telemetry.spool.keeper import Keeper
from tests.doctor.ward import NOTE, check, situation

if TYPE_CHECKING:
    from pathlib import Path


def keep(store: Path, service: str) -> None:
    keeper = Keeper(store, "logs", Signal.LOGS, SpoolLimits(1 << 20, 3600.0))
    keeper.keep(service, 2, b"{}" * 1024)
    keeper.turn()


def test_records_that_wait_are_a_note_with_service_and_signal(tmp_path: Path) -> None:
    keep(tmp_path, "grid-btc")

    found = check("spool", situation(tmp_path))["spool.waiting"]

    assert (found.severity, found.title) == (NOTE, "Waiting on disk for the receiver: 2.0 KiB")
    assert found.evidence == ("grid-btc: 2.0 KiB of logs, the oldest for 0 s",)


def test_only_the_services_asked_for_are_looked_at(tmp_path: Path) -> None:
    keep(tmp_path, "grid-btc")

    assert check("spool", replace(situation(tmp_path), services=("other",))) == {}


def test_nothing_is_told_where_nothing_waits(tmp_path: Path) -> None:
    assert check("spool", situation(tmp_path)) == {}
    assert check("spool", situation(tmp_path / "none")) == {}


def test_a_service_of_which_only_the_spool_is_there_has_recorded_nothing(tmp_path: Path) -> None:
    keep(tmp_path, "grid-btc")

    assert check("orders", situation(tmp_path)) == {}
