"""The exporters of the local store, one a signal: the entry points named ``otel_trading``.

Spans and logs come as plain records; metrics as the SDK's data, encoded by
``opentelemetry-exporter-otlp-json-common``, since nothing in them is masked or joined but their resource.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from opentelemetry.exporter.otlp.json.common.metrics_encoder import encode_metrics
from opentelemetry.sdk._logs.export import LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, MetricsData
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.settings import current as settings
from otel_trading.telemetry import drops, plain, redact
from otel_trading.telemetry.lane import Undelivered
from otel_trading.telemetry.store.encode import LineEncoder, metrics_line
from otel_trading.telemetry.store.errors import StoreError
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.seal import seal as seal  # noqa: PLC0414 - see below
from otel_trading.telemetry.store.writer import SignalWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from opentelemetry.sdk._logs import ReadableLogRecord
    from opentelemetry.sdk.trace import ReadableSpan

    from otel_trading.telemetry.records import Attributes, LogRecord, SpanRecord


# ``seal`` is loaded here, on the thread that sets the SDK up, and not when the housekeeper first needs it: an import
# on a thread of ours would run beside the bot's own work. CPython 3.11 fails an ``ast.parse`` that two threads make at
# once, which an import hook that rewrites modules (pytest's) does on both.


class _Output:
    """The files of one signal, opened when the first resource tells the service's name."""

    def __init__(self, signal: Signal) -> None:
        self._signal = signal
        self._writer: SignalWriter | None = None
        self._encoder: tuple[Attributes, LineEncoder] | None = None

    def encoder(self, resource: Attributes) -> LineEncoder:
        """Return the encoder of records of ``resource``, which seldom changes."""
        if self._encoder is None or self._encoder[0] != resource:
            self._encoder = (resource, LineEncoder(resource))
        return self._encoder[1]

    def write(self, service: str, line: bytes) -> None:
        """Store ``line``; raises :class:`Undelivered` where that is not possible."""
        if self._writer is None:
            found = settings()
            limits = StoreLimits(
                found.store_max_bytes, found.store_max_days, found.store_file_bytes, found.store_file_seconds
            )
            self._writer = SignalWriter(found.store, service, self._signal.value, limits, on_error=self._tell)
        try:
            self._writer.write(line)
        except StoreError as error:
            raise Undelivered(Reason.STORE_UNWRITABLE, str(error)) from error

    def close(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()

    def _tell(self, error: StoreError) -> None:
        drops.count(self._signal, Reason.STORE_UNWRITABLE, 0, str(error))


def _service(resource: Attributes) -> str:
    return str(resource.get("service.name") or "unknown_service")


def _exported(write: Callable[[], None], signal: Signal, records: int) -> bool:
    """Write outside the pipeline, which otherwise counts what did not arrive."""
    try:
        write()
    except Undelivered as error:
        drops.count(signal, error.reason, records, str(error))
        return False
    return True


def _of_masked_resources(found: MetricsData) -> MetricsData:
    """Mask what describes the process, as it is masked beside spans and logs."""
    return MetricsData(
        [
            replace(each, resource=Resource(redact.attributes(each.resource.attributes), each.resource.schema_url))
            for each in found.resource_metrics
        ]
    )


class StoreSpanExporter(SpanExporter):
    """Writes spans to the local store."""

    def __init__(self) -> None:
        self._output = _Output(Signal.TRACES)

    def export_records(self, records: Sequence[SpanRecord], resource: Attributes) -> None:
        """Store plain records; raises :class:`Undelivered`."""
        self._output.write(_service(resource), self._output.encoder(resource).spans(records))

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Store spans given by a stock processor."""
        if not spans:
            return SpanExportResult.SUCCESS
        records = [redact.record(plain.span_record(span)) for span in spans]
        resource: dict[str, Any] = dict(spans[0].resource.attributes)
        done = _exported(lambda: self.export_records(records, resource), Signal.TRACES, len(records))
        return SpanExportResult.SUCCESS if done else SpanExportResult.FAILURE

    def shutdown(self) -> None:
        """Close the file."""
        self._output.close()


class StoreLogExporter(LogRecordExporter):
    """Writes log records to the local store."""

    def __init__(self) -> None:
        self._output = _Output(Signal.LOGS)

    def export_records(self, records: Sequence[LogRecord], resource: Attributes) -> None:
        """Store plain records; raises :class:`Undelivered`."""
        self._output.write(_service(resource), self._output.encoder(resource).logs(records))

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        """Store log records given by a stock processor."""
        if not batch:
            return LogRecordExportResult.SUCCESS
        records = [redact.record(plain.log_record(log)) for log in batch]
        resource: dict[str, Any] = dict(batch[0].resource.attributes)
        done = _exported(lambda: self.export_records(records, resource), Signal.LOGS, len(records))
        return LogRecordExportResult.SUCCESS if done else LogRecordExportResult.FAILURE

    def force_flush(self, timeout_millis: int = 10_000) -> bool:  # noqa: ARG002 - the interface's
        """Hold nothing back: what was exported is with the kernel."""
        return True

    def shutdown(self) -> None:
        """Close the file."""
        self._output.close()


class StoreMetricExporter(MetricExporter):
    """Writes metrics to the local store."""

    def __init__(self) -> None:
        super().__init__()
        self._output = _Output(Signal.METRICS)

    def export(
        self,
        metrics_data: MetricsData,
        timeout_millis: float = 10_000,  # noqa: ARG002 - the interface's
        **_: Any,
    ) -> MetricExportResult:
        """Store one collection of metrics."""
        if not metrics_data.resource_metrics:
            return MetricExportResult.SUCCESS
        resource: dict[str, Any] = dict(metrics_data.resource_metrics[0].resource.attributes)
        line = metrics_line(encode_metrics(_of_masked_resources(metrics_data)).to_dict())
        done = _exported(lambda: self._output.write(_service(resource), line), Signal.METRICS, 1)
        return MetricExportResult.SUCCESS if done else MetricExportResult.FAILURE

    def force_flush(self, timeout_millis: float = 10_000) -> bool:  # noqa: ARG002 - the interface's
        """Hold nothing back: what was exported is with the kernel."""
        return True

    def shutdown(self, timeout_millis: float = 30_000, **_: Any) -> None:  # noqa: ARG002 - the interface's
        """Close the file."""
        self._output.close()
