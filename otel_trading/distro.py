"""What ``opentelemetry-instrument`` loads first: defaults for a trading bot, and how instrumentors are loaded."""

from __future__ import annotations

import logging
import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from opentelemetry.instrumentation.dependencies import DependencyConflictError
from opentelemetry.instrumentation.distro import BaseDistro  # type: ignore[attr-defined] # untyped upstream

from otel_trading import settings, standard

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from opentelemetry.util._importlib_metadata import EntryPoint

_logger = logging.getLogger("otel_trading")

DEFAULTS: Mapping[str, str] = {
    # The same CPU as gRPC, half the import time and 16 MB less memory.
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    # Rules look at minutes: a bot whose metrics are a minute old is seen too late.
    "OTEL_METRIC_EXPORT_INTERVAL": "15000",
    # Which process on which host sent the order; command arguments stay out, bots pass secrets there, and so does the
    # login that the bot runs under. What the user says (otel) wins over what is detected, and ours come last, to mask
    # it and to tell children apart.
    "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": (
        "host,os,otel_trading_process,service_instance,otel,otel_trading,otel_trading_instance"
    ),
}
"""Standard variables that are set where the user left them unset, each because the SDK's default hurts a bot."""

EXPORTERS = ("OTEL_TRACES_EXPORTER", "OTEL_LOGS_EXPORTER", "OTEL_METRICS_EXPORTER")
_ENDPOINTS = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
)
_TARGETS = {"store": "otel_trading", "otlp": "otlp", "both": "otel_trading,otlp"}


def set_defaults(environ: MutableMapping[str, str]) -> None:
    """Set in ``environ`` what the user left unset or empty, which means the same; what is set stands."""
    target = settings.load(environ)[0].export
    if target == "auto":
        target = "otlp" if any(environ.get(name, "").strip() for name in _ENDPOINTS) else "store"
    for name, default in {**DEFAULTS, **dict.fromkeys(EXPORTERS, _TARGETS[target])}.items():
        if not environ.get(name, "").strip():
            environ[name] = default


class TradingDistro(BaseDistro):  # type: ignore[misc] # untyped upstream
    """The distribution."""

    problems: ClassVar[list[settings.Problem]] = []
    """What was wrong in the environment, for the configurator to tell once the bot's log is captured."""

    def _configure(self, **_: Any) -> None:
        self.problems[:] = standard.repair(os.environ)  # before the SDK is imported, which reads some at once
        set_defaults(os.environ)

    def load_instrumentor(self, entry_point: EntryPoint, **kwargs: Any) -> None:
        """Load an instrumentor; the one for logging without its root handler, as logs are captured elsewhere.

        Ours are named for what a bot imports: where that is not installed, nothing of its instrumentor is loaded. Of
        system metrics those are chosen that a desk looks at.
        """
        if entry_point.value.startswith("otel_trading.") and find_spec(entry_point.name) is None:
            return
        if entry_point.name == "logging":
            kwargs["enable_log_auto_instrumentation"] = False
        try:
            if entry_point.name == "system_metrics":
                from otel_trading.instrumentation import process  # noqa: PLC0415 - psutil's import is not for nothing

                process.instrument(**kwargs)
            else:
                super().load_instrumentor(entry_point, **kwargs)
        except (ImportError, DependencyConflictError):
            raise  # the loader knows what these mean
        except Exception:  # the loader would give up the instrumentors after this one
            _logger.exception("Instrumenting of %s failed, its calls are not seen", entry_point.name)
