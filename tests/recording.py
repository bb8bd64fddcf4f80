"""What a test looks at: everything that was recorded since it began, from a real SDK that keeps it in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry import metrics, trace
from opentelemetry._logs import _internal as logs
from opentelemetry.metrics import _internal as meters
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    HistogramDataPoint,
    InMemoryMetricReader,
    Metric,
    NumberDataPoint,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from otel_trading.telemetry.processors import StampLogs, StampSpans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest
    from opentelemetry._logs import LogRecord
    from opentelemetry.sdk._logs import ReadableLogRecord

    from otel_trading.semconv.instrument import Instrument

_RESOURCE = Resource({"service.name": "bot"})


class Recorded:
    """The global providers of one test, made as the configurator makes them, and what they recorded.

    Attribute names have dots, so that conditions are given as
    ``recorded.total(metrics.TRADING_ORDER_SUBMISSIONS, **{"trading.venue": "binance"})``.
    """

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self._logs = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call] # untyped upstream
        self._reader = InMemoryMetricReader()
        self._metrics: dict[str, Metric] = {}
        self._points: dict[str, dict[frozenset[tuple[str, Any]], Any]] = {}
        self.tracers = TracerProvider(sampler=ALWAYS_ON, resource=_RESOURCE, shutdown_on_exit=False)
        self.tracers.add_span_processor(StampSpans())
        self.tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self.loggers = LoggerProvider(resource=_RESOURCE, shutdown_on_exit=False)
        self.loggers.add_log_record_processor(StampLogs())
        self.loggers.add_log_record_processor(SimpleLogRecordProcessor(self._logs))
        self.meters = MeterProvider([self._reader], resource=_RESOURCE, shutdown_on_exit=False)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make the providers the global ones; the API itself lets them be set only once in a process."""
        monkeypatch.setattr(trace, "_TRACER_PROVIDER", self.tracers)
        monkeypatch.setattr(logs, "_LOGGER_PROVIDER", self.loggers)
        monkeypatch.setattr(meters, "_METER_PROVIDER", self.meters)
        assert trace.get_tracer_provider() is self.tracers
        assert metrics.get_meter_provider() is self.meters

    def spans(self, name: str | None = None) -> list[ReadableSpan]:
        """Return the finished spans, in the order in which they began."""
        found = sorted(self._spans.get_finished_spans(), key=lambda span: span.start_time or 0)
        return [span for span in found if name is None or span.name == name]

    def span(self, name: str | None = None) -> ReadableSpan:
        """Return the one span of this name."""
        (found,) = self.spans(name)
        return found

    def events(self, name: str | None = None) -> list[LogRecord]:
        """Return the events, in the order in which they were emitted."""
        return [record for record in self._all() if record.event_name and name in (None, record.event_name)]

    def event(self, name: str | None = None) -> LogRecord:
        """Return the one event of this name."""
        (found,) = self.events(name)
        return found

    def logs(self) -> list[LogRecord]:
        """Return the log records that are no events, in the order in which they were emitted."""
        return [record for record in self._all() if not record.event_name]

    def log_data(self) -> Sequence[ReadableLogRecord]:
        """Return events and logs as an exporter gets them: with their resource and scope."""
        return self._logs.get_finished_logs()

    def metric(self, definition: Instrument | str, **attributes: Any) -> list[Any]:
        """Return the data points of a metric that have ``attributes`` among theirs, since the test began."""
        self._collect()
        name = definition if isinstance(definition, str) else definition.name
        wanted = attributes.items()
        return [point for point in self._points.get(name, {}).values() if wanted <= dict(point.attributes).items()]

    def point(self, definition: Instrument | str, **attributes: Any) -> Any:
        """Return the one data point of a metric that has ``attributes`` among its own."""
        (found,) = self.metric(definition, **attributes)
        return found

    def total(self, definition: Instrument | str, **attributes: Any) -> float:
        """Return the sum over data points: of their values, of a histogram how many were recorded."""
        return sum(
            point.count if isinstance(point, HistogramDataPoint) else point.value
            for point in self.metric(definition, **attributes)
        )

    def metrics(self) -> Mapping[str, Metric]:
        """Return every metric that was fed since the test began, as last collected, by name."""
        self._collect()
        return self._metrics

    def clear(self) -> None:
        """Forget the spans, events and logs so far; metrics go on counting."""
        self._spans.clear()
        self._logs.clear()

    def shutdown(self) -> None:
        """End the providers."""
        self.tracers.shutdown()
        self.loggers.shutdown()
        self.meters.shutdown()

    def _all(self) -> list[LogRecord]:
        return [item.log_record for item in self.log_data()]

    def _collect(self) -> None:
        # A gauge is told only in the first collection after it was set, so the points are kept.
        data = self._reader.get_metrics_data()
        for resource in data.resource_metrics if data else ():
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    self._metrics[metric.name] = metric
                    known = self._points.setdefault(metric.name, {})
                    for point in metric.data.data_points:
                        assert isinstance(point, (NumberDataPoint, HistogramDataPoint))
                        known[frozenset((point.attributes or {}).items())] = point


def attributes(record: ReadableSpan | LogRecord) -> dict[str, Any]:
    """Return the attributes of a span or log record as a plain dictionary."""
    return dict(record.attributes or {})
