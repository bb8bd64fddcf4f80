"""What a record weighs in memory: an estimate made on the order's thread, so it looks at no more than it must.

The number of attributes and the length of their texts; what a container holds is looked into a few items deep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opentelemetry.sdk._logs import ReadWriteLogRecord
    from opentelemetry.sdk.trace import ReadableSpan

# Measured with tracemalloc on CPython 3.11, ten attributes each.
_SPAN = 2000
_LOG = 800
_EVENT = 400
_LINK = 300
_VALUE = 100
_LOOKED_AT = 64


def of_span(span: ReadableSpan) -> int:
    """Return the bytes that a finished span holds, roughly."""
    total = _SPAN + _of_mapping(getattr(span, "_attributes", None) or span.attributes)
    for event in span.events:
        total += _EVENT + _of_mapping(event.attributes)
    return total + _LINK * len(span.links)


def of_log(log: ReadWriteLogRecord) -> int:
    """Return the bytes that an emitted log record holds, roughly."""
    record = log.log_record
    return _LOG + _of(record.body) + _of_mapping(record.attributes)


def _of_mapping(attributes: Mapping[str, Any] | None) -> int:
    if not attributes:
        return 0
    # The SDK's mapping takes a lock, and runs Python code, for each of its items: its dictionary costs half.
    held = getattr(attributes, "_dict", attributes)
    total = _VALUE * len(held)
    for value in held.values():
        if type(value) is str:
            total += len(value)
        elif type(value) not in _SMALL:
            total += _of(value)
    return total


_SMALL = frozenset({int, float, bool, type(None)})


def _of(value: Any) -> int:
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, (list, tuple, dict)):
        return _of_container(value)
    return _VALUE


def _of_container(value: Any) -> int:
    """Weigh at most so many of the parts; where there are more, the rest as if they were like these."""
    waiting: list[Any] = [value]
    total = looked_at = 0
    while waiting and looked_at < _LOOKED_AT:
        part = waiting.pop()
        looked_at += 1
        if isinstance(part, (str, bytes)):
            total += _VALUE + len(part)
        elif isinstance(part, (list, tuple, dict)):
            total += _VALUE
            waiting += part.values() if isinstance(part, dict) else part
        else:
            total += _VALUE
    return total * (looked_at + len(waiting)) // looked_at
