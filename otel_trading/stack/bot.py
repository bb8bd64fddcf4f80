"""What a bot's environment needs, so that its telemetry goes to the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from otel_trading.stack.environment import EnvironmentFileError

if TYPE_CHECKING:
    from collections.abc import Mapping

TLS_OVERLAY = "docker-compose.tls.yml"


def bot_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return OpenTelemetry's variables for a bot on this machine, from the variables of the stack's ``.env``.

    Raises EnvironmentFileError where the token is missing.
    """
    token = settings.get("OTLP_TOKEN")
    if not token:
        raise EnvironmentFileError("OTLP_TOKEN is missing from .env: without it the Collector takes nothing")
    port = settings.get("OTLP_HTTP_PORT") or "4318"
    endpoint = f"https://localhost:{port}" if uses_tls(settings) else f"http://127.0.0.1:{port}"
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        # Header values are percent-encoded there (W3C Baggage octets), so that a blank is %20.
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{quote(token, safe='')}",
    }


def grafana_url(settings: Mapping[str, str]) -> str:
    """Return where Grafana is in a browser on this machine."""
    port = settings.get("GRAFANA_PORT") or "3000"
    return f"{'https' if uses_tls(settings) else 'http'}://localhost:{port}"


def uses_tls(settings: Mapping[str, str]) -> bool:
    """Return whether ``.env`` chooses the TLS overlay (Docker Compose's own variable COMPOSE_FILE)."""
    return TLS_OVERLAY in settings.get("COMPOSE_FILE", "")
