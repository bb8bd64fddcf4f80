"""The end of the pipeline in a test: exporters that keep what would be stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from otel_trading.telemetry import plain
from otel_trading.telemetry.pipeline import Pipeline
from otel_trading.testing.memory import KeptLog, KeptSpan, Records, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_trading.settings import Settings

_WITHOUT_BOUND = 1 << 30
_ONLY_WHEN_ASKED = 3600.0
_SECONDS = 30.0


class Kept:
    """The production pipeline, and in memory what comes out of it.

    Records pass through it when they are read, as they do within half a second in production.
    """

    def __init__(self, settings: Settings) -> None:
        self._spans = InMemorySpanExporter()
        self._logs = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call] # untyped upstream
        self._pipeline = Pipeline(
            settings._replace(queue_size=_WITHOUT_BOUND, queue_bytes=_WITHOUT_BOUND, flush_seconds=_ONLY_WHEN_ASKED)
        )
        self._closed = False
        self.span_processor = self._pipeline.span_processor(self._spans)
        self.log_processor = self._pipeline.log_processor(self._logs)

    def records(self) -> Records:
        """Return what was recorded so far, as it would be stored."""
        self._flush()
        return Records(
            in_order(
                KeptSpan(plain.span_record(span), _resource(span.resource.attributes))
                for span in self._spans.get_finished_spans()
            ),
            in_order(
                KeptLog(plain.log_record(log), _resource(log.resource.attributes))
                for log in self._logs.get_finished_logs()
            ),
        )

    def clear(self) -> None:
        """Forget what was recorded so far."""
        self._flush()
        self._spans.clear()
        self._logs.clear()

    def close(self) -> None:
        """Take in what is under way, and nothing after it."""
        self._pipeline.close(_SECONDS)
        self._closed = True

    def _flush(self) -> None:
        if self._closed:
            return
        for processor in (self.span_processor, self.log_processor):
            if not processor.force_flush(int(_SECONDS * 1000)):
                raise TimeoutError("what was recorded did not pass through the pipeline")


def _resource(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return dict(attributes)
