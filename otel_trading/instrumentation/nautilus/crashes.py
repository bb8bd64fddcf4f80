"""The end of a live node whose handler raised.

NautilusTrader logs the exception with its own logger and calls ``os._exit(1)`` at once: no excepthook runs, nothing is
flushed. So it is told here, and what waits is delivered, before that.
"""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from opentelemetry import metrics as otel_metrics
from opentelemetry import trace
from opentelemetry._logs import SeverityNumber, get_logger_provider
from opentelemetry.semconv.attributes.exception_attributes import (
    EXCEPTION_MESSAGE,
    EXCEPTION_STACKTRACE,
    EXCEPTION_TYPE,
)

from otel_trading.orders import emit
from otel_trading.orders.blocks import type_name
from otel_trading.orders.contain import contained
from otel_trading.semconv import events
from otel_trading.settings import current as settings

if TYPE_CHECKING:
    from otel_trading.instrumentation.toolkit.wrapping import Call


def crashed(call: Call) -> None:
    """Tell of the exception ``e`` that a queue of an engine met, and deliver it where the process ends of it."""
    error = call.get("e")
    place = f"the {call.get('queue_name', '')} queue of {type(call.target).__name__}"
    emit.event(
        events.TRADING_BOT_UNHANDLED_EXCEPTION,
        f"unhandled exception ended {place}: {type(error).__name__}: {error}",
        {
            EXCEPTION_TYPE: type_name(error),
            EXCEPTION_MESSAGE: str(error),
            EXCEPTION_STACKTRACE: "".join(traceback.format_exception(type(error), error, error.__traceback__)),
        },
        SeverityNumber.ERROR,
    )
    if not getattr(call.target, "graceful_shutdown_on_exception", False):
        _deliver()


def _deliver() -> None:
    providers: tuple[Any, ...] = (get_logger_provider(), trace.get_tracer_provider(), otel_metrics.get_meter_provider())
    milliseconds = int(settings().shutdown_seconds * 1000) // len(providers)
    for provider in providers:
        flush = getattr(provider, "force_flush", None)  # the SDK's; the API's own have none
        if flush is not None:
            with contained():
                flush(milliseconds)
