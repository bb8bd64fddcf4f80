"""Capture what passes through stdlib's logging.

Where a record is about to be given to handlers (``Logger.callHandlers``), and not by a handler on the root logger:
that is lost with ``handlers.clear()``, blind to loggers that do not propagate, turns ``basicConfig`` into a
no-op and silences ``logging.lastResort``. Levels and filters of loggers hold, those of single handlers are theirs.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from otel_trading.orders.contain import report
from otel_trading.telemetry.logs import level, output, translate, values
from otel_trading.telemetry.logs.passing import here, is_repeated, is_wanted
from otel_trading.telemetry.logs.patch import Patch

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FunctionType

    from opentelemetry.util.types import AnyValue

    from otel_trading.telemetry.logs.config import Capture
    from otel_trading.telemetry.logs.passing import Event

_LIKE = cast("FunctionType", logging.addLevelName)
"""The function by which stdlib itself finds out which file its frames are of."""

_STRUCTLOG_EXTRAS = ("_logger", "_name", "_record", "_from_structlog")


def install(capture: Capture) -> Callable[[], None]:
    """Begin to capture, and return what ends it."""
    patch = Patch(logging.Logger, "callHandlers", lambda *given: _wrapper(capture, *given), _LIKE)
    level.lower(capture.level)

    def undo() -> None:
        level.restore()
        patch.undo()

    return undo


def _wrapper(capture: Capture, original: Callable[..., None], patch: Patch) -> Callable[..., None]:
    take, thread, is_kept_out = _take, here, _is_kept_out

    # All names come from the closure: see disguised().
    def callHandlers(self: logging.Logger, record: logging.LogRecord) -> None:  # noqa: N802 - stdlib's name
        if not patch.on:
            original(self, record)
            return
        outer = thread.text
        text = take(capture, record)
        if is_kept_out(self, record):
            return
        if text is not None:
            thread.text = text
        try:
            original(self, record)
        finally:
            thread.text = outer

    return callHandlers


def _is_kept_out(logger: logging.Logger, record: logging.LogRecord) -> bool:
    try:
        return level.is_kept_out(logger, record, depth=2)
    except Exception as error:  # noqa: BLE001 - in doubt the bot's handlers get the record
        report(error)
        return False


def _take(capture: Capture, record: logging.LogRecord) -> str | None:
    """Record ``record`` if it is to be; return its text, or None where it is not for us."""
    fault: Exception | None = None
    text = None
    try:
        if record.levelno >= capture.level and is_wanted():
            here.busy = True
            try:
                text = _record(capture, record)
            finally:
                here.busy = False
    except Exception as error:  # noqa: BLE001 - the bot's handlers get the record whatever happens here
        fault = error
    if fault is not None:
        report(fault)
    return text


def _record(capture: Capture, record: logging.LogRecord) -> str | None:
    severity = translate.severity(record.levelno)
    logger = output.open_logger(record.name, severity)
    if logger is None or _is_recorded_failure(record):
        return None
    event = _structlog_event(record)
    text = translate.words(record)
    if event is None and is_repeated(text):
        return None
    attributes = translate.attributes(record, code=capture.code_attributes)
    if event is not None:
        attributes = _merged(attributes, event)
    output.emit(
        logger,
        severity,
        translate.severity_text(record.levelname),
        text if event is None else event.body,
        attributes,
        timestamp=int(record.created * 1e9),
        event_name=translate.pop_event_name(attributes),
    )
    return text


def _is_recorded_failure(record: logging.LogRecord) -> bool:
    """Tell whether this is asyncio's word about an exception that its own event has told."""
    failure = here.failure
    if failure is None or record.name != "asyncio" or not record.exc_info:
        return False
    return record.exc_info[1] is failure


def _structlog_event(record: logging.LogRecord) -> Event | None:
    """Return the event that ``record`` renders, if it is the end of a structlog call."""
    passage = here.passage
    if passage is None or passage.event is None or passage.record is not None:
        return None
    passage.record = record
    return passage.event


def _merged(attributes: dict[str, AnyValue], event: Event) -> dict[str, AnyValue]:
    for name in _STRUCTLOG_EXTRAS:
        attributes.pop(name, None)
    fields: dict[str, Any] = event.attributes
    return attributes | {key: values.safe(item) for key, item in fields.items()}
