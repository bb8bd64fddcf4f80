"""What a test looks at: the SDK's own objects as they were recorded, before anything is joined or masked.

Users get :mod:`otel_trading.testing`, which shows what would be stored; the providers and the metrics are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry import metrics, trace
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics.export import HistogramDataPoint
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_trading.testing.figures import Figures
from otel_trading.testing.in_force import replacements
from otel_trading.testing.providers import Providers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest
    from opentelemetry._logs import LogRecord
    from opentelemetry.sdk._logs import ReadableLogRecord
    from opentelemetry.sdk.metrics.export import Metric
    from opentelemetry.sdk.trace import ReadableSpan

    from otel_trading.semconv.instrument import Instrument


class Recorded:
    """The global providers of one test, made as the configurator makes them, and what they recorded.

    Attribute names have dots, so that conditions are given as
    ``recorded.total(metrics.TRADING_ORDER_SUBMISSIONS, **{"trading.venue": "binance"})``.
    """

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self._logs = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call] # untyped upstream
        self._providers = Providers(SimpleSpanProcessor(self._spans), SimpleLogRecordProcessor(self._logs))
        self._figures = Figures(self._providers.reader)
        self.tracers = self._providers.tracers
        self.loggers = self._providers.loggers
        self.meters = self._providers.meters

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make the providers the global ones; the API itself lets them be set only once in a process."""
        for replacement in replacements(self._providers):
            monkeypatch.setattr(*replacement)
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
        return list(self._figures.points(definition, attributes))

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
        return self._figures.metrics()

    def clear(self) -> None:
        """Forget the spans, events and logs so far; metrics go on counting."""
        self._spans.clear()
        self._logs.clear()

    def shutdown(self) -> None:
        """End the providers."""
        self._providers.shutdown()

    def _all(self) -> list[LogRecord]:
        return [item.log_record for item in self.log_data()]


def attributes(record: ReadableSpan | LogRecord) -> dict[str, Any]:
    """Return the attributes of a span or log record as a plain dictionary."""
    return dict(record.attributes or {})
