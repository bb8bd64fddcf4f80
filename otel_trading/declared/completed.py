"""What the distribution adds to a configuration file: only what that leaves open."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from otel_trading.declared.changed import changed
from otel_trading.distro import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.configuration import OpenTelemetryConfiguration

_INTERVAL = int(DEFAULTS["OTEL_METRIC_EXPORT_INTERVAL"])


def completed(model: OpenTelemetryConfiguration, export: str) -> Any:
    """Return ``model`` with a provider for each signal that it has none for, as the setting ``export`` says.

    With ``auto``, the default, such a signal goes nowhere, as the specification has it.
    """
    from opentelemetry.configuration import models  # noqa: PLC0415 - optional

    kinds = {"store": ["otel_trading"], "otlp": [_otlp()], "both": ["otel_trading", _otlp()]}.get(export, [])
    if not kinds:
        return model
    made = changed(model)
    if made.tracer_provider is None:
        made.tracer_provider = models.TracerProvider(
            processors=_each(kinds, models.SpanExporter, models.BatchSpanProcessor, models.SpanProcessor)
        )
    if made.logger_provider is None:
        made.logger_provider = models.LoggerProvider(
            processors=_each(kinds, models.LogRecordExporter, models.BatchLogRecordProcessor, models.LogRecordProcessor)
        )
    if made.meter_provider is None:
        made.meter_provider = models.MeterProvider(readers=[_reader(kind) for kind in kinds])
    return made


def store_reader() -> Any:
    """Return the part of a file that takes metrics to the local store."""
    return _reader("otel_trading")


def with_interval(reader: Any) -> Any:
    """Return the ``reader`` of a file with the distribution's interval where it has none of its own."""
    if reader.periodic is None or reader.periodic.interval is not None:
        return reader
    return changed(reader, periodic=changed(reader.periodic, interval=_INTERVAL))


def _otlp() -> str:
    return "otlp_grpc" if os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL", "").strip() == "grpc" else "otlp_http"


def _each(
    kinds: list[str], exporter: Callable[..., Any], batch: Callable[..., Any], processor: Callable[..., Any]
) -> list[Any]:
    return [processor(batch=batch(exporter=exporter(**{kind: _options(kind)}))) for kind in kinds]


def _reader(kind: str) -> Any:
    from opentelemetry.configuration import models  # noqa: PLC0415 - optional

    exporter = models.PushMetricExporter(**{kind: _options(kind, metrics=True)})
    return models.MetricReader(periodic=models.PeriodicMetricReader(exporter=exporter))


def _options(kind: str, *, metrics: bool = False) -> Any:
    """Return the empty options of an exporter: what it does not say, the exporter reads from its variables."""
    from opentelemetry.configuration import models  # noqa: PLC0415 - optional

    if kind == "otel_trading":
        return None
    names = {"otlp_http": "OtlpHttp", "otlp_grpc": "OtlpGrpc"}
    made: Callable[[], Any] = getattr(models, f"{names[kind]}{'Metric' if metrics else ''}Exporter")
    return made()
