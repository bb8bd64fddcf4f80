"""OTLP/JSON to records. What others wrote is read too: the Collector's file exporter, those of other languages.

The Protobuf JSON mapping lets a writer choose: camel or snake case, an enum's number or name, a 64-bit integer
as text or number; and a field that has its default value may be left out. What cannot be understood counts as
absent.
"""

from __future__ import annotations

import base64
import binascii
import functools
import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.telemetry.records import Attributes, LogRecord, SpanEvent, SpanLink, SpanRecord, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_KINDS = {
    "SPAN_KIND_UNSPECIFIED": 0,
    "SPAN_KIND_INTERNAL": 1,
    "SPAN_KIND_SERVER": 2,
    "SPAN_KIND_CLIENT": 3,
    "SPAN_KIND_PRODUCER": 4,
    "SPAN_KIND_CONSUMER": 5,
}
_STATUS = {"STATUS_CODE_UNSET": 0, "STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}
_SEVERITIES = {
    f"SEVERITY_NUMBER_{name}{step if step > 1 else ''}": 4 * level + step
    for level, name in enumerate(("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"))
    for step in (1, 2, 3, 4)
}
_DEEPEST = 64
_HEX = re.compile(r"[0-9a-fA-F]+")
_NUMBER = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class _Scope(NamedTuple):
    name: str
    version: str
    schema_url: str


def spans_of(data: Any) -> Iterator[tuple[SpanRecord, Attributes]]:
    """Yield each span of an OTLP ``TracesData`` with the attributes of its resource."""
    for scope, resource, span in _records(data, "resourceSpans", "scopeSpans", "spans"):
        yield _span(span, scope), resource


def logs_of(data: Any) -> Iterator[tuple[LogRecord, Attributes]]:
    """Yield each log record of an OTLP ``LogsData`` with the attributes of its resource."""
    for scope, resource, log in _records(data, "resourceLogs", "scopeLogs", "logRecords"):
        yield _log(log, scope), resource


def _records(data: Any, outer: str, middle: str, inner: str) -> Iterator[tuple[_Scope, Attributes, dict[str, Any]]]:
    for group in _objects(data, outer):
        resource = _attributes(_object(group, "resource"))
        for scoped in _objects(group, middle):
            named = _object(scoped, "scope")
            scope = _Scope(_text(named, "name"), _text(named, "version"), _text(scoped, "schemaUrl"))
            for record in _objects(scoped, inner):
                yield scope, resource, record


def _span(span: dict[str, Any], scope: _Scope) -> SpanRecord:
    status = _object(span, "status")
    return SpanRecord(
        trace_id=_id(span, "traceId", 16),
        span_id=_id(span, "spanId", 8),
        parent_span_id=_id(span, "parentSpanId", 8),
        name=_text(span, "name"),
        kind=_enum(span, "kind", _KINDS),
        start_ns=_int(_get(span, "startTimeUnixNano")),
        end_ns=_int(_get(span, "endTimeUnixNano")),
        attributes=_attributes(span),
        events=tuple(
            SpanEvent(_text(event, "name"), _int(_get(event, "timeUnixNano")), _attributes(event), _dropped(event))
            for event in _objects(span, "events")
        ),
        links=tuple(
            SpanLink(
                _id(link, "traceId", 16),
                _id(link, "spanId", 8),
                _attributes(link),
                _int(_get(link, "flags")),
                _text(link, "traceState"),
                _dropped(link),
            )
            for link in _objects(span, "links")
        ),
        status_code=_enum(status, "code", _STATUS),
        status_message=_text(status, "message"),
        flags=_int(_get(span, "flags")),
        scope=scope.name,
        trace_state=_text(span, "traceState"),
        scope_version=scope.version,
        scope_schema_url=scope.schema_url,
        dropped_attributes=_dropped(span),
        dropped_events=_int(_get(span, "droppedEventsCount")),
        dropped_links=_int(_get(span, "droppedLinksCount")),
    )


def _log(log: dict[str, Any], scope: _Scope) -> LogRecord:
    return LogRecord(
        time_ns=_int(_get(log, "timeUnixNano")),
        observed_ns=_int(_get(log, "observedTimeUnixNano")),
        severity_number=_enum(log, "severityNumber", _SEVERITIES),
        severity_text=_text(log, "severityText"),
        body=value_of(_get(log, "body")),
        event_name=_text(log, "eventName"),
        attributes=_attributes(log),
        trace_id=_id(log, "traceId", 16),
        span_id=_id(log, "spanId", 8),
        flags=_int(_get(log, "flags")),
        scope=scope.name,
        scope_version=scope.version,
        scope_schema_url=scope.schema_url,
        dropped_attributes=_dropped(log),
    )


def _dropped(owner: dict[str, Any]) -> int:
    return _int(_get(owner, "droppedAttributesCount"))


def value_of(value: Any, depth: int = 0) -> Value:
    """Return what an OTLP ``AnyValue`` holds; None where it holds nothing, or is nested beyond 64 levels.

    Protobuf's own readers stop at 50, our writer at 32; how deep Python could go depends on who calls.
    """
    if not isinstance(value, dict) or depth > _DEEPEST:
        return None
    for name, held in value.items():
        read = _READ.get(name)
        if read is not None and held is not None:
            return read(held, depth + 1)
    return None


def _attributes(owner: dict[str, Any]) -> Attributes:
    return _pairs(owner.get("attributes"))


def _pairs(pairs: Any, depth: int = 0) -> Attributes:
    if not isinstance(pairs, list):
        return {}
    return {
        pair["key"]: value_of(pair.get("value"), depth)
        for pair in pairs
        if isinstance(pair, dict) and isinstance(pair.get("key"), str)
    }


def _array(held: Any, depth: int) -> Value:
    values = held.get("values") if isinstance(held, dict) else None
    return [value_of(each, depth) for each in values] if isinstance(values, list) else []


def _bytes(held: Any, _: int = 0) -> Value:
    """Read base64 in either alphabet, with or without its padding."""
    try:
        text = str(held).replace("-", "+").replace("_", "/").rstrip("=")
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _float(held: Any, _: int) -> Value:
    try:
        return _NUMBER[held] if held in _NUMBER else float(held)
    except (TypeError, ValueError, OverflowError):
        return math.nan


@functools.cache
def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda match: "_" + match[0].lower(), name)


def _get(owner: dict[str, Any], name: str) -> Any:
    return owner[name] if name in owner else owner.get(_snake(name))


def _object(owner: dict[str, Any], name: str) -> dict[str, Any]:
    held = _get(owner, name)
    return held if isinstance(held, dict) else {}


def _objects(owner: Any, name: str) -> list[dict[str, Any]]:
    held = _get(owner, name) if isinstance(owner, dict) else None
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def _text(owner: dict[str, Any], name: str) -> str:
    held = _get(owner, name)
    return held if isinstance(held, str) else ""


def _int(held: Any, _: int = 0) -> int:
    try:
        return int(held) if held is not None else 0
    except (TypeError, ValueError, OverflowError):
        pass
    try:
        return int(float(held))  # "1e3", as the mapping allows
    except (TypeError, ValueError, OverflowError):
        return 0


def _enum(owner: dict[str, Any], name: str, numbers: dict[str, int]) -> int:
    held = _get(owner, name)
    return numbers[held] if isinstance(held, str) and held in numbers else _int(held)


def _id(owner: dict[str, Any], name: str, size: int) -> str:
    """Read an id: hex as OTLP/JSON wants it, or base64 as a plain Protobuf library writes it."""
    held = _get(owner, name)
    if not isinstance(held, str) or not held.strip("0"):
        return ""
    if len(held) == 2 * size and _HEX.fullmatch(held):
        return held.lower()
    raw = _bytes(held)
    return raw.hex() if isinstance(raw, bytes) and len(raw) == size else held.lower()


_READ: dict[str, Callable[[Any, int], Value]] = {
    "stringValue": lambda held, _: held if isinstance(held, str) else str(held),
    "boolValue": lambda held, _: held if isinstance(held, bool) else str(held).lower() == "true",
    "intValue": _int,
    "doubleValue": _float,
    "bytesValue": _bytes,
    "arrayValue": _array,
    "kvlistValue": lambda held, depth: _pairs(held.get("values"), depth) if isinstance(held, dict) else {},
}
_READ |= {_snake(name): read for name, read in _READ.items()}
