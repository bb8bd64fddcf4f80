"""The bot's logging in OpenTelemetry: stdlib, structlog and loguru, each record once, in its caller's context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.orders.contain import contained
from otel_trading.telemetry.logs import config, console, loguru_bridge, stdlib, structlog_bridge, unhandled

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.settings import Settings

__all__ = ["install", "uninstall"]

_undo: list[Callable[[], None]] = []


def install(settings: Settings) -> None:
    """Begin to capture what the bot logs; a second call changes nothing.

    Reads ``OTEL_PYTHON_LOG_AUTO_INSTRUMENTATION``, ``OTEL_PYTHON_LOG_HANDLER_LEVEL`` and
    ``OTEL_PYTHON_LOG_CODE_ATTRIBUTES``. Never raises: what cannot be captured is reported, the rest is.
    """
    if _undo:
        return
    capture = config.load()
    steps: list[Callable[[], Callable[[], None]]] = [unhandled.install]
    if capture.enabled:
        steps.append(lambda: stdlib.install(capture))
        steps.append(lambda: structlog_bridge.install(capture))
        steps.append(lambda: loguru_bridge.install(capture))
    if settings.console == "json":
        steps.append(console.install)
    for step in steps:
        with contained():
            _undo.append(step())


def uninstall() -> None:
    """Put back every function that :func:`install` replaced."""
    while _undo:
        with contained():
            _undo.pop()()
