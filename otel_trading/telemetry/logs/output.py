"""Hand a log record to the OpenTelemetry Logs API, in the caller's thread and context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opentelemetry._logs import LogRecord, get_logger_provider
from opentelemetry.context import get_current

if TYPE_CHECKING:
    from opentelemetry._logs import Logger, LoggerProvider, SeverityNumber
    from opentelemetry.util.types import AnyValue


class _Loggers:
    """The loggers of the provider in force by name: asking the SDK takes two locks at every record."""

    def __init__(self) -> None:
        self._provider: LoggerProvider | None = None
        self._known: dict[str, Logger] = {}

    def get(self, name: str) -> Logger:
        """Return the logger of that name, anew when another provider came into force."""
        provider = get_logger_provider()
        if provider is not self._provider:
            self._provider, self._known = provider, {}
        known = self._known
        found = known.get(name)
        if found is None:
            found = known[name] = provider.get_logger(name)
        return found


_loggers = _Loggers()


def open_logger(name: str, severity: SeverityNumber) -> Logger | None:
    """Return OpenTelemetry's logger ``name``, or None where nothing would come of a record of ``severity``."""
    if name.startswith("opentelemetry") and name[13:14] in ("", "."):
        return None  # telemetry about telemetry would feed itself
    logger = _loggers.get(name)
    return logger if logger.enabled(severity_number=severity) else None


def emit(
    logger: Logger,
    severity: SeverityNumber,
    severity_text: str,
    body: str,
    attributes: dict[str, AnyValue],
    *,
    timestamp: int,
    event_name: str | None = None,
) -> None:
    """Emit one record; ``timestamp`` in nanoseconds since the epoch."""
    given: dict[str, Any] = attributes
    logger.emit(
        LogRecord(
            timestamp=timestamp,
            context=get_current(),
            severity_number=severity,
            severity_text=severity_text,
            body=body,
            attributes=given,
            event_name=event_name,
        )
    )
