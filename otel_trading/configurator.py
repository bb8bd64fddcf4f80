"""What ``opentelemetry-instrument`` loads second: the SDK, put together for a trading bot."""

from __future__ import annotations

import logging
import os
from typing import Any

from opentelemetry import metrics, propagate, trace
from opentelemetry._logs import get_logger_provider
from opentelemetry.sdk._configuration import _OTelSDKConfigurator
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.environment_variables import OTEL_CONFIG_FILE, OTEL_SDK_DISABLED
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider

from otel_trading import settings
from otel_trading.distro import TradingDistro
from otel_trading.orders.contain import contained
from otel_trading.telemetry import logs
from otel_trading.telemetry.pipeline import Pipeline
from otel_trading.telemetry.processors import StampLogs, StampSpans
from otel_trading.telemetry.propagation import GatedPropagator
from otel_trading.telemetry.shutdown import Ending

_logger = logging.getLogger("otel_trading")
_AS_THE_FILE_SAYS = (
    "exporters are used as the file has them: without masking, the local store, or the bound on the process's end. "
    "Configure by variables instead to have these"
)


class TradingConfigurator(_OTelSDKConfigurator):
    """Puts the SDK together: stamping, lanes to the exporters, log capture, the gate on headers, the end."""

    def _configure(self, **kwargs: Any) -> None:
        if os.environ.get(OTEL_SDK_DISABLED, "").strip().lower() == "true":
            return
        found, problems = settings.load()
        settings.replace_current(found)
        if os.environ.get(OTEL_CONFIG_FILE, "").strip():
            problems.append(settings.Problem(OTEL_CONFIG_FILE, _AS_THE_FILE_SAYS))
            with contained():
                self._from_file()
        else:
            self._from_variables(Pipeline(found), found.shutdown_seconds, kwargs)
        propagate.set_global_textmap(GatedPropagator(propagate.get_global_textmap(), found.propagate_hosts))
        with contained():
            logs.install(found)
        for problem in (*TradingDistro.problems, *problems):
            _logger.warning("%s", problem)

    def _from_variables(self, pipeline: Pipeline, shutdown_seconds: float, given: dict[str, Any]) -> None:
        with contained():
            super()._configure(  # type: ignore[no-untyped-call] # untyped upstream
                span_processors=[StampSpans()],
                log_record_processors=[StampLogs()],
                export_span_processor=pipeline.span_processor,
                export_log_record_processor=pipeline.log_processor,
                setup_logging_handler=False,
                **given,
            )
        tracers, loggers, meters = _providers()
        described = tracers or loggers
        if described is not None:
            with contained():
                pipeline.resume(described.resource)
        # Before the capture of logs, whose own hook at exit then runs earlier: what it records still leaves.
        Ending(pipeline, tracers, loggers, meters, shutdown_seconds).install()

    def _from_file(self) -> None:
        """Leave processors, exporters and their end to the file; only the order is stamped on what is recorded."""
        super()._configure()  # type: ignore[no-untyped-call] # untyped upstream
        tracers, loggers, _ = _providers()
        if tracers is not None:
            tracers.add_span_processor(StampSpans())
        if loggers is not None:
            loggers.add_log_record_processor(StampLogs())


def _providers() -> tuple[TracerProvider | None, LoggerProvider | None, MeterProvider | None]:
    tracers, loggers, meters = (
        trace.get_tracer_provider(),
        get_logger_provider(),
        metrics.get_meter_provider(),
    )
    return (
        tracers if isinstance(tracers, TracerProvider) else None,
        loggers if isinstance(loggers, LoggerProvider) else None,
        meters if isinstance(meters, MeterProvider) else None,
    )
