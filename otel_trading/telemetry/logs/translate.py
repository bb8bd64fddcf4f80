"""Translate a stdlib record into what OpenTelemetry's Logs API takes.

Not by ``opentelemetry.instrumentation.logging``'s LoggingHandler: it raises on a message that does not fit its
arguments, names an exception without its module, takes the first argument for its message, and as a handler it
is flushed by a new thread when the interpreter exits.
"""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Any

from opentelemetry._logs import SeverityNumber
from opentelemetry.instrumentation.log_utils import std_to_otel
from opentelemetry.semconv.attributes import code_attributes, exception_attributes, otel_attributes

from otel_trading.telemetry.logs import values

if TYPE_CHECKING:
    from types import TracebackType

    from opentelemetry.util.types import AnyValue

_DEBUG = logging.DEBUG
_SEVERITY_TEXT = {"WARNING": "WARN", "CRITICAL": "FATAL"}
_DEPRECATED_EVENT_NAME = "event.name"

# What a record has by itself, and what the stock instrumentation's record factory adds to it.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {
    "asctime",
    "message",
    "taskName",
    "otelSpanID",
    "otelTraceID",
    "otelTraceSampled",
    "otelServiceName",
}


def words(record: logging.LogRecord) -> str:
    """Return the text of ``record``; where its arguments do not fit, the message as written and the arguments."""
    try:
        return values.text(record.getMessage())
    except Exception:  # noqa: BLE001 - stdlib tells the bot of this itself, from its handlers
        given = record.args if isinstance(record.args, tuple) else (record.args,)
        return " ".join([values.shown(record.msg), *map(values.shown, given)])


def severity(level: int) -> SeverityNumber:
    """Map a stdlib level to OpenTelemetry's, where what is below DEBUG is TRACE."""
    return std_to_otel(int(level)) if level >= _DEBUG else SeverityNumber.TRACE


def severity_text(level_name: str) -> str:
    """Return OpenTelemetry's word for a level, as the stock handler does."""
    return _SEVERITY_TEXT.get(level_name, level_name)


def exception(
    kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
) -> dict[str, AnyValue]:
    """Describe an exception with the attributes of the semantic conventions, its causes in the stack trace."""
    if kind is None:
        return {}
    module = kind.__module__
    found: dict[str, AnyValue] = {
        exception_attributes.EXCEPTION_TYPE: kind.__qualname__
        if module in ("builtins", None)
        else f"{module}.{kind.__qualname__}"
    }
    if value is not None:
        found[exception_attributes.EXCEPTION_MESSAGE] = values.shown(value)
    if trace is not None:
        stack = "".join(traceback.format_exception(kind, value, trace))
        found[exception_attributes.EXCEPTION_STACKTRACE] = values.text(stack)
    return found


def given_exception(exc_info: object) -> dict[str, AnyValue]:
    """Describe the exception of an ``exc_info`` in any of the forms that loggers take."""
    if isinstance(exc_info, BaseException):
        return exception(type(exc_info), exc_info, exc_info.__traceback__)
    if isinstance(exc_info, tuple) and len(exc_info) == len(("type", "value", "traceback")):
        return exception(*exc_info)
    return {}


def _exception(record: logging.LogRecord) -> dict[str, AnyValue]:
    if record.exc_info:
        return given_exception(record.exc_info)
    if record.exc_text:  # the record came through a queue or a socket, which keep the text only
        return {exception_attributes.EXCEPTION_STACKTRACE: values.text(record.exc_text)}
    # log.error(error) and log.error("...: %s", error): bots that keep no stack mean the exception all the same
    given = record.args if isinstance(record.args, tuple) else ()
    for candidate in (record.msg, *given):
        if isinstance(candidate, BaseException):
            return given_exception(candidate)
    return {}


def extras(record: logging.LogRecord) -> dict[str, Any]:
    """Return what the bot added to ``record``, as it added it."""
    fields = record.__dict__
    return {} if _OWN.issuperset(fields) else {key: fields[key] for key in fields if key not in _OWN}


def attributes(record: logging.LogRecord, *, code: bool = False) -> dict[str, AnyValue]:
    """Return the bot's extras, the exception and the stack of ``record``; with ``code`` also who wrote it."""
    found = {key: values.safe(item) for key, item in extras(record).items()}
    if code:
        found[code_attributes.CODE_FILE_PATH] = values.text(record.pathname)
        found[code_attributes.CODE_FUNCTION_NAME] = record.funcName
        found[code_attributes.CODE_LINE_NUMBER] = record.lineno
    found.update(_exception(record))
    if record.stack_info:
        found[code_attributes.CODE_STACKTRACE] = values.text(record.stack_info)
    return found


def pop_event_name(found: dict[str, AnyValue]) -> str | None:
    """Take the name of the event off the attributes, where the bot's extras give one."""
    name = found.pop(otel_attributes.OTEL_EVENT_NAME, None)
    old = found.pop(_DEPRECATED_EVENT_NAME, None)
    given = name if name is not None else old
    return str(given) if given is not None else None
