"""Send a test record by OTLP/gRPC. Its exporter tells why it failed in its log only, so that is read."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from grpc import StatusCode  # type: ignore[import-untyped] # its stubs are a package of their own
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from otel_trading.doctor.receiver.outcome import Outcome

_EXPORTERS: dict[str, Callable[..., Any]] = {
    "traces": OTLPSpanExporter,
    "logs": OTLPLogExporter,
    "metrics": OTLPMetricExporter,
}
_LOGGER = logging.getLogger("opentelemetry.exporter.otlp.proto.grpc.exporter")


def send(outcome: Outcome, record: Any, environ: Mapping[str, str], timeout: float) -> None:  # noqa: ARG001 - as by HTTP
    """Send ``record`` with the stock exporter, and fill in ``outcome``; headers, certificates as configured."""
    reader = _Reader(outcome)
    _LOGGER.filters.insert(0, reader)  # before the one that lets equal messages of other signals pass only once
    try:
        arguments = {**outcome.target.arguments, "timeout": timeout}
        exporter = _EXPORTERS[outcome.target.signal](endpoint=outcome.target.endpoint, **arguments)
        outcome.delivered = exporter.export(record).name == "SUCCESS"
        exporter.shutdown()
    finally:
        _LOGGER.removeFilter(reader)


class _Reader(logging.Filter):
    """Reads gRPC's status and its words from what the exporter logs on this thread."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self._outcome = outcome
        self._thread = threading.get_ident()

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, and keep what those of this thread say."""
        arguments = record.args if isinstance(record.args, tuple) and record.thread == self._thread else ()
        code = next((each for each in arguments if isinstance(each, StatusCode)), None)
        if code is not None and not self._outcome.code:  # the first try says more than the last, cut short
            self._outcome.code = code.name
            self._outcome.words = str(arguments[-1])
        return True
