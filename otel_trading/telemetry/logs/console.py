"""``OTEL_TRADING_CONSOLE=json``: what the bot's logging prints becomes JSON lines with trace and order ids.

The bot's own stream handlers go on printing, where and what they did: only the format of a line is ours. Files,
sockets and handlers of other kinds stay as they are.
"""

from __future__ import annotations

import json
import logging
import logging.handlers
import math
import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from opentelemetry import trace

from otel_trading.orders import emit
from otel_trading.orders.contain import report
from otel_trading.orders.context import current_order, current_strategy
from otel_trading.semconv import attributes
from otel_trading.telemetry.logs import translate, values
from otel_trading.telemetry.logs.passing import here
from otel_trading.telemetry.logs.patch import Patch

if TYPE_CHECKING:
    from collections.abc import Callable

_IDS = "_otel_trading_ids"
"""On a copy of a record that waits in a queue: the ids of where it was logged."""


def install() -> Callable[[], None]:
    """Begin to print JSON lines, and return what ends it."""
    patches = [
        Patch(logging.Handler, "format", _formatting),
        Patch(logging.handlers.QueueHandler, "prepare", _preparing),
    ]

    def undo() -> None:
        for patch in patches:
            patch.undo()

    return undo


def is_console(handler: logging.Handler) -> bool:
    """Tell whether ``handler`` prints to this process's standard output or error."""
    stream = getattr(handler, "stream", None)
    return isinstance(handler, logging.StreamHandler) and any(
        stream is mine for mine in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__) if mine is not None
    )


def line(record: logging.LogRecord) -> str:
    """Return ``record`` as one line of JSON: time (ISO 8601, UTC), level, logger, message, ids, extras."""
    passage = here.passage
    event = passage.event if passage is not None and passage.record is record else None
    at = datetime.fromtimestamp(record.created, tz=timezone.utc).isoformat(timespec="microseconds")
    fields: dict[str, Any] = {
        "time": at.replace("+00:00", "Z"),
        "level": record.levelname,
        "logger": record.name,
        "message": translate.words(record) if event is None else event.body,
    }
    given: dict[str, Any] = translate.attributes(record)
    if event is not None:
        given = {key: values.safe(item) for key, item in event.attributes.items()}
    queued = given.pop(_IDS, None)
    fields.update(queued if isinstance(queued, dict) else _ids())
    for key, item in given.items():
        fields.setdefault(key, item)
    return json.dumps(_finite(fields), default=repr)


def _ids() -> dict[str, str]:
    """Return the ids of the running span, order and strategy."""
    found: dict[str, str] = {}
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        found["trace_id"] = trace.format_trace_id(span.trace_id)
        found["span_id"] = trace.format_span_id(span.span_id)
    order = current_order()
    if order is not None:
        return found | emit.identity(order)
    strategy = current_strategy()
    return found | {attributes.TRADING_STRATEGY_ID: strategy} if strategy else found


def _finite(value: Any) -> Any:
    """Return ``value`` with the numbers that JSON has no word for (NaN, infinities) as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, (list, tuple)) else value


def _formatting(original: Callable[..., str], patch: Patch) -> Callable[..., str]:
    def format(self: logging.Handler, record: logging.LogRecord) -> str:  # noqa: A001 - stdlib's name
        if patch.on:
            try:
                if is_console(self):
                    return line(record)
            except Exception as error:  # noqa: BLE001 - then the line is printed as the bot has it
                report(error)
        return original(self, record)

    return format


def _preparing(original: Callable[..., Any], patch: Patch) -> Callable[..., Any]:
    def prepare(self: logging.handlers.QueueHandler, record: logging.LogRecord) -> Any:
        prepared = original(self, record)
        if patch.on and isinstance(prepared, logging.LogRecord) and prepared is not record:
            try:
                setattr(prepared, _IDS, _ids())
            except Exception as error:  # noqa: BLE001 - then the line is printed without the ids
                report(error)
        return prepared

    return prepare
