"""What bots counted themselves: drops, errors, clocks; written by the SDK and the store's own exporter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource

from otel_trading import settings
from otel_trading.orders import contain, instruments
from otel_trading.semconv import attributes, metrics
from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry import drops
from otel_trading.telemetry.store.exporter import StoreMetricExporter
from tests.doctor.receivers import receiver
from tests.doctor.ward import ERROR, OK, WARNING, check, situation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """A bot's metrics: what the code counts goes into the store at each call."""
    settings.replace_current(settings.load({"OTEL_TRADING_STORE": str(tmp_path)})[0])
    reader, exporter = InMemoryMetricReader(), StoreMetricExporter()
    provider = MeterProvider([reader], resource=Resource({"service.name": "bot"}), shutdown_on_exit=False)
    monkeypatch.setattr(instruments, "_meter", lambda: provider.get_meter("otel_trading"))
    instruments.reset()

    def collect() -> None:
        data = reader.get_metrics_data()
        assert data is not None
        exporter.export(data)

    yield collect
    exporter.shutdown()
    provider.shutdown()


@pytest.mark.parametrize("reason", Reason)
def test_lost_records_are_told_by_service_signal_and_reason_with_a_remedy(
    tmp_path: Path, export: Callable[[], None], reason: Reason
) -> None:
    drops.count(Signal.LOGS, reason, 7)
    export()
    found = check("losses", situation(tmp_path))["losses.dropped"]
    assert (found.severity, found.title) == (WARNING, f"bot lost 7 logs within a day ({reason.value})")
    assert found.remedy != "See docs/doctor.md."


def test_a_total_that_is_exported_often_counts_once(tmp_path: Path, export: Callable[[], None]) -> None:
    for _ in range(3):
        drops.count(Signal.TRACES, Reason.QUEUE_FULL, 2)
        export()
    assert "lost 6 traces" in check("losses", situation(tmp_path))["losses.dropped"].title


def test_contained_errors_are_told_by_their_type(tmp_path: Path, export: Callable[[], None]) -> None:
    contain.report(ZeroDivisionError())
    export()
    assert check("losses", situation(tmp_path))["losses.errors"].evidence == ("bot: ZeroDivisionError, 1 times",)


def test_a_bot_that_lost_nothing_is_fine(tmp_path: Path, export: Callable[[], None]) -> None:
    instruments.add(metrics.TRADING_ORDER_SUBMISSIONS, 3, {})
    export()
    here = situation(tmp_path)
    assert set(check("losses", here)) == {"losses"}
    assert check("orders", here)["orders"].title == "Orders sent within a day: 3"


@pytest.mark.parametrize(
    ("seconds", "code", "severity"),
    [(0.01, "clock", OK), (-0.2, "clock.venue", WARNING), (1.5, "clock.venue", ERROR)],
)
def test_the_clock_of_a_venue_is_compared(
    tmp_path: Path, export: Callable[[], None], seconds: float, code: str, severity: int
) -> None:
    instruments.set_gauge(metrics.TRADING_CLOCK_OFFSET, seconds, {attributes.TRADING_VENUE: "binance"})
    export()
    found = check("clock", situation(tmp_path))[code]
    assert found.severity is severity
    assert f"{seconds:+.3f} s" in found.title


@pytest.mark.parametrize(("ahead", "code"), [(0.0, "clock"), (60.0, "clock.receiver"), (-60.0, "clock.receiver")])
def test_the_clock_of_the_receiver_is_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: float, code: str
) -> None:
    with receiver(clock_ahead=ahead) as there:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://{there.place}")
        assert set(check("clock", situation(tmp_path))) == {code}
