"""Records reach each exporter joined and masked, whichever kind it is; one bad record costs no other."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.sdk._logs import LoggerProvider, LogRecordProcessor
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_trading.orders.order import Order
from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.settings import load
from otel_trading.telemetry import drops, plain
from otel_trading.telemetry.pipeline import Pipeline, _log_record
from tests.telemetry.lanes import SECONDS
from tests.telemetry.test_lane_fork import in_child

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opentelemetry.sdk._logs import ReadableLogRecord, ReadWriteLogRecord
    from opentelemetry.sdk.trace import ReadableSpan

    from otel_trading.telemetry.records import Attributes

RESOURCE = Resource({"service.name": "bot", "api_key": "private"}, "https://schemas.example/1")


class Records(SpanExporter):
    """An exporter that takes plain records."""

    def __init__(self) -> None:
        self.records: list[Any] = []
        self.resources: list[Attributes] = []

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        raise NotImplementedError

    def export_records(self, records: Sequence[Any], resource: Attributes) -> None:
        self.records.extend(records)
        self.resources.append(resource)


class Refusing(InMemorySpanExporter):
    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002 - the interface's
        return SpanExportResult.FAILURE


class RefusingLogs(LogRecordExporter):
    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:  # noqa: ARG002 - the interface's
        return LogRecordExportResult.FAILURE

    def force_flush(self, timeout_millis: int = 10_000) -> bool:  # noqa: ARG002 - the interface's
        return True

    def shutdown(self) -> None:
        pass


class Keep(LogRecordProcessor):
    """Keeps what it is given, as the SDK gives it to each processor."""

    def __init__(self, kept: list[Any]) -> None:
        self._kept = kept

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        self._kept.append(log_record)

    def shutdown(self) -> None:
        pass

    def force_flush(self, timeout_millis: int = 30_000) -> bool:  # noqa: ARG002 - the interface's
        return True


class WhoIs(SpanExporter):
    """Tells in which process it was made and used."""

    used: list[tuple[int, int]] = []  # noqa: RUF012 - shared by those made later

    def __init__(self) -> None:
        self._made = os.getpid()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002 - the interface's
        self.used.append((self._made, os.getpid()))
        return SpanExportResult.SUCCESS


@pytest.fixture
def pipeline(nothing_lost: None, recorded: Any) -> Iterator[Pipeline]:  # noqa: ARG001 - what is lost is counted in it
    made = Pipeline(load({})[0])
    yield made
    made.close(SECONDS)


def logs_in_memory() -> InMemoryLogRecordExporter:
    return InMemoryLogRecordExporter()  # type: ignore[no-untyped-call] # untyped upstream


def write_span(pipeline: Pipeline, exporter: SpanExporter, **attributes: Any) -> None:
    provider = TracerProvider(resource=RESOURCE, shutdown_on_exit=False)
    provider.add_span_processor(pipeline.span_processor(exporter))
    provider.get_tracer("bot", "1.2").start_span("GET", attributes=attributes).end()
    assert provider.force_flush(int(SECONDS * 1000))


def write_logs(pipeline: Pipeline, exporter: Any, *bodies: Any) -> None:
    provider = LoggerProvider(resource=RESOURCE, shutdown_on_exit=False)
    provider.add_log_record_processor(pipeline.log_processor(exporter))
    for body in bodies:
        provider.get_logger("bot", "1.2").emit(LogRecord(timestamp=1, body=body))
    assert provider.force_flush(int(SECONDS * 1000))


def test_a_stock_span_exporter_gets_spans_of_the_sdk_masked(pipeline: Pipeline) -> None:
    exporter = InMemorySpanExporter()

    write_span(pipeline, exporter, **{"http.url": "https://x/y?signature=1"})

    (span,) = exporter.get_finished_spans()
    assert dict(span.attributes or {}) == {"http.url": "https://x/y?***"}
    assert span.instrumentation_scope is not None
    assert span.instrumentation_scope.version == "1.2"


def test_a_stock_log_exporter_gets_records_of_the_sdk_masked(pipeline: Pipeline) -> None:
    exporter = logs_in_memory()

    write_logs(pipeline, exporter, "GET https://x/y?signature=1")

    (log,) = exporter.get_finished_logs()
    assert log.log_record.body == "GET https://x/y?***"


def test_an_exporter_of_plain_records_gets_them(pipeline: Pipeline) -> None:
    exporter = Records()

    write_span(pipeline, exporter, **{"http.url": "https://x/y?signature=1"})

    (record,) = exporter.records
    assert record.attributes == {"http.url": "https://x/y?***"}


def test_the_resource_is_masked_for_both_kinds_of_exporters(pipeline: Pipeline) -> None:
    own, stock = Records(), InMemorySpanExporter()

    write_span(pipeline, own)
    write_span(pipeline, stock)

    assert own.resources == [{"service.name": "bot", "api_key": "***"}]
    (span,) = stock.get_finished_spans()
    assert dict(span.resource.attributes) == {"service.name": "bot", "api_key": "***"}
    assert span.resource.schema_url == "https://schemas.example/1"


def test_a_line_that_names_an_order_is_joined_before_it_leaves(pipeline: Pipeline) -> None:
    Order(client_id="cl-7f3a-0001")
    exporter = logs_in_memory()

    write_logs(pipeline, exporter, "sending cl-7f3a-0001")

    (log,) = exporter.get_finished_logs()
    assert dict(log.log_record.attributes or {}) == {"trading.order.client_id": "cl-7f3a-0001"}


def test_every_exporter_is_told_the_same_of_a_line_whenever_it_asks(recorded: Any) -> None:  # noqa: ARG001 - an SDK
    kept: list[Any] = []
    provider = LoggerProvider(resource=RESOURCE, shutdown_on_exit=False)
    provider.add_log_record_processor(Keep(kept))
    provider.get_logger("bot").emit(LogRecord(timestamp=1, body="sending cl-7f3a-0001"))
    first = _log_record(kept[0])
    Order(client_id="cl-7f3a-0001")

    assert _log_record(kept[0]) is first


@pytest.mark.parametrize(("signal", "exporter"), [(Signal.TRACES, Refusing()), (Signal.LOGS, RefusingLogs())])
def test_what_an_exporter_refuses_is_counted_and_the_remedy_told(
    pipeline: Pipeline, signal: Signal, exporter: Any, caplog: pytest.LogCaptureFixture
) -> None:
    if signal is Signal.TRACES:
        write_span(pipeline, exporter)
    else:
        write_logs(pipeline, exporter, "line")
    pipeline.close(SECONDS)

    assert drops.counts() == {(signal, Reason.EXPORT_FAILED): 1}
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in caplog.text


def test_a_record_that_can_not_be_read_costs_no_other_and_is_counted(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = plain.log_record

    def log_record(log: Any) -> Any:
        if log.log_record.body == "poison":
            raise ZeroDivisionError
        return original(log)

    monkeypatch.setattr(plain, "log_record", log_record)
    exporter = logs_in_memory()

    write_logs(pipeline, exporter, "one", "poison", "two")

    assert [log.log_record.body for log in exporter.get_finished_logs()] == ["one", "two"]
    assert drops.counts() == {(Signal.LOGS, Reason.EXPORT_FAILED): 1}


def test_a_body_that_otlp_has_no_value_for_arrives_as_text(pipeline: Pipeline) -> None:
    exporter = logs_in_memory()

    write_logs(pipeline, exporter, {"at": {1}})

    (log,) = exporter.get_finished_logs()
    assert log.log_record.body == {"at": "{1}"}


def test_the_end_of_the_pipeline_shuts_the_exporters_down(pipeline: Pipeline) -> None:
    exporter = InMemorySpanExporter()
    write_span(pipeline, exporter)

    pipeline.close(SECONDS)

    assert exporter.export([]) is SpanExportResult.FAILURE  # what a closed one answers


def test_a_forked_child_sends_through_an_exporter_of_its_own(pipeline: Pipeline) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(pipeline.span_processor(WhoIs()))
    WhoIs.used.clear()

    def work() -> object:
        provider.get_tracer("bot").start_span("of the child").end()
        return provider.force_flush(int(SECONDS * 1000)), WhoIs.used == [(os.getpid(), os.getpid())]

    assert in_child(work) == "(True, True)"


def test_the_parent_of_a_forked_child_keeps_its_exporter(pipeline: Pipeline) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(pipeline.span_processor(WhoIs()))
    WhoIs.used.clear()
    in_child(lambda: None)

    provider.get_tracer("bot").start_span("of the parent").end()

    assert provider.force_flush(int(SECONDS * 1000))
    assert WhoIs.used == [(os.getpid(), os.getpid())]
