"""The SDK of one recording: real providers, put together as the configurator does it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.environment_variables import OTEL_SDK_DISABLED
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.semconv.attributes.service_attributes import SERVICE_NAME

from otel_trading.telemetry.processors import StampLogs, StampSpans
from otel_trading.testing.following import FollowingTracerProvider
from otel_trading.testing.ids import CountingIds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.sdk._logs import LogRecordProcessor
    from opentelemetry.sdk.trace import SpanProcessor


class Providers:
    """The three providers; what they record goes to ``spans`` and ``logs``, and to the ``reader`` of metrics.

    Everything is sampled, whatever the environment says, and ids count up.
    """

    def __init__(self, spans: SpanProcessor, logs: LogRecordProcessor, *, service: str = "bot") -> None:
        resource = Resource({SERVICE_NAME: service})
        self.reader = InMemoryMetricReader()
        with _enabled():
            self.meters = MeterProvider([self.reader], resource=resource, shutdown_on_exit=False)
            self.tracers = FollowingTracerProvider(
                sampler=ALWAYS_ON,
                resource=resource,
                shutdown_on_exit=False,
                id_generator=CountingIds(),
                meter_provider=self.meters,
            )
            self.loggers = LoggerProvider(resource=resource, shutdown_on_exit=False, meter_provider=self.meters)
        for span_processor in (StampSpans(), spans):
            self.tracers.add_span_processor(span_processor)
        for log_processor in (StampLogs(), logs):
            self.loggers.add_log_record_processor(log_processor)

    def shutdown(self) -> None:
        """End the providers."""
        self.tracers.shutdown()
        self.loggers.shutdown()
        self.meters.shutdown()


@contextmanager
def _enabled() -> Iterator[None]:
    """Make providers that record although the environment has the SDK disabled, as that of many test runs has."""
    disabled = os.environ.pop(OTEL_SDK_DISABLED, None)
    try:
        yield
    finally:
        if disabled is not None:
            os.environ[OTEL_SDK_DISABLED] = disabled
