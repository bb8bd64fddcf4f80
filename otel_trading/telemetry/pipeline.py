"""From the SDK's processors to the exporters: a lane for each, and one bounded end for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry import mentions, plain, redact
from otel_trading.telemetry.lane import Lane, Undelivered, close_all
from otel_trading.telemetry.processors import ShipLogs, ShipSpans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from opentelemetry.sdk._logs import LogRecordProcessor, ReadWriteLogRecord
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor

    from otel_trading.settings import Settings
    from otel_trading.telemetry.records import Attributes, LogRecord, SpanRecord


@runtime_checkable
class RecordExporter(Protocol):
    """An exporter that takes plain records; it raises :class:`Undelivered` where they did not arrive."""

    def export_records(self, records: Sequence[Any], resource: Attributes) -> None:
        """Export ``records`` (all spans or all logs) of the process that ``resource`` describes."""


class Pipeline:
    """Makes the processors that take each signal to its exporters, and closes them within one bound."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lanes: list[Lane[Any]] = []

    def span_processor(self, exporter: SpanExporter) -> SpanProcessor:
        """Return the processor that takes spans to ``exporter``."""
        send = _span_sender(exporter)

        def deliver(spans: Sequence[ReadableSpan]) -> None:
            send([redact.record(plain.span_record(span)) for span in spans], spans[0].resource)

        return ShipSpans(self._lane(Signal.TRACES, deliver, exporter.shutdown))

    def log_processor(self, exporter: LogRecordExporter) -> LogRecordProcessor:
        """Return the processor that takes log records to ``exporter``."""
        send = _log_sender(exporter)

        def deliver(logs: Sequence[ReadWriteLogRecord]) -> None:
            records = [redact.record(mentions.join(plain.log_record(log))) for log in logs]
            resource = logs[0].resource
            if resource is not None:
                send(records, resource)

        return ShipLogs(self._lane(Signal.LOGS, deliver, exporter.shutdown))

    def close(self, seconds: float) -> None:
        """Deliver what waits and close every exporter, within ``seconds``; what is left is counted as lost."""
        close_all(self._lanes, seconds)

    def _lane(
        self, signal: Signal, deliver: Callable[[Sequence[Any]], object], close: Callable[[], object]
    ) -> Lane[Any]:
        lane = Lane(
            signal,
            deliver,
            close,
            size=self._settings.queue_size,
            flush_seconds=self._settings.flush_seconds,
        )
        self._lanes.append(lane)
        return lane


def _masked(resource: Resource) -> Attributes:
    return redact.attributes(dict(resource.attributes))  # type: ignore[arg-type] # a narrower value type


def _span_sender(exporter: SpanExporter) -> Callable[[list[SpanRecord], Resource], None]:
    def send(records: list[SpanRecord], resource: Resource) -> None:
        if isinstance(exporter, RecordExporter):
            exporter.export_records(records, _masked(resource))
        elif exporter.export([plain.sdk_span(item, resource) for item in records]) is not SpanExportResult.SUCCESS:
            raise _refused(exporter)

    return send


def _log_sender(exporter: LogRecordExporter) -> Callable[[list[LogRecord], Resource], None]:
    def send(records: list[LogRecord], resource: Resource) -> None:
        if isinstance(exporter, RecordExporter):
            exporter.export_records(records, _masked(resource))
        elif exporter.export([plain.sdk_log(item, resource) for item in records]) is not LogRecordExportResult.SUCCESS:
            raise _refused(exporter)

    return send


def _refused(exporter: object) -> Undelivered:
    return Undelivered(
        Reason.EXPORT_FAILED,
        f"{type(exporter).__name__} could not deliver; is the receiver named by OTEL_EXPORTER_OTLP_ENDPOINT up?",
    )
