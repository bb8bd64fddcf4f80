"""The exporters of the local store: entry points of the SDK, for our pipeline and for stock processors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExportResult, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult

from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry import drops, plain
from otel_trading.telemetry.lane import Undelivered
from otel_trading.telemetry.pipeline import RecordExporter
from otel_trading.telemetry.store import StoreReader
from otel_trading.telemetry.store.exporter import StoreLogExporter, StoreMetricExporter, StoreSpanExporter

if TYPE_CHECKING:
    from pathlib import Path

    from opentelemetry.sdk.trace import ReadableSpan

RESOURCE = Resource({"service.name": "grid-btc", "process.pid": 7})

pytestmark = pytest.mark.usefixtures("nothing_lost")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OTEL_TRADING_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that can't be: a file stands in its way."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("OTEL_TRADING_STORE", str(tmp_path / "file" / "store"))
    return tmp_path / "file" / "store"


def a_span(**attributes: Any) -> ReadableSpan:
    spans: list[ReadableSpan] = []

    class Keep(SimpleSpanProcessor):
        def __init__(self) -> None:
            pass

        def on_end(self, span: ReadableSpan) -> None:
            spans.append(span)

    provider = TracerProvider(resource=RESOURCE, shutdown_on_exit=False)
    provider.add_span_processor(Keep())
    provider.get_tracer("bot").start_span("work", attributes=attributes).end()
    return spans[0]


def test_both_exporters_take_plain_records() -> None:
    assert isinstance(StoreSpanExporter(), RecordExporter)
    assert isinstance(StoreLogExporter(), RecordExporter)


def test_spans_of_a_stock_processor_are_stored_masked(store: Path) -> None:
    provider = TracerProvider(resource=RESOURCE, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(StoreSpanExporter()))

    provider.get_tracer("bot").start_span("work", attributes={"url.full": "https://x/y?signature=1"}).end()
    provider.shutdown()

    (found,) = StoreReader(store).spans()
    assert found.record.attributes == {"url.full": "https://x/y?***"}
    assert found.resource == {"service.name": "grid-btc", "process.pid": 7}


def test_logs_of_a_stock_processor_are_stored_masked(store: Path) -> None:
    provider = LoggerProvider(resource=RESOURCE, shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(StoreLogExporter()))

    provider.get_logger("bot").emit(LogRecord(timestamp=1, body="GET https://x/y?signature=1"))
    provider.shutdown()

    (found,) = StoreReader(store).logs()
    assert found.record.body == "GET https://x/y?***"


def test_metrics_are_stored(store: Path) -> None:
    provider = MeterProvider([PeriodicExportingMetricReader(StoreMetricExporter())], RESOURCE, shutdown_on_exit=False)
    provider.get_meter("bot").create_counter("ticks").add(3)
    provider.shutdown()

    (found,) = StoreReader(store).metrics()
    (metric,) = found["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]
    assert metric["name"] == "ticks"


def test_records_go_to_the_folder_of_their_service(store: Path) -> None:
    exporter = StoreSpanExporter()
    exporter.export([a_span()])
    exporter.shutdown()

    assert StoreReader(store).services() == ["grid-btc"]


def test_nothing_is_made_before_there_is_something_to_store(store: Path) -> None:
    exporter = StoreSpanExporter()

    assert exporter.export([]) is SpanExportResult.SUCCESS
    assert StoreLogExporter().force_flush()
    exporter.shutdown()

    assert not store.exists()


def test_what_can_not_be_stored_is_refused_with_the_remedy(no_store: Path) -> None:
    with pytest.raises(Undelivered, match="set OTEL_TRADING_STORE to a folder") as caught:
        StoreSpanExporter().export_records([plain.span_record(a_span())], {"service.name": "bot"})

    assert caught.value.reason is Reason.STORE_UNWRITABLE
    assert str(no_store) in str(caught.value)


@pytest.mark.usefixtures("no_store")
def test_what_a_stock_processor_can_not_store_is_counted() -> None:
    assert StoreSpanExporter().export([a_span(), a_span()]) is SpanExportResult.FAILURE

    assert drops.counts() == {(Signal.TRACES, Reason.STORE_UNWRITABLE): 2}


@pytest.mark.usefixtures("no_store")
def test_metrics_that_can_not_be_stored_are_counted() -> None:
    results: list[MetricExportResult] = []

    class Watched(StoreMetricExporter):
        def export(self, *args: Any, **kwargs: Any) -> MetricExportResult:
            results.append(super().export(*args, **kwargs))
            return results[-1]

    provider = MeterProvider([PeriodicExportingMetricReader(Watched())], RESOURCE, shutdown_on_exit=False)
    provider.get_meter("bot").create_counter("ticks").add(3)
    provider.shutdown()

    assert results == [MetricExportResult.FAILURE]
    assert drops.counts() == {(Signal.METRICS, Reason.STORE_UNWRITABLE): 1}
