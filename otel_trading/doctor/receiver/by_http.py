"""Send a test record by OTLP/HTTP, and see the answer that the stock exporter keeps to itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import requests
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

from otel_trading.doctor.installed import entries

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from otel_trading.doctor.receiver.outcome import Outcome

_EXPORTERS: dict[str, Callable[..., Any]] = {
    "traces": OTLPSpanExporter,
    "logs": OTLPLogExporter,
    "metrics": OTLPMetricExporter,
}
_PROVIDER = "OTEL_PYTHON_EXPORTER_OTLP_HTTP_{}CREDENTIAL_PROVIDER"
_WORDS = 200


def send(outcome: Outcome, record: Any, environ: Mapping[str, str], timeout: float) -> None:
    """Send ``record`` with the stock exporter, and fill in ``outcome``; headers, certificates as configured."""
    signal = outcome.target.signal
    session = _session(environ, signal)
    request = session.request

    def seen(*args: Any, **kwargs: Any) -> requests.Response:
        before = time.time()
        try:
            response = request(*args, **kwargs)
        except Exception as problem:
            if outcome.status is None:  # an answer says more than what became of a later try
                outcome.error = problem
            raise
        outcome.error = None
        outcome.status = response.status_code
        outcome.words = response.text[:_WORDS].strip() if response.status_code >= _REDIRECT else ""
        outcome.content_type = response.headers.get("Content-Type", "")
        outcome.date, outcome.between = response.headers.get("Date", ""), (before, time.time())
        return response

    session.request = seen  # type: ignore[method-assign] # the exporter calls nothing else of it
    arguments = {**outcome.target.arguments, "timeout": timeout, "session": session}
    exporter = _EXPORTERS[signal](endpoint=outcome.target.endpoint, **arguments)
    outcome.delivered = exporter.export(record).name == "SUCCESS"
    exporter.shutdown()


_REDIRECT = 300


def _session(environ: Mapping[str, str], signal: str) -> requests.Session:
    """Return the session of the configured credential provider, as the exporter would take it, else a plain one."""
    names = (environ.get(_PROVIDER.format("")), environ.get(_PROVIDER.format(f"{signal.upper()}_")))
    name = next(filter(None, names), None)
    if name is None:
        return requests.Session()
    provider = next((each for each in entries("opentelemetry_otlp_credential_provider") if each.name == name), None)
    if provider is None:
        raise LookupError(f"no credential provider {name} is installed")
    session: requests.Session = provider.load()()
    return session
