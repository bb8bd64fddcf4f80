"""What of the bot's logging is captured, as OpenTelemetry's own variables say."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, NamedTuple

from opentelemetry.instrumentation.logging.environment_variables import (
    OTEL_PYTHON_LOG_AUTO_INSTRUMENTATION,
    OTEL_PYTHON_LOG_CODE_ATTRIBUTES,
    OTEL_PYTHON_LOG_HANDLER_LEVEL,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_logger = logging.getLogger("otel_trading")

_LEVELS = {
    "notset": logging.NOTSET,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}


class Capture(NamedTuple):
    """What is captured.

    ``level`` is stdlib's number of the least level that is exported, ``code_attributes`` says whether a
    record carries the file, function and line that wrote it (``code.*``).
    """

    enabled: bool = True
    level: int = logging.INFO
    code_attributes: bool = False


def load(environ: Mapping[str, str] | None = None) -> Capture:
    """Read the variables from ``environ`` (default: this process's). A wrong level is told, and INFO holds."""
    store = os.environ if environ is None else environ

    def word(variable: str) -> str:
        return store.get(variable, "").strip().lower()

    level = word(OTEL_PYTHON_LOG_HANDLER_LEVEL)
    if level and level not in _LEVELS:
        _logger.warning(
            "%s: %r is ignored, 'info' holds: takes one of %s",
            OTEL_PYTHON_LOG_HANDLER_LEVEL,
            level,
            ", ".join(_LEVELS),
        )
    return Capture(
        enabled=word(OTEL_PYTHON_LOG_AUTO_INSTRUMENTATION) in ("", "true"),
        level=_LEVELS.get(level, logging.INFO),
        code_attributes=word(OTEL_PYTHON_LOG_CODE_ATTRIBUTES) == "true",
    )
