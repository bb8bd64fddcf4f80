"""What ``opentelemetry-instrument`` loads second: the SDK, put together for a trading bot."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opentelemetry import metrics, propagate, trace
from opentelemetry._logs import get_logger_provider
from opentelemetry.sdk._configuration import _OTelSDKConfigurator
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.environment_variables import OTEL_SDK_DISABLED
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider

from otel_trading import config_file, settings
from otel_trading.distro import EXPORTERS, TradingDistro
from otel_trading.orders.contain import contained
from otel_trading.telemetry import logs
from otel_trading.telemetry.pipeline import Pipeline
from otel_trading.telemetry.processors import StampLogs, StampSpans
from otel_trading.telemetry.propagation import GatedPropagator
from otel_trading.telemetry.shutdown import Ending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.config_file import ConfigFile

_logger = logging.getLogger("otel_trading")


class TradingConfigurator(_OTelSDKConfigurator):
    """Puts the SDK together: stamping, lanes to the exporters, log capture, the gate on headers, the end."""

    def _configure(self, **kwargs: Any) -> None:
        if os.environ.get(OTEL_SDK_DISABLED, "").strip().lower() == "true":
            return
        file = config_file.read(os.environ)
        found, problems = settings.load(section=file.section if file is not None else None)
        settings.replace_current(found)
        if file is not None:
            problems = [*file.problems, *problems]
        if file is not None and file.model is not None and file.model.disabled:
            _tell(problems)
            return
        pipeline = Pipeline(found)
        with contained():
            problems += self._set_up(file, found, pipeline, kwargs)
        tracers, loggers, meters = _providers()
        described = tracers or loggers
        if described is not None:
            with contained():
                pipeline.resume(described.resource)
        # Before the capture of logs, whose own hook at exit then runs earlier: what it records still leaves.
        Ending(pipeline, tracers, loggers, meters, found.shutdown_seconds).install()
        propagate.set_global_textmap(GatedPropagator(propagate.get_global_textmap(), found.propagate_hosts))
        with contained():
            logs.install(found)
        _tell(problems)

    def _set_up(
        self, file: ConfigFile | None, found: settings.Settings, pipeline: Pipeline, given: dict[str, Any]
    ) -> list[settings.Problem]:
        """Set up the SDK's providers; returns what of the file could not be had."""
        if file is None:
            self._from_variables(pipeline, given)
        elif file.model is None:
            with _store_only():
                self._from_variables(pipeline, given)
        else:
            from otel_trading.declared.providers import configure  # noqa: PLC0415 - loads what few bots need

            return configure(file.model, file.path, found, pipeline)
        return []

    def _from_variables(self, pipeline: Pipeline, given: dict[str, Any]) -> None:
        super()._configure(  # type: ignore[no-untyped-call] # untyped upstream
            span_processors=[StampSpans()],
            log_record_processors=[StampLogs()],
            export_span_processor=pipeline.span_processor,
            export_log_record_processor=pipeline.log_processor,
            setup_logging_handler=False,
            **given,
        )


@contextmanager
def _store_only() -> Iterator[None]:
    """Have the SDK see variables that send everything to the local store.

    A file that cannot be read may have asked for masks, or for another receiver than the variables name: until it
    can be, nothing leaves this machine.
    """
    changes = dict.fromkeys(EXPORTERS, config_file.NAME) | {config_file.VARIABLE: ""}
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _tell(problems: list[settings.Problem]) -> None:
    for problem in (*TradingDistro.problems, *problems):
        _logger.warning("%s", problem)


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
