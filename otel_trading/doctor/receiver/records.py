"""One record of each signal, marked as a test: its service is ``otel-trading-doctor``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from otel_trading.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

SERVICE = "otel-trading-doctor"
_NAME = "otel-trading doctor"
_RESOURCE = Resource({"service.name": SERVICE, "telemetry.distro.version": __version__})


def make_record(signal: str) -> Any:
    """Return what the exporter of ``signal`` takes, with one test record in it."""
    return _MAKERS[signal]()


def _span() -> Any:
    kept = InMemorySpanExporter()
    provider = TracerProvider(sampler=ALWAYS_ON, resource=_RESOURCE, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    provider.get_tracer("otel_trading.doctor").start_span(_NAME).end()
    return kept.get_finished_spans()


def _log() -> Any:
    kept = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call] # untyped upstream
    provider = LoggerProvider(resource=_RESOURCE, shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(kept))
    record = LogRecord(
        timestamp=time.time_ns(), severity_number=SeverityNumber.INFO, severity_text="INFO", body=f"test of {_NAME}"
    )
    provider.get_logger("otel_trading.doctor").emit(record)
    return kept.get_finished_logs()


def _metric() -> Any:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], resource=_RESOURCE, shutdown_on_exit=False)
    provider.get_meter("otel_trading.doctor").create_counter("otel_trading.doctor.tests", "{test}", "Tests.").add(1)
    return reader.get_metrics_data()


_MAKERS: dict[str, Callable[[], Any]] = {"traces": _span, "logs": _log, "metrics": _metric}
